"""The API's view of ClickHouse: one slow question is not taken for an outage."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.analytics import database
from pantau.runtime.clickhouse import connect
from pantau.runtime.errors import RetryableError
from pantau.runtime.ops import Readiness

SLOW = "SELECT count() FROM numbers(1e11) WHERE sipHash64(number) = 1"
RUNNING = f"SELECT count() FROM system.processes WHERE query LIKE '{SLOW}%'"


async def slow(client: AsyncClient) -> int:
    return len((await client.query(SLOW)).result_rows)


async def quick(client: AsyncClient) -> int:
    return len((await client.query("SELECT 1")).result_rows)


@pytest.fixture
async def asked(
    clickhouse_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[database.Database]:
    monkeypatch.setattr(database, "QUERY_SECONDS", 1.0)
    monkeypatch.setattr(database, "PROBE_EVERY_SECONDS", 60.0)
    found = database.Database(clickhouse_database_url, Readiness("clickhouse"))
    watching = asyncio.create_task(found.watch())
    try:
        yield found
    finally:
        watching.cancel()
        await found.close()


async def answered(found: database.Database) -> int:
    async with asyncio.timeout(20):
        while True:
            try:
                return await found.ask(quick)
            except RetryableError:
                await asyncio.sleep(0.05)


async def test_a_slow_question_fails_alone(asked: database.Database) -> None:
    assert await answered(asked) == 1
    with pytest.raises(RetryableError, match="did not answer within 1 s"):
        await asked.ask(slow)
    assert await asked.ask(quick) == 1


async def until_running(client: AsyncClient, expected: int) -> None:
    running = -1
    async with asyncio.timeout(20):  # left alone, the slow query would take minutes
        while running != expected:
            ((running,),) = (await client.query(RUNNING)).result_rows
            await asyncio.sleep(0.02)


async def test_the_server_gives_a_slow_question_up(
    asked: database.Database, clickhouse_database_url: str
) -> None:
    await answered(asked)
    watching = await connect(clickhouse_database_url)
    asking = asyncio.create_task(asked.ask(slow))
    await until_running(watching, 1)
    with pytest.raises(RetryableError):
        await asking
    await until_running(watching, 0)
    await watching.close()
