"""Identifiers that spreadsheets and data frames may have shortened on their way here.

A spreadsheet keeps 15 digits of a number, a double 53 bits; platform ids have up to 20 digits. An id that
lost some is not that id any more, and many different ones become the same.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal

from pantau.reading.errors import Unreadable, refuse_overlong, shown
from pantau.reading.missing import is_missing

SPREADSHEET_DIGITS = 15
MAX_AUTHOR_CHARACTERS = 1024
_DOUBLE_EXACT = 2**53 - 1  # one more may be the next number, rounded
REMEDY = "a spreadsheet or data frame shortened it; export it again with this column as text"

LOST_DIGITS = f"among the ids sent together, this one ends as shortened ones do: {REMEDY}"

# 1.79E+16, 1,22001E+15, 1e+16. A plain 12345678E10 may be an id.
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+[eE][+-]?\d+|[eE]\+\d+)", re.ASCII)
_WITH_FRACTION = re.compile(r"(\d+)[.,]0+", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’\s]\d{3})+")
_NEGATIVE = re.compile(r"[-−]\d+")
_SPREADSHEET_ERROR = re.compile(r"#(?:NAME\?|REF!|VALUE!|NUM!|DIV/0!|NULL!|SPILL!|#+)", re.IGNORECASE)
# What people write so that a spreadsheet leaves an id alone: '179…, ="179…", "179…"
_AS_TEXT = re.compile(r"""=\s*"(?P<quoted>[^"]*)"|(?P<mark>["'’`])(?P<marked>[\w.-]*\d[\w.-]*)(?P=mark)?""")
_CUT_OFF = ("…", "...")
_MOST_DIGITS = 20
_NAMES_OF_AUTHORS = ("id", "pk", "username", "name")
# The chance, as a power of ten, below which ids do not look shortened by themselves.
_BY_ITSELF = -6.0
# Ids of X count the posts of a millisecond in their last 12 bits: mostly none.
_SECOND_IN_ITS_MILLISECOND = 2**12


def read_identifier(value: object) -> str | None:
    """An id without what surrounds it; None when it was not given. Raises Unreadable."""
    text = _read(value)
    if text and (_GROUPED.fullmatch(text) or _NEGATIVE.fullmatch(text)):
        raise Unreadable(f"{shown(value)} is no id but a number; export it again with this column as text")
    return text


def read_author(value: object) -> str | None:
    """What only a pseudonym is made of: any name or id, without blanks and invisible marks around it.

    None when it was not given. Raises Unreadable.
    """
    if isinstance(value, Mapping):  # {"id": …, "name": …}, as APIs nest it
        value = next((value[name] for name in _NAMES_OF_AUTHORS if value.get(name)), None)
    author = _read(value)
    if author and len(author) > MAX_AUTHOR_CHARACTERS:
        raise Unreadable(f"{shown(value)} is longer than {MAX_AUTHOR_CHARACTERS} characters")
    return author


def is_long(value: object) -> bool:
    """Whether an id has more digits than a spreadsheet keeps."""
    if not isinstance(value, str | int):
        return False
    text = str(value).strip()
    return SPREADSHEET_DIGITS < len(text) <= _MOST_DIGITS and text.isascii() and text.isdecimal()


def lost_digits(values: Iterable[object]) -> frozenset[str]:
    """The long ids among these that one tool shortened: more look so than would by chance."""
    long = {str(value).strip() for value in values if is_long(value)}
    found: frozenset[str] = frozenset()
    return found.union(*(_lost_in(tool, long) for tool in (_spreadsheet, _data_frame, _javascript)))


def _lost_in(tool: Callable[[str], float | None], long: Collection[str]) -> frozenset[str]:
    alike = {text: chance for text in long if (chance := tool(text)) is not None}
    telling = [chance for chance in alike.values() if chance < 0]
    ways = _log_ways(len(telling) + len(long) - len(alike), len(telling))
    return frozenset(alike) if sum(telling) + ways <= _BY_ITSELF else frozenset()


def _log_ways(many: int, some: int) -> float:
    """In how many ways some of many may be those that look so, as a power of ten."""
    ways = math.lgamma(many + 1) - math.lgamma(some + 1) - math.lgamma(many - some + 1)
    return ways / math.log(10)


def _spreadsheet(text: str) -> float | None:
    """Zeros from the 16th digit on."""
    return None if text[SPREADSHEET_DIGITS:].strip("0") else float(len(text.rstrip("0")) - len(text))


def _data_frame(text: str) -> float | None:
    """A double, written out in full: of 7106594312292453675 that is 7106594312292453376."""
    if int(text) <= _DOUBLE_EXACT or int(float(text)) != int(text):
        return None
    return 0.0 if int(text) % _SECOND_IN_ITS_MILLISECOND == 0 else _a_double(text)


def _javascript(text: str) -> float | None:
    """A double in the fewest digits that tell it from others, then zeros: 7106594312292453000."""
    if int(text) <= _DOUBLE_EXACT or int(Decimal(repr(float(text)))) != int(text):
        return None
    return _a_double(text)


def _a_double(text: str) -> float:
    """The chance that a whole number of this size, beyond 2^53, is one."""
    return -math.log10(math.ulp(float(text)))


def _read(value: object) -> str | None:
    """What ids and authors have in common."""
    if is_missing(value):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unreadable(f"{shown(value)} is no id")
    refuse_overlong(value)
    if isinstance(value, int) and abs(value) > _DOUBLE_EXACT:
        raise Unreadable(
            f"{shown(value)} is no id: JSON numbers lose digits from 2^53 on; write it as a string"
        )
    text = _written(_without_invisible_ends(str(value)))
    if _SCIENTIFIC.fullmatch(text) or _SPREADSHEET_ERROR.fullmatch(text):
        raise Unreadable(f"{shown(value)} is no id: {REMEDY}")
    if text.endswith(_CUT_OFF):
        raise Unreadable(f"{shown(value)} is cut off; give the id in full")
    if found := _WITH_FRACTION.fullmatch(text):
        return _whole(found[1], value)
    if isinstance(value, float):
        raise Unreadable(f"{shown(value)} is no id")
    if lost_digits([text]):
        raise Unreadable(f"{shown(value)} ends in zeros: {REMEDY}")
    return text or None


def _written(text: str) -> str:
    """Without what keeps a spreadsheet away from it, and the digits of any script in ASCII."""
    if found := _AS_TEXT.fullmatch(text):
        text = (found["quoted"] or found["marked"] or "").strip()
    return "".join(str(unicodedata.decimal(digit)) for digit in text) if text.isdecimal() else text


def _whole(digits: str, value: object) -> str:
    """What a data frame wrote as 1234.0 because a cell of its column was empty; a double holds 2^53."""
    if len(digits) > _MOST_DIGITS or int(digits) > _DOUBLE_EXACT:
        raise Unreadable(f"{shown(value)} is no id: {REMEDY}")
    return digits


def _without_invisible_ends(text: str) -> str:
    seen = [index for index, character in enumerate(text) if not _is_invisible(character)]
    return text[seen[0] : seen[-1] + 1] if seen else ""


def _is_invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}
