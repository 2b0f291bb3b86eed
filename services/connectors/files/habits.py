"""What the values of one file say together: marks of thousands, order of dates, columns that lost digits.

Also where its cells are read by these, so that each count of what was assumed is kept in one place.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pantau.reading.counts import Grouping, grouping_of
from pantau.reading.identifiers import is_long, lost_digits
from pantau.reading.instants import DateOrder, order_of
from pantau.reading.zones import DEFAULT_ZONE
from services.connectors.files.columns import COUNTS
from services.connectors.files.files import Row
from services.connectors.files.layout import Layout, layout

Assumption = Literal["zoned", "timed by option", "timed by file", "derived id"]
_INSTANTS = ("created_at", "published_at", "observed_at")
_SHORTENED = re.compile(r"(\d+[.,]\d+)E\+\d+", re.ASCII | re.IGNORECASE)
_IDENTIFIERS = ("comment_id", "post_id", "parent_id", "author_id")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the person at the keyboard says of rows that leave it open."""

    account: str | None = None
    platform: str | None = None
    observed_at: datetime | None = None
    zone: tzinfo = field(default_factory=lambda: ZoneInfo(DEFAULT_ZONE))
    order: DateOrder | None = None
    grouping: Grouping | None = None
    derive_ids: bool = False


@dataclass(slots=True)
class Habits:
    """Of one file; `saved_at` is when it was written, `lost` the ids, by column, whose digits are gone."""

    grouping: Grouping | None = None
    order: DateOrder | None = None
    lost: Mapping[str, frozenset[str]] = field(default_factory=dict)
    saved_at: datetime | None = None


@dataclass(slots=True)
class Assumed:
    """What was taken for granted in one file; `counts` in values or rows, of rows that were not refused."""

    rows: int = 0
    encoding: str = ""
    heading_line: int = 1
    saved_at: datetime | None = None
    counts: Counter[Assumption] = field(default_factory=Counter)
    unused: dict[str, str] = field(default_factory=dict)


def learned(rows: Iterable[Row], defaults: Defaults, saved_at: datetime | None = None) -> Habits:
    """One pass over the file; what the person says holds over what the values say."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    identifiers: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        kind = layout(tuple(row.fields), row.fields.get("type")) if row.fields else None
        if kind is None or row.fields is None:
            continue
        found["counts"].update(_texts(kind, row.fields, (*COUNTS, "followers"), _is_marked))
        found["instants"].update(_texts(kind, row.fields, _INSTANTS, _is_ordered))
        for column in (*kind.pages, *(kind.found(row.fields, name)[0] for name in _IDENTIFIERS)):
            value = row.fields.get(column)
            if is_long(value):
                identifiers[column].add(str(value))
            elif isinstance(value, str) and (shortened := _SHORTENED.fullmatch(value.strip())):
                found["counts"].add(shortened[1])  # 1,79E+16 says which mark is the decimal one
    return Habits(
        defaults.grouping or grouping_of(found["counts"]),
        defaults.order or order_of(found["instants"]),
        {column: lost for column, values in identifiers.items() if (lost := lost_digits(values))},
        saved_at,
    )


def _texts(
    kind: Layout, row: Mapping[str, Any], names: Iterable[str], telling: Callable[[str], bool]
) -> Iterable[str]:
    values = (kind.cell(row, name) for name in names)
    return [value for value in values if isinstance(value, str) and telling(value)]


def _is_marked(value: str) -> bool:
    return "." in value or "," in value


def _is_ordered(value: str) -> bool:
    """Not beginning with the year."""
    return not value.lstrip()[:4].isdecimal()
