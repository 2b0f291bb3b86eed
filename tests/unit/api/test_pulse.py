from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pantau.analytics.pulse import figures as pulse
from pantau.analytics.pulse.figures import Negatives
from tests.support.api import HOUR, MINUTE, NOW

UNTIL = pulse.floor_minute(NOW) + MINUTE
RECENT = UNTIL - pulse.RECENT
DAY_BEFORE = RECENT - pulse.USUAL
NAMES = {f"a{n}": f"A{n}" for n in range(10)}


def figure(
    account_id: str, recent: tuple[int, int], usual: tuple[int, int], first: datetime = DAY_BEFORE
) -> Negatives:
    """Negatives and all comments, recently and in the day before."""
    return Negatives(account_id, *recent, *usual, first)


def rising(*figures: Negatives) -> list[tuple[str, float | None]]:
    return [(entry.account_id, entry.times_usual) for entry in pulse.rising(figures, NAMES, RECENT)]


@given(st.integers(1, 1440), st.sets(st.integers(-5, 2000)))
def test_minutes_are_exactly_as_many_as_asked_for_and_ascend(count: int, back: set[int]) -> None:
    moods = [pulse.mood(UNTIL - n * MINUTE, n, 0, 0) for n in back]
    found = pulse.minutes(moods, UNTIL, count)
    assert [entry.minute for entry in found] == [UNTIL - n * MINUTE for n in range(count, 0, -1)]
    assert sum(entry.positive for entry in found) == sum(n for n in back if 1 <= n <= count)


def test_negatives_rise_against_an_average_hour() -> None:
    assert rising(figure("a0", (30, 60), (48, 480))) == [("a0", 15.0)]


def test_an_average_hour_counts_as_one_negative_at_least() -> None:
    assert rising(figure("a0", (10, 52), (3, 480))) == [("a0", 10.0)]


def test_a_busy_hour_with_the_usual_share_is_not_rising() -> None:
    assert rising(figure("a0", (40, 400), (48, 480))) == []


def test_a_worse_share_of_fewer_comments_than_usual_is_not_rising() -> None:
    assert rising(figure("a0", (10, 10), (480, 4800))) == []


def test_below_ten_is_not_listed() -> None:
    assert rising(figure("a0", (9, 9), (0, 0)), figure("a1", (10, 10), (0, 0))) == [("a1", None)]


def test_strongest_rise_first_and_at_most_five() -> None:
    figures = [figure(f"a{n}", (10 + n, 20), (24, 240)) for n in range(7)]
    never_before = figure("a9", (10, 20), (0, 100))
    assert [account for account, _ in rising(*figures, never_before)] == ["a9", "a6", "a5", "a4", "a3"]


def test_usual_is_measured_over_the_hours_that_were_observed() -> None:
    first = RECENT - 2 * HOUR
    assert rising(figure("a0", (20, 30), (20, 100), first)) == [("a0", 2.0)]


def test_before_an_hour_was_observed_nothing_is_usual() -> None:
    first = RECENT - 59 * MINUTE
    assert rising(figure("a0", (20, 100), (20, 20), first)) == [("a0", None)]
    assert pulse.usual_hours([], RECENT) == 0


def test_unknown_accounts_are_not_named() -> None:
    assert rising(figure("stranger", (100, 100), (0, 0))) == []


def test_share_is_of_the_recent_comments() -> None:
    [entry] = pulse.rising([figure("a0", (20, 30), (0, 0))], NAMES, RECENT)
    assert (entry.negative_share, entry.negatives, entry.comments) == (0.6667, 20, 30)
    assert entry.short_name == "A0"


def test_minute_is_cut_off() -> None:
    assert pulse.floor_minute(NOW) == NOW - timedelta(seconds=31)
