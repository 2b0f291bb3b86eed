"""Reading what an official month follows from: the facts themselves, never the buckets."""

from dataclasses import replace
from datetime import date, datetime

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.runtime.errors import RetryableError
from pantau.score import bucket_sums, fact_sums
from pantau.score.formula import Sums
from pantau.score.month_document import Counts, Gathered
from pantau.score.month_sql import during, in_month
from pantau.score.rules import Rules
from pantau.score.windows import closes_at, month_span

READINGS = 4  # how often the facts are read in the hope that they stand still

_ACTIVE = "account_id IN (SELECT account_id FROM accounts FINAL WHERE active)"
_POST = "(account_id, platform, post_id)"
_PUBLISHED = during("published_at")
_COHORT = f"(SELECT account_id, platform, post_id FROM posts FINAL WHERE {_PUBLISHED})"
_KNOWN = "(SELECT account_id, platform, post_id FROM posts FINAL)"


def _of_month(at: str) -> str:
    """Facts of the month's posts until it closes; where the post is not known, the facts of the month."""
    return in_month(at, known=f"{_POST} IN {_KNOWN}", published=f"{_POST} IN {_COHORT}")


# An alias may not hide a column that is read beside it: hence the names.
_COUNTS = {
    "posts": f"""
SELECT count() AS read, countIf(deleted) AS were_deleted, countIf(giveaway AND NOT deleted) AS giveaways,
    countIf(simulated) AS were_simulated
FROM posts FINAL WHERE {_PUBLISHED} AND {_ACTIVE}
""",
    "readings": f"""
SELECT count() AS read, countIf(simulated) AS were_simulated
FROM metric_readings FINAL WHERE {_of_month("observed_at")} AND {_ACTIVE}
""",
    "comments": f"""
SELECT count() AS read, countIf(deleted) AS were_deleted,
    countIf(by_account AND NOT deleted) AS by_the_account, countIf(simulated) AS were_simulated
FROM comments FINAL WHERE {_of_month("created_at")} AND {_ACTIVE}
""",
    "follower_readings": f"""
SELECT count() AS read, countIf(simulated) AS were_simulated
FROM follower_readings FINAL WHERE observed_at < {{closes:DateTime('UTC')}} AND {_ACTIVE}
""",
}


async def gather(client: AsyncClient, month: date, rules: Rules) -> Gathered:
    """What two readings in a row agree on: ClickHouse has no snapshot over several queries.

    Raises RetryableError when the facts of the month do not stand still.
    """
    before = await _read(client, month, rules)
    for _ in range(1, READINGS):
        now = await _read(client, month, rules)
        if now == before:
            return now
        before = now
    raise RetryableError(f"facts of {month:%Y-%m} keep coming in; close it once they have")


async def _read(client: AsyncClient, month: date, rules: Rules) -> Gathered:
    accounts = await bucket_sums.read_accounts(client)
    active = {profile.account_id for profile in accounts}
    posts = {
        key: replace(figures, newest_at=None)
        for key, figures in (await fact_sums.read_month_posts(client, month, rules)).items()
        if key[0] in active
    }
    used = {key[:2] for key in posts}
    followers = {
        key: count
        for key, count in (await bucket_sums.read_followers(client, closes_at(month))).items()
        if key in used
    }
    counts = await _counts(client, month, posts)
    return Gathered(month, accounts, posts, followers, counts)


async def _counts(client: AsyncClient, month: date, posts: dict[fact_sums.PostKey, Sums]) -> Counts:
    span = month_span(month)
    parameters: dict[str, datetime] = {"start": span.start, "until": span.until, "closes": closes_at(month)}
    read: dict[str, dict[str, int]] = {}
    for what, statement in _COUNTS.items():
        result = await client.query(statement, parameters=parameters)
        names = [name.removeprefix("were_") for name in result.column_names]
        read[what] = dict(zip(names, result.result_rows[0], strict=True))
    return read | {"posts": _posts(read["posts"], posts), "comments": _comments(read["comments"], posts)}


def _posts(read: dict[str, int], posts: dict[fact_sums.PostKey, Sums]) -> dict[str, int]:
    counted = sum(figures.posts for figures in posts.values())
    return read | {"counted": counted, "over_the_daily_limit": read["read"] - read["deleted"] - counted}


def _comments(read: dict[str, int], posts: dict[fact_sums.PostKey, Sums]) -> dict[str, int]:
    """`left_out`: by others and not deleted, but not counted by the counting rules."""
    observed = sum(figures.comments_observed for figures in posts.values())
    counted = sum(figures.comments for figures in posts.values())
    return read | {"counted": counted, "left_out": observed - counted}
