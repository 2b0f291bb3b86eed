"""A text as the patterns read it: a canonical character for each that is seen, and the way back.

Entities stand for what they mean, tags for a blank or for nothing, invisible characters for nothing.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pantau.masking.separators import CANONICAL, IN_ENTITY, IN_TAG, INVISIBLE

# Begin and end in the skeleton's text, and what to put there.
Span = tuple[int, int, str]

TAKEN = "\ufdd2"  # no character: no canonical text has it
_BLOCKS = "br|p|div|li|ul|ol|tr|td|th|table|hr|h[1-6]"
_INLINE = "wbr|a|b|i|u|s|em|strong|span|small|big|sub|sup|mark|font|tt|code|ins|del|bdi|bdo"
# Attributes with a digit, an at sign or a placeholder are text: nothing can hide in a tag.
_MARKUP = re.compile(
    r"&(?:amp;){0,3}(?:#\d{1,7}(?!\d);?|#x[0-9a-f]{1,6}(?![0-9a-f]);?|[a-z][a-z0-9]{1,30};|nbsp)"
    rf"|</?(?:{_BLOCKS}|{_INLINE})(?:\s[^<>@\[\]\d]{{0,200}})?/?>",
    re.IGNORECASE | re.ASCII,
)
_BLOCK = re.compile(rf"</?(?:{_BLOCKS})\b", re.IGNORECASE)
_PARTING = re.compile(rf"(?<![{INVISIBLE}{IN_TAG}])[{INVISIBLE}{IN_TAG}]")
_UNSEEN = frozenset((INVISIBLE, IN_TAG, IN_ENTITY))
_ENDINGS = frozenset((INVISIBLE, IN_ENTITY))  # the rest of an entity, marks of the last digit


@dataclass(frozen=True, slots=True)
class Skeleton:
    """`aligned` has a character for each of the original's, `text` those of them that are seen."""

    original: str
    aligned: str
    text: str

    @property
    def may_be_parted(self) -> bool:
        return INVISIBLE in self.aligned or IN_TAG in self.aligned

    def parted(self) -> "Skeleton":
        """With a blank where something unseen stands, for it may part words as well as hide in one."""
        aligned = _PARTING.sub(" ", self.aligned)
        return Skeleton(self.original, aligned, _seen(aligned))

    def replaced(self, spans: Sequence[Span]) -> str:
        """The original with `spans`, which are in order and apart, replaced; all else as it was."""
        if not spans:
            return self.original
        positions = self._positions()
        pieces: list[str] = []
        done = 0
        for begin, end, placeholder in spans:
            last = positions[end - 1] + 1
            while self.aligned[last : last + 1] in _ENDINGS:
                last += 1
            pieces += [self.original[done : positions[begin]], placeholder]
            done = last
        return "".join([*pieces, self.original[done:]])

    def _positions(self) -> Sequence[int]:
        if len(self.text) == len(self.aligned):
            return range(len(self.text))
        return [index for index, one in enumerate(self.aligned) if one not in _UNSEEN]


def skeleton(text: str) -> Skeleton:
    """`text` as one reads it."""
    aligned = _MARKUP.sub(_markup, text) if "&" in text or "<" in text else text
    aligned = aligned.translate(CANONICAL)
    return Skeleton(text, aligned, _seen(aligned))


def _seen(aligned: str) -> str:
    for unseen in _UNSEEN:
        aligned = aligned.replace(unseen, "")
    return aligned


def taken(text: str, spans: Sequence[Span]) -> str:
    """A skeleton's text without what `spans` cover, each place as it was."""
    pieces: list[str] = []
    done = 0
    for begin, end, _ in spans:
        pieces += [text[done:begin], TAKEN * (end - begin)]
        done = end
    return "".join([*pieces, text[done:]])


def _markup(found: re.Match[str]) -> str:
    return _meaning(found[0])


@lru_cache(maxsize=1024)
def _meaning(markup: str) -> str:
    """What an entity, escaped more than once or not, or a tag stands for, filled up to its length."""
    if markup.startswith("<"):
        block = _BLOCK.match(markup) is not None
        return (" " if block else "").ljust(len(markup), IN_TAG)
    one = markup
    for _ in range(4):
        one = html.unescape(one)
    return one.ljust(len(markup), IN_ENTITY)
