from datetime import UTC, datetime, timedelta

import pytest

from pantau.analytics.account_metrics import figures
from pantau.analytics.account_metrics.figures import Asked, FollowerReadings, Reactions

START = datetime(2026, 11, 20, 17, tzinfo=UTC)  # midnight in Jakarta
HOUR = timedelta(hours=1)
END = START + 24 * HOUR


def readings(first: int, last: int, *, count: int = 2, known: int | None = None) -> FollowerReadings:
    return FollowerReadings(count, first, START, last, START + 2 * HOUR, last if known is None else known)


def asked(after: float, wait: float | None = None, *, top: bool = True, question: bool = False) -> Asked:
    """Hours after the start, and hours until the answer."""
    at = START + after * HOUR
    return Asked(at, at + wait * HOUR if wait is not None else None, top, question)


def test_followers_grow_from_the_first_to_the_last_reading() -> None:
    grown = figures.followers([readings(1000, 1050)])
    assert (grown.first, grown.last, grown.change, grown.change_share) == (1000, 1050, 50, 0.05)
    assert figures.followers([readings(1000, 900)]).change_share == -0.1
    assert figures.followers([readings(0, 5)]).change_share is None


def test_one_reading_is_no_growth() -> None:
    grown = figures.followers([readings(1000, 1000, count=1)])
    assert (grown.known, grown.change, grown.first_at) == (1000, None, None)
    assert figures.followers([]).known is None


def test_followers_of_platforms_are_added_up() -> None:
    grown = figures.followers([readings(100, 110), readings(7, 7, count=1), readings(900, 990)])
    assert (grown.known, grown.first, grown.change, grown.change_share) == (1107, 1000, 100, 0.1)


def test_engagement_is_per_post_and_follower() -> None:
    got = figures.engagement(Reactions(likes=300, comments=100), posts=4, known_followers=2000)
    assert (got.engagements, got.rate) == (400, 0.05)
    assert (got.popularity, got.commitment) == (37.5, 12.5)


@pytest.mark.parametrize(("posts", "known"), [(0, 100), (3, None), (3, 0)])
def test_no_rate_without_posts_or_followers(posts: int, known: int | None) -> None:
    got = figures.engagement(Reactions(5, 5), posts, known)
    assert (got.engagements, got.rate, got.popularity, got.commitment) == (10, None, None, None)


def test_what_no_platform_gives_is_not_zero() -> None:
    got = figures.engagement(Reactions(None, 6), 1, 1000)
    assert (got.engagements, got.rate, got.popularity, got.commitment) == (6, 0.006, None, 6.0)
    assert figures.engagement(Reactions(None, None), 1, 1000).engagements is None


def test_cadence_counts_the_edges() -> None:
    told = figures.cadence([START + 20 * HOUR, START + 5 * HOUR], START, END)
    assert (told.posts, told.posts_per_day, told.longest_gap_hours) == (2, 2.0, 15.0)
    assert (told.days, told.days_with_post) == (1, 1)
    assert figures.cadence([START + HOUR], START, END).longest_gap_hours == 23.0
    assert figures.cadence([], START, END).longest_gap_hours == 24.0


def test_days_are_those_of_jakarta() -> None:
    told = figures.cadence([START + 23.9 * HOUR, END], START - HOUR, END + HOUR)
    assert (told.days, told.days_with_post) == (3, 2)


def test_waits_are_told_by_median_and_p90() -> None:
    told = figures.replies([asked(0, wait) for wait in (1, 2, 3, 4, 20)], END)
    assert (told.comments, told.answered, told.unanswered) == (5, 5, 0)
    assert (told.median_seconds, told.p90_seconds) == (3 * 3600, (4 + 0.6 * 16) * 3600)
    assert told.within_12h_share == 0.8


def test_a_young_comment_is_not_late_yet() -> None:
    told = figures.replies([asked(1, 2), asked(2), asked(23)], END)
    assert (told.within_12h_share, told.unanswered) == (0.5, 2)
    assert figures.replies([asked(23)], END).within_12h_share is None
    assert figures.replies([asked(13, 10.9)], END).within_12h_share == 1.0


def test_oldest_open_ones() -> None:
    told = figures.replies([asked(0, 1), asked(3, question=True), asked(2), asked(1, top=False)], END)
    assert told.oldest_open_at == START + 2 * HOUR
    assert (told.open_questions, told.oldest_open_question_at) == (1, START + 3 * HOUR)
    assert told.comments == 3


def test_an_answered_answer_counts_too() -> None:
    told = figures.replies([asked(0, 1, top=False), asked(0, top=False)], END)
    assert (told.comments, told.answered) == (1, 1)


def test_an_answer_is_never_before_its_question() -> None:
    assert figures.replies([asked(1, -0.5)], END).median_seconds == 0


def test_nothing_asked() -> None:
    told = figures.replies([], END)
    assert (told.comments, told.median_seconds, told.p90_seconds, told.within_12h_share) == (
        0,
        None,
        None,
        None,
    )


def test_shares_of_nothing_are_unknown() -> None:
    assert figures.share(0, 0) is None
    assert figures.share(1, 3) == 0.3333
    assert figures.net_sentiment(0, 0, 0) is None
    assert figures.net_sentiment(2, 5, 3) == -0.1
