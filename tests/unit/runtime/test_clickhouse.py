"""Connecting, inserting and retrying against the real engine, and against none."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

from deploy.local import ports
from services.runtime import metrics
from services.runtime.clickhouse import connect, insert, retrying
from services.runtime.errors import RetryableError


@pytest.fixture
async def client(clickhouse_database_url: str) -> AsyncIterator[AsyncClient]:
    connected = await connect(clickhouse_database_url)
    yield connected
    await connected.close()


async def test_address_names_user_host_port_and_database(
    client: AsyncClient, clickhouse_database_url: str
) -> None:
    ((database,),) = (await client.query("SELECT currentDatabase()")).result_rows
    assert database == clickhouse_database_url.rpartition("/")[2]


async def test_database_may_be_another_one(clickhouse_database_url: str) -> None:
    other = await connect(clickhouse_database_url, database="default")
    assert (await other.query("SELECT currentDatabase()")).result_rows == [("default",)]
    await other.close()


async def test_insert_writes_rows_by_column(client: AsyncClient) -> None:
    await client.command("CREATE TABLE bread (name String, loaves UInt8) ENGINE = MergeTree ORDER BY name")
    await insert(client, "bread", ("loaves", "name"), [(1, "rye"), (2, "oat")])
    assert (await client.query("SELECT name, loaves FROM bread ORDER BY name")).result_rows == [
        ("oat", 2),
        ("rye", 1),
    ]


async def test_insert_of_nothing_asks_nothing() -> None:
    nobody: AsyncClient = None
    await insert(nobody, "bread", ("name",), [])


@pytest.mark.parametrize(
    "url", ["http://default@127.0.0.1:{port}/pantau", "http://user:p%40ss@127.0.0.1:{port}/a"]
)
async def test_server_that_is_away(url: str) -> None:
    async with asyncio.timeout(30):
        with pytest.raises(RetryableError, match="does not answer") as caught:
            await connect(url.format(port=ports.choose(0)))
    assert "p%40ss" not in str(caught.value)
    assert "p@ss" not in str(caught.value)


async def test_failure_that_passes_is_repeated() -> None:
    tries = 0

    async def attempt() -> str:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OperationalError("away")
        return "bread"

    counter = metrics.RETRIES.labels("bakery", "bake")
    before = counter._value.get()
    baked = await retrying("bakery", "bake", lambda: attempt(), limit_seconds=30)  # noqa: PLW0108 - what callers give
    assert baked == "bread"
    assert (tries, counter._value.get() - before) == (3, 2)


@pytest.mark.parametrize("error", [DatabaseError("no"), OSError("no"), TimeoutError("no")])
async def test_failure_that_stays_becomes_retryable(error: Exception) -> None:
    async def attempt() -> None:
        raise error

    with pytest.raises(RetryableError, match="bake: ClickHouse failed for") as caught:
        await retrying("bakery", "bake", attempt, limit_seconds=0.01)
    assert caught.value.__cause__ is error


async def test_fault_of_our_own_is_not_repeated() -> None:
    tries = 0

    async def attempt() -> None:
        nonlocal tries
        tries += 1
        raise KeyError("typo")

    with pytest.raises(KeyError):
        await retrying("bakery", "bake", attempt, limit_seconds=30)
    assert tries == 1
