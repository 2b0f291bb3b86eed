"""Who is watched, and what is known of each: read once for all answers of the same second."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics import queries
from pantau.analytics.first_seen import FirstSeen
from pantau.analytics.rows import Account, AccountData, Ahead, Tick

CLOCKS_TOLD_FOR = timedelta(hours=24)
MOST_CLOCKS = 5
UNKNOWN = AccountData(platforms=[], newest_event_at=None, newest_received_at=None, simulated=False, ahead=[])


@dataclass(frozen=True, slots=True)
class Registry:
    accounts: dict[str, Account]
    data: dict[str, AccountData]
    tick: Tick | None
    read_at: datetime

    @property
    def active(self) -> list[Account]:
        return [account for account in self.accounts.values() if account.active]

    @property
    def newest_event_at(self) -> datetime | None:
        """Of all active accounts."""
        return _newest(self.data_of(account.account_id).newest_event_at for account in self.active)

    @property
    def newest_received_at(self) -> datetime | None:
        """Of all active accounts."""
        return _newest(self.data_of(account.account_id).newest_received_at for account in self.active)

    @property
    def clocks_ahead(self) -> list[tuple[Account, Ahead]]:
        """Senders whose clock was wrong within the last 24 hours, at most five: the newest arrival first."""
        told = [
            (account, ahead)
            for account in self.active
            for ahead in self.data_of(account.account_id).ahead
            if self.read_at - ahead.received_at < CLOCKS_TOLD_FOR
        ]
        return sorted(told, key=lambda one: one[1].received_at, reverse=True)[:MOST_CLOCKS]

    def data_of(self, account_id: str) -> AccountData:
        return self.data.get(account_id, UNKNOWN)


async def read_registry(client: AsyncClient, now: datetime, seen: FirstSeen | None = None) -> Registry:
    accounts, data, tick = await asyncio.gather(
        queries.accounts(client), queries.data(client, now, seen), queries.tick(client)
    )
    return Registry({account.account_id: account for account in accounts}, data, tick, now)


def _newest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((instant for instant in instants if instant), default=None)
