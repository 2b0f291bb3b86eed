"""The formula: from sums of buckets to every account's score, parts and rank. Pure.

score = 100 * sum over metrics of weight * normalised value; a metric that a platform did not give drops out
and the other weights grow to 1; an account's score is the weighted mean over the platforms it has.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.contracts.fields import Platform
from services.rules.normalise import NORMALISERS
from services.rules.rulebook import Metric, Rules

DECIMALS = 4


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
class Part:
    """One variable of one score. Points are of 100; None where no platform gave the metric."""

    raw: int | None
    normalised: float | None
    weight: float
    points: float | None


@dataclass(frozen=True, slots=True)
class AccountScore:
    account_id: str
    score: float | None
    rank: int | None
    completeness: float
    incomplete: bool
    parts: dict[Metric, Part]
    positive: int
    neutral: int
    negative: int
    simulated: bool
    newest_event_at: datetime | None


@dataclass(frozen=True, slots=True)
class _PlatformScore:
    raw: dict[Metric, int]
    normalised: dict[Metric, float]
    points: dict[Metric, float]
    completeness: float
    weight: float


def score_fleet(
    accounts: Iterable[str], span: Mapping[Key, Sums], horizon: Mapping[Key, Sums], rules: Rules
) -> list[AccountScore]:
    """Every active account's score over `span`, ranked ones first.

    `horizon` holds the sums over the longer span that decides which metrics a platform gives at all; for a
    month it is the month itself.
    """
    active = sorted(set(accounts))
    keys = sorted(key for key, sums in horizon.items() if key[0] in set(active) and _is_used(sums))
    values = {
        key: metric_values(span.get(key, NOTHING), horizon[key])
        for key in keys
        if rules.platforms[key[1]] > 0
    }
    shares = _normalise(values, rules)
    platforms: dict[str, list[_PlatformScore]] = defaultdict(list)
    for key, given in values.items():
        platforms[key[0]].append(_platform_score(given, shares[key], rules, rules.platforms[key[1]]))
    scored = [
        _account_score(
            account, platforms[account], _figures(account, span), _figures(account, horizon), rules
        )
        for account in active
    ]
    return _ranked(scored, rules.minimum_completeness)


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


def _normalise(values: Mapping[Key, Mapping[Metric, int]], rules: Rules) -> dict[Key, dict[Metric, float]]:
    """Each value's share among the accounts of the same platform that have the metric."""
    normalise = NORMALISERS[rules.normaliser]
    shares: dict[Key, dict[Metric, float]] = {key: {} for key in values}
    for platform in Platform:
        for metric in Metric:
            peers = [key for key in values if key[1] == platform and metric in values[key]]
            if peers:
                for key, share in zip(peers, normalise([values[k][metric] for k in peers]), strict=True):
                    shares[key][metric] = share
    return shares


def _platform_score(
    raw: dict[Metric, int], normalised: dict[Metric, float], rules: Rules, weight: float
) -> _PlatformScore:
    completeness = sum(rules.weights[metric] for metric in Metric if metric in raw)
    points = {
        metric: 100 * rules.weights[metric] * normalised[metric] / completeness if completeness else 0.0
        for metric in Metric
        if metric in raw
    }
    return _PlatformScore(raw, normalised, points, completeness, weight)


def _account_score(
    account_id: str,
    platforms: Sequence[_PlatformScore],
    span: Sequence[Sums],
    horizon: Sequence[Sums],
    rules: Rules,
) -> AccountScore:
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
    )


def _part(metric: Metric, platforms: Sequence[_PlatformScore], total: float, rules: Rules) -> Part:
    weight = rules.weights[metric]
    giving = [platform for platform in platforms if metric in platform.raw]
    if not giving:
        return Part(None, None, weight, None)
    share = sum(p.normalised[metric] * p.weight for p in giving) / sum(p.weight for p in giving)
    points = sum(p.points[metric] * p.weight for p in giving) / total
    return Part(sum(p.raw[metric] for p in giving), round(share, DECIMALS), weight, round(points, DECIMALS))


def _figures(account_id: str, sums: Mapping[Key, Sums]) -> list[Sums]:
    return [sums[key] for platform in Platform if (key := (account_id, platform)) in sums]


def _ranked(scored: list[AccountScore], minimum_completeness: float) -> list[AccountScore]:
    """Best first; equal scores share a rank. Accounts without enough data follow, unranked."""
    ranked: list[AccountScore] = []
    rest: list[AccountScore] = []
    for score in sorted(scored, key=lambda s: (-(s.score if s.score is not None else -1.0), s.account_id)):
        if score.score is None or score.completeness < minimum_completeness:
            rest.append(score)
        elif ranked and ranked[-1].score == score.score:
            ranked.append(replace(score, rank=ranked[-1].rank))
        else:
            ranked.append(replace(score, rank=len(ranked) + 1))
    return ranked + rest
