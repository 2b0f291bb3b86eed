"""What kind of rows a file holds, and which of its columns says what: from the headings alone."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from services.connectors.files import columns
from services.connectors.files.columns import Kind

_MARKS = re.compile(r"[\W_]+")
_PLACE = re.compile(r" \(\d+\)$")  # what tells headings that stand twice apart


@dataclass(frozen=True, slots=True)
class Layout:
    """`fields` names each field's columns in order of precedence; `pages` the accounts of an export."""

    kind: Kind
    fields: Mapping[str, tuple[str, ...]]
    pages: tuple[str, ...] = ()
    is_export: bool = False

    def cell(self, row: Mapping[str, Any], field: str) -> Any:
        """The first that is not empty, else None."""
        return self.found(row, field)[1]

    def found(self, row: Mapping[str, Any], field: str) -> tuple[str, Any]:
        """The column's name too, for messages."""
        names = self.fields.get(field, ())
        for name in names:
            value = row.get(name)
            if value is not None and value != "":
                return name, value
        return (names[0] if names else field), None

    def unused(self, names: Iterable[str]) -> dict[str, str]:
        """The other columns, each with why."""
        used = {name for found in self.fields.values() for name in found}
        headings = {plain(name) for name in used}
        return {
            name: columns.TWICE if plain(_PLACE.sub("", name)) in headings else _why(name, self.kind)
            for name in names
            if name not in used
        }


def plain(name: object) -> str:
    """A heading without case, blanks and marks."""
    return _MARKS.sub("", str(name)).casefold()


@cache
def aliases(names: str) -> tuple[str, ...]:
    return tuple(plain(name) for name in names.split(","))


def layout(names: tuple[str, ...], told_type: object = None) -> Layout | None:
    """Of rows with these columns; `told_type` is an event's own `type`. None: of no known kind."""
    return _layout(names, columns.TYPES.get(told_type) if isinstance(told_type, str) else None)


def recognised(names: Iterable[str]) -> int:
    """How many fields these headings name; 0 of no known kind."""
    found = layout(tuple(names))
    return 0 if found is None else sum(bool(each) for each in found.fields.values())


@lru_cache(maxsize=4096)
def _layout(names: tuple[str, ...], kind: Kind | None) -> Layout | None:
    known = {plain(name): name for name in reversed(names)}
    kind = kind or _kind(known)
    if kind is None:
        return None
    fields = {
        field: tuple(known[alias] for alias in aliases(listed) if alias in known)
        for field, listed in columns.FIELDS[kind].items()
    }
    if kind == "reading" and _is_export(known):
        pages = _named(known, columns.PAGES)
        fields |= {"account": (), "account_name": _named(known, columns.PAGE_NAMES)}
        return Layout(kind, fields, pages, is_export=True)
    return Layout(kind, fields)


def _kind(known: Mapping[str, str]) -> Kind | None:
    def has(kind: Kind, field: str) -> bool:
        return bool(_named(known, columns.FIELDS[kind][field]))

    post = has("reading", "post_id") and has("reading", "published_at")
    texts, identified = has("comment", "text"), has("comment", "comment_id")
    if post and has("reading", "views") and not _named(known, "comment_id, id_komentar, cid"):
        return "reading"
    if texts and (identified or _named(known, columns.COMMENT_MARKS)):
        return "comment"
    if post and any(has("reading", name) for name in columns.COUNTS):
        return "reading"
    if has("followers", "followers") and not has("reading", "post_id"):
        return "followers"
    if _named(known, columns.POST_MARKS) and has("post", "post_id") and not has("comment", "author_id"):
        return "post"
    return "comment" if texts else None


def _is_export(known: Mapping[str, str]) -> bool:
    return bool(_named(known, columns.EXPORT_MARKS))


def _named(known: Mapping[str, str], listed: str) -> tuple[str, ...]:
    return tuple(known[alias] for alias in aliases(listed) if alias in known)


def _why(name: str, kind: Kind) -> str:
    return _reasons(kind).get(plain(name), columns.NOT_KNOWN)


@cache
def _reasons(kind: Kind) -> Mapping[str, str]:
    return {
        plain(alias): reason
        for reason, listed in columns.NOT_USED.items()
        for scope, _, alias in (each.strip().rpartition(":") for each in listed.split(","))
        if scope in {"", kind}
    }
