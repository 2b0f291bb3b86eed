"""Identity and telephone numbers: runs of digit groups, and in them windows of whole groups.

Whether a window is masked depends on the window alone, so what a first pass leaves a second leaves too.
Amounts of money are passed over whole; neither they nor the "Rp" before them is ever removed. Every count is
bounded: each place of a text is tried in a bounded number of steps.
"""

import re
from collections.abc import Iterator

from pantau.masking.separators import BETWEEN as _S
from pantau.masking.separators import BETWEEN_CHARACTERS, UNUSUAL

_END = r"(?!\d)"
_YEAR = rf"(?:19|20)\d\d{_END}"
_DATE = rf"(?:[12]\d|3[01]|0?[1-9]){_S}(?:0?[1-9]|1[0-2]){_S}{_YEAR}"

# 62.800.000.000 and 1,500,000; what begins with 62 may be a telephone number.
_AMOUNT = (
    rf"(?<!\d[.,])(?!62[.,])[1-9]\d{{0,2}}(?P<thousands>[.,])\d{{3}}{_END}(?:(?P=thousands)\d{{3}}{_END})*+"
)

# Another digit of an identity number, in the same group or the next; a group of "000" is an amount's.
_Z = rf"(?:{_S}(?!000{_END}))?"
_PROVINCES = {1: "[1-9]", 2: "1", 3: "[1-6]", 5: "[1-3]", 6: "[1-5]", 7: "[1-6]", 8: "[12]", 9: "[1-7]"}
_PROVINCE = "|".join(f"{tens}{_Z}{units}" for tens, units in _PROVINCES.items())
_DAY = rf"(?:[04]{_Z}[1-9]|[1256]{_Z}\d|[37]{_Z}[01])"  # a woman's is 40 more
_MONTH = rf"(?:0{_Z}[1-9]|1{_Z}[0-2])"
_BUILT = rf"(?:{_PROVINCE})(?:{_Z}\d){{4}}{_Z}{_DAY}{_Z}{_MONTH}(?:{_Z}\d){{6}}{_END}"
_NO_DATE = rf"(?!(?:\d{{1,4}}{_S}){{0,4}}{_DATE})(?!(?:{_YEAR}{_S}){{3}}{_YEAR})"
_LIKE_A_CARD = (
    rf"(?=\d{{4}}{_END})(?!{_YEAR})(?!(?:\d\d00{_S}){{3}}\d\d00)\d{{4}}(?:{_S}\d{{4}}){{3}}{_END}"
    rf"|\d{{6}}{_S}\d{{6}}{_S}\d{{4}}{_END}"
)
_NIK = rf"\d{{16}}{_END}|(?={_BUILT}){_NO_DATE}\d(?:{_S}?\d){{15}}|{_LIKE_A_CARD}"


def _digits(fewest: int, most: int) -> str:
    """As many as end with a group of at least three, else as few as may be: "0812 3456 7890 2 orang"."""
    digit = rf"(?:{_S}?\d)"
    return rf"(?:{digit}{{{fewest},{most}}}(?<=\d\d\d){_END}|{digit}{{{fewest},{most}}}?{_END})"


# Broken numbers are held to the mobile prefixes in use, and to a first group that is no hour (08.00).
_MOBILE = "[1235789]"
_PHONE_0 = "|".join(
    (
        rf"08[1-9]\d{{7,10}}{_END}",
        rf"0{_S}8{_S}{_MOBILE}{_END}(?:{_S}\d{_END}){{7,10}}",
        rf"08{_MOBILE}(?:\d(?:{_S}\d\d{_END}){{3,4}}|(?:{_S}\d\d{_END}){{4,5}})",
        rf"08{_MOBILE}{_digits(7, 10)}",
        rf"0{_S}8{_MOBILE}\d{_digits(6, 9)}",
        rf"08{_S}{_MOBILE}\d{{7,10}}{_END}",
        # (0721) 481234: an area code and a number
        rf"0[2345679]\d{{1,2}}{_S}\d{{6,8}}{_END}",
        rf"0[2345679]\d{{8,9}}{_END}",
        rf"00{_S}?62{_S}?8{_digits(7, 11)}",
        rf"0[2345679]\d{{1,2}}{_S}(?!{_YEAR})[2-9]\d{{2,3}}{_S}\d{{3,4}}{_END}(?<!00)",
    )
)
_REFERENCE = rf"0\d\d/\d{{1,6}}/{_YEAR}"  # 045/1234/2026, the number of a letter
_PREFIXES = rf"08\d{{1,2}}{_S}08\d{{1,2}}{_S}08\d{{1,2}}{_END}"  # 0811, 0812, 0813
_THOUSANDS = rf"62(?:{_S}\d{{3}}{_END}){{2,5}}+(?<=000)"
_PHONE_62 = "|".join(
    (
        rf"(?:(?<=\+)|(?<=\+[ ({UNUSUAL}]))62{_S}?0?{_S}?[1-9]{_digits(7, 11)}",
        rf"(?!{_THOUSANDS})62{_S}?8{_digits(7, 11)}",
    )
)
_NUMBER = re.compile(
    rf"(?<!\d)(?:(?=0)(?:(?P<nik_0>\d{{16}}{_END})|(?P<phone_0>(?!{_REFERENCE}|{_PREFIXES})(?:{_PHONE_0})))"
    rf"|(?=[1-9])(?:(?P<amount>{_AMOUNT})|(?P<nik>{_NIK})|(?P<phone>{_PHONE_62})))"
)
_KINDS = {"nik_0": "nik", "nik": "nik", "phone_0": "phone", "phone": "phone"}
_RUN = re.compile(rf"\d[\d{BETWEEN_CHARACTERS}]{{8,}}")
_CURRENCY = re.compile(r"(?:rp|idr)[\s.]{0,2}$", re.IGNORECASE)
_PRICE = re.compile(rf"(?!\d{{16}}{_END})[1-9]\d*(?:[.,]\d+)*+")
_SIGN = re.compile(rf"\(?\+[ ({UNUSUAL}]?$|\($")


def numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Spans of a skeleton's text from left to right, with "nik" or "phone"."""
    for run in _RUN.finditer(text):
        begin, end = run.span()
        if _CURRENCY.search(text[max(0, begin - 5) : begin]) and (price := _PRICE.match(text, begin)):
            begin = price.end()
        for found in _NUMBER.finditer(text, begin, end):
            if kind := _KINDS.get(found.lastgroup or ""):
                yield _with_sign(text, *found.span()), found.end(), kind


def _with_sign(text: str, begin: int, end: int) -> int:
    """Where the number begins with its plus, and with the bracket that it closes."""
    sign = _SIGN.search(text[max(0, begin - 3) : begin])
    if sign is None or ("(" in sign[0] and ")" not in text[begin:end]):
        return begin - (1 if text[begin - 1 : begin] == "+" else 0)
    return begin - len(sign[0])
