"""The registry as all features read it: once a second, and the last good one while ClickHouse is away."""

from pantau.analytics.accounts.queries import read_registry
from pantau.analytics.accounts.registry import Registry
from pantau.analytics.database import Database
from pantau.analytics.first_seen import FirstSeen
from pantau.runtime.clock import Clock
from pantau.runtime.http import Problem
from services.api.http.cache import Answer, Cache

TTL_SECONDS = 1.0


class RegistryCache:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._seen = FirstSeen()
        self._kept: Cache[Registry] = Cache(TTL_SECONDS, 1, clock)

    async def get(self) -> Answer[Registry]:
        """Stale if ClickHouse is away."""
        return await self._kept.get("registry", self._read)

    async def fresh(self) -> Registry:
        """Raises RetryableError, never stale."""
        return await self._kept.fresh("registry", self._read)

    async def require(self, account_id: str) -> None:
        """Raises Problem 404 for an account that is not registered."""
        if account_id not in (await self.get()).value.accounts:
            raise Problem(404, f"no account {account_id!r}; GET /v1/accounts lists all")

    async def _read(self) -> Registry:
        now = self._clock()
        return await self._database.ask(lambda client: read_registry(client, now, self._seen))
