"""Vehicle plates: a region's letters, a number, and letters again (BE 1234 XY)."""

import re
from collections.abc import Iterator

from pantau.masking.separators import BETWEEN_PLATE
from pantau.masking.skeleton import TAKEN

# A number of less than three digits is Lampung's alone: "H 1 MEI" is likelier than such a plate.
_SHAPE = re.compile(
    rf"(?<![^\W_])(?=(?=BE|[A-Za-z]{{1,2}}{BETWEEN_PLATE}\d{{3}})"
    rf"([A-Za-z]{{1,2}}+){BETWEEN_PLATE}([1-9]\d{{0,3}}+){BETWEEN_PLATE}([A-Za-z]{{1,3}}+)(?![^\W_]))",
    re.ASCII,
)
# Names of posts and videos, which are letters and digits by chance.
_ID = re.compile(rf"([?&]v=|youtu\.be/|/(?:shorts|embed|live|p|reels?|tv)/)([\w\-{TAKEN}]{{5,}})", re.ASCII)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_REGIONS = _words(
    "A B D E F G H K L M N P R S T W Z AA AB AD AE AG BA BB BD BE BG BH BK BL BM BN BP DA DB DC DD DE "
    "DG DH DK DL DM DN DP DR DS DT DW EA EB ED KB KH KT KU PA PB PG PS PT"
)
# Regions whose letters are also everyday words or abbreviations when written small.
_ALSO_WORDS = _words("A D E F G H K L M N P R S T W Z AA AD BA BB DA DE DR DS KB PA PS PT")
# What follows a number in ordinary sentences: "dr 2021 smp", "B 1000 org", "L 500 ml".
_AFTER_NUMBERS = _words(
    "AJA AN AND BIJ BKS BLN BOX BTL CC CM CUP DAN DAY DI DR DRI EKR GB GR GRM HA HP HR HRI IDR INI ITU JAM "
    "JG JT JTA JTN K KAN KE KG KK KL KLO KM KOK KPD KRG LAH LBH LBR LG LGI LT LTR M MAH MB MEI MIN ML MM "
    "MNT MTR NYA OFF OK OR ORG PAK PCS PER PG PKT PM POK PTS RB RBU RIM RT RW SD SDH SDM SKS SMA SMK SMP "
    "TB TH THN TOK TON UNT UTK VA VS W WIB WIT X XL YA YG YGS YRD"
)


def plates(text: str) -> Iterator[tuple[int, int]]:
    """Spans from left to right; the next may begin within what was none: "dr 2 BE 1234 XY"."""
    if "/" in text:
        text = _ID.sub(lambda found: found[1] + TAKEN * len(found[2]), text)
    end = 0
    for found in _SHAPE.finditer(text):
        begin, after = found.start(), found.end(3)
        if begin >= end and _is_plate(*found.groups()) and not _is_reference(text, begin, after):
            end = after
            yield begin, end


def _is_reference(text: str, begin: int, end: int) -> bool:
    """B/1234/IX/2026 is the number of a letter."""
    return "/" in text[begin:end] and (text[begin - 1 : begin] == "/" or text[end : end + 1] == "/")


def _is_plate(region: str, number: str, series: str) -> bool:
    small = not (region.isupper() and series.isupper())
    if region.upper() not in _REGIONS or series.upper() in _AFTER_NUMBERS:
        return False
    year = len(number) == 4 and number[:2] in {"19", "20"} and len(region) == 2
    if region.upper() in _ALSO_WORDS and (small or year):
        return False
    return len(number) >= 3 or not small
