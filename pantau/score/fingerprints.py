"""What comments' texts are recognised by once the texts themselves have expired. Pure.

Two texts have the same print when they have the same set of words: order, repetition, case, punctuation,
emoji, ornate and invisible characters, lengthened letters, mentions and masked data make no difference.
What is stored was computed with these rules, so a change to them is a new column, never an edit here.
"""

import re
from hashlib import blake2b
from typing import NamedTuple
from unicodedata import normalize

UNKNOWN = 0  # of a comment stored before there were prints (fill_prints.py): never flagged for its text

MASKS = ("akun", "email", "nik", "plat", "telepon")  # the placeholders that ingest leaves
_MENTION = re.compile(rf"\[(?:{'|'.join(MASKS)})\]|@[\w.]+")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_LENGTHENED = re.compile(r"([^\W\d_])\1+")


class Fingerprint(NamedTuple):
    """`value` is never UNKNOWN; `words`: how many different ones, 0 for emoji and mentions alone."""

    value: int
    words: int


class _Letters(dict[int, int | None]):
    """For str.translate: letters and digits stay, what cannot be seen goes, all else parts words."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        becomes = None if _INVISIBLE.match(character) else code if character.isalnum() else ord(" ")
        if code < 0x20000:  # scripts and emoji; the rest is not worth remembering
            self[code] = becomes
        return becomes


class _Words(dict[str, str]):
    """Each word with its letters single; remembered, since people write the same words again and again."""

    def __missing__(self, word: str) -> str:
        single = _LENGTHENED.sub(r"\1", word)
        if len(word) <= 24 and len(self) < 50_000:
            self[word] = single
        return single


_LETTERS = _Letters()
_WORDS = _Words()


def fingerprint(text: str) -> Fingerprint:
    if not text.isascii():
        text = normalize("NFKC", text)
    if "[" in text or "@" in text:
        text = _MENTION.sub(" ", text)
    words = set(map(_WORDS.__getitem__, text.casefold().translate(_LETTERS).split()))
    digest = blake2b(" ".join(sorted(words)).encode(), digest_size=8).digest()
    return Fingerprint(int.from_bytes(digest) or 1, min(len(words), 65_535))
