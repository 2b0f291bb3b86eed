"""Rows of a table of text: comma, semicolon, tab or bar between cells, cells in quotes where they must be.

Lenient, never guessing: a row that is not well formed is given back as broken, alone, and the next row is
read as if it had not been there. An opened quote that nobody closes ends with its line.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.connectors.files.encodings import is_damaged

csv.field_size_limit(2**31 - 1)  # none of ours: what is too long is refused as any other value
_DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLED_LINES = 50
_LINES_OF_TITLES = 20
_MAX_CELL_LINES = 500  # of a text in quotes; no post has more
_DAMAGED = "characters that its encoding does not know; save it as CSV UTF-8"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cells:
    """A row as it stands: its first and last line (from 1), and its cells or why they are not readable."""

    line: int
    last_line: int
    cells: tuple[str, ...]
    fault: str = ""


@dataclass(slots=True)
class Table:
    """`lines` keep their ends; `first` is the number of the first one, that of the heading."""

    lines: Sequence[str]
    delimiter: str
    first: int
    heading: tuple[str, ...] = field(default=(), init=False)
    _body: int = field(init=False)
    _strict: re.Pattern[str] = field(init=False)
    _loose: re.Pattern[str] = field(init=False)
    _not_whole: set[int] = field(default_factory=set, init=False)  # lines tried, so that each is tried once

    def __post_init__(self) -> None:
        mark = re.escape(self.delimiter)
        quoted, end = r'"[^"]*+(?:""[^"]*+)*+"', r"(?:\r\n|\r|\n)?"
        strict = rf'(?:{quoted}|[^"{mark}\r\n]*+)'
        loose = rf'(?:{quoted}|(?:[^"{mark}\r\n][^{mark}\r\n]*+)?)'  # with quotes, but not at its beginning
        self._strict = re.compile(rf"{strict}(?:{mark}{strict})*+{end}")
        self._loose = re.compile(rf"{loose}(?:{mark}{loose})*+{end}")
        self.heading, self._body = self._read_heading()

    def rows(self) -> Iterator[Cells]:
        """All after the heading; rows without any content are no rows."""
        at = self._body
        while at < len(self.lines):
            found, following = self._row(at)
            if found.fault or any(cell.strip() for cell in found.cells):
                yield found
            at = following

    def _read_heading(self) -> tuple[tuple[str, ...], int]:
        """Which may itself span lines, and the line after it."""
        found, following = self._record(0)
        cells = found or self._cells(self.lines[0])
        names = [cell.strip() for cell in (self._unwrapped(cells[0]) if len(cells) == 1 else cells)]
        while len(names) > 1 and not names[-1]:
            names.pop()
        return tuple(names), following

    def _row(self, at: int) -> tuple[Cells, int]:
        cells, following = self._record(at)
        if cells is None:
            following = self._next_whole(at + 1)
        lines = self.first + at, self.first + following - 1
        if is_damaged("".join(self.lines[at:following])):
            return Cells(*lines, (), _DAMAGED), following
        if cells is None:
            return Cells(*lines, (), self._fault(at)), following
        fitting = self._fitting(cells)
        if fitting is None:
            return Cells(*lines, (), self._wrong_width(cells)), following
        return Cells(*lines, fitting), following

    def _record(self, at: int) -> tuple[tuple[str, ...] | None, int]:
        """The cells of the row that begins at a line, and the line after it; None: not well formed."""
        line = self.lines[at]
        if self._is_closed(line):
            return (self._cells(line) if self._loose.fullmatch(line) else None), at + 1
        end = self._closing(at)
        text = "".join(self.lines[at:end])
        if end and self._strict.fullmatch(text) and not self._stands_without(at, end):
            return self._cells(text), end
        return (self._cells(line) if self._loose.fullmatch(line) else None), at + 1

    def _closing(self, at: int) -> int:
        """The line after the one in which the quotes are even again; 0: none."""
        quotes = self.lines[at].count('"')
        for end in range(at + 1, min(at + _MAX_CELL_LINES, len(self.lines))):
            quotes += self.lines[end].count('"')
            if quotes % 2 == 0:
                return end + 1
        return 0

    def _stands_without(self, at: int, end: int) -> bool:
        """Whether the lines after the first are rows by themselves, and with it are none or end in another.

        Then the quote of the first was a stray one.
        """
        after = next((line for line in range(end, len(self.lines)) if self.lines[line].strip()), None)
        if self._whole(at) and (after is None or self._whole(after)):
            return False
        following = at + 1
        while following < end:
            following = self._whole(following) if self.lines[following].strip() else following + 1
            if not following:
                return False
        return True

    def _whole(self, at: int) -> int:
        """The line after the row that begins at a line, if that is well formed and wide enough; else 0."""
        end = at + 1 if self._is_closed(self.lines[at]) else self._closing(at)
        text = "".join(self.lines[at:end])
        fits = self._strict.fullmatch(text) and len(self._cells(text)) == len(self.heading) > 1
        return end if fits else 0

    def _next_whole(self, at: int) -> int:
        """Past the rest of a broken row of several lines: up to the next line that is a row by itself."""
        for end in range(at, min(at + _MAX_CELL_LINES, len(self.lines))):
            if end in self._not_whole:
                continue
            cells, _ = self._record(end)
            if not self.lines[end].strip() or (cells and self._fitting(cells)):
                return end
            self._not_whole.add(end)
        return at

    def _is_closed(self, line: str) -> bool:
        return line.count('"') % 2 == 0

    def _cells(self, text: str) -> tuple[str, ...]:
        found = next(csv.reader([text], delimiter=self.delimiter), [])
        return tuple(found)

    def _fitting(self, cells: tuple[str, ...]) -> tuple[str, ...] | None:
        """As many as the heading has; empty ones too many are a spreadsheet's.

        Not where a cell begins with a blank: the mark before it may be of a text, and the empty one needed.
        """
        width = len(self.heading)
        if len(cells) == 1 and width > 1 and self.delimiter in cells[0]:
            cells = self._unwrapped(cells[0])
        parted = any(cell.startswith(" ") for cell in cells[1:width])
        if len(cells) > width and not any(cells[width:]) and not parted:
            cells = cells[:width]
        if len(cells) == width or not any(cells):
            return cells
        return None

    def _unwrapped(self, cell: str) -> tuple[str, ...]:
        """A spreadsheet of another locale keeps a whole row in one cell, in quotes."""
        return self._cells(cell) if self._strict.fullmatch(cell) else (cell,)

    def _fault(self, at: int) -> str:
        if self._is_closed(self.lines[at]):
            return 'a quote inside a cell in quotes; write it twice ("")'
        return "a quote is opened and not closed"

    def _wrong_width(self, cells: tuple[str, ...]) -> str:
        other = next((mark for mark in _DELIMITERS if mark in cells[0]), None)
        if len(cells) == 1 and other:
            return f"cells between {other!r}, where those of the heading are between {self.delimiter!r}"
        count = f"{len(cells)} cell{'s' if len(cells) > 1 else ''}"
        return (
            f"{count} where the heading has {len(self.heading)}; "
            f"a cell that holds {self.delimiter!r} needs quotes"
        )


def table(text: str, recognised: Callable[[Sequence[str]], int] | None = None) -> Table:
    """The heading is the first line with content, after Excel's `sep=;` where there is one.

    Where fewer than two of its cells are recognised, it is the one of the next lines with the most of them:
    people put titles above their tables.
    """
    lines = [line for line in _LINE.findall(text) if line]
    filled = [number for number, line in enumerate(lines) if line.strip()]
    told = _SEPARATOR.fullmatch(lines[filled[0]].strip('"\r\n'))
    mark = told[1] if told else None
    first, *others = filled[1:] if told and len(filled) > 1 else filled
    found = _table(lines, first, mark)
    if recognised is None or recognised(found.heading) > 1:
        return found
    below = [_table(lines, number, mark) for number in others[:_LINES_OF_TITLES]]
    best = max(below, key=lambda each: recognised(each.heading), default=found)
    return best if recognised(best.heading) > 1 else found


def _table(lines: Sequence[str], at: int, mark: str | None) -> Table:
    return Table(lines[at:], mark or _delimiter(lines[at : at + _SAMPLED_LINES]), at + 1)


def _delimiter(lines: Sequence[str]) -> str:
    """What splits the heading into most cells; of equals, what splits most rows like the heading."""

    def worth(mark: str) -> tuple[int, int]:
        tried = Table(lines, mark, 1)
        widths = sum(not row.fault for row in tried.rows())
        return len(tried.heading), widths

    return max(_DELIMITERS, key=worth)
