"""The formula: from sums of buckets to every account's score, parts and rank. Pure.

score = 100 * sum over metrics of weight * normalised value; a metric that a platform did not give drops out
and the other weights grow to 1; an account's score is the weighted mean over the platforms it has.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from pantau.contracts.events import ScorePart
from pantau.contracts.fields import Platform
from pantau.score import normalisers
from pantau.score.normalisers import among_peers
from pantau.score.rules import Metric, Rules

DECIMALS = 4
T = TypeVar("T")
Limits = normalisers.Limits


@dataclass(frozen=True, slots=True)
class Sums:
    """One account's additive figures on one platform over one span."""

    views: int = 0
    likes: int = 0
    comments_reported: int = 0
    posts: int = 0
    comments: int = 0
    positive: int = 0
    neutral: int = 0
    negative: int = 0
    comments_observed: int = 0
    replies: int = 0
    reply_seconds: int = 0
    views_readings: int = 0
    likes_readings: int = 0
    comments_readings: int = 0
    simulated: int = 0
    newest_at: datetime | None = None


NOTHING = Sums()
Key = tuple[str, Platform]  # of an account on a platform


@dataclass(frozen=True, slots=True)
class Profile:
    """One active account."""

    account_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that the formula reads.

    `horizon` holds the sums over the longer span that decides which metrics a platform gives at all; for a
    month it is the month itself. `followers` is only read by per_1000_followers.
    """

    accounts: tuple[Profile, ...]
    span: Mapping[Key, Sums]
    horizon: Mapping[Key, Sums]
    followers: Mapping[Key, int]


@dataclass(frozen=True, slots=True)
class PlatformScore:
    """One account on one platform: the points of its parts are of 100 on that platform.

    An account's points are the mean of these, weighted by `weight`, of all its platforms.
    """

    group: str
    weight: float
    completeness: float
    parts: dict[Metric, ScorePart]
    sums: Sums


@dataclass(frozen=True, slots=True)
class AccountScore:
    """`posts_missing`: how many counted posts the account is short of being ranked in a month that ended."""

    account_id: str
    score: float | None
    rank: int | None
    completeness: float
    incomplete: bool
    parts: dict[Metric, ScorePart]
    positive: int
    neutral: int
    negative: int
    simulated: bool
    newest_event_at: datetime | None
    group: str = ""
    posts_missing: int = 0


@dataclass(frozen=True, slots=True)
class Ranking:
    """`scores`: group by group the ranked ones, best first, then all that have no rank.

    `limits`: by group, platform and metric.
    """

    scores: list[AccountScore]
    platforms: dict[Key, PlatformScore]
    limits: dict[tuple[str, Platform, Metric], Limits]


def rank_fleet(inputs: Inputs, rules: Rules, *, minimum_posts: int = 0) -> Ranking:
    """Every active account's score over the inputs' span, and how it came about.

    `minimum_posts`: fewer counted posts than these are shown, not ranked.
    """
    groups = {one.account_id: rules.group_of(one.account_id, one.kind) for one in inputs.accounts}
    there = sorted(key for key in inputs.horizon if key[0] in groups)
    values = {key: given for key in there if (given := _given(key, inputs, rules))}
    measured = {key: _measured(key, raw, inputs, rules) for key, raw in values.items()}
    peers = {key: (groups[key[0]], key[1]) for key in values}
    shares, limits = among_peers(measured, peers, rules.normaliser)
    platforms = {
        key: _platform_score(key, raw, shares[key], inputs, rules, group=groups[key[0]])
        for key, raw in values.items()
    }
    scored = [
        _account_score(account, platforms, inputs, rules, minimum_posts, group=group)
        for account, group in sorted(groups.items())
    ]
    return Ranking(_ranked(scored, rules.minimum_completeness), platforms, limits)


def _given(key: Key, inputs: Inputs, rules: Rules) -> dict[Metric, int]:
    """The metrics of an account on a platform, none where it is not there or the platform does not count."""
    horizon = inputs.horizon[key]
    if not _is_used(horizon) or not rules.platforms[key[1]]:
        return {}
    values = metric_values(inputs.span.get(key, NOTHING), horizon)
    if rules.needs_followers and key not in inputs.followers:
        return {Metric.POSTS: values[Metric.POSTS]}
    return values


def _is_used(horizon: Sums) -> bool:
    """Whether the account shows any life on the platform; a bucket row of zeros is none."""
    return any(
        (
            horizon.posts,
            horizon.comments_observed,
            horizon.views_readings,
            horizon.likes_readings,
            horizon.comments_readings,
        )
    )


def metric_values(span: Sums, horizon: Sums) -> dict[Metric, int]:
    """The metrics that the platform gives, with their value in the span.

    Comments are those collected one by one; where none were ever collected, the gain of the platform's own
    counter stands in.
    """
    values = {Metric.POSTS: span.posts}
    if horizon.views_readings:
        values[Metric.VIEWS] = span.views
    if horizon.likes_readings:
        values[Metric.LIKES] = span.likes
    if horizon.comments_observed:
        values[Metric.COMMENTS] = span.comments
    elif horizon.comments_readings:
        values[Metric.COMMENTS] = span.comments_reported
    return values


def _measured(key: Key, raw: Mapping[Metric, int], inputs: Inputs, rules: Rules) -> dict[Metric, float]:
    """What is compared: the figures themselves or, but for posts, those per 1,000 followers."""
    if not rules.needs_followers:
        return {metric: float(value) for metric, value in raw.items()}
    followers = max(inputs.followers.get(key, 0), rules.minimum_followers)
    return {m: float(value) if m is Metric.POSTS else 1000 * value / followers for m, value in raw.items()}


def _platform_score(
    key: Key,
    raw: Mapping[Metric, int],
    shares: Mapping[Metric, float],
    inputs: Inputs,
    rules: Rules,
    *,
    group: str,
) -> PlatformScore:
    completeness = sum(rules.weights[metric] for metric in Metric if metric in raw)
    parts = {}
    for metric in Metric:
        weight = rules.weights[metric]
        if metric not in raw:
            parts[metric] = ScorePart(raw=None, normalised=None, weight=weight, points=None)
            continue
        points = 100 * weight * shares[metric] / completeness if completeness else 0.0
        parts[metric] = ScorePart(
            raw=raw[metric],
            normalised=round(shares[metric], DECIMALS),
            weight=weight,
            points=round(points, DECIMALS),
        )
    sums = inputs.span.get(key, NOTHING)
    return PlatformScore(group, rules.platforms[key[1]], round(completeness, DECIMALS), parts, sums)


def _account_score(
    account_id: str,
    by_key: Mapping[Key, PlatformScore],
    inputs: Inputs,
    rules: Rules,
    minimum_posts: int,
    *,
    group: str,
) -> AccountScore:
    platforms = _of(account_id, by_key)
    span, horizon = _of(account_id, inputs.span), _of(account_id, inputs.horizon)
    total = sum(platform.weight for platform in platforms)
    parts = {metric: _part(metric, platforms, total, rules) for metric in Metric}
    points = [part.points for part in parts.values() if part.points is not None]
    completeness = (
        round(sum(p.completeness * p.weight for p in platforms) / total, DECIMALS) if total else 0.0
    )
    newest = [sums.newest_at for sums in horizon if sums.newest_at]
    return AccountScore(
        account_id=account_id,
        score=round(sum(points), DECIMALS) if platforms else None,
        rank=None,
        completeness=completeness,
        incomplete=completeness < 1,
        parts=parts,
        positive=sum(sums.positive for sums in span),
        neutral=sum(sums.neutral for sums in span),
        negative=sum(sums.negative for sums in span),
        simulated=any(sums.simulated for sums in horizon),
        newest_event_at=max(newest) if newest else None,
        group=group,
        posts_missing=max(0, minimum_posts - (parts[Metric.POSTS].raw or 0)),
    )


def _part(metric: Metric, platforms: Sequence[PlatformScore], total: float, rules: Rules) -> ScorePart:
    """From the figures of the platforms as they are shown, so that these lead to the account's exactly."""
    weight = rules.weights[metric]
    giving = [(platform.parts[metric], platform.weight) for platform in platforms]
    giving = [(part, counts) for part, counts in giving if part.raw is not None]
    if not giving:
        return ScorePart(raw=None, normalised=None, weight=weight, points=None)
    share = sum((part.normalised or 0) * counts for part, counts in giving) / sum(w for _, w in giving)
    points = sum((part.points or 0) * counts for part, counts in giving) / total
    raw = sum(part.raw or 0 for part, _ in giving)
    return ScorePart(
        raw=raw, normalised=round(share, DECIMALS), weight=weight, points=round(points, DECIMALS)
    )


def _of(account_id: str, by_key: Mapping[Key, T]) -> list[T]:
    return [by_key[key] for platform in Platform if (key := (account_id, platform)) in by_key]


def _ranked(scored: Iterable[AccountScore], minimum_completeness: float) -> list[AccountScore]:
    """Best first in each group; equal scores share a rank. Accounts without enough data follow, unranked."""
    ranked: list[AccountScore] = []
    rest: list[AccountScore] = []
    place = 0
    for score in sorted(scored, key=_best_first):
        if score.score is None or score.completeness < minimum_completeness or score.posts_missing:
            rest.append(score)
            continue
        before = ranked[-1] if ranked and ranked[-1].group == score.group else None
        place = place + 1 if before else 1
        tied = before and before.score == score.score
        ranked.append(replace(score, rank=before.rank if before and tied else place))
    return ranked + sorted(rest, key=lambda s: (_best_first(s)[1:], s.group))


def _best_first(score: AccountScore) -> tuple[str, float, str]:
    return (score.group, -(score.score if score.score is not None else -1.0), score.account_id)
