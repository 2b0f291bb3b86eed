"""How good a tuned model is, as numbers and as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.sentiment.evaluate.__main__ import CALIBRATION_BINS, Quality, quality
from services.sentiment.inference.labels import LABELS

KEPT_SHARES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)


@dataclass(frozen=True, slots=True)
class Kept:
    """What remains when the least confident texts are left to people."""

    share: float
    least_confidence: float
    accuracy: float
    macro_f1: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts of about the same confidence: a calibrated model is right as often as it says."""

    rows: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    quality: Quality
    uncalibrated_error: float  # the calibration error without the temperature
    abstention: list[Kept]
    reliability: list[Bin]


def evaluation(
    given: Sequence[int], probabilities: NDArray[np.float64], uncalibrated: NDArray[np.float64]
) -> Evaluation:
    """Both arrays are [rows, labels]; at least one row."""
    return Evaluation(
        quality=quality(given, probabilities),
        uncalibrated_error=quality(given, uncalibrated).calibration_error,
        abstention=abstention(given, probabilities),
        reliability=reliability(given, probabilities),
    )


def abstention(given: Sequence[int], probabilities: NDArray[np.float64]) -> list[Kept]:
    confidence, labels = probabilities.max(axis=1), np.asarray(given)
    order = np.argsort(-confidence, kind="stable")
    curve: list[Kept] = []
    for share in KEPT_SHARES:
        rows = order[: max(1, round(share * len(order)))]
        part = quality(labels[rows].tolist(), probabilities[rows])
        curve.append(Kept(share, float(confidence[rows].min()), part.accuracy, part.macro_f1))
    return curve


def reliability(given: Sequence[int], probabilities: NDArray[np.float64]) -> list[Bin]:
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == np.asarray(given)
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    return [
        Bin(int(chosen.sum()), float(confidence[chosen].mean()), float(right[chosen].mean()))
        for chosen in (bins == index for index in np.unique(bins))
    ]


def markdown(name: str, result: Evaluation, picture: str) -> str:
    parts = [
        f"# Evaluation of {name}",
        _summary(result),
        f"![precision, recall, confusion, calibration and abstention]({picture})",
        f"## Labels\n\n{_labels(result.quality)}",
        "## Confusion\n\nRows: the label given by people. Columns: the model's.",
        _confusion(result.quality),
        "## Abstention\n\nOnly the most confident texts are kept, the others are left to people.",
        _abstention(result.abstention),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(result: Evaluation) -> str:
    measured = result.quality
    return (
        f"{measured.rows} validation rows: macro-F1 {measured.macro_f1:.3f}, "
        f"accuracy {measured.accuracy:.3f}, calibration error {measured.calibration_error:.3f} "
        f"({result.uncalibrated_error:.3f} before the temperature was fitted, on these rows)."
    )


def _labels(measured: Quality) -> str:
    rows = [
        [name, f"{row.precision:.3f}", f"{row.recall:.3f}", f"{row.f1:.3f}", str(row.rows)]
        for name, row in measured.classes.items()
    ]
    return table(["label", "precision", "recall", "F1", "rows"], rows)


def _confusion(measured: Quality) -> str:
    names = [str(label) for label in LABELS]
    counts = zip(names, measured.confusion, strict=True)
    return table(["", *names], [[name, *map(str, row)] for name, row in counts])


def _abstention(curve: Sequence[Kept]) -> str:
    rows = [
        [f"{k.share:.0%}", f"{k.least_confidence:.2f}", f"{k.accuracy:.3f}", f"{k.macro_f1:.3f}"]
        for k in curve
    ]
    return table(["kept", "least confidence", "accuracy", "macro-F1"], rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
