"""What makes two comments the same text, and how many words it has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.masking import text as masking
from pantau.score.fingerprints import MASKS, UNKNOWN, fingerprint
from tests.support.oracle import _words

SENTENCE = "Maju terus Dinkes, mantap"


@pytest.mark.parametrize(
    "same",
    [
        "maju terus dinkes mantap",
        "MAJU TERUS, DINKES!!! MANTAP 🔥🔥",
        "majuuuu   terusss dinkes\nmantaaap",
        "mantap dinkes, maju maju maju terus",
        "@warga.metro maju terus dinkes mantap @admin",
        "[akun] maju terus dinkes [telepon] mantap [nik] [plat] [email]",
        "𝓶𝓪𝓳𝓾 𝓽𝓮𝓻𝓾𝓼 dinkes ｍａｎｔａｐ",
        "ma\u200bju terus din\u00adkes mantap\ufe0f",
        "#maju_terus-dinkes/mantap",
    ],
)
def test_the_same_words_are_the_same_text(same: str) -> None:
    assert fingerprint(same) == fingerprint(SENTENCE)
    assert fingerprint(same).words == 4


@pytest.mark.parametrize(
    "other", ["maju terus dinkes", "maju terus dinsos mantap", "majuterus dinkes mantap", "", "🔥"]
)
def test_other_words_are_another_text(other: str) -> None:
    assert fingerprint(other).value != fingerprint(SENTENCE).value


def test_figures_are_not_lengthened_letters() -> None:
    assert fingerprint("harga 1000").value != fingerprint("harga 100").value


@pytest.mark.parametrize(
    ("text", "words"),
    [("mantap", 1), ("Mantap mantaaap! 👏", 1), ("@akun_lain sip", 1), ("👍", 0), ("@a @b", 0), ("", 0)],
)
def test_words_are_counted_once_each(text: str, words: int) -> None:
    assert fingerprint(text).words == words
    assert fingerprint(text).value != UNKNOWN


@given(st.text(max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    text = text.encode(errors="ignore").decode()
    value, words = fingerprint(text)
    assert 0 < value < 2**64
    assert 0 <= words < 2**16
    assert fingerprint(text) == (value, words)


@given(
    st.lists(st.sampled_from(["maju", "Terus", "dinkes!", "1000", "👍", "@admin", "[akun]", "mantaap", "ya"]))
)
def test_it_is_what_the_oracle_says(parts: list[str]) -> None:
    text = " ".join(parts)
    assert fingerprint(text).words == len(_words(text))
    assert (fingerprint(text).value == fingerprint(SENTENCE).value) == (_words(text) == _words(SENTENCE))


def test_masks_are_those_that_ingest_leaves() -> None:
    left = {masking.NIK, masking.PHONE, masking.EMAIL, masking.PLATE, masking.HANDLE}
    assert {f"[{mask}]" for mask in MASKS} == left
