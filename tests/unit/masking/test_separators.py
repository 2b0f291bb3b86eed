"""Whatever stands between the parts of personal data: all of Unicode's blanks, dashes, marks, formats."""

import html.entities
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.masking.separators import MOST_BETWEEN
from pantau.masking.text import mask

EVERYTHING = [
    chr(code_point) for code_point in range(sys.maxunicode + 1) if not 0xD800 <= code_point < 0xE000
]
CATEGORY = {character: unicodedata.category(character) for character in EVERYTHING}
BLANKS = [c for c in EVERYTHING if CATEGORY[c] in {"Zs", "Zl", "Zp"}] + [
    *"\t\n\v\f\r\x85\u2800\u3164\u115f\u1160\uffa0\ufffd"
]
INVISIBLE = [c for c in EVERYTHING if CATEGORY[c] in {"Cf", "Mn", "Me"}] + [
    *"\u2065\U000e0080\U000e01f0\u20e3\ufe0f\x00\x7f"
]
DASHES = [c for c in EVERYTHING if CATEGORY[c] == "Pd"] + [*"\u2212\u2043\u30fc\u2500"]
SYMBOLS = [*"🙏❤★✆▪→…¨\U0001fae9\ue000"]  # an emoji newer than the tables, a font's own
OTHERS = [
    *SYMBOLS,
    *"./\\|()[]{}<>*~_'`\u00b7\u2022\u2024\u2027\u30fb\u3002\uff0e\uff0f\u2044\u2215\u2217\u2019",
]
TAGS = ["<br>", "<br/>", "<br />", "<BR>", "<wbr>", "</b><b>", "</p>\n<p>", '<span class="x">', "<i>"]
_SINGLE = frozenset([*BLANKS, *INVISIBLE, *DASHES, *OTHERS])
ENTITIES = (
    [f"&{name}" for name, value in html.entities.html5.items() if name.endswith(";") and value in _SINGLE]
    + [
        f"&{form};"
        for one in ("\u00a0", "\u2009", "\u200b", "\u00ad", "\u2011")
        for form in (f"#{ord(one)}", f"#x{ord(one):X}")
    ]
    + ["&nbsp", "&amp;nbsp;", "&amp;#160;"]
)
SEPARATORS = [*BLANKS, *INVISIBLE, *DASHES, *OTHERS, *TAGS, *ENTITIES]

DATA = {
    ("0812", "3456", "7890"): "[telepon]",
    ("085", "712", "345", "678"): "[telepon]",
    ("+62", "812", "3456", "7890"): "[telepon]",
    ("62812", "3456", "7890"): "[telepon]",
    ("0721", "481107"): "[telepon]",
    ("1871", "0101", "0190", "0001"): "[nik]",
    ("18", "71", "01", "010190", "0001"): "[nik]",
    (*"081234567890",): "[telepon]",
    (*"1871010101900001",): "[nik]",
    ("BE", "1234", "XY"): "[plat]",
    ("B", "1234", "ABC"): "[plat]",
    ("budi@", "contoh.co.id"): "[email]",
    ("budi@", "gmail.com"): "[email]",
}  # fmt: skip


@pytest.mark.parametrize("parts", DATA, ids=" ".join)
def test_every_separator_between_the_parts_of_personal_data_is_masked_with_them(
    parts: tuple[str, ...],
) -> None:
    left = [
        separator
        for separator in SEPARATORS
        if mask(f"ini {separator.join(parts)} ya") != f"ini {DATA[parts]} ya"
    ]
    assert left == []


@pytest.mark.parametrize("parts", DATA, ids=" ".join)
def test_separators_around_personal_data_hide_it_no_better(parts: tuple[str, ...]) -> None:
    """As when each blank of a sentence became another; an invisible one goes with what it follows."""
    left = []
    for separator in [*BLANKS, *INVISIBLE, *TAGS, "&nbsp;", "&nbsp", "&#160;", "&shy;", "&ensp;"]:
        masked = mask(separator.join(("nomor", *parts, "ya")))
        right = {f"nomor{separator}{DATA[parts]}{after}ya" for after in ("", separator)}
        if masked not in right and masked != "[email]":
            left.append(separator)
    assert left == []


