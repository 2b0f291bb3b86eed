"""Vehicle plates: a region's letters, a number, and letters again (BE 1234 XY)."""

import re

_SHAPE = re.compile(
    r"(?<![^\W_])([A-Za-z]{1,2})[ .\-]{0,2}([1-9]\d{0,3})[ .\-]{0,2}([A-Za-z]{1,3})(?![^\W_])", re.ASCII
)


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


def mask_plates(text: str, *, plate: str) -> str:
    pieces: list[str] = []
    end = position = 0
    while found := _SHAPE.search(text, position):
        if _is_plate(*found.groups()):
            pieces += [text[end : found.start()], plate]
            end = position = found.end()
        else:
            position = found.start() + 1  # the real one may begin inside: "dr 2 BE 1234 XY"
    pieces.append(text[end:])
    return "".join(pieces)


def _is_plate(region: str, number: str, series: str) -> bool:
    small = not (region.isupper() and series.isupper())
    if region.upper() not in _REGIONS or series.upper() in _AFTER_NUMBERS:
        return False
    year = len(number) == 4 and number[:2] in {"19", "20"} and len(region) == 2
    if region.upper() in _ALSO_WORDS and (small or year):
        return False
    if len(number) < 3:  # "H 1 MEI" and "KB 2 ANK" are likelier than such a plate, but for Lampung's own
        return region.upper() == "BE" and not small
    return True
