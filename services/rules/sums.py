"""Reading sums of buckets from ClickHouse: what the formula is fed with, live and for past instants."""

import asyncio
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from services.contracts.fields import Platform
from services.rules.rulebook import Rules
from services.rules.score import AccountScore, Key, Sums, score_fleet
from services.rules.windows import HORIZON, Span, Window, sliding_span

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

ACTIVE_ACCOUNTS = "SELECT account_id FROM accounts FINAL WHERE active"


async def read_span(client: AsyncClient, span: Span) -> dict[Key, Sums]:
    result = await client.query(
        SPAN_SUMS,
        parameters={
            "start": span.start,
            "first_hour": span.first_hour,
            "last_hour": span.last_hour,
            "until": span.until,
        },
    )
    return _sums(result.result_rows)


async def read_month(client: AsyncClient, month: date) -> dict[Key, Sums]:
    """Sums of the posts published in the month (and of its comments without a post), until it closes."""
    return _sums((await client.query(MONTH_SUMS, parameters={"month": month})).result_rows)


async def read_active_accounts(client: AsyncClient) -> list[str]:
    return [row[0] for row in (await client.query(ACTIVE_ACCOUNTS)).result_rows]


async def sliding_scores(
    client: AsyncClient, windows: tuple[Window, ...], at: datetime, rules: Rules
) -> dict[Window, list[AccountScore]]:
    """Scores of the sliding windows that end with the minute of `at`, from what is stored now."""
    spans = {window: sliding_span(window, at) for window in {*windows, HORIZON}}
    accounts = await read_active_accounts(client)
    sums = await asyncio.gather(*(read_span(client, span) for span in spans.values()))
    by_window: Mapping[Window, dict[Key, Sums]] = dict(zip(spans, sums, strict=True))
    horizon = by_window[HORIZON]
    return {window: score_fleet(accounts, by_window[window], horizon, rules) for window in windows}


async def month_scores(client: AsyncClient, month: date, rules: Rules) -> list[AccountScore]:
    accounts, sums = await asyncio.gather(read_active_accounts(client), read_month(client, month))
    return score_fleet(accounts, sums, sums, rules)


def _sums(rows: Any) -> dict[Key, Sums]:
    return {
        (account, Platform(platform)): Sums(
            **dict(zip(ADDITIVE, values, strict=True)), newest_at=_known(newest)
        )
        for account, platform, *values, newest in rows
    }


def _known(newest: datetime) -> datetime | None:
    """ClickHouse's zero instant stands for none."""
    newest = newest if newest.tzinfo else newest.replace(tzinfo=UTC)
    return newest if newest.timestamp() > 0 else None
