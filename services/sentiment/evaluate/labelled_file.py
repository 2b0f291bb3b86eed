"""Texts that people labelled: a file with the columns `text` and `label`; others are ignored."""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from services.sentiment.inference.labels import LABELS, label_named

LINES = (".jsonl", ".ndjson")  # a JSON object a line; what the API exports corrections as
FORMATS = (".csv", ".tsv", *LINES)

Numbered = Iterator[tuple[int, dict[str, object]]]  # the line a row ends on, and the row


class UnreadableFileError(ValueError):
    """The file is not a table of texts and labels."""


def read(path: Path) -> list[tuple[str, int]]:
    """Texts and indices into LABELS; rows without a label are left out.

    Raises `UnreadableFileError` or `UnknownLabelsError`.
    """
    kind = (path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower()
    if kind not in FORMATS:
        raise UnreadableFileError(f"{path}: expected {', '.join(FORMATS)}, plain or .gz")
    try:
        with _opened(path) as file:
            rows = _objects(file) if kind in LINES else _records(file, kind)
            found = [pair for number, row in rows if (pair := _pair(row, f"{path}, line {number}"))]
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error, gzip.BadGzipFile, EOFError) as error:
        raise UnreadableFileError(f"{path}: {error}") from error
    if not found:
        raise UnreadableFileError(f"{path} has no labelled rows")
    return found


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _objects(file: TextIO) -> Numbered:
    for number, line in enumerate(file, start=1):
        if line.strip():
            row = json.loads(line)
            yield number, row if isinstance(row, dict) else {}


def _records(file: TextIO, kind: str) -> Numbered:
    table = (
        csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if kind == ".tsv"
        else csv.DictReader(file)
    )
    for row in table:
        yield table.line_num, dict(row)


def _pair(row: dict[str, object], place: str) -> tuple[str, int] | None:
    if "text" not in row or "label" not in row:
        raise UnreadableFileError(f"{place}: needs text and label; it has {', '.join(map(str, row))}")
    if not row["label"]:
        return None
    return str(row["text"]), LABELS.index(label_named(str(row["label"])))
