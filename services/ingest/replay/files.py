"""Rows of CSV and JSON-lines files, plain or gzip, one at a time."""

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import orjson

_GZIP_MAGIC = b"\x1f\x8b"
csv.field_size_limit(16 * 1024 * 1024)  # captions and tag lists exceed the module's 128 KiB


class FileError(Exception):
    """A file that cannot be read as a whole, in a sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts data rows from 1; `fields` is None when the row itself is not readable."""

    number: int
    fields: dict[str, Any] | None


def rows(path: Path) -> Iterator[Row]:
    """Empty CSV cells are None. Raises FileError."""
    try:
        with _opened(path) as stream:
            first = stream.peek(4096)[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
            yield from _json_lines(stream) if first.startswith(b"{") else _csv(stream)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"{path}: {error}") from error


def _opened(path: Path) -> io.BufferedReader:
    plain = path.open("rb")
    if plain.peek(2)[:2] != _GZIP_MAGIC:
        return plain
    plain.close()
    return io.BufferedReader(cast("io.RawIOBase", gzip.open(path)), 1 << 20)


def _json_lines(stream: IO[bytes]) -> Iterator[Row]:
    number = 0
    for line in stream:
        text = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not text:
            continue
        number += 1
        try:
            fields = orjson.loads(text)
        except orjson.JSONDecodeError:
            fields = None
        yield Row(number, fields if isinstance(fields, dict) else None)


def _csv(stream: IO[bytes]) -> Iterator[Row]:
    text = io.TextIOWrapper(cast("io.BufferedReader", stream), encoding="utf-8-sig", newline="")
    try:
        reader = csv.DictReader(text, strict=True)
        if not reader.fieldnames:
            raise csv.Error("the file is empty")
        width = len(reader.fieldnames)
        for number, cells in enumerate(reader, start=1):
            whole = None not in cells and sum(value is not None for value in cells.values()) == width
            yield Row(number, {name: value or None for name, value in cells.items()} if whole else None)
    finally:
        text.detach()  # closing is up to who opened
