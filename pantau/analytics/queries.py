"""All SQL of the api. Values are bound parameters; only this module's own constants are built in.

Corrections have theirs in pantau.analytics.corrections.queries; the formula and its sums are read through
pantau.score, never from here.
"""

from datetime import UTC, datetime
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics.first_seen import FirstSeen
from pantau.analytics.keyset import Place, microseconds
from pantau.analytics.rows import (
    Account,
    AccountData,
    Ahead,
    Comment,
    Followers,
    Mood,
    Negatives,
    Replies,
    StoredScores,
    Tick,
)
from pantau.contracts.events import ScoreParts
from pantau.contracts.fields import EARLIEST
from pantau.score.formula import AccountScore
from pantau.score.rules import Metric

PROBE = "SELECT count() FROM score_ticks"

ACCOUNTS = """
SELECT account_id, name, short_name, kind, active, onboarded_at FROM accounts FINAL ORDER BY account_id
"""

DATA = """
SELECT account_id, groupArray(platform), max(event_at), max(received_at), max(simulated),
    groupArrayIf((platform, ahead.1, ahead.2), ahead.2 > 0)
FROM
(
    SELECT account_id, platform, max(newest_event_at) AS event_at, max(newest_received_at) AS received_at,
        max(arrivals.simulated) > 0 AS simulated, max(newest_ahead) AS ahead
    FROM arrivals
    GROUP BY account_id, platform
    ORDER BY account_id, platform
)
GROUP BY account_id
"""

BY_FLOW = "SELECT flow, max(newest_received_at) FROM flow_arrivals GROUP BY flow"

TICK = "SELECT at, computed_at FROM score_ticks FINAL ORDER BY computed_at DESC LIMIT 1"

SCORES = """
SELECT account_id, score, rank, completeness, incomplete, parts, positive, neutral, negative, simulated,
    newest_event_at, peer_group, posts_missing, rules_version, normaliser, at
FROM scores FINAL
WHERE window = {window:String} AND period = {period:String}
ORDER BY computed_at
"""

FOLLOWERS = """
SELECT platform, argMax(followers, observed_at), max(observed_at)
FROM follower_readings FINAL
WHERE account_id = {account:String}
GROUP BY platform
ORDER BY platform
"""

_KEY = "(account_id, platform, post_id, comment_id)"
# A person's word over the model's. Corrections are few, so these sets are small.
_OF_LABEL = f""" AND (label = {{label:String}} AND {_KEY} NOT IN
        (SELECT account_id, platform, post_id, comment_id FROM label_corrections FINAL
         WHERE label != '' AND label != {{label:String}})
    OR {_KEY} IN
        (SELECT account_id, platform, post_id, comment_id FROM label_corrections FINAL
         WHERE label = {{label:String}}))"""  # noqa: S608 - built from this module's own constants
_OF_ACCOUNT = " AND account_id = {account:String}"
_BEFORE = """ AND created_at <= fromUnixTimestamp64Micro({created:Int64}, 'UTC')
    AND (created_at, account_id, platform, post_id, comment_id) <
    (fromUnixTimestamp64Micro({created:Int64}, 'UTC'), {last_account:String}, {last_platform:String},
     {last_post:String}, {last_comment:String})"""

# FINAL over all comments would read them all. So first how far back the page can reach, with rows that were
# replaced still in it; then FINAL over the few comments that have a row as new as that.
_NEWEST_ROWS = """
SELECT created_at FROM comments
WHERE NOT deleted AND label != ''%s
ORDER BY created_at DESC
LIMIT {rows:UInt32}
"""

_PAGE = """
SELECT account_id, platform, post_id, comment_id, text, label AS model_label, negative, neutral, positive,
    model_version, created_at, labelled_at, by_account
FROM comments FINAL
WHERE (account_id, platform, post_id, comment_id) IN
(
    SELECT account_id, platform, post_id, comment_id FROM comments
    WHERE created_at >= fromUnixTimestamp64Micro({reach:Int64}, 'UTC') AND NOT deleted AND label != ''%s
)
AND created_at >= fromUnixTimestamp64Micro({reach:Int64}, 'UTC') AND NOT deleted AND label != ''%s
ORDER BY created_at DESC, account_id DESC, platform DESC, post_id DESC, comment_id DESC
LIMIT {limit:UInt32}
"""

