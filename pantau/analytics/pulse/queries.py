"""SQL of the pulse, from the minutes' buckets of the active accounts."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics.pulse.figures import RECENT, USUAL, Negatives, floor_minute, minutes, mood, rising
from pantau.analytics.pulse.models import Pulse, ReplyTimes
from pantau.runtime.clickhouse import rows
from pantau.score.month_sql import during

_SPAN = f"""{during("minute")}
    AND account_id IN (SELECT account_id FROM accounts FINAL WHERE active)"""  # noqa: S608 - constants

MINUTES = f"""
SELECT minute, sum(positive), sum(neutral), sum(negative)
FROM post_buckets_by_minute FINAL
WHERE {_SPAN}
GROUP BY minute
"""  # noqa: S608 - built from this module's own constants

ACCOUNTS = f"""
SELECT account_id,
    sumIf(negative, minute >= {{recent:DateTime('UTC')}}),
    sumIf(positive + neutral + negative, minute >= {{recent:DateTime('UTC')}}),
    sumIf(negative, minute < {{recent:DateTime('UTC')}}),
    sumIf(positive + neutral + negative, minute < {{recent:DateTime('UTC')}}),
    min(minute)
FROM post_buckets_by_minute FINAL
WHERE {_SPAN}
GROUP BY account_id
ORDER BY account_id
"""  # noqa: S608 - as above

# The median takes all answers of one post in one minute as equally quick.
REPLIES = f"""
SELECT sum(replies), quantileExactWeighted(0.5)(reply_seconds / greatest(replies, 1), replies)
FROM post_buckets_by_minute FINAL
WHERE {_SPAN} AND replies > 0
"""  # noqa: S608 - as above


async def read_pulse(client: AsyncClient, count: int, now: datetime, names: Mapping[str, str]) -> Pulse:
    """Of the last `count` minutes, the running one included; `names`: the active accounts' short ones."""
    until = floor_minute(now) + timedelta(minutes=1)
    start, recent = until - timedelta(minutes=count), until - RECENT
    moods, negatives, ((answered, median),) = await asyncio.gather(
        rows(client, MINUTES, start=start, until=until),
        rows(client, ACCOUNTS, start=recent - USUAL, recent=recent, until=until),
        rows(client, REPLIES, start=start, until=until),
    )
    return Pulse(
        at=now,
        minutes=minutes([mood(*row) for row in moods], until, count),
        rising_negatives=rising([Negatives(*row) for row in negatives], names, recent),
        replies=ReplyTimes(answered=answered, median_seconds=round(float(median), 1) if answered else None),
    )
