"""Connecting and inserting against the real engine, and against none."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient

from deploy.local import ports
from pantau.runtime.clickhouse import connect, insert, nonzero, rows
from pantau.runtime.errors import RetryableError


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


async def test_instants_come_back_in_utc_wherever_they_stand(client: AsyncClient) -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    asked = "SELECT {at:DateTime64(6, 'UTC')} AS at, [at], (1, at), toDateTime(0, 'UTC')"
    ((at, several, pair, zero),) = await rows(client, asked, at=noon)
    assert (at, several, pair) == (noon, [noon], (1, noon))
    assert (nonzero(zero), nonzero(noon)) == (None, noon)
