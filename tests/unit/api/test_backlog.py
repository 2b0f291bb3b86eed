"""When a flow is said to be behind, case by case and against a model of what Kafka and the tables hold."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.analytics.backlog import REMEMBERED, USUAL, WRITING, behind_since, remembered_from, waiting_from

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def told(written: Sequence[datetime], stored: datetime | None, now: datetime = NOW) -> datetime | None:
    """As the api tells it of a topic whose records were `written` so, and `stored` the newest arrival."""

    def first(since: datetime) -> datetime | None:
        return min((at for at in written if at >= since), default=None)

    return behind_since(first(waiting_from(stored)), first(remembered_from(stored, now)), now)


def every(step: timedelta, start: datetime, end: datetime = NOW) -> list[datetime]:
    return [start + n * step for n in range(int((end - start) / step) + 1)]


def test_nothing_was_ever_written() -> None:
    assert told([], None) is None
    assert told([], NOW - HOUR) is None


def test_a_record_may_take_its_usual_time() -> None:
    assert told([NOW - USUAL], NOW - HOUR) is None
    assert told([NOW - USUAL - SECOND], NOW - HOUR) == NOW - USUAL - SECOND


def test_of_a_flow_of_which_nothing_was_ever_stored_the_first_record_waits() -> None:
    assert told([NOW - 50 * MINUTE, NOW - MINUTE], None) == NOW - 50 * MINUTE
    assert told([NOW - SECOND], None) is None


def test_what_is_stored_does_not_wait_although_its_record_was_written_a_little_later() -> None:
    arrived = NOW - 5 * MINUTE
    assert told([arrived + SECOND], arrived) is None
    assert told([arrived + WRITING - SECOND], arrived) is None


@pytest.mark.parametrize(
    "stopped", [NOW - MINUTE, NOW - 59 * MINUTE, NOW - 3 * HOUR, NOW - timedelta(days=6)]
)
def test_a_flow_that_stands_still_is_behind_since_then_however_long_ago(stopped: datetime) -> None:
    since = told(every(SECOND * 20, stopped - 10 * MINUTE), stopped)
    assert since is not None
    assert WRITING <= since - stopped <= WRITING + 20 * SECOND


def test_a_flow_that_is_slower_than_what_comes_in_is_behind_by_as_much() -> None:
    records = every(SECOND, NOW - HOUR)
    assert told(records, NOW - 10 * MINUTE) == NOW - 10 * MINUTE + WRITING
    assert told(records, NOW - 20 * SECOND) is None


def test_a_record_that_is_never_stored_waits_until_a_later_one_is() -> None:
    dead = NOW - 10 * MINUTE
    assert told([dead], NOW - HOUR) == dead
    assert told([dead, NOW - MINUTE], NOW - MINUTE) is None


def test_a_lone_record_that_is_never_stored_is_forgotten_after_an_hour() -> None:
    assert told([NOW - REMEMBERED], NOW - 5 * HOUR) == NOW - REMEMBERED
    assert told([NOW - REMEMBERED - SECOND], NOW - 5 * HOUR) is None


def test_a_forgotten_record_does_not_make_one_late_that_has_just_come() -> None:
    dead = NOW - 2 * HOUR
    assert told([dead, NOW - SECOND], NOW - 5 * HOUR) is None
    assert told([dead, NOW - MINUTE], NOW - 5 * HOUR) == dead


def test_what_arrives_later_than_now_by_ingests_clock_is_not_behind() -> None:
    assert told([NOW + HOUR], NOW - HOUR) is None


SECONDS = st.integers(-3 * 3600, 0).map(lambda seconds: NOW + seconds * SECOND)


@given(st.lists(SECONDS), SECONDS | st.none())
def test_what_is_told_is_the_first_record_that_waits(
    written: list[datetime], stored: datetime | None
) -> None:
    waiting = [at for at in written if stored is None or at >= stored + WRITING]
    late = [at for at in waiting if at >= NOW - REMEMBERED]
    behind = bool(late) and min(late) < NOW - USUAL
    assert told(written, stored) == (min(waiting) if behind else None)


@given(st.lists(SECONDS), SECONDS, SECONDS)
def test_storing_more_never_makes_a_flow_later(
    written: list[datetime], one: datetime, other: datetime
) -> None:
    earlier, later = (told(written, stored) for stored in sorted((one, other)))
    assert later is None or (earlier is not None and earlier <= later)
