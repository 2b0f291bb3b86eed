"""A stamp of a machine whose clock is ahead."""

from pantau.analytics.first_seen import FirstSeen
from tests.support.api import HOUR, MINUTE, NOW


def test_a_stamp_of_the_past_is_as_it_is() -> None:
    seen = FirstSeen()
    assert [seen.of("a", NOW - MINUTE, NOW + hours * HOUR) for hours in (0, 9)] == [NOW - MINUTE] * 2


def test_a_stamp_of_the_future_counts_from_when_it_was_seen_first_even_once_it_has_come_true() -> None:
    seen = FirstSeen()
    assert [seen.of("a", NOW + HOUR, NOW + hours * HOUR) for hours in (0, 1, 2)] == [NOW] * 3
    assert seen.of("b", NOW + HOUR, NOW + MINUTE) == NOW + MINUTE


def test_the_next_stamp_is_another_one() -> None:
    seen = FirstSeen()
    assert seen.of("a", NOW + HOUR, NOW) == NOW
    assert seen.of("a", NOW + 2 * HOUR, NOW + MINUTE) == NOW + MINUTE
