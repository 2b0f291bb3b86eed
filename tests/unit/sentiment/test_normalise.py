import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.sentiment.inference.normalise import MAX_WORDS, PLACEHOLDERS, normalise

# Pieces that meet each other's rules: masks, links, mentions, emoji, marks, runs.
PIECES = st.sampled_from(
    [
        *(
            "[akun]",
            "[nik]",
            "[",
            "]",
            "@",
            "x@",
            "a@b.co",
            "www.",
            "https://x",
            "bit.ly/x",
            ".id",
            "rp.10.000",
        ),
        *(
            "08123456789",
            "+62 812-3456-7890",
            "1",
            "-",
            ".",
            "...",
            "_",
            "___",
            " ",
            "\n",
            "\x00",
            "\x1c",
            "\ud800",
        ),
        *("a", "aaa", "e", "ß", "İ", "ſ", "ﬁ", "Ⅷ", "ﷺ", "ḍ̇", "\u0301", "\u0345"),
        *("\u200d", "\ufe0f", "🏽", "👍", "🇮🇩", "❤"),
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join))


@given(TEXTS)
@example("ﷺ" * 2000)
@example("@a b " * 4000)
@example("👍❤" * 5000)
@example("ab" * 5000)
@example("0.idwww.0")
@example("0.ID080000000")
@example("bit.llly di sini")
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(TEXTS)
def test_the_result_is_bounded_lowercase_words(text: str) -> None:
    words = normalise(text).split(" ")
    assert len(words) <= MAX_WORDS
    assert all(len(word) <= 64 for word in words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("  \n\t ", ""),
        ("Baguuuus BANGET", "bagus banget"),
        ("ya ya ya ya", "ya ya"),
        ("mantap!!!!!", "mantap!!"),
        ("👍🏽👍🏿👍👍", "👍 👍"),
        ("❤️", "❤"),
        ("oke👍siap", "oke 👍 siap"),
        ("[akun] cek ini @budi.s", "usermention cek ini usermention"),
        ("lihat https://contoh.go.id/a?b=1 atau bit.ly/3x", "lihat urllink atau urllink"),
        ("hub. [telepon] / [email]", "hub. phonenumber / emailaddress"),
        ("nik [nik] plat [plat]", "nik idnumber plat idnumber"),
        ("wa 0812-3456-7890, surel a.b@c.co.id", "wa phonenumber , surel emailaddress"),
        ("harga Rp.10.000,00", "harga rp.10.000,00"),
        ("ＦＵＬＬ ﬁle", "full file"),
        ("сервис 很好 ممتاز", "сервис 很好 ممتاز"),
        ("tanggal 1000000", "tanggal 1000000"),
    ],
)
def test_examples(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_placeholders_are_fixed_points() -> None:
    text = " ".join(PLACEHOLDERS)
    assert normalise(text) == text
