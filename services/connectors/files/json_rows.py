"""Rows of JSON text: an object a line, or one array of objects. NaN, which data frames write, is null."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from services.connectors.files.encodings import is_damaged


@dataclass(frozen=True, slots=True)
class JsonRow:
    """The line that it begins on (from 1), and its value or why it is not readable."""

    line: int
    value: Any
    fault: str = ""


def _constant(name: str) -> float | None:
    return None if name == "NaN" else float(name)


_DECODER = json.JSONDecoder(parse_constant=_constant)
_NOT_JSON = (ValueError, RecursionError)  # RecursionError: brackets within brackets, a thousand deep
_KEPT_CHARACTERS = 65_536


def json_rows(text: str, is_row: Callable[[Iterable[str]], bool] = lambda _: False) -> Iterator[JsonRow]:
    """A broken line, or a broken element of an array, costs itself.

    `is_row` tells a single object of these names from an answer that holds rows in one of its lists.
    """
    if text.lstrip().startswith("["):
        return _elements(text)
    return _lines(text, is_row)


def _lines(text: str, is_row: Callable[[Iterable[str]], bool]) -> Iterator[JsonRow]:
    whole = _whole(text)
    if whole is not None:
        rows = _by_columns(whole) or ([whole] if is_row(whole) else _listed(whole))
        yield from (_object(1, row) for row in rows)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if content := line.strip(" \t\r\ufeff,"):
            yield _row(number, content)


def _row(number: int, text: str) -> JsonRow:
    if is_damaged(text):
        return JsonRow(number, None, "characters that UTF-8 does not know; save it as UTF-8")
    try:
        return _object(number, _value(text))
    except _NOT_JSON:
        return JsonRow(number, None, "not JSON; one object a line is needed")


def _whole(text: str) -> dict[str, Any] | None:
    """The file as one object, if it is one: then over one line or many."""
    try:
        value = _value(text)
    except _NOT_JSON:
        return None
    return value if isinstance(value, dict) else None


def _listed(whole: dict[str, Any]) -> list[Any]:
    """An API's answer holds its rows in a list of objects; without one, the object is the row."""
    lists = [
        value
        for value in whole.values()
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value)
    ]
    return lists[0] if len(lists) == 1 else [whole]


def _by_columns(whole: dict[str, Any]) -> list[Any]:
    """As a data frame is written by default: each column an object with a value for each row's key."""
    columns = [value for value in whole.values() if isinstance(value, dict) and value]
    if len(columns) < max(2, len(whole)) or any(each.keys() != columns[0].keys() for each in columns):
        return []
    return [{name: column[key] for name, column in whole.items()} for key in columns[0]]


def _elements(text: str) -> Iterator[JsonRow]:
    """Of an array; behind a broken one, from the next line that begins with `{`."""
    at, line, counted = text.index("[") + 1, 1, 0
    while True:
        at = _past(text, at, " \t\r\n,")
        line, counted = line + text.count("\n", counted, at), at
        if at >= len(text) or text[at] == "]":
            if fault := _end_fault(text[at + 1 :], cut_off=at >= len(text)):
                yield JsonRow(line, None, fault)
            return
        try:
            value, at = _DECODER.raw_decode(text, at)
        except _NOT_JSON:
            yield JsonRow(
                line,
                None,
                "not JSON; an element of the array is broken, what follows on its line is lost too",
            )
            at = _next_object(text, at + 1)
            if at == len(text):
                return
            if at > _KEPT_CHARACTERS:  # an error is found by counting from the text's beginning
                line += text.count("\n", counted, at)
                text, at, counted = text[at:], 0, 0
            continue
        if is_damaged(text[counted:at]):
            yield JsonRow(line, None, "characters that UTF-8 does not know; save it as UTF-8")
        else:
            yield _object(line, value)


def _end_fault(rest: str, *, cut_off: bool) -> str:
    """What is to be said of an array's end; rows may be missing there."""
    if cut_off:
        return "the array has no end; the file is cut off, export or copy it again"
    return (
        "something follows the array, which is not read; a file holds one array"
        if rest.strip(" \t\r\n\0;")
        else ""
    )


def _object(line: int, value: Any) -> JsonRow:
    if not isinstance(value, dict):
        return JsonRow(line, None, "no JSON object")
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return JsonRow(line, None, "a text is cut within a character (half of a surrogate pair)")
    return JsonRow(line, value)


def _value(text: str) -> Any:
    """Raises ValueError, RecursionError."""
    try:
        return orjson.loads(text)
    except ValueError:
        return _DECODER.decode(text)


def _past(text: str, at: int, skipped: str) -> int:
    while at < len(text) and text[at] in skipped:
        at += 1
    return at


def _next_object(text: str, at: int) -> int:
    while (at := text.find("\n", at)) >= 0:
        start = _past(text, at, " \t\r\n")
        if start < len(text) and text[start] == "{":
            return start
        at = max(start, at + 1)
    return len(text)
