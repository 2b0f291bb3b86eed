"""A count is read as its writer meant it or refused; never as another number."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.contracts.fields import MAX_COUNT
from pantau.reading.counts import Grouping, grouping_of, read_count
from pantau.reading.errors import Unreadable

COUNTS = st.integers(0, MAX_COUNT)
GROUPINGS = st.sampled_from([".", ","])


def grouped(count: int, mark: str) -> str:
    return f"{count:,}".replace(",", mark)


@pytest.mark.parametrize(
    ("value", "count"),
    [
        *((0, 0), ("0", 0), (" 12 ", 12), (12.0, 12), ("12.0", 12), ("12,00", 12)),
        *(("1,2 rb", 1_200), ("1.2K", 1_200), ("1.2k", 1_200), ("5rb", 5_000), ("17,45 ribu", 17_450)),
        *(("2,3 jt", 2_300_000), ("2.3M", 2_300_000), ("1,5 miliar", 1_500_000_000), ("1.5B", 1_500_000_000)),
        *(("3.000.000", 3_000_000), ("3,000,000", 3_000_000), ("1.234,00", 1_234), ("1,234.0", 1_234)),
        *(("12 500", 12_500), ("12\u202f500", 12_500), ("12'500", 12_500), ("１２", 12), ("١٢", 12)),
        *(("\ufeff12", 12), ("\u202a1.234.567\u202c", 1_234_567), ("１，２ rb", 1_200)),
    ],
)
def test_count_that_leaves_no_doubt_is_read(value: object, count: int) -> None:
    assert read_count(value) == count


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", " ", "-", "—", "N/A", "n/a", "#N/A", "NaN", math.nan, "null", "None"),
        *(
            -1,
            "-1",
            -1.0,
            "\u22121",
            "\u20131",
            "-1,0",
            "\\N",
            "n.a.",
            "<NA>",
            "hidden",
            "Tersembunyi",
            "Disembunyikan",
            "tidak tersedia",
        ),
    ],
)
def test_count_that_was_not_given_is_none(value: object) -> None:
    assert read_count(value) is None


@pytest.mark.parametrize(
    "value",
    [
        *("12.000", "12,500", "1.234", "1.000", "1.234 rb", "2M", "2,3 M", "1.2E+04", "1,2E4", 1e17),
        *("12,34,567", "1.23.456", "12.000.0", "1,2,3", "0.125", 12.5, "12,5", "-2", -7, "12 3", "1 2 3"),
        *("999+", "> 1000", "1.2K+", "seribu", "12%", "Rp 12", "12 suka", "1.2.3K", ".", "1.", "12-13"),
        *("12²", "1①", "9" * 1_200_000, True, str(2**53), 2**53, "10.000.000.000.000.000"),
    ],
)
def test_count_in_doubt_is_refused_by_its_value(value: object) -> None:
    with pytest.raises(Unreadable) as refused:
        read_count(value)
    assert str(value)[:20] in str(refused.value)


@given(COUNTS)
def test_every_count_is_read_from_its_digits(count: int) -> None:
    assert read_count(count) == read_count(str(count)) == read_count(f"{count}.0") == count
    assert read_count(grouped(count, "\u00a0")) == read_count(grouped(count, "'")) == count


@given(COUNTS, GROUPINGS)
def test_grouped_count_is_read_where_the_file_says_its_mark(count: int, mark: Grouping) -> None:
    assert read_count(grouped(count, mark), mark) == count


@given(COUNTS, GROUPINGS, st.none() | GROUPINGS)
def test_grouped_count_is_read_right_or_refused(count: int, mark: str, said: Grouping | None) -> None:
    try:
        assert read_count(grouped(count, mark), said) == count
    except Unreadable:
        assert grouped(count, mark).count(mark) == 1
        assert said != mark


@given(
    st.decimals(0, 9_999, places=2),
    st.sampled_from(
        [("rb", 10**3), ("ribu", 10**3), ("K", 10**3), ("jt", 10**6), ("juta", 10**6), ("M", 10**6)]
    ),
    st.sampled_from([".", ","]),
)
def test_short_count_is_read_right_or_refused(number: object, unit: tuple[str, int], mark: str) -> None:
    word, factor = unit
    written = f"{str(number).replace('.', mark)} {word}"
    exact = round(float(str(number)) * factor)
    try:
        assert read_count(written) == exact
    except Unreadable:
        assert (word, mark) == ("M", ",")


@given(st.text("0123456789.,- krbjtM+eE\u00a0", max_size=12), st.none() | GROUPINGS)
def test_any_text_is_a_count_or_refused_and_the_digits_stay(text: str, said: Grouping | None) -> None:
    """What is read has the digits that were written, zeros apart."""
    try:
        count = read_count(text, said)
    except Unreadable:
        return
    if count:
        written = "".join(c for c in text if c.isdecimal()).strip("0")
        assert str(count).strip("0") == written


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (["12.000", "3.000.000", None, 7], "."),
        (["12.000", "1,2 rb"], "."),
        (["12,000", "1.2K"], ","),
        (["12.000", "1.2K", "3.000.000"], None),
        (["12.000", "1.000"], None),
        ([], None),
    ],
)
def test_file_says_which_mark_groups_when_its_values_agree(
    values: list[object], mark: Grouping | None
) -> None:
    assert grouping_of(values) == mark
