"""The evaluation as one picture."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from services.sentiment.evaluate.__main__ import Quality
from services.sentiment.inference.labels import LABELS
from services.sentiment.train.evaluation import Bin, Evaluation, Kept

NAMES = [str(label) for label in LABELS]
INK, ACCENT = "#1f3a5f", "#d9822b"


def draw(path: Path, title: str, result: Evaluation) -> None:
    figure = Figure(figsize=(11, 8), layout="constrained")
    (labels, confusion), (reliability, abstention) = figure.subplots(2, 2)
    figure.suptitle(f"{title}: macro-F1 {result.quality.macro_f1:.3f}, {result.quality.rows} rows")
    _labels(labels, result.quality)
    _confusion(confusion, result.quality)
    _reliability(reliability, result.reliability, result.quality.calibration_error)
    _abstention(abstention, result.abstention)
    figure.savefig(path, dpi=120)


def _labels(axes: Axes, measured: Quality) -> None:
    rows = list(measured.classes.values())
    places = range(len(rows))
    axes.bar([p - 0.2 for p in places], [row.precision for row in rows], 0.4, label="precision", color=INK)
    axes.bar([p + 0.2 for p in places], [row.recall for row in rows], 0.4, label="recall", color=ACCENT)
    axes.set_xticks(places, NAMES)
    axes.set_ylim(0, 1.15)
    axes.legend(loc="upper left", ncols=2)
    axes.set_title("Precision and recall")


def _confusion(axes: Axes, measured: Quality) -> None:
    shares = [[count / max(1, sum(row)) for count in row] for row in measured.confusion]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for given, row in enumerate(measured.confusion):
        for said, count in enumerate(row):
            colour = "white" if shares[given][said] > 0.5 else "black"
            axes.text(said, given, str(count), ha="center", va="center", color=colour)
    axes.set_xticks(range(len(NAMES)), NAMES)
    axes.set_yticks(range(len(NAMES)), NAMES)
    axes.set_xlabel("model")
    axes.set_ylabel("people")
    axes.set_title("Confusion")


def _reliability(axes: Axes, bins: list[Bin], error: float) -> None:
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1, linestyle="--")
    axes.plot([b.confidence for b in bins], [b.accuracy for b in bins], marker="o", color=INK)
    axes.set_xlim(0.3, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("confidence")
    axes.set_ylabel("share that is right")
    axes.set_title(f"Calibration, error {error:.3f}")


def _abstention(axes: Axes, curve: list[Kept]) -> None:
    shares = [100 * kept.share for kept in curve]
    axes.plot(shares, [kept.macro_f1 for kept in curve], marker="o", color=INK, label="macro-F1")
    axes.plot(shares, [kept.accuracy for kept in curve], marker="s", color=ACCENT, label="accuracy")
    axes.invert_xaxis()
    axes.set_xlabel("most confident texts kept, %")
    axes.legend()
    axes.set_title("Abstention")
