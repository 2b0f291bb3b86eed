"""What explanations and figures are made from: the sums of all accounts, the facts of one."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics.explain import queries
from pantau.analytics.explain.queries import AccountFacts
from pantau.analytics.period import Period
from pantau.score.bucket_sums import read_accounts, read_followers, read_month, read_span
from pantau.score.formula import NOTHING, Inputs
from pantau.score.rules import Rules
from pantau.score.windows import HORIZON, Span, closes_at, month_span, sliding_span


@dataclass(frozen=True, slots=True)
class Spans:
    """What a period covers when it is read at `at`."""

    at: datetime
    whole: Span
    horizon: Span
    minimum_posts: int


@dataclass(frozen=True, slots=True)
class Source:
    """`inputs`: what the formula reads of all accounts; `facts`: what is stored of the explained account."""

    spans: Spans
    inputs: Inputs
    facts: AccountFacts


async def read_source(
    client: AsyncClient, account_id: str, period: Period, now: datetime, rules: Rules
) -> Source:
    spans = _spans(period, now, rules)
    read_facts = queries.read_month if period.month else queries.read_window
    inputs, facts = await asyncio.gather(
        _read_fleet(client, period, spans, rules), read_facts(client, account_id, spans.whole, rules)
    )
    return Source(spans, _of_its_posts(account_id, inputs, facts), facts)


def _spans(period: Period, now: datetime, rules: Rules) -> Spans:
    if period.month is not None:
        whole = month_span(period.month)
        minimum_posts = rules.minimum_posts if now >= whole.until else 0
        return Spans(min(now, closes_at(period.month)), whole, whole, minimum_posts)
    at = period.at or now
    return Spans(at, sliding_span(period.window, at), sliding_span(HORIZON, at), 0)


async def _read_fleet(client: AsyncClient, period: Period, spans: Spans, rules: Rules) -> Inputs:
    """What the formula reads for the period, of all accounts."""
    before = closes_at(period.month) if period.month else spans.horizon.until
    if period.month is not None:
        accounts, sums = await asyncio.gather(read_accounts(client), read_month(client, period.month))
        span = horizon = sums
    else:
        accounts, span, horizon = await asyncio.gather(
            read_accounts(client), read_span(client, spans.whole), read_span(client, spans.horizon)
        )
    followers = await read_followers(client, before) if rules.needs_followers else {}
    return Inputs(accounts, span, horizon, followers)


def _of_its_posts(account_id: str, inputs: Inputs, facts: AccountFacts) -> Inputs:
    """The account's sums are those of its posts: a flush between two reads cannot part them."""
    span = {key: sums for key, sums in inputs.span.items() if key[0] != account_id}
    for platform, sums in facts.sums.items():
        key = (account_id, platform)
        span[key] = replace(sums, newest_at=inputs.span.get(key, NOTHING).newest_at)
    if inputs.horizon is inputs.span:
        return replace(inputs, span=span, horizon=span)
    return replace(inputs, span=span)
