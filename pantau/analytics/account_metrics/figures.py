"""An account's figures beside its score. Pure; what each means is told in its models."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from pantau.analytics.account_metrics import models as schemas
from pantau.score.normalisers import quantile
from pantau.score.windows import JAKARTA

PROMPT_SECONDS = 12 * 3600  # Komdigi's criterion for a channel's answer
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FollowerReadings:
    """First and last reading in the span, and the last one before its end."""

    readings: int
    first: int
    first_at: datetime
    last: int
    last_at: datetime
    known: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A comment by somebody else. `top`: it answers the post, no other comment."""

    at: datetime
    replied_at: datetime | None
    top: bool
    question: bool


@dataclass(frozen=True, slots=True)
class Reactions:
    """What an account got in a span; None: no platform gives it."""

    likes: int | None
    comments: int | None


def followers(platforms: Sequence[FollowerReadings]) -> schemas.FollowersGained:
    """Of several platforms: those read at least twice, added up."""
    grown = [one for one in platforms if one.readings > 1]
    known = [one.known for one in platforms if one.known is not None]
    first, last = sum(one.first for one in grown), sum(one.last for one in grown)
    return schemas.FollowersGained(
        known=sum(known) if known else None,
        first=first if grown else None,
        first_at=min((one.first_at for one in grown), default=None),
        last=last if grown else None,
        last_at=max((one.last_at for one in grown), default=None),
        change=last - first if grown else None,
        change_share=share(last - first, first) if grown else None,
    )


def engagement(got: Reactions, posts: int, known_followers: int | None) -> schemas.Engagement:
    given = [count for count in (got.likes, got.comments) if count is not None]
    engagements = sum(given) if given else None
    return schemas.Engagement(
        engagements=engagements,
        rate=_per_post(engagements, posts, known_followers),
        popularity=_per_post(got.likes, posts, known_followers, 1000),
        commitment=_per_post(got.comments, posts, known_followers, 1000),
    )


def cadence(published: Iterable[datetime], start: datetime, end: datetime) -> schemas.Cadence:
    """`end`: where the span ends, or the present in a span that has not ended."""
    posts = sorted(published)
    days = (end - start) / _DAY
    edges = [start, *posts, end]
    return schemas.Cadence(
        posts=len(posts),
        posts_per_day=round(len(posts) / days, 4) if days > 0 else None,
        days=_calendar_days(start, end),
        days_with_post=len({post.astimezone(JAKARTA).date() for post in posts}),
        longest_gap_hours=round(max(b - a for a, b in pairwise(edges)) / _HOUR, 2),
    )


def replies(asked: Sequence[Asked], end: datetime) -> schemas.Replies:
    """Among comments that answer no other one, and those that got an answer all the same."""
    awaited = [one for one in asked if one.top or one.replied_at]
    waits = sorted(_seconds(one.at, one.replied_at) for one in awaited if one.replied_at)
    prompt = sum(wait <= PROMPT_SECONDS for wait in waits)
    late = sum(not _in_time(one) and _seconds(one.at, end) > PROMPT_SECONDS for one in awaited)
    unanswered = [one for one in awaited if not one.replied_at]
    return schemas.Replies(
        comments=len(awaited),
        answered=len(waits),
        median_seconds=round(median(waits), 1) if waits else None,
        p90_seconds=round(quantile(waits, 0.9), 1) if waits else None,
        within_12h_share=share(prompt, prompt + late),
        unanswered=len(unanswered),
        oldest_open_at=min((one.at for one in unanswered), default=None),
        open_questions=sum(one.question for one in unanswered),
        oldest_open_question_at=min((one.at for one in unanswered if one.question), default=None),
    )


def net_sentiment(positive: int, neutral: int, negative: int) -> float | None:
    return share(positive - negative, positive + neutral + negative)


def _in_time(one: Asked) -> bool:
    return one.replied_at is not None and _seconds(one.at, one.replied_at) <= PROMPT_SECONDS


def _seconds(start: datetime, end: datetime | None) -> float:
    """A clock that is off must not make a reply come before its question."""
    return max(0.0, (end - start).total_seconds()) if end else math.inf


def _calendar_days(start: datetime, end: datetime) -> int:
    """Days of Asia/Jakarta that the span has a part in."""
    last = end - timedelta(microseconds=1)
    return max(1, (last.astimezone(JAKARTA).date() - start.astimezone(JAKARTA).date()).days + 1)


def share(part: float, whole: float) -> float | None:
    """None of nothing."""
    return round(part / whole, 4) if whole > 0 else None


def _per_post(
    count: int | None, posts: int, known_followers: int | None, followers_each: int = 1
) -> float | None:
    """Per post and `followers_each` followers."""
    if count is None or not posts or not known_followers:
        return None
    return round(followers_each * count / known_followers / posts, 6)
