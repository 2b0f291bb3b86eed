"""An id that lost digits on its way is refused with the remedy; any other is kept as it is."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pantau.reading.errors import Unreadable
from pantau.reading.identifiers import lost_digits, read_author, read_identifier

PLATFORM_IDS = st.integers(10**15, 2**63 - 1)


def as_spreadsheets_show(number: int, digits: int, mark: str) -> str:
    return f"{number:.{digits}E}".replace(".", mark)


@given(PLATFORM_IDS, st.integers(1, 14), st.sampled_from([".", ","]))
def test_id_in_scientific_notation_is_refused(number: int, digits: int, mark: str) -> None:
    with pytest.raises(Unreadable, match="export it again with this column as text"):
        read_identifier(as_spreadsheets_show(number, digits, mark))


@given(PLATFORM_IDS.filter(lambda number: number >= 2**53))
def test_id_that_went_through_a_double_is_refused(number: int) -> None:
    for value in (float(number), f"{float(number):.1f}", repr(float(number)), number):
        with pytest.raises(Unreadable):
            read_identifier(value)


@given(st.integers(0, 2**53 - 1))
def test_id_that_a_double_holds_is_its_digits(number: int) -> None:
    assume(not lost_digits([number]))
    assert read_identifier(float(f"{number}")) in {str(number), None} or number > 10**15
    assert (
        read_identifier(number)
        == read_identifier(f"{number}.0")
        == read_identifier(f" {number} ")
        == str(number)
    )


@pytest.mark.parametrize(
    "value",
    [
        "1e+16",
        "1.79e16",
        "17900000000000000",
        "#NAME?",
        "#REF!",
        "########",
        "1790001…",
        "1790001...",
        [1],
        True,
        12.5,
        float("inf"),
        "17.900.012.345.678.901",
        "17,900,012,345,678,901",
        "17\u00a0900\u00a0012\u00a0345",
        "-17900012345678901",
        "9" * 5_000 + ".0",
    ],
)
def test_id_that_a_tool_spoilt_is_refused(value: object) -> None:
    with pytest.raises(Unreadable):
        read_identifier(value)


@pytest.mark.parametrize(
    ("value", "identifier"),
    [
        ("'17900012345678901", "17900012345678901"),
        ('="17900012345678901"', "17900012345678901"),
        ('"17900012345678901"', "17900012345678901"),
        ("'-aBcDe_1234", "-aBcDe_1234"),
        ("\ufeff１７９０００１２", "17900012"),
        ("17900012345678900", "17900012345678900"),
        ("12345678E10", "12345678E10"),
        ("-aBcDe_1234", "-aBcDe_1234"),
        ("100064_122156", "100064_122156"),
        ("UgzX.9abc", "UgzX.9abc"),
        *((missing, None) for missing in (None, "", " ", "nan", "None", "null", "#N/A")),
    ],
)
def test_id_is_what_its_writer_meant(value: object, identifier: str | None) -> None:
    assert read_identifier(value) == identifier


@given(st.lists(PLATFORM_IDS.filter(lambda n: n > 10**17), min_size=4, max_size=9, unique=True))
def test_column_that_a_spreadsheet_rounded_is_told(numbers: list[int]) -> None:
    rounded = [
        str(number // 10 ** (len(str(number)) - 15) * 10 ** (len(str(number)) - 15)) for number in numbers
    ]
    assume(len(set(rounded)) >= 3)
    assert lost_digits(rounded)


def as_javascript_writes(number: int) -> str:
    return f"{Decimal(repr(float(number))):f}"


@given(st.lists(st.integers(7 * 10**18, 8 * 10**18), min_size=6, max_size=9, unique=True))
def test_column_that_went_through_doubles_is_told(numbers: list[int]) -> None:
    doubles = {str(int(float(number))) for number in numbers}
    assume(sum(int(double) % 4096 != 0 for double in doubles) >= 3)
    assert lost_digits(doubles)
    assert lost_digits(map(as_javascript_writes, numbers))


TIMES = st.integers(2**37, 2**38).map(lambda number: 5 * number + 1)  # never ending in zeros


@given(st.lists(st.tuples(TIMES, st.integers(0, 1023)), max_size=50))
def test_posts_that_were_the_first_of_their_millisecond_are_whole(posts: list[tuple[int, int]]) -> None:
    assert not lost_digits(str(time << 22) for time, _ in posts)
    assert not lost_digits(str(time << 22 | worker << 12) for time, worker in posts if worker % 5 == 0)


@given(st.lists(PLATFORM_IDS.map(lambda number: number | 1), max_size=9))
def test_column_of_whole_ids_is_not(numbers: list[int]) -> None:
    assert not lost_digits(numbers)


def test_few_ids_may_end_in_zeros_by_themselves() -> None:
    assert not lost_digits(["17900012345678900", "17900012345678800", None, "abc"])
    assert lost_digits(["17900012345678900", "17900012345678800", "17900012345678700"])


@pytest.mark.parametrize(
    ("value", "author"),
    [
        ({"id": "5", "name": "Budi"}, "5"),
        ({"pk": 5, "username": "budi"}, "5"),
        ({"name": " Budi\u200f"}, "Budi"),
        ("'Aisyiyah", "'Aisyiyah"),
        ("12.345", "12.345"),
        ({}, None),
    ],
)
def test_author_is_any_name_or_the_id_within_an_object(value: object, author: str | None) -> None:
    assert read_author(value) == author


def test_ids_that_were_added_whole_do_not_hide_those_that_were_shortened() -> None:
    shortened = {f"179000123456{n}00000" for n in range(10, 18)}
    assert (
        lost_digits([*shortened, "17900012345678901", "17900012345678903", "1234567890123456"]) == shortened
    )


def test_some_of_many_whole_ids_end_in_zeros_by_themselves() -> None:
    for first in (17_900_012_345_678_901, 179_000_123_456_789_012, 7_106_594_312_292_453_675):
        whole = [first + 1_234_577 * n for n in range(2_000)]
        assert any(number % 100 == 0 for number in whole)
        assert not lost_digits(whole)
