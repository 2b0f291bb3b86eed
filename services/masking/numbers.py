"""Identity and telephone numbers: find the runs of digit groups, then judge windows of whole groups.

Whether a window is masked depends on the window alone, never on what stands beside it, so what a first pass
leaves a second pass leaves too. Only a sign or "Rp" before the run counts, and neither is ever removed.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import accumulate

# Blanks, dots, dashes, brackets, and what emoji keycaps and copied texts put between digits.
_BETWEEN = r"[ \u00a0.()\-\u2010-\u2015\u200b-\u200d\u2060\ufe0f\u20e3]{1,4}"
_RUN = re.compile(rf"([+＋(]{{0,2}})(\d+(?:{_BETWEEN}\d+)*+)")
_GROUP = re.compile(r"\d+")
_CURRENCY = re.compile(r"(?:rp|idr)[\s.]{0,2}$", re.IGNORECASE)
_AMOUNT = re.compile(r"(?!62\.)[1-9]\d{0,2}(?:\.\d{3})+$")

NIK_DIGITS = 16
MOST_PHONE_DIGITS = 16  # 0062 and twelve more
# First two digits of the province codes in use.
_PROVINCES = {
    *range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81, 82,
    *range(91, 98),
}  # fmt: skip


def mask_numbers(text: str, *, nik: str, phone: str) -> str:
    pieces: list[str] = []
    end = 0
    for run in _RUN.finditer(text):
        sign, digits = run.groups()
        before = text[max(0, run.start() - 5) : run.start()]
        if len(digits) < 9 or _CURRENCY.search(before) or _AMOUNT.match(digits):
            continue
        masked = _masked_run(digits, plus=sign.endswith(("+", "＋")), nik=nik, phone=phone)
        kept = "" if masked.startswith((nik, phone)) else sign
        pieces += [text[end : run.start()], kept, masked]
        end = run.end()
    pieces.append(text[end:])
    return "".join(pieces)


def _masked_run(run: str, *, plus: bool, nik: str, phone: str) -> str:
    spans = [group.span() for group in _GROUP.finditer(run)]
    groups = [_ascii(run[start:end]) for start, end in spans]
    ends = list(accumulate(len(group) for group in groups))
    index_of_end = {digits: index for index, digits in enumerate(ends)}
    pieces: list[str] = []
    end = first = 0
    while first < len(groups):
        last = index_of_end.get(ends[first] - len(groups[first]) + NIK_DIGITS)
        if last is not None and not _is_nik(groups[first : last + 1]):
            last = None
        placeholder = nik
        if last is None:
            last = _phone_end(groups, first, plus=plus and first == 0)
            placeholder = phone
        if last is None:
            first += 1
            continue
        pieces += [run[end : spans[first][0]], placeholder]
        end = spans[last][1]
        first = last + 1
    return "".join([*pieces, run[end:]])


def _ascii(digits: str) -> str:
    return digits if digits.isascii() else "".join(str(unicodedata.decimal(digit)) for digit in digits)


def _is_nik(window: Sequence[str]) -> bool:
    """Of 16 digits: unbroken ones always; broken ones when built like a NIK or grouped like a card."""
    if len(window) == 1:
        return True
    if all(_is_year(group) for group in window) or "000" in window:
        return False
    lengths = tuple(len(group) for group in window)
    like_a_card = lengths in {(4, 4, 4, 4), (6, 6, 4)} and not all(g.endswith("00") for g in window)
    digits = "".join(window)
    day, month = int(digits[6:8]), int(digits[8:10])
    built_like_one = (
        int(digits[:2]) in _PROVINCES and (1 <= day <= 31 or 41 <= day <= 71) and 1 <= month <= 12
    )
    return like_a_card or built_like_one


def _is_year(group: str) -> bool:
    return len(group) == 4 and group[:2] in {"19", "20"}


def _phone_end(groups: Sequence[str], first: int, *, plus: bool) -> int | None:
    """Index of the last group of the longest telephone number that begins at `first`."""
    if _is_landline(groups[first : first + 2]):
        return first + 1
    digits, found = "", None
    for last in range(first, len(groups)):
        digits += groups[last]
        if len(digits) > MOST_PHONE_DIGITS or not _may_begin_so(digits):
            break
        window = groups[first : last + 1]
        if _is_phone(window, digits, plus=plus) and (
            found is None or len(groups[last]) >= 3 or _single(window)
        ):
            found = last
    return found


def _may_begin_so(digits: str) -> bool:
    return any(digits.startswith(prefix[: len(digits)]) for prefix in ("08", "62", "0062"))


def _single(window: Sequence[str]) -> bool:
    return all(len(group) == 1 for group in window)


def _is_phone(window: Sequence[str], digits: str, *, plus: bool) -> bool:
    digits = digits.removeprefix("00") if digits.startswith("0062") else digits
    if digits.startswith("62"):
        mobile = digits[2:3] == "8" and not _is_thousands(window)
        local = digits[2:].removeprefix("0")
        return (plus or mobile) and local[:1] not in {"", "0"} and 8 <= len(local) <= 12
    if digits.startswith("08"):
        # 0800 is nobody's own; broken numbers are held to the prefixes in use, for 08.00 is an hour.
        prefix = digits[2:3] in set("1235789") if len(window) > 1 else digits[2:3] != "0"
        whole = len(window[0]) >= 3 or _single(window)
        return whole and prefix and 10 <= len(digits) <= 13
    return False


def _is_landline(window: Sequence[str]) -> bool:
    """(0721) 481234: an area code and a number, written apart."""
    if len(window) != 2:
        return False
    area, number = window
    return 3 <= len(area) <= 4 and area[0] == "0" and area[1] in set("2345679") and 6 <= len(number) <= 8


def _is_thousands(window: Sequence[str]) -> bool:
    """62.800.000.000 is an amount of money."""
    return (
        len(window) > 1
        and len(window[0]) <= 3
        and all(len(group) == 3 for group in window[1:])
        and window[-1] == "000"
    )
