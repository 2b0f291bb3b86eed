"""An explanation's body from a ranking and from what is stored of the account. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pantau.analytics.accounts.registry import Account, AccountData
from pantau.analytics.explain import models as schemas
from pantau.analytics.explain.left_out import left_out, together
from pantau.analytics.explain.points import (
    Earned,
    PlatformPost,
    Units,
    by_platform,
    by_post,
    shorten,
    to_points,
)
from pantau.analytics.explain.queries import PostText
from pantau.analytics.explain.source import Source
from pantau.analytics.models import Sentiment
from pantau.analytics.period import Period, status
from pantau.analytics.ranking.ranking import newest_event, no_score
from pantau.contracts.events import ScorePart, ScoreParts
from pantau.contracts.fields import Platform
from pantau.score.formula import (
    AccountScore,
    Limits,
    PlatformScore,
    Ranking,
    Sums,
    metric_values,
)
from pantau.score.official import FrozenScores
from pantau.score.rules import Metric, Rules

MOST_POSTS = 50
_AS_SCORED = ("group", "rank", "posts_missing", "score", "completeness", "incomplete", "simulated")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is explained, and all that was read for it."""

    account: Account
    known: AccountData
    period: Period
    source: Source
    now: datetime
    ranking: Ranking
    frozen: FrozenScores | None

    @property
    def score(self) -> AccountScore | None:
        """None for an account that is not active."""
        account_id = self.account.account_id
        return next((score for score in self.ranking.scores if score.account_id == account_id), None)

    @property
    def platforms(self) -> dict[Platform, PlatformScore]:
        account_id = self.account.account_id
        return {
            name: score for (account, name), score in self.ranking.platforms.items() if account == account_id
        }

    def horizon(self, platform: Platform) -> Sums:
        return self.source.inputs.horizon[self.account.account_id, platform]


def _given(values: Mapping[Metric, int], on: PlatformScore) -> dict[Metric, int]:
    return {metric: value for metric, value in values.items() if on.parts[metric].raw is not None}


def listed_posts(subject: Subject) -> list[Earned]:
    """The posts with most points, and one entry for the others."""
    score, platforms = subject.score, subject.platforms
    if score is None:
        return []
    given = {
        (name, post): _given(metric_values(sums, subject.horizon(name)), platforms[name])
        for (name, post), sums in subject.source.facts.posts.items()
        if name in platforms
    }
    return shorten(by_post(by_platform(score, platforms), given), MOST_POSTS)


def explanation(
    subject: Subject, posts: Sequence[Earned], texts: Mapping[PlatformPost, PostText], rules: Rules
) -> schemas.Explanation:
    account, period, spans = subject.account, subject.period, subject.source.spans
    score = subject.score or no_score(account.account_id, rules)
    platforms = _platforms(subject, score)
    return schemas.Explanation(
        account_id=account.account_id,
        name=account.name,
        short_name=account.short_name,
        kind=account.kind,
        active=account.active,
        window=period.sliding,
        month=f"{period.month:%Y-%m}" if period.month else None,
        at=spans.at,
        starts_at=spans.whole.start,
        ends_at=spans.whole.until,
        status=status(period, subject.now),
        rules_version=rules.version,
        normaliser=rules.normaliser.value,
        rules=schemas.RulesUsed(**{name: getattr(rules, name) for name in schemas.RulesUsed.model_fields}),
        ranked=sum(s.rank is not None and s.group == score.group for s in subject.ranking.scores),
        parts=ScoreParts(**score.parts),
        sentiment=Sentiment(positive=score.positive, neutral=score.neutral, negative=score.negative),
        platforms=platforms,
        official=_official(subject.frozen, score),
        platforms_without_weight=sorted(p for p in subject.source.facts.platforms if not rules.platforms[p]),
        posts=[_post(one, texts) for one in posts],
        left_out=together([platform.left_out for platform in platforms]),
        newest_event_at=newest_event(score, subject.known),
        **{name: getattr(score, name) for name in _AS_SCORED},
    )


def _official(frozen: FrozenScores | None, now: AccountScore) -> schemas.OfficialFigures | None:
    then = frozen.scores.get(now.account_id) if frozen else None
    if frozen is None or then is None:
        return None
    points = [[score.parts[metric].points for metric in Metric] for score in (then, now)]
    return schemas.OfficialFigures(
        revision=frozen.revision.revision,
        sha256=frozen.revision.sha256,
        score=then.score,
        rank=then.rank,
        as_explained=then.score == now.score and points[0] == points[1],
    )


def _platforms(subject: Subject, score: AccountScore) -> list[schemas.PlatformExplanation]:
    platforms = subject.platforms
    divided = by_platform(score, platforms)
    whole = sum(platform.weight for platform in platforms.values())
    return [_platform(name, on, on.weight / whole, divided[name], subject) for name, on in platforms.items()]


def _platform(
    name: Platform, on: PlatformScore, weight: float, units: Units, subject: Subject
) -> schemas.PlatformExplanation:
    comments_from = _comments_from(on, subject.horizon(name))
    parts = {
        metric.value: schemas.PlatformPart(
            **part.model_dump(),
            earned=to_points(units[metric]) if metric in units else None,
            limits=_limits(subject.ranking.limits.get((on.group, name, metric)), part),
        )
        for metric, part in on.parts.items()
    }
    return schemas.PlatformExplanation(
        platform=name,
        group=on.group,
        weight=round(weight, 4),
        completeness=on.completeness,
        points=to_points(sum(units.values())),
        comments_from=comments_from,
        missing=[metric.value for metric, part in on.parts.items() if part.raw is None],
        parts=schemas.PlatformParts(**parts),
        left_out=left_out(name, subject.source.facts, from_counter=comments_from == "counter"),
    )


def _comments_from(on: PlatformScore, horizon: Sums) -> Literal["collected", "counter"] | None:
    if on.parts[Metric.COMMENTS].raw is None:
        return None
    return "collected" if horizon.comments_observed else "counter"


def _limits(used: Limits | None, part: ScorePart) -> schemas.LimitsUsed | None:
    if used is None or part.raw is None:
        return None
    return schemas.LimitsUsed(low=used.low, high=used.high, peers=used.peers)


def _post(one: Earned, texts: Mapping[PlatformPost, PostText]) -> schemas.PostPoints:
    known = texts.get((one.platform, one.post_id)) if one.platform else None
    return schemas.PostPoints(
        origin=one.origin.value,
        platform=one.platform,
        post_id=one.post_id or None,
        posts=one.posts,
        published_at=known.published_at if known else None,
        text=known.beginning if known else "",
        text_shortened=known.shortened if known else False,
        permalink=(known.permalink or None) if known else None,
        giveaway=known.giveaway if known else False,
        deleted=known.deleted if known else False,
        raw=schemas.MetricCounts(**{metric.value: count for metric, count in one.raw.items()}),
        points=schemas.MetricPoints(
            **{metric.value: to_points(units) for metric, units in one.units.items()}
        ),
        total=to_points(one.total),
    )
