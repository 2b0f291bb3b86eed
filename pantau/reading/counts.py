"""Counts as platforms and spreadsheets write them: `12.000`, `1,2 rb`, `2.3M`, `-1` for hidden.

A mark is read as its writer meant it, or the value is refused: `12.000` alone is twelve thousand in Indonesia
and twelve elsewhere, so it needs a file whose other values say which mark groups its thousands.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from pantau.contracts.fields import MAX_COUNT
from pantau.reading.errors import Unreadable, refuse_overlong, shown
from pantau.reading.missing import is_missing

Grouping = Literal[".", ","]  # the mark that groups thousands; the other one is the decimal mark

_UNITS = {
    **dict.fromkeys(("k", "rb", "ribu"), 10**3),
    **dict.fromkeys(("jt", "juta", "mio"), 10**6),
    **dict.fromkeys(("miliar", "milyar", "mlr", "b", "bn"), 10**9),
}
_MILLION_OR_MILIAR = "m"
_SHAPE = re.compile(r"(?P<number>\d[\d.,]*)(?: ?(?P<unit>[a-z]+)\.?)?", re.ASCII)
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?e[+-]?\d+", re.ASCII)
# Blanks and apostrophes group digits wherever they are used, and mean nothing else.
_BLANK_GROUPS = re.compile(r"\d{1,3}(?:[ '’]\d{3})+(?!\d)", re.ASCII)
_HIDDEN = frozenset({"-1", "-1.0", "-1,0"})
_DASHES = re.compile("[‐-―−]")
_MOST_CHARACTERS = 64


def read_count(value: object, grouping: Grouping | None = None) -> int | None:
    """A whole number from 0 to 2^53 - 1; None when it was not given. Raises Unreadable."""
    if is_missing(value):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unreadable(f"{shown(value)} is no count")
    refuse_overlong(value)
    text = _plain(str(value))
    if len(text) > _MOST_CHARACTERS:
        raise Unreadable(f"{shown(value)} is no count")
    if text in _HIDDEN:
        return None
    number = _number(text, shown(value), "," if isinstance(value, float) else grouping)
    if number > MAX_COUNT:
        raise Unreadable(f"{shown(value)} is larger than any count")
    return number


def grouping_of(values: Iterable[object]) -> Grouping | None:
    """The mark that groups thousands in a file, where its values say it and none says otherwise."""
    said = {mark for value in values if isinstance(value, str) and (mark := _said(_plain(value)))}
    return said.pop() if len(said) == 1 else None


def _plain(text: str) -> str:
    """In ASCII digits and small letters, each kind of blank a blank, groups by blanks closed."""
    if not text.isascii():
        text = "".join(_ascii(character) for character in text)
    text = _DASHES.sub("-", text.strip().casefold())
    text = re.sub(r"\s+", " ", text)
    return _BLANK_GROUPS.sub(lambda found: re.sub(r"[ '’]", "", found[0]), text)


def _ascii(character: str) -> str:
    """Nothing for what is not seen; a raised or circled digit is none: 12² is not 122."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    kind = unicodedata.category(character)
    return "" if kind == "Cf" else character if kind == "No" else unicodedata.normalize("NFKC", character)


def _number(text: str, named: str, grouping: Grouping | None) -> int:
    if _SCIENTIFIC.fullmatch(text):
        raise Unreadable(f"{named} was shortened by a spreadsheet; give the count in full")
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise Unreadable(f"{named} is not a whole number")
    digits, unit = found["number"], found["unit"] or ""
    grouping = _said(text) or grouping
    factor = _factor(unit, grouping, named)
    exact = _decimal(digits, grouping, named) * factor
    if exact != exact.to_integral_value():
        raise Unreadable(f"{named} is not a whole number")
    return int(exact)


def _factor(unit: str, grouping: Grouping | None, named: str) -> int:
    if not unit:
        return 1
    if unit == _MILLION_OR_MILIAR and grouping == ",":  # 2.3M: an English million
        return 10**6
    if unit == _MILLION_OR_MILIAR:
        raise Unreadable(f"{named}: M may be a million or a miliar; give the count in full")
    if unit not in _UNITS:
        raise Unreadable(f"{named} is not a whole number")
    return _UNITS[unit]


def _decimal(digits: str, grouping: Grouping | None, named: str) -> Decimal:
    if digits.isdecimal():
        return Decimal(digits)
    decimal = _fraction_mark(digits)
    if decimal is None and _is_grouped(digits) and (grouping is None or grouping not in digits):
        raise Unreadable(
            f"{named} may be {re.sub('[.,]', '', digits)} or {digits.replace(',', '.')}; "
            "write it without a mark, or say which mark groups the file's thousands"
        )
    group = grouping or ("." if decimal == "," else ",")
    whole, mark, fraction = digits.partition("," if group == "." else ".")
    if not _is_grouped(whole, group) or (mark and not (fraction.isdecimal() and len(fraction) > 0)):
        raise Unreadable(f"{named} is not a whole number")
    return Decimal(f"{whole.replace(group, '')}.{fraction or 0}")


def _is_grouped(digits: str, group: str = ".,") -> bool:
    """Digits alone, or in groups of three by one of the marks."""
    return bool(re.fullmatch(rf"\d+|\d{{1,3}}(?:[{group}]\d{{3}})+", digits, re.ASCII))


def _said(text: str) -> Grouping | None:
    """Which mark groups thousands, as far as this value alone says it."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    digits = found["number"]
    for group, decimal in ((".", ","), (",", ".")):
        several = re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}}){{2,}}(?:\{decimal}\d+)?", digits, re.ASCII)
        both = re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}})+\{decimal}\d+", digits, re.ASCII)
        if several or both:
            return "." if group == "." else ","
    mark = _fraction_mark(digits)
    return None if mark is None else ("." if mark == "," else ",")


def _fraction_mark(digits: str) -> str | None:
    """The decimal mark of a number with one mark, where what follows cannot be a group of three.

    `1,2` and `12.0` and `0.125`, but not `12.000`.
    """
    found = re.fullmatch(r"(\d+)([.,])(\d+)", digits, re.ASCII)
    if found is None:
        return None
    whole, mark, fraction = found.groups()
    grouped = len(fraction) == 3 and len(whole) <= 3 and not whole.startswith("0")
    return None if grouped else mark
