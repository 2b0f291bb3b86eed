"""What people, apps and converters put between the parts of a number, an address, a plate or a handle.

The one class of separators of every pattern. Each character has one canonical character, by its Unicode
category where that says enough, so that what a new Unicode version adds is known too.
"""

import unicodedata

# Drawn without a width of its own: format characters, marks, joiners, variation selectors, tag characters.
INVISIBLE = "\x00"
# What a tag and the rest of an entity are filled up with: no characters, and as invisible.
IN_TAG = "\ufdd0"
IN_ENTITY = "\ufdd1"
# A blank that no keyboard types between words: it joins where a plain one would part.
UNUSUAL = "\u00a0"

_INVISIBLE_CATEGORIES = {"Cf", "Cc", "Mn", "Me", "Mc"}
_BLANK_CATEGORIES = {"Zs", "Zl", "Zp"}
_PLAIN = frozenset(" \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
# Drawn blank though no space by category: Braille's, Hangul's fillers; what a lost no-break space turns into.
_DRAWN_BLANK = frozenset("\u2800\u115f\u1160\u3164\uffa0\ufffc\ufffd")
# Emoji and stars, those of newer versions and of fonts too, where they are no letter or digit in a circle.
_SYMBOLS = {"So", "Sk", "Cn", "Co"}
_BY_CATEGORY = {"Pd": "-", "Ps": "(", "Pe": ")", "Pi": "'", "Pf": "'"}
_LOOKALIKES = {
    "-": "\u2212\u2043\u02d7\u2796\u23af\u2500\u2501\u30fc\u207b\u208b\u00af\uff70",
    ".": "\u2026\u2e31\ua78f\u00b7\u2022\u2027\u2219\u22c5\u25cf\u25e6\u30fb\uff65\u3002\uff61\u06d4\u0387"
    "\u2024",
    "/": "\u2044\u2215\u29f8\u2571\\\uff3c|\uff5c\u2223\u00a6\u2502",
    "(": "<",
    ")": ">",
    "'": '"`\u00b4\u2032\u2033\u02bc\u02b9\uff07\uff02',
    "*": "\u2190\u2192\u21d2\u2217\u204e\u2731\u066d\u2736",
    "~": "\u223c\u2053\uff5e",
    "_": "\u203f\u2017",
    ",": "\u060c\u3001\uff64",
    "+": "\u2795",
}
_CANONICAL_OF_LOOKALIKE = {alike: one for one, all_alike in _LOOKALIKES.items() for alike in all_alike}
# Where characters of these classes are: the planes between hold ideographs, private use or nothing.
_CODE_POINTS = (*range(0x20000), *range(0xE0000, 0xE1000))

MOST_BETWEEN = 6
_SEPARATORS = rf" {UNUSUAL}.\-/()_*~'"
ANY_SEPARATOR = rf"[{_SEPARATORS}]"
# Between two groups of digits: a few of these, invisible ones not counted, or one of those.
_ALONE = ",:;=#"
BETWEEN = rf"(?:{ANY_SEPARATOR}{{1,{MOST_BETWEEN}}}+|[{_ALONE}])"
BETWEEN_CHARACTERS = _SEPARATORS + _ALONE
# Between the letters and the number of a plate.
BETWEEN_PLATE = rf"{ANY_SEPARATOR}{{0,{MOST_BETWEEN}}}+"


def is_blank(character: str) -> bool:
    return (
        character in _PLAIN
        or character in _DRAWN_BLANK
        or unicodedata.category(character) in _BLANK_CATEGORIES
    )


def is_invisible(character: str) -> bool:
    return not is_blank(character) and (
        unicodedata.category(character) in _INVISIBLE_CATEGORIES or _is_ignorable_by_default(ord(character))
    )


def canonical(character: str) -> str:
    """What stands for `character` in a skeleton: itself, a separator, an ASCII digit or letter, INVISIBLE."""
    if character in _PLAIN:
        return " "
    if is_blank(character):
        return UNUSUAL
    if character in (IN_TAG, IN_ENTITY):
        return character
    if is_invisible(character):
        return INVISIBLE
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    alike = _CANONICAL_OF_LOOKALIKE.get(character) or _BY_CATEGORY.get(category) or _compatible(character)
    return "*" if alike == character and category in _SYMBOLS else alike


def _compatible(character: str) -> str:
    """Whole-width, circled, raised and mathematical letters and digits are those they show."""
    if not unicodedata.decomposition(character).startswith("<"):
        return character
    shown = unicodedata.normalize("NFKC", character)
    return shown if len(shown) == 1 and shown.isascii() else character


def _is_ignorable_by_default(code_point: int) -> bool:
    """Unassigned ones that Unicode keeps for characters without a look, and its non-characters."""
    return (
        code_point == 0x2065
        or 0xFFF0 <= code_point <= 0xFFF8
        or 0xE0000 <= code_point <= 0xE0FFF
        or 0xFDD0 <= code_point <= 0xFDEF
        or code_point & 0xFFFE == 0xFFFE
    )


class _Table(dict[int, str]):
    def __missing__(self, code_point: int) -> int:  # as fast as a hit, where a KeyError is not
        return code_point


CANONICAL = _Table(
    (code_point, one) for code_point in _CODE_POINTS if (one := canonical(chr(code_point))) != chr(code_point)
)
