"""How good are the labels on texts that people labelled?

    python -m services.sentiment.evaluate comments.csv

The file has columns `text` and `label` (csv, tsv, jsonl or ndjson; plain or .gz).
Rows without a label are left out.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from services.sentiment.errors import ModelError
from services.sentiment.evaluate.labelled_file import UnreadableFileError, read
from services.sentiment.inference.labeller import Prediction
from services.sentiment.inference.labels import LABELS, UnknownLabelsError
from services.sentiment.inference.loading import load_labeller
from services.sentiment.settings import SHIPPED_MODEL

CALIBRATION_BINS = 15


@dataclass(frozen=True, slots=True)
class ClassQuality:
    precision: float
    recall: float
    f1: float
    rows: int


@dataclass(frozen=True, slots=True)
class Quality:
    rows: int
    accuracy: float
    macro_f1: float
    calibration_error: float  # mean gap between confidence and accuracy, 15 equal-width bins
    classes: dict[str, ClassQuality]
    confusion: list[list[int]]  # [given label][predicted label], in the order of LABELS


def quality(given: Sequence[int], probabilities: NDArray[np.float64]) -> Quality:
    """`given` are indices into LABELS, `probabilities` is [rows, 3] in that order; at least one row."""
    predicted = probabilities.argmax(axis=1)
    confusion = _confusion(given, predicted.tolist())
    classes = {str(name): _class_quality(confusion, index) for index, name in enumerate(LABELS)}
    return Quality(
        rows=len(given),
        accuracy=float(np.trace(confusion) / len(given)),
        macro_f1=macro_f1(given, predicted.tolist()),
        calibration_error=calibration_error(np.asarray(given), probabilities),
        classes=classes,
        confusion=confusion.tolist(),
    )


def macro_f1(given: Sequence[int], predicted: Sequence[int]) -> float:
    """The mean F1 over the labels that occur in `given` or `predicted`."""
    confusion = _confusion(given, predicted)
    present = np.flatnonzero(confusion.sum(axis=0) + confusion.sum(axis=1))
    return float(np.mean([_class_quality(confusion, int(index)).f1 for index in present]))


def calibration_error(given: NDArray[np.int64], probabilities: NDArray[np.float64]) -> float:
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == given
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = [
        (bins == index).sum() * abs(right[bins == index].mean() - confidence[bins == index].mean())
        for index in np.unique(bins)
    ]
    return float(sum(gaps) / len(given))


def as_array(predictions: Iterable[Prediction]) -> NDArray[np.float64]:
    """[rows, 3] in the order of LABELS."""
    return np.array([[p.negative, p.neutral, p.positive] for p in predictions], dtype=np.float64)


def _confusion(given: Sequence[int], predicted: Sequence[int]) -> NDArray[np.int64]:
    counts = np.zeros((len(LABELS), len(LABELS)), dtype=np.int64)
    np.add.at(counts, (np.asarray(given), np.asarray(predicted)), 1)
    return counts


def _class_quality(confusion: NDArray[np.int64], index: int) -> ClassQuality:
    hits, given, predicted = (
        int(confusion[index, index]),
        int(confusion[index].sum()),
        int(confusion[:, index].sum()),
    )
    return ClassQuality(
        precision=hits / predicted if predicted else 0.0,
        recall=hits / given if given else 0.0,
        f1=2 * hits / (given + predicted) if given + predicted else 0.0,
        rows=given,
    )


def _print(result: Quality, version: str, console: Console) -> None:
    table = Table(title=f"{version}: {result.rows} rows", caption=_summary(result))
    for column in ("label", "precision", "recall", "F1", "rows", *(f"→ {name}" for name in LABELS)):
        table.add_column(column, justify="left" if column == "label" else "right")
    for index, (name, row) in enumerate(result.classes.items()):
        shares = [f"{value:.3f}" for value in (row.precision, row.recall, row.f1)]
        table.add_row(name, *shares, str(row.rows), *map(str, result.confusion[index]))
    console.print(table)


def _summary(result: Quality) -> str:
    return (
        f"macro-F1 {result.macro_f1:.3f}, accuracy {result.accuracy:.3f}, "
        f"calibration error {result.calibration_error:.3f}"
    )


def main(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="csv, tsv, jsonl, ndjson; plain or .gz")
    ],
    model: Annotated[str, typer.Option(help="folder or hub id of the model")] = str(SHIPPED_MODEL),
    threads: Annotated[int, typer.Option(min=1)] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON instead of a table")] = False,
) -> None:
    """Label every text of FILE and compare with its labels."""
    try:
        rows = read(file)
        labeller = load_labeller(model, threads)
    except (UnreadableFileError, UnknownLabelsError, ModelError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from error
    result = quality([label for _, label in rows], as_array(labeller.label([text for text, _ in rows])))
    if as_json:
        typer.echo(json.dumps({"model": labeller.version, **asdict(result)}, indent=2))
    else:
        _print(result, labeller.version, Console())


if __name__ == "__main__":
    typer.run(main)
