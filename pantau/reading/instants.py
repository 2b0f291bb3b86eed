"""Times as APIs, exports and people write them: RFC 3339, Unix time, `12 Okt 2025 14.05 WIB`.

A time without an offset needs a zone from whoever knows where it was written, and `03/04/2026` an order of
day and month from the rest of its file. What stays open is refused.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal

from pantau.contracts.fields import EARLIEST, LATEST
from pantau.reading.errors import Unreadable, refuse_overlong, shown
from pantau.reading.missing import is_missing

DateOrder = Literal["dmy", "mdy"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPREADSHEET_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's day 0 has no zone
# Unix time of 2000 to 2100 has another range in each unit, so its size says which unit it is in.
_UNITS_PER_SECOND = (1, 10**3, 10**6, 10**9)
_FIRST, _LAST = EARLIEST.timestamp(), LATEST.timestamp()
_FIRST_DAY, _LAST_DAY = ((day.replace(tzinfo=None) - _SPREADSHEET_EPOCH).days for day in (EARLIEST, LATEST))
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
# What `fromisoformat` reads as people mean it: it takes 18.12 for 18 h 0.12 s, and any mark before it.
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?"
    r"|\d{8}[T ]\d{4}(?:\d\d)?(?:Z|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SHORT_YEAR = re.compile(
    r"(?:\d{1,2}[\s./-]+(?:\d{1,2}|[a-z]{3,9})|[a-z]{3,9} \d{1,2})\.?[\s,./-]+'?\d\d(?![\d.:]).*"
)

_EXAMPLE = "write it with its offset, as in 2026-11-24T18:12:00+07:00"
_ZONES = {
    "wib": 7,
    "wita": 8,
    "wit": 9,  # Western, central and eastern Indonesia
    **dict.fromkeys(("utc", "gmt", "z"), 0),
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january", "feb februari february peb pebruari", "mar maret march mrt", "apr april",
            "mei may", "jun juni june", "jul juli july", "agu agustus agt agst august aug ags",
            "sep september sept", "okt oktober oct october", "nov november nop nopember",
            "des desember dec december",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_CLOCK = (
    r"(?:(?:,|pukul|pkl\.?|jam|at|t)?\s*(?P<hour>\d{1,2})(?P<colon>[.:])(?P<minute>\d{2})"
    r"(?:(?P=colon)(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
    r"(?:\s*(?P<half>am|pm|a\.m\.|p\.m\.))?)?"
)
# JavaScript's "GMT+0700 (Western Indonesia Time)" too.
_ZONE = (
    r"(?:\s*\(?(?:(?P<zone>wib|wita|wit|z|(?:utc|gmt)(?![+-]))"
    r"|(?:utc|gmt)?(?P<offset>[+-]\d{2}:?\d{2}|(?<=utc|gmt)[+-]\d{1,2})(?:\s*\([a-z ]+\))?)\)?)?"
)
_WEEKDAY = (
    r"(?:(?:[a-z]+day|sun|mon|tue|wed|thu|fri|sat"
    r"|sen(?:in)?|sel(?:asa)?|rabu?|kam(?:is)?|jum(?:'?at)?|sab(?:tu)?|min(?:ggu)?|ahad)"
    r"\.?,?\s*)?"
)
_SHAPES = tuple(
    re.compile(rf"{_WEEKDAY}{day}[,\s]*{_CLOCK}{_ZONE}", re.ASCII)
    for day in (
        r"(?P<day>\d{1,2})[\s./-]+(?P<name>[a-z]{3,9})\.?[\s./-]+(?P<year>\d{4})",
        r"(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
        r"(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})",
        r"(?P<first>\d{1,2})(?P<mark>[/.-])(?P<other>\d{1,2})(?P=mark)(?P<year>\d{4})",
    )
)
# RFC 2822 as mail and some APIs write it, with the year behind the clock: Tue Nov 24 18:12:00 +0000 2026
_YEAR_LAST = re.compile(
    rf"{_WEEKDAY}(?P<name>[a-z]{{3,9}}) (?P<day>\d{{1,2}}) {_CLOCK}{_ZONE} (?P<year>\d{{4}})", re.ASCII
)


def read_instant(
    value: object, *, zone: tzinfo | None = None, order: DateOrder | None = None
) -> datetime | None:
    """An instant in UTC; None when it was not given. A date is its midnight. Raises Unreadable.

    `zone` is that of values without an offset, `order` that of day and month where the value leaves it open.
    Spreadsheets' serial numbers are read where there is a zone.
    """
    if is_missing(value) or value == "NaT":
        return None
    if isinstance(value, datetime):
        found: datetime | None = value
    elif isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unreadable(f"{shown(value)} is no time")
    else:
        refuse_overlong(value)
        text = " ".join(_INVISIBLE.sub("", str(value)).split())
        found = _number(text, value, zone) if _NUMBER.fullmatch(text) else _written(text, value, order)
    return _in_utc(found or _compact(value), value, zone)


def states_offset(value: object) -> bool:
    """Whether a value that can be read says by itself which instant it is."""
    try:
        return read_instant(value) is not None
    except Unreadable:
        return False


def order_of(values: Iterable[object]) -> DateOrder | None:
    """The order of day and month in a file, where its values say it and none says otherwise."""
    said = {order for value in values if isinstance(value, str) and (order := _said(value))}
    return said.pop() if len(said) == 1 else None


def _number(text: str, value: object, zone: tzinfo | None) -> datetime | None:
    """Unix time by its size, or a spreadsheet's days since 1899; None for digits that are a date."""
    text = text.replace(",", ".")
    amount = float(text)
    for units in _UNITS_PER_SECOND:
        if _FIRST * units <= amount < _LAST * units:
            return _EPOCH + _unix(text, units)
    if zone is not None and _FIRST_DAY <= amount < _LAST_DAY:
        # To the second: a double of days is no more exact than that.
        return _SPREADSHEET_EPOCH + timedelta(seconds=round(amount * 86_400))
    if len(text) == len("20261124") and isinstance(value, str):
        return None
    raise Unreadable(
        f"{shown(value)} is no time: Unix time of 2000 to 2100 in s, ms, µs or ns, or RFC 3339 is needed"
    )


