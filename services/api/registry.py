"""Who is watched, and what is known of each: read once for all answers of the same second."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from clickhouse_connect.driver.asyncclient import AsyncClient

from services.api import queries
from services.api.rows import Account, AccountData, Tick

UNKNOWN = AccountData(platforms=[], newest_event_at=None, simulated=False)


@dataclass(frozen=True, slots=True)
class Registry:
    accounts: dict[str, Account]
    data: dict[str, AccountData]
    tick: Tick | None

    @property
    def active(self) -> list[Account]:
        return [account for account in self.accounts.values() if account.active]

    @property
    def newest_event_at(self) -> datetime | None:
        newest = [data.newest_event_at for data in self.data.values() if data.newest_event_at]
        return max(newest) if newest else None

    def data_of(self, account_id: str) -> AccountData:
        return self.data.get(account_id, UNKNOWN)


async def read_registry(client: AsyncClient) -> Registry:
    accounts, data, tick = await asyncio.gather(
        queries.accounts(client), queries.data(client), queries.tick(client)
    )
    return Registry({account.account_id: account for account in accounts}, data, tick)
