import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pantau.masking.text import mask

MASKED = {
    # identity numbers
    "NIK saya 1871010101900001 tolong": "NIK saya [nik] tolong",
    "NIK:1871010101900001KK:1871010101900002": "NIK:[nik]KK:[nik]",
    "1871 0101 0190 0001": "[nik]",
    "1871-0101-0190-0001": "[nik]",
    "18.71.01.010190.0001": "[nik]",
    "187101 010190 0001": "[nik]",
    "1 8 7 1 0 1 0 1 0 1 9 0 0 0 0 1": "[nik]",
    "perempuan 1871014101900001": "perempuan [nik]",
    # telephone numbers
    "hub 081234567890": "hub [telepon]",
    "0812-3456-7890 ya": "[telepon] ya",
    "085 712 345 678": "[telepon]",
    "0812.3456.789 / 0857 1234 5678": "[telepon] / [telepon]",
    "+62 812 3456 7890": "[telepon]",
    "+62 (812) 3456-7890": "[telepon]",
    "(+62) 812-3456-7890": "[telepon]",
    "+62721481107": "[telepon]",
    "62812 3456 7890": "[telepon]",
    "6285712345678": "[telepon]",
    "0062 812 3456 7890": "[telepon]",
    "wa.me/6281234567890": "wa.me/[telepon]",
    "(0721) 481107": "[telepon]",
    "0721-481107": "[telepon]",
    "0812 3456 7890 2 orang": "[telepon] 2 orang",
    "０８１２３４５６７８９０": "[telepon]",
    "0️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣0": "[telepon]",
    "0812\u200b3456\u200b7890": "[telepon]",
    "WA 0812\u202f3456\u202f7890": "WA [telepon]",
    "0812/3456/7890": "[telepon]",
    "0812\n3456\n7890": "[telepon]",
    "0812,3456,7890": "[telepon]",
    "0812 34 56 78 90": "[telepon]",
    "0 812 3456 7890": "[telepon]",
    "+ 62 812 3456 7890": "[telepon]",
    "(081234567890)": "([telepon])",
    "0721 481 107": "[telepon]",
    "0721481107": "[telepon]",
    "2024\n0812 3456 7890": "2024\n[telepon]",
    "12/11/2026 0812 3456 7890": "12/11/2026 [telepon]",
    "Rp 50.000\n081234567890": "Rp 50.000\n[telepon]",
    "Rp 081234567890": "Rp [telepon]",
    "<b>0812</b>-<i>3456</i>7890": "<b>[telepon]",
    "<b>081234567890</b>": "<b>[telepon]</b>",
    "<a 081234567890>": "<a [telepon]>",
    "&#48;812&#160;3456&#160;789&#48; ya": "[telepon] ya",
    "0812345678\u200b0857123456": "[telepon]\u200b[telepon]",
    # e-mail
    "budi@\u200bcontoh.co.id": "[email]",
    "budi＠gmail．com": "[email]",
    "budi&#64;gmail&period;com": "[email]",
    "budi@contoh . co . id": "[email]",
    "budi @gmail.com": "[email]",
    "budi [at] contoh.co.id": "[email]",
    "kirim ke budi@gmail.com ya": "kirim ke [email] ya",
    "x.y+z@dinkes.lampungprov.go.id,": "[email],",
    # handles
    "@dinkes_lampung mantap": "[akun] mantap",
    "@username 🙏": "[akun] 🙏",
    "terimakasih@dinkes": "terimakasih[akun]",
    "cc: @budi.s, @siti.": "cc: [akun], [akun].",
    "https://www.tiktok.com/@user.x/video/7471247208604618002": (
        "https://www.tiktok.com/[akun]/video/7471247208604618002"
    ),
    "halo @\u2068budi_contoh\u2069": "halo [akun]",
    "\u2068@budi\u2069 x": "\u2068[akun] x",
    "@\u00a0budi": "[akun]",
    "lihat @metro.tv": "lihat [akun]",
    # plates
    "plat BE\u00a01234\u00a0ABC": "plat [plat]",
    "B<br/>1234<br>ABC": "[plat]",
    "ＢＥ　１２３４　ＸＹ": "[plat]",
    "plat\u200bBE\u200b1234\u200bXY\u200bya": "plat\u200b[plat]\u200bya",
    "081234567890BE 1234 XY": "[telepon][plat]",
    "mobil BE 1234 XY parkir": "mobil [plat] parkir",
    "be1234xy": "[plat]",
    "B 1234 ABC": "[plat]",
    "BE-1234-XY": "[plat]",
    "BE 9 AA": "[plat]",
    "dr 2 BE 1234 XY": "dr 2 [plat]",
    # together
    "BE 1234 RP 081234567890": "[plat] [telepon]",
    "Budi 1871010101900001 081234567890 b@c.id @b BE 1 AB": "Budi [nik] [telepon] [email] [akun] [plat]",
}
KEPT = (
    "",
    "Rp 1.500.000",
    "Rp1.081.234.567.890",
    "1.081.234.567.890 rupiah",
    "Rp 62.800.000.000",
    "anggaran 62.800.000.000",
    "10.000 20.000 30.000 5",
    "1500 2000 2500 3000",
    "tgl 08-12-2021 10.30",
    "08/12/2021 pukul 08.00 - 16.00 WIB",
    "12/11/2026 08.00-16.00",
    "Kamis, 12-11-2026 08:00-16:00 WIB",
    "1/2/2026 10.30 12/2/2026 11.30",
    "1,081,234,567,890",
    "anggaran 62.800.000.000 untuk 5 desa",
    "0811, 0812, 0813",
    "No. 045/1234/2026",
    "B/1234/IX/2026",
    "PIN BBM 5D885B1C",
    "kode 7B361A49BC",
    "192.168.100.200",
    "versi 1.2.3.4567",
    "https://youtu.be/B1234ABc-de",
    "https://www.youtube.com/watch?v=BE1234xyAB1&t=83",
    "rapat @ kantor",
    "2019 2020 2021 2022",
    "20210101-20211231",
    "No. 440/1234/2021",
    "video 7471247208604618002",
    "call center 110, 112 atau 119",
    "0800 1234 5678",
    "skor 3-0 2-1 1-1",
    "A 1 ya",
    "kelas A 1",
    "RT 05 RW 02",
    "di 2 rs",
    "dr 2021 smp",
    "DR 2021 ADA",
    "KB 2 ANK",
    "H 1 MEI",
    "L 500 ML",
    "B 1000 org",
    "vaksin ke 2 kapan",
    "@ 5000",
    "@5.000/kg",
    "@Rp5.000",
    "email saja",
    "Mantaaap👍 100%",
)


