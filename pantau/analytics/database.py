"""ClickHouse for reading, behind a circuit breaker: while it is known to be away, questions fail at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError

from pantau.runtime import clickhouse
from pantau.runtime.clickhouse import rows
from pantau.runtime.errors import RetryableError
from pantau.runtime.ops import Readiness

log = structlog.get_logger(__name__)
R = TypeVar("R")

Question = Callable[[AsyncClient], Awaitable[R]]

QUERY_SECONDS = 8.0
PROBE_SECONDS = 5.0
PROBE_EVERY_SECONDS = 1.0


async def _probe(client: AsyncClient) -> None:
    await rows(client, "SELECT count() FROM score_ticks")


class Database:
    def __init__(self, url: str, readiness: Readiness) -> None:
        self._url = url
        self._readiness = readiness
        self._client: AsyncClient | None = None
        self._away: bool | None = None  # not known yet

    async def ask(self, question: Question[R]) -> R:
        """Raises RetryableError; without any wait while ClickHouse is known to be away, else within 8 s."""
        if self._away is not False or self._client is None:
            raise RetryableError("ClickHouse is away")
        return await self._ask(self._client, question, QUERY_SECONDS)

    async def watch(self) -> None:
        """For ever: find out whether ClickHouse and its tables are there."""
        while True:
            try:
                if self._client is None:
                    async with asyncio.timeout(PROBE_SECONDS):
                        self._client = await clickhouse.connect(self._url, query_seconds=QUERY_SECONDS)
                await self._ask(self._client, _probe, PROBE_SECONDS)
            except (RetryableError, TimeoutError) as error:
                self._lost(error)
            else:
                self._found()
            await asyncio.sleep(PROBE_EVERY_SECONDS)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _ask(self, client: AsyncClient, question: Question[R], limit_seconds: float) -> R:
        try:
            async with asyncio.timeout(limit_seconds):
                return await question(client)
        except TimeoutError as error:  # this query is slow; whether ClickHouse is there, the probe finds out
            log.warning("ClickHouse did not answer in time", seconds=limit_seconds)
            raise RetryableError(f"ClickHouse did not answer within {limit_seconds:g} s") from error
        except (OperationalError, OSError) as error:
            self._lost(error)
            raise RetryableError("ClickHouse is away") from error
        except ClickHouseError as error:  # it is there and refuses: out of memory, tables not made yet
            log.warning("ClickHouse refused a query", error=str(error))
            raise RetryableError("ClickHouse refused the query") from error

    def _found(self) -> None:
        if self._away is not False:
            log.info("ClickHouse is there")
        self._away = False
        self._readiness.reached("clickhouse")

    def _lost(self, error: Exception) -> None:
        if self._away is not True:
            log.warning("ClickHouse is away", error=repr(error))
        self._away = True
        self._readiness.lost("clickhouse")
