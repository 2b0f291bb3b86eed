"""Bodies to single items: one JSON object, an array of them, or NDJSON (one a line)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Never

import orjson

from pantau.runtime.http import Problem

MAX_ITEMS = 5_000
JSON_TYPES = frozenset({"", "application/json", "text/json", "text/plain", "application/octet-stream"})
NDJSON_TYPES = frozenset(
    {"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}
)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no JSON; it is refused alone, the lines around it are not."""

    reason: str


def split(body: bytes, content_type: str) -> Sequence[Any]:
    """Decoded items in order, Unreadable in place of a bad NDJSON line. Raises Problem 400, 413, 415, 422."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in JSON_TYPES | NDJSON_TYPES:
        raise Problem(415, f"{media_type} is not known here: send application/json or application/x-ndjson")
    body = body.removeprefix(_BOM).strip()
    if not body:
        raise Problem(400, "the body is empty")
    items = _lines(body) if media_type in NDJSON_TYPES else _json(body)
    if not items:
        raise Problem(422, "the body holds no event")
    if len(items) > MAX_ITEMS:
        raise too_many(len(items))
    return items


def too_many(count: int) -> Problem:
    return Problem(413, f"{count} events in one request; send at most {MAX_ITEMS}")


def _json(body: bytes) -> Sequence[Any]:
    try:
        value = _loads(body)
    except ValueError as error:
        lines = body.splitlines()
        if len(lines) > 1 and _is_object(lines[0]):  # NDJSON under another name
            return _lines(body)
        raise Problem(400, f"the body is not JSON: {error}") from error
    return value if isinstance(value, list) else [value]


def _lines(body: bytes) -> Sequence[Any]:
    lines = [line for line in body.split(b"\n") if line.strip()]
    if len(lines) > MAX_ITEMS:
        raise too_many(len(lines))
    return [_line(line) for line in lines]


def _line(line: bytes) -> Any:
    try:
        return _loads(line.removeprefix(_BOM))
    except ValueError as error:
        return Unreadable(f"not JSON: {error}")


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(_loads(line), dict)
    except ValueError:
        return False


def _loads(text: bytes) -> Any:
    """Raises ValueError. Lone surrogates pass here, so that one bad string refuses one item and not all."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as refused:
        if b"\\ud" not in text.lower():
            raise
        try:
            return json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise refused from None


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")
