"""The sources of explanations and figures, read once for both (single-flight) and few at a time."""

import asyncio

from pantau.analytics.explain.source import Source, read_source
from pantau.analytics.period import Period
from services.api.dependencies import Dependencies
from services.api.http.cache import Cache

TTL_SECONDS = 0.5
MOST_KEPT = 16
AT_ONCE = 2  # each reads the whole fleet's sums; the wall's questions must not wait for many of them


class Sources:
    def __init__(self, shared: Dependencies) -> None:
        self._shared = shared
        self._kept: Cache[Source] = Cache(TTL_SECONDS, MOST_KEPT, shared.clock)
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def fresh(self, account_id: str, period: Period) -> Source:
        """Raises RetryableError."""
        return await self._kept.fresh((account_id, period), lambda: self._load(account_id, period))

    async def _load(self, account_id: str, period: Period) -> Source:
        async with self._at_once:
            now = self._shared.clock()
            return await self._shared.database.ask(
                lambda client: read_source(client, account_id, period, now, self._shared.rules)
            )
