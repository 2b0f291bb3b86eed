from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.score.windows import (
    HORIZON,
    SLIDING,
    Window,
    closes_at,
    month_of,
    month_span,
    parse_month,
    sliding_span,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
months = st.dates(date(2000, 2, 1), date(2099, 11, 1)).map(lambda day: day.replace(day=1))


@given(st.sampled_from(sorted(SLIDING)), instants)
def test_sliding_span_ends_with_the_running_minute(window: Window, at: datetime) -> None:
    span = sliding_span(window, at)
    assert span.until - span.start == SLIDING[window]
    assert span.until - MINUTE <= at < span.until
    assert span.until.second == span.until.microsecond == 0


@given(st.sampled_from(sorted(SLIDING)), instants)
def test_full_hours_lie_within_the_span_and_leave_less_than_one_at_each_end(
    window: Window, at: datetime
) -> None:
    span = sliding_span(window, at)
    assert span.start <= span.first_hour <= span.last_hour
    assert span.first_hour - span.start < HOUR
    assert span.first_hour.minute == span.last_hour.minute == 0
    if span.last_hour <= span.until:
        assert span.until - span.last_hour < HOUR
    else:  # a span without a full hour
        assert span.first_hour == span.last_hour
        assert window is Window.HOUR


def test_minutes_on_the_border() -> None:
    at = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)
    span = sliding_span(Window.HOUR, at)
    assert (span.start.isoformat(), span.until.isoformat()) == (
        "2026-11-21T11:01:00+00:00",
        "2026-11-21T12:01:00+00:00",
    )
    assert sliding_span(Window.HOUR, at.replace(minute=59)).first_hour == datetime(
        2026, 11, 21, 12, tzinfo=UTC
    )


def test_horizon_is_the_longest_window() -> None:
    assert SLIDING[HORIZON] == max(SLIDING.values())


def test_month_is_the_provinces_not_utcs() -> None:
    span = month_span(date(2026, 11, 1))
    assert span.start == datetime(2026, 10, 31, 17, tzinfo=UTC)
    assert span.until == datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert month_of(span.start) == date(2026, 11, 1)
    assert month_of(span.start - timedelta(microseconds=1)) == date(2026, 10, 1)


@given(months)
def test_months_follow_each_other_without_a_gap(month: date) -> None:
    following = month_of(month_span(month).until)
    assert month_span(following).start == month_span(month).until
    assert following > month


@given(instants)
def test_every_instant_lies_in_its_month(at: datetime) -> None:
    span = month_span(month_of(at))
    assert span.start <= at < span.until


def test_december_ends_with_the_year() -> None:
    assert month_span(date(2026, 12, 1)).until == datetime(2026, 12, 31, 17, tzinfo=UTC)


def test_month_closes_three_days_after_its_end() -> None:
    assert closes_at(date(2026, 10, 1)) == datetime(2026, 11, 3, 17, tzinfo=UTC)


@given(months)
def test_month_is_read_as_it_is_written(month: date) -> None:
    assert parse_month(f"{month:%Y-%m}") == month


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-1", "26-01-1", "2026-11-21", "nov 26"]
)
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match=r"month|isoformat"):
        parse_month(text)
