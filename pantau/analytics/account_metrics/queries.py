"""SQL of an account's figures: its rows alone, found by the start of each table's sorting key."""

from datetime import datetime
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics.account_metrics.figures import Asked, FollowerReadings
from pantau.contracts.fields import Platform
from pantau.runtime.clickhouse import nonzero, rows
from pantau.score.windows import Span

FOLLOWERS = """
SELECT platform, countIf(within), argMinIf(followers, observed_at, within), minIf(observed_at, within),
    argMaxIf(followers, observed_at, within), maxIf(observed_at, within), argMax(followers, observed_at)
FROM
(
    SELECT platform, followers, observed_at, observed_at >= {start:DateTime('UTC')} AS within
    FROM follower_readings FINAL
    WHERE account_id = {account:String} AND observed_at < {until:DateTime('UTC')}
)
GROUP BY platform
"""

ASKED = """
SELECT platform, created_at, replied_at, top, question
FROM
(
    SELECT platform, post_id, comment_id, created_at, parent_id IN ('', post_id) AS top,
        position(text, '?') > 0 AS question
    FROM comments FINAL
    WHERE account_id = {account:String} AND NOT by_account AND NOT deleted
        AND created_at >= {start:DateTime('UTC')} AND created_at < {until:DateTime('UTC')}
) AS asked
LEFT JOIN
(
    SELECT platform, post_id, parent_id AS comment_id, min(created_at) AS replied_at
    FROM comments FINAL
    WHERE account_id = {account:String} AND by_account AND NOT deleted AND parent_id != ''
        AND created_at < {end:DateTime64(6, 'UTC')}
    GROUP BY platform, post_id, parent_id
) AS answers USING (platform, post_id, comment_id)
"""


async def read_followers(
    client: AsyncClient, account_id: str, span: Span
) -> dict[Platform, FollowerReadings]:
    found = await rows(client, FOLLOWERS, **_bounds(account_id, span))
    return {Platform(row[0]): FollowerReadings(*row[1:]) for row in found}


async def read_asked(
    client: AsyncClient, account_id: str, span: Span, end: datetime
) -> dict[Platform, list[Asked]]:
    """Comments of others written in the span, with their first answer before `end`."""
    asked: dict[Platform, list[Asked]] = {}
    found = await rows(client, ASKED, **_bounds(account_id, span), end=end)
    for platform, created_at, replied_at, top, question in found:
        comment = Asked(created_at, nonzero(replied_at), bool(top), bool(question))
        asked.setdefault(Platform(platform), []).append(comment)
    return asked


def _bounds(account_id: str, span: Span) -> dict[str, Any]:
    return {"account": account_id, "start": span.start, "until": span.until}
