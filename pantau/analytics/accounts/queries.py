"""SQL of accounts: who is watched, what arrived of them, their followers."""

import asyncio
from datetime import datetime

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics.accounts.models import Followers
from pantau.analytics.accounts.registry import Account, AccountData, Ahead, Registry
from pantau.analytics.first_seen import FirstSeen
from pantau.runtime.clickhouse import rows

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

FOLLOWERS = """
SELECT platform, argMax(followers, observed_at), max(observed_at)
FROM follower_readings FINAL
WHERE account_id = {account:String}
GROUP BY platform
ORDER BY platform
"""


async def read_registry(client: AsyncClient, now: datetime, seen: FirstSeen | None = None) -> Registry:
    """As it stands at `now`. Should ingest's clock be ahead, what came in came in when first `seen`."""
    accounts, data = await asyncio.gather(read_accounts(client), read_data(client, now, seen))
    return Registry({account.account_id: account for account in accounts}, data, now)


async def read_accounts(client: AsyncClient) -> list[Account]:
    return [Account(*row) for row in await rows(client, ACCOUNTS)]


async def read_data(
    client: AsyncClient, now: datetime, seen: FirstSeen | None = None
) -> dict[str, AccountData]:
    seen = seen or FirstSeen()
    return {
        account: AccountData(
            platforms=list(platforms),
            newest_event_at=min(event_at, arrived := seen.of(account, received_at, now)),
            newest_received_at=arrived,
            simulated=bool(simulated),
            ahead=[Ahead(platform, min(at, now), seconds) for platform, at, seconds in ahead],
        )
        for account, platforms, event_at, received_at, simulated, ahead in await rows(client, DATA)
    }


async def newest_by_flow(client: AsyncClient) -> dict[str, datetime]:
    """When what is stored of each of pantau.analytics.backlog.Flow arrived last, by ingest's clock."""
    return dict(await rows(client, BY_FLOW))


async def read_followers(client: AsyncClient, account_id: str) -> list[Followers]:
    """The latest reading of each platform."""
    return [
        Followers(platform=platform, followers=followers, observed_at=observed_at)
        for platform, followers, observed_at in await rows(client, FOLLOWERS, account=account_id)
    ]
