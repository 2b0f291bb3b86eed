"""Rows of CSV and JSON files, plain or gzip, one at a time and as often as asked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.connectors.files.encodings import Decoded, FileError, decoded
from services.connectors.files.json_rows import json_rows
from services.connectors.files.layout import recognised
from services.connectors.files.table import Table, table

__all__ = ["File", "FileError", "Row", "opened"]

_FEWEST_FIELDS = 3  # of a comment; an answer around rows may have a `message` and a `time`


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts data rows from 1, `line` is where it begins; without `fields`, `fault` says why.

    `last_line` is where it ends, in tables.
    """

    number: int
    fields: dict[str, Any] | None
    line: int = 0
    fault: str = ""
    last_line: int = 0

    @property
    def place(self) -> str:
        """For people, who look for it in an editor or a spreadsheet."""
        if not self.line:
            return f"row {self.number}"
        lines = (
            f"lines {self.line} to {self.last_line}" if self.last_line > self.line else f"line {self.line}"
        )
        return f"row {self.number} ({lines})"


@dataclass(frozen=True, slots=True)
class File:
    """A file's text, and as what it is read. Its rows may be gone through again and again."""

    path: Path
    content: Decoded
    table: Table | None

    def __iter__(self) -> Iterator[Row]:
        """Empty cells are None."""
        return self._cells() if self.table else self._objects()

    def _cells(self) -> Iterator[Row]:
        assert self.table is not None
        for number, row in enumerate(self.table.rows(), start=1):
            cells = dict(zip(_named(self.table.heading), (cell or None for cell in row.cells), strict=False))
            yield Row(number, None if row.fault else cells, row.line, row.fault, row.last_line)

    def _objects(self) -> Iterator[Row]:
        for number, row in enumerate(json_rows(self.content.text, _is_row), start=1):
            yield Row(number, row.value, row.line, row.fault)


def opened(path: Path) -> File:
    """Raises FileError."""
    content = decoded(path)
    if content.text.lstrip("\0 \t\r\n").startswith(("{", "[")):
        if content.encoding == "cp1252":  # JSON is never that: its rows are damaged ones
            content = Decoded(
                content.text.encode("cp1252", "surrogateescape").decode("utf-8", "surrogateescape"), "utf-8"
            )
        return File(path, content, None)
    return File(path, content, table(content.text, recognised))


def _is_row(names: Iterable[str]) -> bool:
    return recognised(names) >= _FEWEST_FIELDS


def _named(heading: tuple[str, ...]) -> list[str]:
    """Cells without a heading, and headings that stand twice, are called by their place."""
    names: dict[str, None] = {}  # as a set that keeps its order
    for place, name in enumerate(heading, start=1):
        names[name if name and name not in names else f"{name or 'column'} ({place})"] = None
    return list(names)
