"""A time is read as the instant that its writer meant, or refused."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.contracts.fields import EARLIEST, LATEST
from pantau.reading.errors import Unreadable
from pantau.reading.instants import DateOrder, order_of, read_instant, states_offset

WIB = ZoneInfo("Asia/Jakarta")
INSTANT = datetime(2026, 11, 24, 11, 12, tzinfo=UTC)
SECONDS = st.integers(int(EARLIEST.timestamp()), int(LATEST.timestamp()) - 1)
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]


@pytest.mark.parametrize(
    "value",
    [
        *("2026-11-24T11:12:00Z", "2026-11-24T18:12:00+07:00", "2026-11-24 18:12:00 +0700"),
        *("2026-11-24 11:12:00 UTC", "2026-11-24 18:12 WIB", "2026-11-24 19.12 WITA", "2026-11-24 20:12 WIT"),
        *(
            "24 November 2026 18.12 WIB",
            "24 Nov 2026 pukul 18.12 WIB",
            "Selasa, 24 November 2026 18:12:00 WIB",
        ),
        *(
            "24/11/2026 18.12 WIB",
            "11/24/2026 6:12 PM WIB",
            "Nov 24, 2026 6:12 PM (WIB)",
            "24-11-2026, 18:12 WIB",
        ),
        *("Tue, 24 Nov 2026 11:12:00 GMT", "Tue Nov 24 11:12:00 +0000 2026", "2026/11/24 11:12 GMT"),
        *(
            "2026-11-24 18.12+07:00",
            "2026-11-24 18.12 WIB",
            "24 Nov 2026 18:12 GMT+7",
            "Sel, 24 Nov 2026 18.12 WIB",
        ),
        *("Tue Nov 24 2026 18:12:00 GMT+0700 (Western Indonesia Time)", "\u200e24/\u200e11/2026 18:12 WIB"),
        *("2026-11-24 10:42:00 -00:30", "20261124T111200Z"),
        *(1795518720, "1795518720", 1795518720.0, 1795518720000, "1795518720000", 1795518720000000),
        *(" 2026-11-24T11:12:00Z ", datetime(2026, 11, 24, 18, 12, tzinfo=WIB)),
    ],
)
def test_value_that_says_its_zone_needs_no_other(value: object) -> None:
    assert read_instant(value) == read_instant(value, zone=UTC) == INSTANT
    assert states_offset(value)


@pytest.mark.parametrize(
    "value",
    [
        *("2026-11-24 18:12:00", "2026-11-24T18:12", "24 Nov 2026 18.12", "24 Nopember 2026, 18.12"),
        *("24/11/2026 18.12", "11/24/2026 18:12", "24.11.2026 18:12", "46350.7583333333", 46350.7583333333),
        *("46350,7583333333", "2026-11-24 18.12", "2026-11-24 6.12 PM", "24-Nov-2026 18.12.00,0"),
    ],
)
def test_value_without_a_zone_is_read_in_the_one_given_and_refused_without(value: object) -> None:
    assert read_instant(value, zone=WIB) == INSTANT
    assert not states_offset(value)
    with pytest.raises(Unreadable):
        read_instant(value)


@pytest.mark.parametrize("value", ["2026-11-24", "24 November 2026", "20261124", "24/11/2026", 46350])
def test_date_is_its_midnight(value: object) -> None:
    assert read_instant(value, zone=WIB) == datetime(2026, 11, 23, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        *("14.05", "2026", 1610, 20261124, "kemarin", "24 Foo 2026", "31/02/2026", "24/11/26", "13/13/2026"),
        *("2026-11-24 25:00", "2026-11-24 18:12 PST", "24 Nov 2026 13:12 PM", "1999-12-31T23:59:59Z"),
        *(
            "2026-11-24 18:12.30",
            "2026-11-24 18,12",
            "2026-11-24x18:12",
            "2026-W48-2",
            "24/11/2026 18.12 +9900",
        ),
        *("2026-11-24 18:12 WIB+07:00", "24 Nov 26", "24-11-26 18.12", "46.350,75"),
        *("2100-01-01T00:00:00Z", "0001-01-01T00:00:00+07:00", -1, 1e300, True, "24 Nov", "18:12"),
    ],
)
def test_value_that_is_no_time_is_refused_by_name(value: object) -> None:
    with pytest.raises(Unreadable) as refused:
        read_instant(value, zone=WIB)
    assert str(value)[:10] in str(refused.value) or "outside" in str(refused.value)


def test_short_year_is_asked_for_in_full() -> None:
    for value in ("24 Nov 26", "24/11/26", "24-Nov-26 18.12", "Nov 24, 26"):
        with pytest.raises(Unreadable, match="write the year in four digits"):
            read_instant(value, zone=WIB)


def test_date_with_an_offset_is_its_midnight_there() -> None:
    assert read_instant("2026-11-24+07:00") == datetime(2026, 11, 23, 17, tzinfo=UTC)


def test_fractions_of_seconds_stay() -> None:
    for value in ("2026-11-24T11:12:00.25Z", "24/11/2026 18.12.00,25 WIB", "24 Nov 2026 11:12:00.250 UTC"):
        assert read_instant(value) == INSTANT + timedelta(milliseconds=250)


@pytest.mark.parametrize("value", [None, "", " ", "null", "N/A", "-", "NaT"])
def test_time_that_was_not_given_is_none(value: object) -> None:
    assert read_instant(value) is None


@given(SECONDS, OFFSETS)
def test_every_spelling_of_an_instant_is_that_instant(seconds: int, zone: timezone) -> None:
    instant = datetime.fromtimestamp(seconds, UTC)
    local = instant.astimezone(zone)
    unix = [seconds, str(seconds), seconds * 10**3, str(seconds * 10**6), seconds * 10**9]
    said = [local.isoformat(), local.strftime("%Y-%m-%d %H:%M:%S %z"), local.strftime("%d/%m/%Y %H:%M:%S")]
    named = f"{local.day} {MONTHS[local.month - 1]} {local:%Y %H.%M.%S}"
    for value in (*unix, *said, named):
        assert read_instant(value, zone=zone, order="dmy") == instant


@given(SECONDS, st.sampled_from(["%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S"]))
def test_day_and_month_are_read_right_or_refused(seconds: int, shape: str) -> None:
    instant = datetime.fromtimestamp(seconds, UTC)
    try:
        assert read_instant(instant.strftime(shape), zone=UTC) == instant
    except Unreadable:
        assert instant.day <= 12


@given(st.integers(0, 10**20) | st.floats(0, 1e20))
def test_number_is_an_instant_of_this_century_or_refused(number: float) -> None:
    try:
        instant = read_instant(number)
    except Unreadable:
        return
    assert instant is not None
    assert EARLIEST <= instant < LATEST
    places = [number / 10**power - instant.timestamp() for power in (0, 3, 6, 9)]
    assert min(abs(place) for place in places) < 1


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["03/04/2026", "24/04/2026 18.12"], "dmy"),
        (["03/04/2026", "04/24/2026"], "mdy"),
        (["24/04/2026", "04/24/2026"], None),
        (["03/04/2026", None, "2026-04-03"], None),
    ],
)
def test_file_says_its_order_when_its_values_agree(values: list[object], order: DateOrder | None) -> None:
    assert order_of(values) == order


def test_order_is_what_tells_day_from_month() -> None:
    assert read_instant("03/04/2026", zone=UTC, order="dmy") == datetime(2026, 4, 3, tzinfo=UTC)
    assert read_instant("03/04/2026", zone=UTC, order="mdy") == datetime(2026, 3, 4, tzinfo=UTC)
    assert read_instant("24/04/2026", zone=UTC, order="mdy") == datetime(2026, 4, 24, tzinfo=UTC)
