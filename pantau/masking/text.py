"""Personal data in public texts, replaced by placeholders before anything is stored.

What is searched for: national identity numbers, telephone numbers, e-mail addresses, vehicle plates and
handles, whatever stands between their parts. Names cannot be found reliably and stay. An unbroken run of 16
digits is always masked, a price or a date is not. Every pass is linear in the text, and masking twice changes
nothing.
"""

import re

from pantau.masking.addresses import emails, handles
from pantau.masking.numbers import numbers
from pantau.masking.plates import plates
from pantau.masking.skeleton import TAKEN, Skeleton, Span, skeleton, taken

NIK = "[nik]"
PHONE = "[telepon]"
EMAIL = "[email]"
PLATE = "[plat]"
HANDLE = "[akun]"

_NUMBERS = {"nik": NIK, "phone": PHONE}
# As it looks in a skeleton. What an earlier pass left is read as what this one has taken.
_PLACEHOLDER = re.compile(r"\((?:nik|telepon|email|plat|akun)\)")
_MAY_HOLD_SOME = re.compile(r"[0-9@]|\([^\w]?at", re.IGNORECASE)


# What is unseen both joins and parts, so masking one may bare another. More rounds need a text made for it.
_MOST_ROUNDS = 4


def mask(text: str) -> str:
    """What is not masked stays as it was, character for character."""
    for _ in range(_MOST_ROUNDS):
        read = skeleton(text)
        if not _MAY_HOLD_SOME.search(read.text):
            return text
        text = _masked(read)
        if not read.may_be_parted:
            return text
        joined = read if text == read.original else skeleton(text)
        text = _masked(joined.parted())
        if text == joined.original:
            return text
    return text


def _masked(read: Skeleton) -> str:
    spans: list[Span] = []
    left = _PLACEHOLDER.sub(lambda found: TAKEN * len(found[0]), read.text)
    # A plate's "Rp" shields no number, and digits that were a number make no word of the letters beside them.
    for find in (_emails, _handles, _plates, _numbers, _plates, _numbers):
        new = find(left)
        left = taken(left, new)
        spans += new
        if not new and find is _numbers:
            break
    return read.replaced(sorted(spans))


def _emails(text: str) -> list[Span]:
    return [(*span, EMAIL) for span in emails(text)]


def _handles(text: str) -> list[Span]:
    return [(*span, HANDLE) for span in handles(text)]


def _plates(text: str) -> list[Span]:
    return [(*span, PLATE) for span in plates(text)]


def _numbers(text: str) -> list[Span]:
    return [(begin, end, _NUMBERS[kind]) for begin, end, kind in numbers(text)]
