"""Identifiers that spreadsheets and data frames may have shortened on their way here.

A spreadsheet keeps 15 digits of a number, a double 53 bits; platform ids have up to 20 digits. An id that
lost some is not that id any more, and many different ones become the same.
"""

import re
import unicodedata
from collections.abc import Iterable

from services.ingest.reading.errors import Unreadable, refuse_overlong, shown
from services.ingest.reading.missing import is_missing

SPREADSHEET_DIGITS = 15
MAX_AUTHOR_CHARACTERS = 1024
_DOUBLE_EXACT = 2**53
REMEDY = "a spreadsheet or data frame shortened it; export it again with this column as text"

LOST_DIGITS = f"the long ids sent together all end in zeros: {REMEDY}"

# 1.79E+16, 1,22001E+15, 1e+16. A plain 12345678E10 may be an id.
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+[eE][+-]?\d+|[eE]\+\d+)", re.ASCII)
_WITH_FRACTION = re.compile(r"(\d+)[.,]0+", re.ASCII)
_SPREADSHEET_ERROR = re.compile(r"#(?:NAME\?|REF!|VALUE!|NUM!|DIV/0!|NULL!|SPILL!|#+)", re.IGNORECASE)
# What people write so that a spreadsheet leaves an id alone: '179…, ="179…"
_AS_TEXT = re.compile(r"""(?:=\s*"(?P<quoted>[^"]*)"|['’](?P<marked>\d+))""")
_CUT_OFF = ("…", "...")
# The chance below which an id, or a column of them, does not end in so many zeros by itself.
_BY_ITSELF = 1e-6


def read_identifier(value: object) -> str | None:
    """An id without surrounding blanks; None when it was not given. Raises Unreadable."""
    if is_missing(value):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unreadable(f"{shown(value)} is no id")
    refuse_overlong(value)
    if isinstance(value, int) and abs(value) > _DOUBLE_EXACT:
        raise Unreadable(
            f"{shown(value)} is no id: JSON numbers lose digits beyond 2^53; write it as a string"
        )
    text = _written(str(value).strip())
    if _SCIENTIFIC.fullmatch(text) or _SPREADSHEET_ERROR.fullmatch(text):
        raise Unreadable(f"{shown(value)} is no id: {REMEDY}")
    if text.endswith(_CUT_OFF):
        raise Unreadable(f"{shown(value)} is cut off; give the id in full")
    if found := _WITH_FRACTION.fullmatch(text):
        return _whole(found[1], value)
    if lost_digits([text]):
        raise Unreadable(f"{shown(value)} ends in zeros: {REMEDY}")
    return text


def read_author(value: object) -> str | None:
    """What only a pseudonym is made of: any name or id, without blanks and invisible marks around it.

    None when it was not given. Raises Unreadable.
    """
    identifier = read_identifier(value)
    if identifier is None:
        return None
    author = _without_invisible_ends(identifier)
    if len(author) > MAX_AUTHOR_CHARACTERS:
        raise Unreadable(f"{shown(value)} is longer than {MAX_AUTHOR_CHARACTERS} characters")
    return author or None


def lost_digits(values: Iterable[object]) -> bool:
    """Whether the long ids among these all end in zeros from the 16th digit on, which is no chance."""
    long = {str(value).strip() for value in values if is_long(value)}
    zeros = [len(text) - len(text.rstrip("0")) for text in long]
    rounded = all(not text[SPREADSHEET_DIGITS:].strip("0") for text in long)
    return bool(long) and rounded and 10.0 ** -sum(zeros) <= _BY_ITSELF


def _written(text: str) -> str:
    found = _AS_TEXT.fullmatch(text)
    return text if found is None else (found["quoted"] or found["marked"] or "").strip()


def _whole(digits: str, value: object) -> str:
    """What a data frame wrote as 1234.0 because a cell of its column was empty; a double holds 2^53."""
    if int(digits) > _DOUBLE_EXACT:
        raise Unreadable(f"{shown(value)} is no id: {REMEDY}")
    return digits


def is_long(value: object) -> bool:
    """Whether an id has more digits than a spreadsheet keeps."""
    if not isinstance(value, str | int):
        return False
    text = str(value).strip()
    return len(text) > SPREADSHEET_DIGITS and text.isascii() and text.isdecimal()


def _without_invisible_ends(text: str) -> str:
    seen = [index for index, character in enumerate(text) if not _is_invisible(character)]
    return text[seen[0] : seen[-1] + 1] if seen else ""


def _is_invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}
