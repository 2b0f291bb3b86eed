"""Rows of JSON text: an object a line, or one array of objects. NaN, which data frames write, is null."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from services.ingest.replay.encodings import is_damaged


@dataclass(frozen=True, slots=True)
class JsonRow:
    """The line that it begins on (from 1), and its value or why it is not readable."""

    line: int
    value: Any
    fault: str = ""


def _constant(name: str) -> float | None:
    return None if name == "NaN" else float(name)


_DECODER = json.JSONDecoder(parse_constant=_constant)


def json_rows(text: str) -> Iterator[JsonRow]:
    """A broken line, or a broken element of an array, costs itself."""
    if text.lstrip().startswith("["):
        return _elements(text)
    return _lines(text)


def _lines(text: str) -> Iterator[JsonRow]:
    whole = _whole(text)
    if whole is not None:
        yield from (JsonRow(1, value) for value in _listed(whole))
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if content := line.strip(" \t\r\ufeff"):
            yield _row(number, content)


def _row(number: int, text: str) -> JsonRow:
    if is_damaged(text):
        return JsonRow(number, None, "characters that UTF-8 does not know; save it as UTF-8")
    try:
        return _object(number, _value(text))
    except ValueError:
        return JsonRow(number, None, "not JSON; one object a line is needed")


def _whole(text: str) -> dict[str, Any] | None:
    """The file as one object, if it is one: then over one line or many."""
    try:
        value = _value(text)
    except ValueError:
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


def _elements(text: str) -> Iterator[JsonRow]:
    """Of an array; behind a broken one, from the next line that begins with `{`."""
    at, line, counted = text.index("[") + 1, 1, 0
    while True:
        at = _past(text, at, " \t\r\n,")
        if at >= len(text) or text[at] == "]":
            return
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, at = _DECODER.raw_decode(text, at)
        except ValueError:
            yield JsonRow(line, None, "not JSON; an element of the array is broken or cut off")
            at = _next_object(text, at + 1)
            continue
        if is_damaged(text[counted:at]):
            yield JsonRow(line, None, "characters that UTF-8 does not know; save it as UTF-8")
        else:
            yield _object(line, value)


def _object(line: int, value: Any) -> JsonRow:
    return JsonRow(line, value) if isinstance(value, dict) else JsonRow(line, None, "no JSON object")


def _value(text: str) -> Any:
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
