import base64

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.analytics.keyset import Place, decode, encode

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLACES = st.builds(Place, st.integers(-(2**50), 2**50), st.tuples(TEXT, TEXT, TEXT, TEXT))


def packed(values: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


@given(PLACES)
def test_a_cursor_gives_back_its_place(place: Place) -> None:
    text = encode(place)
    assert decode(text) == place
    assert text.isascii()
    assert not set(text) & set("+/=&?# ")


@given(st.text())
def test_any_other_text_is_refused_or_read_as_a_place(text: str) -> None:
    try:
        place = decode(text)
    except ValueError:
        return
    assert isinstance(place, Place)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "é",
        "*",
        packed({}),
        packed([1, "a", "b", "c"]),
        packed([1, "a", "b", "c", "d", "e"]),
        packed(["1", "a", "b", "c", "d"]),
        packed([True, "a", "b", "c", "d"]),
        packed([1.5, "a", "b", "c", "d"]),
        packed([1, None, "b", "c", "d"]),
        packed([2**60, "a", "b", "c", "d"]),
    ],
)
def test_what_encode_did_not_make_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no cursor"):
        decode(text)


def test_cursors_given_out_before_still_work() -> None:
    """The text is what a reader holds: its form is part of the API."""
    given_out = "WzE3OTUyNjIzODAwMDAwMDAsImRpbmtlcyIsImluc3RhZ3JhbSIsIjEiLCIyIl0"
    place = Place(1795262380000000, ("dinkes", "instagram", "1", "2"))
    assert (decode(given_out), encode(place)) == (place, given_out)
