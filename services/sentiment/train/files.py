"""Labelled files of the user's own: rows to learn from and rows to measure on."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.sentiment.evaluate.labelled_file import read
from services.sentiment.inference.labels import LABELS
from services.sentiment.inference.normalise import normalise
from services.sentiment.train.corpus import Row

FEWEST_ROWS = 10  # of every label; fewer teach nothing


class TooFewRowsError(ValueError):
    """Too little to learn from or to measure on; the message counts what there is."""


@dataclass(frozen=True, slots=True)
class Labelled:
    train: list[Row]
    validation: list[Row]


def gather(
    labelled: Sequence[Path], validation: Path | None, held_out: float, seed: int, fewest: int = FEWEST_ROWS
) -> Labelled:
    """Rows with distinct normalised texts; where files disagree about a text, the last one is right.

    Without a validation file a seeded share of the texts, `held_out`, is kept out of training. Raises
    `UnreadableFileError`, `UnknownLabelsError` or `TooFewRowsError`.
    """
    rows = _distinct(row for path in labelled for row in rows_of(path))
    if validation is None:
        train, valid = _split(rows, held_out, seed)
    else:
        valid = _distinct(rows_of(validation))
        seen = {row.text for row in valid}
        train = [row for row in rows if row.text not in seen]
    _check("training", train, fewest)
    _check("validation", valid, 1)
    return Labelled(train, valid)


def rows_of(path: Path) -> list[Row]:
    """Without those whose text is empty once normalised. Raises as `gather` does."""
    pairs = ((normalise(text), label) for text, label in read(path))
    return [Row(text, label) for text, label in pairs if text]


def _distinct(rows: Iterable[Row]) -> list[Row]:
    return list({row.text: row for row in rows}.values())


def _split(rows: Sequence[Row], held_out: float, seed: int) -> tuple[list[Row], list[Row]]:
    """The same share of every label, whatever the order of the files."""
    dice = random.Random(seed)  # noqa: S311  reproducible on purpose
    kept_out: set[str] = set()
    for label in range(len(LABELS)):
        texts = sorted(row.text for row in rows if row.label == label)
        dice.shuffle(texts)
        kept_out.update(texts[: round(len(texts) * held_out)])
    return [r for r in rows if r.text not in kept_out], [r for r in rows if r.text in kept_out]


def _check(name: str, rows: Sequence[Row], fewest: int) -> None:
    counts = {str(label): sum(row.label == index for row in rows) for index, label in enumerate(LABELS)}
    if min(counts.values()) < fewest:
        listing = ", ".join(f"{label} {count}" for label, count in counts.items())
        raise TooFewRowsError(f"{name} needs at least {fewest} rows of every label; there are: {listing}")