# All corrections are read rather than those of the page alone: naming it twice would compute it twice.
_COMMENTS = f"""
SELECT account_id, platform, post_id, comment_id, text, if(corrected = '', model_label, corrected),
    model_label, corrected != '', negative, neutral, positive, model_version, created_at, labelled_at,
    by_account
FROM ({_PAGE}) AS page
LEFT JOIN
(
    SELECT account_id, platform, post_id, comment_id, toString(label) AS corrected
    FROM label_corrections FINAL WHERE label != ''
) AS corrections USING (account_id, platform, post_id, comment_id)
ORDER BY created_at DESC, account_id DESC, platform DESC, post_id DESC, comment_id DESC
"""  # noqa: S608 - built from this module's own constants

_ACTIVE = "account_id IN (SELECT account_id FROM accounts FINAL WHERE active)"

PULSE_MINUTES = f"""
SELECT minute, sum(positive), sum(neutral), sum(negative)
FROM post_buckets_by_minute FINAL
WHERE minute >= {{start:DateTime('UTC')}} AND minute < {{until:DateTime('UTC')}} AND {_ACTIVE}
GROUP BY minute
"""  # noqa: S608 - built from this module's own constants

PULSE_ACCOUNTS = f"""
SELECT account_id,
    sumIf(negative, minute >= {{recent:DateTime('UTC')}}),
    sumIf(positive + neutral + negative, minute >= {{recent:DateTime('UTC')}}),
    sumIf(negative, minute < {{recent:DateTime('UTC')}}),
    sumIf(positive + neutral + negative, minute < {{recent:DateTime('UTC')}}),
    min(minute)
FROM post_buckets_by_minute FINAL
WHERE minute >= {{start:DateTime('UTC')}} AND minute < {{until:DateTime('UTC')}} AND {_ACTIVE}
GROUP BY account_id
ORDER BY account_id
"""  # noqa: S608 - built from this module's own constants

PULSE_REPLIES = f"""
SELECT sum(replies), quantileExactWeighted(0.5)(reply_seconds / greatest(replies, 1), replies)
FROM post_buckets_by_minute FINAL
WHERE minute >= {{start:DateTime('UTC')}} AND minute < {{until:DateTime('UTC')}} AND {_ACTIVE} AND replies > 0
"""  # noqa: S608 - built from this module's own constants


async def probe(client: AsyncClient) -> None:
    await client.query(PROBE)


async def accounts(client: AsyncClient) -> list[Account]:
    rows = (await client.query(ACCOUNTS)).result_rows
    return [Account(*aware(row)) for row in rows]


async def data(client: AsyncClient, now: datetime, seen: FirstSeen | None = None) -> dict[str, AccountData]:
    """As it stands at `now`. Should ingest's clock be ahead, what came in came in when first `seen`."""
    seen = seen or FirstSeen()
    return {
        account: AccountData(
            platforms=list(platforms),
            newest_event_at=min(_utc(event_at), arrived := seen.of(account, _utc(received_at), now)),
            newest_received_at=arrived,
            simulated=bool(simulated),
            ahead=[Ahead(platform, min(_utc(at), now), seconds) for platform, at, seconds in ahead],
        )
        for account, platforms, event_at, received_at, simulated, ahead in (
            await client.query(DATA)
        ).result_rows
    }


async def newest_by_flow(client: AsyncClient) -> dict[str, datetime]:
    """When what is stored of each of pantau.analytics.backlog.Flow arrived last, by ingest's clock."""
    rows = (await client.query(BY_FLOW)).result_rows
    return {flow: _utc(received_at) for flow, received_at in rows}


async def tick(client: AsyncClient) -> Tick | None:
    rows = (await client.query(TICK)).result_rows
    return Tick(*aware(rows[0])) if rows else None