UNUSUAL_BLANKS = [blank for blank in BLANKS if blank not in "\t\n\v\f\r\x85\u2028\u2029 "]


def test_no_unusual_blank_hides_a_handle_or_the_name_before_an_at_sign() -> None:
    for blank in [*UNUSUAL_BLANKS, *INVISIBLE]:
        assert mask(f"halo @{blank}budi_contoh") == "halo [akun]"
        assert mask(f"ke budi{blank}@contoh.co.id ya") == "ke [email] ya"


_mixes = st.lists(st.sampled_from([*BLANKS, *DASHES, *OTHERS]), min_size=1, max_size=MOST_BETWEEN).flatmap(
    lambda visible: st.lists(st.sampled_from(INVISIBLE), max_size=20).map(
        lambda unseen: "".join([*visible[:1], *unseen, *visible[1:]])
    )
)


@settings(max_examples=400)
@given(st.sampled_from([parts for parts in DATA if "@" not in parts[0]]), st.data())
def test_mixed_separators_up_to_the_documented_length_are_masked_too(
    parts: tuple[str, ...], data: st.DataObject
) -> None:
    text = parts[0] + "".join(data.draw(_mixes) + part for part in parts[1:])
    assert mask(f"ini {text} ya") == f"ini {DATA[parts]} ya"


@settings(max_examples=300)
@given(st.text(st.sampled_from([*SEPARATORS, *"abcxyz ", "🙏"]).filter(lambda c: len(c) == 1), max_size=80))
def test_separators_without_personal_data_stay_as_they_are(text: str) -> None:
    assert mask(text) == text


KEPT = (
    "tanggal 12/11/2026{0}08.00{0}-{0}16.00",
    "Rp{0}62.800.000.000",
    "harga{0}1.500.000{0}atau{0}2.250.000",
    "skor{0}3-0{0}2-1{0}1-1",
    "2019{0}2020{0}2021{0}2022",
    "kelas{0}A{0}1",
    "L{0}500{0}ML",
    "No.{0}440/1234/2021",
)


@pytest.mark.parametrize("text", KEPT)
def test_ordinary_numbers_stay_whatever_blank_parts_them(text: str) -> None:
    for blank in [*BLANKS, "&nbsp;", "<br>"]:
        assert mask(text.format(blank)) == text.format(blank)


_digits = st.sampled_from([character for character in EVERYTHING if CATEGORY[character] == "Nd"])


@given(st.lists(_digits, min_size=12, max_size=12), st.sampled_from(["", " ", "-"]))
def test_digits_of_every_script_are_digits(digits: list[str], between: str) -> None:
    number = [
        chr(ord(d) - unicodedata.decimal(d) + int(wanted))
        for d, wanted in zip(digits, "081234567890", strict=True)
    ]
    assert (
        mask("".join(number[:4]) + between + "".join(number[4:8]) + between + "".join(number[8:]))
        == "[telepon]"
    )


@pytest.mark.parametrize("mark", [",", ":", ";", "=", "#"])
def test_some_marks_join_groups_of_digits_when_they_stand_alone(mark: str) -> None:
    assert mask(f"WA 0812{mark}3456{mark}7890 ya") == "WA [telepon] ya"
    assert mask(f"0811{mark}0812{mark}0813") == f"0811{mark}0812{mark}0813"


@pytest.mark.parametrize(
    "address", ["budi[at]gmail[dot]com", "budi (at) contoh (dot) go (dot) id", "budi@gmail(titik)com"]
)
def test_address_with_its_marks_in_words_and_brackets_is_masked(address: str) -> None:
    assert mask(f"ke {address} ya") == "ke [email] ya"
