"""Reading sums of buckets from ClickHouse: what the formula is fed with, live and for past instants."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.contracts.fields import Platform
from pantau.runtime.clickhouse import nonzero, rows
from pantau.score.formula import Inputs, Key, Profile, Ranking, Sums, rank_fleet
from pantau.score.rules import Rules
from pantau.score.windows import HORIZON, Span, Window, closes_at, month_span, sliding_span

ADDITIVE = tuple(field.name for field in fields(Sums) if field.name != "newest_at")
_COLUMNS = ", ".join(ADDITIVE)
_TOTALS = ", ".join(f"sum({name})" for name in ADDITIVE)

SPAN_SUMS = f"""
SELECT account_id, platform, {_TOTALS}, max(newest_at)
FROM
(
    SELECT account_id, platform, {_COLUMNS}, newest_at
    FROM hour_buckets FINAL
    WHERE hour >= {{first_hour:DateTime('UTC')}} AND hour < {{last_hour:DateTime('UTC')}}
    UNION ALL
    SELECT account_id, platform, {_COLUMNS}, newest_at
    FROM post_buckets_by_minute FINAL
    WHERE (minute >= {{start:DateTime('UTC')}}
            AND minute < least({{first_hour:DateTime('UTC')}}, {{until:DateTime('UTC')}}))
       OR (minute >= {{last_hour:DateTime('UTC')}} AND minute < {{until:DateTime('UTC')}})
)
GROUP BY account_id, platform
"""

MONTH_SUMS = f"""
SELECT account_id, platform, {_TOTALS}, max(newest_at)
FROM month_buckets FINAL
WHERE month = {{month:Date}}
GROUP BY account_id, platform
"""

ACTIVE_ACCOUNTS = "SELECT account_id, kind FROM accounts FINAL WHERE active ORDER BY account_id"

FOLLOWERS = """
SELECT account_id, platform, argMax(followers, observed_at)
FROM follower_readings FINAL
WHERE observed_at < {before:DateTime64(6, 'UTC')}
GROUP BY account_id, platform
"""


async def read_span(client: AsyncClient, span: Span) -> dict[Key, Sums]:
    bounds = {"first_hour": span.first_hour, "last_hour": span.last_hour}
    return _sums(await rows(client, SPAN_SUMS, start=span.start, until=span.until, **bounds))


async def read_month(client: AsyncClient, month: date) -> dict[Key, Sums]:
    """Sums of the posts published in the month (and of its comments without a post), until it closes."""
    return _sums(await rows(client, MONTH_SUMS, month=month))


async def read_accounts(client: AsyncClient) -> tuple[Profile, ...]:
    """The active ones, in order of their ids."""
    return tuple(Profile(*row) for row in await rows(client, ACTIVE_ACCOUNTS))


async def read_followers(client: AsyncClient, before: datetime) -> dict[Key, int]:
    """The latest reading of each account and platform that was made before the instant."""
    found = await rows(client, FOLLOWERS, before=before)
    return {(account, Platform(platform)): followers for account, platform, followers in found}


async def sliding_rankings(
    client: AsyncClient, windows: tuple[Window, ...], at: datetime, rules: Rules
) -> dict[Window, Ranking]:
    """Rankings of the sliding windows that end with the minute of `at`, from what is stored now."""
    spans = {window: sliding_span(window, at) for window in {*windows, HORIZON}}
    accounts, followers, sums = await asyncio.gather(
        read_accounts(client),
        _followers_if_needed(client, spans[HORIZON].until, rules),
        asyncio.gather(*(read_span(client, span) for span in spans.values())),
    )
    by_window: Mapping[Window, dict[Key, Sums]] = dict(zip(spans, sums, strict=True))
    horizon = by_window[HORIZON]
    return {
        window: rank_fleet(Inputs(accounts, by_window[window], horizon, followers), rules)
        for window in windows
    }


async def month_ranking(client: AsyncClient, month: date, rules: Rules, now: datetime) -> Ranking:
    """The month's ranking from what is stored now; once it has ended, `minimum_posts` holds."""
    accounts, followers, sums = await asyncio.gather(
        read_accounts(client),
        _followers_if_needed(client, closes_at(month), rules),
        read_month(client, month),
    )
    ended = now >= month_span(month).until
    inputs = Inputs(accounts, sums, sums, followers)
    return rank_fleet(inputs, rules, minimum_posts=rules.minimum_posts if ended else 0)


async def _followers_if_needed(client: AsyncClient, before: datetime, rules: Rules) -> dict[Key, int]:
    return await read_followers(client, before) if rules.needs_followers else {}


def _sums(found: Sequence[Any]) -> dict[Key, Sums]:
    return {
        (account, Platform(platform)): Sums(
            **dict(zip(ADDITIVE, values, strict=True)), newest_at=nonzero(newest)
        )
        for account, platform, *values, newest in found
    }