def _unix(text: str, units: int) -> timedelta:
    whole, _, fraction = text.partition(".")
    micro = int(whole) * 1_000_000 // units
    if fraction and units == 1:
        micro += int(fraction[:6].ljust(6, "0"))
    return timedelta(microseconds=micro)


def _compact(value: object) -> datetime:
    try:
        return datetime.strptime(str(value).strip(), "%Y%m%d")  # noqa: DTZ007 - its zone follows
    except ValueError as error:
        raise _no_time(value) from error


def _written(text: str, value: object, order: DateOrder | None) -> datetime:
    if _ISO.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise _no_time(value) from error
    found = _matched(text)
    if found is None and _SHORT_YEAR.fullmatch(text.casefold()):
        raise Unreadable(f"{shown(value)}: write the year in four digits")
    if found is None:
        raise _no_time(value)
    parts = found.groupdict()
    try:
        return datetime.combine(_date(parts, value, order), _clock(parts), _zone(parts))
    except ValueError as error:
        raise error if isinstance(error, Unreadable) else _no_time(value) from error


def _matched(text: str) -> re.Match[str] | None:
    folded = text.casefold()
    matches = (shape.fullmatch(folded) for shape in (*_SHAPES, _YEAR_LAST))
    return next((match for match in matches if match is not None), None)


def _date(parts: dict[str, str | None], value: object, order: DateOrder | None) -> date:
    year = int(parts["year"] or 0)
    if parts.get("first"):
        month, day = _ordered(int(parts["first"] or 0), int(parts["other"] or 0), value, order)
    else:
        name = parts.get("name")
        month = _MONTHS.get(name, 0) if name else int(parts["month"] or 0)
        day = int(parts["day"] or 0)
    return date(year, month, day)


def _ordered(first: int, other: int, value: object, order: DateOrder | None) -> tuple[int, int]:
    """Month and day."""
    own = _order(first, other)
    if own is None and order is None and first != other:
        raise Unreadable(
            f"{shown(value)} may be day/month or month/day; write the year first, or say the file's order"
        )
    return (first, other) if (own or order) == "mdy" else (other, first)


def _order(first: int, other: int) -> DateOrder | None:
    if first > 12 >= other:
        return "dmy"
    return "mdy" if other > 12 >= first else None


def _said(text: str) -> DateOrder | None:
    found = _matched(" ".join(text.split()))
    if found is None or "first" not in found.groupdict():
        return None
    return _order(int(found["first"]), int(found["other"]))


def _clock(parts: dict[str, str | None]) -> time:
    """Raises ValueError."""
    if parts["hour"] is None:
        return time()
    hour, half = int(parts["hour"]), (parts["half"] or "").replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(half)
        hour = hour % 12 + (12 if half == "pm" else 0)
    micro = int((parts["fraction"] or "0")[:6].ljust(6, "0"))
    return time(hour, int(parts["minute"] or 0), int(parts["second"] or 0), micro)


def _zone(parts: dict[str, str | None]) -> tzinfo | None:
    """Raises ValueError."""
    if parts["zone"]:
        return timezone(timedelta(hours=_ZONES[parts["zone"]]))
    if not parts["offset"]:
        return None
    sign, digits = parts["offset"][0], parts["offset"][1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if sign == "-" else offset)


def _in_utc(instant: datetime, value: object, zone: tzinfo | None) -> datetime:
    if instant.tzinfo is None:
        if zone is None:
            raise Unreadable(f"{shown(value)} says no zone; {_EXAMPLE}")
        instant = instant.replace(tzinfo=zone)
    try:
        instant = instant.astimezone(UTC)
    except OverflowError as error:
        raise _no_time(value) from error
    if not EARLIEST <= instant < LATEST:
        raise Unreadable(f"{shown(value)} is outside 2000 to 2100")
    return instant


def _no_time(value: object) -> Unreadable:
    return Unreadable(f"{shown(value)} is no time that can be read; {_EXAMPLE}")