@pytest.mark.parametrize(("text", "masked"), MASKED.items())
def test_personal_data_is_replaced(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("text", KEPT)
def test_ordinary_text_is_kept(text: str) -> None:
    assert mask(text) == text


_DIGITS = [*"0123456789", "08", "62", "+62", "0812", "1871", "010190", "0001", "000", "2021", "８", "️⃣"]
_OTHERS = [*" .-()/,_@＠aB", "BE", "XY", "Rp", "rp ", "com", "[nik]", "[telepon]"]
_UNSEEN = [
    "\u200b",
    "\u00ad",
    "\u0301",
    "\u00a0",
    "&nbsp;",
    "&shy;",
    "&#48;",
    "<br>",
    "<b>",
    "</b>",
    "&",
    "<",
    ";",
]
_pieces = st.sampled_from(_DIGITS + _OTHERS + _UNSEEN)
_texts = st.text(max_size=60) | st.lists(_pieces, max_size=40).map("".join)


@settings(max_examples=600)
@given(_texts)
@example("BE 1234 RP 081234567890")
@example("0812345 1871010101900001 081234567")
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(
    st.text(
        st.characters(exclude_characters="@＠﹫(&", exclude_categories=["Nd", "No", "Ps", "Cs"]), max_size=200
    )
)
def test_without_digits_and_at_signs_nothing_changes(text: str) -> None:
    assert mask(text) == text


@given(st.integers(10**15, 10**16 - 1), st.text("abc .,", max_size=10), st.text("abc .,", max_size=10))
def test_sixteen_unbroken_digits_never_remain(number: int, before: str, after: str) -> None:
    assert str(number) not in mask(f"{before}{number}{after}")


@given(
    st.sampled_from(["08", "628", "+628", "+62 8"]),
    st.from_regex(r"[1-9][0-9]{8,9}", fullmatch=True),
    st.text("abcxyz ,!", max_size=10),
)
def test_mobile_numbers_never_remain(prefix: str, rest: str, around: str) -> None:
    masked = mask(f"{around}{prefix}{rest}{around}")
    assert rest not in masked
    assert "[telepon]" in masked


HOSTILE = (
    *(
        "a",
        "@",
        "1",
        "1 ",
        "a@",
        "a.b",
        "@a.",
        "a@b.",
        "0812 ",
        "B1",
        "BE 12 ",
        "62 8",
        "+",
        "1.000.",
        "0",
        "@1.",
        "(0",
    ),
    *(
        "08 ",
        "62 62 ",
        "A 1 ",
        ".-",
        "a.a.a.@",
        "<",
        "&",
        "<b ",
        "<b>1",
        "&#",
        "&amp;",
        "&nbsp;1",
        "a\u0301",
        "1\u200b",
    ),
    *("12/11/2026 ", "1871 01 ", "12 000 ", "A 123 KG ", "/p/BE123", "a(at", "081      1      "),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_long_hostile_texts_are_no_trouble(piece: str) -> None:
    """A quadratic pass would take minutes here and meet the test's time limit."""
    assert mask(piece * (400_000 // len(piece)))


def calls(text: str) -> int:
    """How many functions masking it calls, Python's own ones included."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    mask(text)  # what is remembered of entities is, from here on
    sys.setprofile(counted)
    try:
        mask(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_is_at_most_twice_the_work(piece: str) -> None:
    once = calls(piece * 500)
    assert calls(piece * 1000) <= 2 * once
    assert once <= 20 * len(piece * 500) + 200
