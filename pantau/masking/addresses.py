"""E-mail addresses and handles: what stands beside an at sign."""

import re
from collections.abc import Iterator

from pantau.masking.separators import ANY_SEPARATOR, MOST_BETWEEN, UNUSUAL
from pantau.masking.skeleton import TAKEN

_BLANK = rf"[ {UNUSUAL}]"
# After a plain blank an at sign begins a handle ("lihat @metro.tv"), but with these: "budi @gmail.com".
_MAILBOX = r"(?:g(?:oogle)?mail|yahoo|ymail|rocketmail|hotmail|outlook|live|icloud|proton(?:mail)?|aol|zoho)"
_AT = "|".join(
    (
        rf"{UNUSUAL}{{0,{MOST_BETWEEN}}}@",
        rf"{_BLANK}{{1,{MOST_BETWEEN}}}@(?={_BLANK}{{0,{MOST_BETWEEN}}}{_MAILBOX}{_BLANK}{{0,2}}\.)",
        rf"{_BLANK}{{0,{MOST_BETWEEN}}}\({_BLANK}?at{_BLANK}?\)",
    )
)
_DOT = rf"{_BLANK}{{0,2}}(?:\.|\((?:dot|titik)\)){_BLANK}{{0,2}}"
_ID = rf"(?:co|go|ac|or|sch|web|my|desa){_DOT}id"
_DOMAIN = "|".join(
    (
        r"(?:[\w\-]++\.)+[^\W\d_]{2,}(?:[\w.%+\-]*\w)?",
        rf"(?:[\w\-]++{_DOT}){{1,4}}(?:com|net|org|{_ID})(?!\w)",
    )
)
# Possessive quantifiers: a run is read once, not from each of its letters.
_EMAIL = re.compile(
    rf"(?<![\w.%+\-])[\w.%+\-]++(?:{_AT}){ANY_SEPARATOR}{{0,{MOST_BETWEEN}}}(?:{_DOMAIN})", re.IGNORECASE
)
# "@5.000" and "@Rp5.000" are prices: a handle has a letter. "@ kantor" is a place: a plain blank alone parts.
_JOINED = rf"(?:(?! ){ANY_SEPARATOR}){{0,{MOST_BETWEEN}}}+"
_HANDLE = re.compile(rf"@{_JOINED}(?!rp\.?\s?[\d{TAKEN}])(?=[\w.\-]*[^\W\d])\w(?:[\w.\-]*\w)?", re.IGNORECASE)


def emails(text: str) -> Iterator[tuple[int, int]]:
    if "@" in text or "(" in text:
        for found in _EMAIL.finditer(text):
            yield found.span()


def handles(text: str) -> Iterator[tuple[int, int]]:
    if "@" in text:
        for found in _HANDLE.finditer(text):
            yield found.span()