async def stored_scores(client: AsyncClient, window: str, period: str = "") -> StoredScores | None:
    rows = (await client.query(SCORES, parameters={"window": window, "period": period})).result_rows
    if not rows:
        return None
    rules_version, normaliser, at = rows[-1][-3:]
    return StoredScores({row[0]: _score(row) for row in rows}, rules_version, normaliser, _utc(at))


async def followers(client: AsyncClient, account_id: str) -> list[Followers]:
    rows = (await client.query(FOLLOWERS, parameters={"account": account_id})).result_rows
    return [Followers(*aware(row)) for row in rows]


async def comments(
    client: AsyncClient, label: str | None, account_id: str | None, before: Place | None, limit: int
) -> list[Comment]:
    """Newest first; comments that were deleted, or have no label, are not there."""
    conditions, parameters = _conditions(label, account_id, before)
    rows = 2 * limit
    while True:
        newest = await client.query(_NEWEST_ROWS % conditions, parameters=parameters | {"rows": rows})
        whole = len(newest.result_rows) < rows
        reach = EARLIEST if whole else _utc(newest.result_rows[-1][0])
        bounds = {"reach": microseconds(reach), "limit": limit}
        statement = _COMMENTS % (conditions, conditions)
        found = (await client.query(statement, parameters=parameters | bounds)).result_rows
        if whole or len(found) == limit:
            return [Comment(*aware(row)) for row in found]
        rows *= 4  # many of them had been replaced


async def pulse_minutes(client: AsyncClient, start: datetime, until: datetime) -> list[Mood]:
    rows = (await client.query(PULSE_MINUTES, parameters={"start": start, "until": until})).result_rows
    return [Mood(*aware(row)) for row in rows]


async def pulse_accounts(
    client: AsyncClient, start: datetime, recent: datetime, until: datetime
) -> list[Negatives]:
    bounds = {"start": start, "recent": recent, "until": until}
    rows = (await client.query(PULSE_ACCOUNTS, parameters=bounds)).result_rows
    return [Negatives(*aware(row)) for row in rows]


async def pulse_replies(client: AsyncClient, start: datetime, until: datetime) -> Replies:
    """The median takes all answers of one post in one minute as equally quick."""
    rows = (await client.query(PULSE_REPLIES, parameters={"start": start, "until": until})).result_rows
    answered, median = rows[0]
    return Replies(answered, float(median) if answered else None)


def _conditions(
    label: str | None, account_id: str | None, before: Place | None
) -> tuple[str, dict[str, Any]]:
    conditions = ""
    parameters: dict[str, Any] = {}
    if label is not None:
        conditions += _OF_LABEL
        parameters["label"] = label
    if account_id is not None:
        conditions += _OF_ACCOUNT
        parameters["account"] = account_id
    if before is not None:
        conditions += _BEFORE
        parameters |= {
            "created": before.created_microseconds,
            "last_account": before.account_id,
            "last_platform": before.platform,
            "last_post": before.post_id,
            "last_comment": before.comment_id,
        }
    return conditions, parameters


def _score(row: Any) -> AccountScore:
    account_id, score, rank, completeness, incomplete, parts, *moods, simulated, newest = row[:11]
    group, posts_missing = row[11:13]
    given = ScoreParts.model_validate_json(parts)
    return AccountScore(
        account_id=account_id,
        score=score,
        rank=rank,
        completeness=completeness,
        incomplete=incomplete,
        parts={metric: getattr(given, metric) for metric in Metric},
        positive=moods[0],
        neutral=moods[1],
        negative=moods[2],
        simulated=simulated,
        newest_event_at=known(newest),
        group=group,
        posts_missing=posts_missing,
    )


def aware(row: Any) -> tuple[Any, ...]:
    return tuple(_utc(value) if isinstance(value, datetime) else value for value in row)


def _utc(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def known(instant: datetime | None) -> datetime | None:
    """ClickHouse's zero instant stands for none."""
    return _utc(instant) if instant is not None and _utc(instant).timestamp() > 0 else None
