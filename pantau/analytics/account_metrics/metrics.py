"""An account's figures put together, for the same span and from the same facts as its score."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics.account_metrics import figures, queries
from pantau.analytics.account_metrics import models as schemas
from pantau.analytics.account_metrics.figures import Asked, FollowerReadings, Reactions
from pantau.analytics.accounts.registry import Account
from pantau.analytics.explain.source import Source
from pantau.analytics.models import Sentiment
from pantau.analytics.period import Period, status
from pantau.contracts.fields import Platform
from pantau.score.formula import NOTHING, Inputs, Sums, metric_values
from pantau.score.rules import Metric


@dataclass(frozen=True, slots=True)
class MetricInputs(Source):
    """All that is read for one account and period. `end`: until when it can be told."""

    followers: dict[Platform, FollowerReadings]
    asked: dict[Platform, list[Asked]]

    @property
    def end(self) -> datetime:
        return min(self.spans.at, self.spans.whole.until)


async def read_inputs(client: AsyncClient, account_id: str, source: Source) -> MetricInputs:
    spans = source.spans
    followers, asked = await asyncio.gather(
        queries.read_followers(client, account_id, spans.whole),
        queries.read_asked(client, account_id, spans.whole, spans.at),
    )
    return MetricInputs(spans, source.inputs, source.facts, followers, asked)


def account_metrics(
    account: Account, period: Period, read: MetricInputs, now: datetime
) -> schemas.AccountMetrics:
    """Pure. A platform is listed when something of it is known in the span or the 30 days before its end."""
    account_id = account.account_id
    known = {platform for who, platform in read.inputs.horizon if who == account_id} | set(read.followers)
    platforms = [platform for platform in Platform if platform in known]
    simulated = any(sums.simulated for (who, _), sums in read.inputs.horizon.items() if who == account_id)
    return schemas.AccountMetrics(
        account_id=account_id,
        short_name=account.short_name,
        window=period.sliding,
        month=f"{period.month:%Y-%m}" if period.month else None,
        at=read.spans.at,
        starts_at=read.spans.whole.start,
        ends_at=read.spans.whole.until,
        status=status(period, now),
        simulated=simulated,
        total=schemas.Metrics(**_figures(account_id, platforms, read)),
        platforms=[
            schemas.PlatformMetrics(platform=one, **_figures(account_id, [one], read)) for one in platforms
        ],
    )


def _figures(account_id: str, platforms: list[Platform], read: MetricInputs) -> dict[str, object]:
    """The fields of Metrics, of these platforms together."""
    own = [read.inputs.span.get((account_id, platform), NOTHING) for platform in platforms]
    counted = [
        one for (name, why), one in read.facts.comments.items() if name in platforms and why == "counted"
    ]
    published = [p for p in read.facts.published if p.platform in platforms and not p.deleted]
    grown = figures.followers([read.followers[p] for p in platforms if p in read.followers])
    mood = Sentiment(**{name: _total(own, name) for name in Sentiment.model_fields})
    asked = [one for platform in platforms for one in read.asked.get(platform, [])]
    return {
        "followers": grown,
        "engagement": figures.engagement(
            _reactions(account_id, platforms, read.inputs), len(published), grown.known
        ),
        "cadence": figures.cadence(
            [post.published_at for post in published], read.spans.whole.start, read.end
        ),
        "replies": figures.replies(asked, read.spans.at),
        "comments_counted": _total(own, "comments"),
        "share_of_voice": figures.share(
            _total(own, "comments"), _fleet_comments(account_id, platforms, read.inputs)
        ),
        "sentiment": mood,
        "net_sentiment": figures.net_sentiment(mood.positive, mood.neutral, mood.negative),
        "interaction_quality": figures.share(
            sum(one.conversing for one in counted), sum(one.worded for one in counted)
        ),
    }


def _reactions(account_id: str, platforms: list[Platform], inputs: Inputs) -> Reactions:
    values = [
        metric_values(inputs.span.get((account_id, platform), NOTHING), inputs.horizon[account_id, platform])
        for platform in platforms
        if (account_id, platform) in inputs.horizon
    ]
    likes = [given[Metric.LIKES] for given in values if Metric.LIKES in given]
    comments = [given[Metric.COMMENTS] for given in values if Metric.COMMENTS in given]
    return Reactions(sum(likes) if likes else None, sum(comments) if comments else None)


def _fleet_comments(account_id: str, platforms: list[Platform], inputs: Inputs) -> int:
    """Of all active accounts, and of this one if it is not."""
    heard = {account_id, *(profile.account_id for profile in inputs.accounts)}
    own = (sums for (who, name), sums in inputs.span.items() if who in heard and name in platforms)
    return _total(own, "comments")


def _total(sums: Iterable[Sums], name: str) -> int:
    return sum(getattr(one, name) for one in sums)
