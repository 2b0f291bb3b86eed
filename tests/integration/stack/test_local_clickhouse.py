"""Unmodified clickhouse-connect against the embedded engine."""

import asyncio
import signal
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import clickhouse_connect
import httpx
import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError

from deploy.local import ports, processes
from deploy.local.clickhouse.launch import command
from deploy.local.places import ROOT

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
HARD_TO_QUOTE = "kata \"'`\\ \n\t\r{x:Int8} ? %s 👍"
RUNNING_SLEEPS = """
SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow%' AND query NOT LIKE '%system.processes%'
"""
UNKNOWN_TABLE, UNKNOWN_IDENTIFIER, SYNTAX_ERROR, UNKNOWN_SETTING, UNKNOWN_DATABASE = 60, 47, 62, 115, 81


@pytest.fixture
def client(clickhouse_database_url: str) -> Iterator[Client]:
    with clickhouse_connect.get_client(dsn=clickhouse_database_url, tz_mode="aware") as client:
        client.command(
            "CREATE TABLE words (id UInt64, word String, tag LowCardinality(String),"
            " seen_at DateTime64(6, 'UTC'), parts Array(String), share Nullable(Float64))"
            " ENGINE = ReplacingMergeTree(id) ORDER BY word"
        )
        yield client


@pytest.fixture
async def async_client(client: Client, clickhouse_database_url: str) -> AsyncIterator[AsyncClient]:
    parts = urlsplit(clickhouse_database_url)
    async with await clickhouse_connect.get_async_client(
        host=parts.hostname, port=parts.port, database=parts.path.strip("/")
    ) as async_client:
        yield async_client


def test_rows_come_back_as_they_were_inserted(client: Client) -> None:
    rows = [[1, HARD_TO_QUOTE, "a", MOMENT, ["x", "y'"], None], [2, "b", "a", MOMENT, [], 0.5]]
    assert client.insert("words", rows).written_rows == 2
    stored = client.query("SELECT * FROM words ORDER BY id").result_rows
    assert [list(row) for row in stored] == rows


@pytest.mark.parametrize("columns", range(1, 14))
def test_first_byte_of_a_native_block_may_look_like_white_space(client: Client, columns: int) -> None:
    """A block starts with its number of columns: 9 is a tab, 10 a line break, 13 a carriage return."""
    names = [f"c{number}" for number in range(columns)]
    client.command(
        f"CREATE TABLE wide ({', '.join(f'{name} UInt8' for name in names)}) ENGINE = MergeTree ORDER BY ()"
    )
    client.insert("wide", [list(range(columns))], column_names=names)
    assert client.query("SELECT * FROM wide").result_rows == [tuple(range(columns))]


@pytest.mark.parametrize("compression", [False, "lz4", "zstd", "gzip"])
def test_every_compression_of_the_client(
    clickhouse_database_url: str, client: Client, compression: str | bool
) -> None:
    with clickhouse_connect.get_client(dsn=clickhouse_database_url, compress=compression) as compressing:
        compressing.insert("words", [[1, "a" * 10_000]], column_names=["id", "word"])
        assert compressing.query("SELECT word FROM words").result_rows == [("a" * 10_000,)]


def test_bound_parameters(client: Client) -> None:
    query = "SELECT {s:String}, {n:Nullable(String)}, {l:Array(String)}, {t:DateTime64(6, 'UTC')}, {i:UInt64}"
    values = {"s": HARD_TO_QUOTE, "n": None, "l": [HARD_TO_QUOTE], "t": MOMENT, "i": 2**64 - 1}
    (row,) = client.query(query, parameters=values).result_rows
    assert row == tuple(values.values())


def test_parameters_too_long_for_an_address(client: Client) -> None:
    words = [f"kata-{number}" for number in range(10_000)]
    client.insert("words", [[1, "kata-77"], [2, "lain"]], column_names=["id", "word"])
    found = client.query(
        "SELECT word FROM words WHERE has({words:Array(String)}, word)", parameters={"words": words}
    )
    assert found.result_rows == [("kata-77",)]


def test_settings_hold_for_one_statement_only(client: Client) -> None:
    query = "SELECT getSetting('max_block_size')"
    default = client.query(query).result_rows
    assert client.query(query, settings={"max_block_size": 777}).result_rows == [(777,)]
    assert client.query(query).result_rows == default


def test_deduplication_token_reaches_the_insert(client: Client) -> None:
    client.command("ALTER TABLE words MODIFY SETTING non_replicated_deduplication_window = 100")
    for _ in range(2):
        client.insert(
            "words",
            [[1, "a"]],
            column_names=["id", "word"],
            settings={"async_insert": 0, "insert_deduplication_token": "t"},
        )
    assert client.command("SELECT count() FROM words") == 1


def test_inserts_in_other_formats(client: Client) -> None:
    assert client.raw_insert("words", ["id", "word"], b"1,a\n2,b\n", fmt="CSV").written_rows == 2
    client.command("INSERT INTO words (id, word) VALUES (3, 'c')")
    client.command("INSERT INTO words (id, word) SELECT 4, 'd'")
    assert client.query("SELECT word FROM words ORDER BY id").result_rows == [("a",), ("b",), ("c",), ("d",)]


def test_parts_of_the_engine_that_the_services_use(client: Client) -> None:
    client.insert("words", [[1, "a"], [2, "a"], [3, "b"]], column_names=["id", "word"])
    assert client.command("SELECT engine FROM system.databases WHERE name = currentDatabase()") == "Atomic"
    assert client.query("SELECT id FROM words FINAL ORDER BY word").result_rows == [(2,), (3,)]
    assert client.query("SELECT sum(id) OVER (ORDER BY id) FROM words FINAL ORDER BY id").result_rows == [
        (2,),
        (5,),
    ]
    now = client.query("SELECT now64(6, 'UTC')").result_rows[0][0]
    assert abs((datetime.now(UTC) - now).total_seconds()) < 60


def test_materialized_view_and_altered_table(client: Client) -> None:
    client.command("CREATE TABLE seen (word String) ENGINE = MergeTree ORDER BY word")
    client.command("CREATE MATERIALIZED VIEW words_seen TO seen AS SELECT word FROM words")
    client.command("ALTER TABLE words ADD COLUMN note String DEFAULT 'n'")
    client.insert("words", [[1, "a"]], column_names=["id", "word"])
    assert client.query("SELECT word, (SELECT any(note) FROM words) FROM seen").result_rows == [("a", "n")]


@pytest.mark.parametrize(
    ("query", "settings", "code", "status"),
    [
        ("SELECT * FROM nowhere", {}, UNKNOWN_TABLE, 404),
        ("SELECT nothing", {}, UNKNOWN_IDENTIFIER, 400),
        ("SELEKT 1", {}, SYNTAX_ERROR, 400),
        ("SELECT 1", {"no_such_setting": "1"}, UNKNOWN_SETTING, 400),
        ("SELECT 1", {"database": "nowhere"}, UNKNOWN_DATABASE, 404),
        ("INSERT INTO nowhere FORMAT CSV\n1", {}, UNKNOWN_TABLE, 404),
    ],
)
def test_errors_carry_their_code(
    clickhouse_url: str, query: str, settings: dict[str, str], code: int, status: int
) -> None:
    response = httpx.post(clickhouse_url, content=query, params=settings)
    assert response.status_code == status
    assert response.headers["X-ClickHouse-Exception-Code"] == str(code)
    assert response.text.startswith(f"Code: {code}. DB::Exception: ")


def test_client_raises_the_engine_s_error(client: Client) -> None:
    with pytest.raises(DatabaseError) as raised:
        client.query("SELECT * FROM nowhere")
    assert (raised.value.code, raised.value.name) == (UNKNOWN_TABLE, "UNKNOWN_TABLE")


def test_command_tells_an_empty_result_from_none(client: Client) -> None:
    assert client.command("SELECT 1 WHERE 0") == ""
    assert client.command("SELECT 1") == 1


def test_pages_in_a_browser_are_refused(clickhouse_url: str) -> None:
    response = httpx.post(clickhouse_url, content="SELECT 1", headers={"Origin": "http://example.com"})
    assert response.status_code == 403


async def test_asynchronous_client(async_client: AsyncClient) -> None:
    summary = await async_client.insert("words", [[1, "a", MOMENT]], column_names=["id", "word", "seen_at"])
    assert summary.written_rows == 1
    rows = await async_client.query(
        "SELECT word FROM words WHERE word = {word:String}", parameters={"word": "a"}
    )
    assert rows.result_rows == [("a",)]
    with pytest.raises(DatabaseError):
        await async_client.query("SELECT * FROM nowhere")


async def test_other_statements_go_on_beside_a_slow_one(async_client: AsyncClient) -> None:
    slow = asyncio.create_task(
        async_client.query("SELECT sleepEachRow(1) FROM numbers(2) SETTINGS max_block_size = 1")
    )
    try:
        while not await async_client.command(RUNNING_SLEEPS):  # noqa: ASYNC110  the engine tells nobody
            await asyncio.sleep(0.01)
        assert await async_client.ping()
        await async_client.insert("words", [[1, "a"]], column_names=["id", "word"])
        assert not slow.done()
    finally:
        await slow


async def test_many_writers_and_readers_at_once(async_client: AsyncClient) -> None:
    async def write(writer: int) -> None:
        for number in range(10):
            await async_client.insert("words", [[number, f"{writer}-{number}"]], column_names=["id", "word"])
            await async_client.query("SELECT count(), uniqExact(word) FROM words FINAL")

    await asyncio.gather(*(write(writer) for writer in range(8)))
    assert await async_client.command("SELECT count() FROM words FINAL") == 80


def test_kill_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """SIGKILL in the middle of a stream of inserts, three times over the same folder."""
    acknowledged: set[int] = set()
    for start in (0, 1_000_000, 2_000_000):
        with running_server(tmp_path) as (process, port):
            writer = threading.Thread(target=insert_until_gone, args=(port, start, acknowledged))
            writer.start()
            before = len(acknowledged)
            while len(acknowledged) < before + 30:
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            process.wait()
            writer.join()
    with running_server(tmp_path) as (_, port), connected(port) as client:
        stored = {row[0] for row in client.query("SELECT id FROM durable").result_rows}
    assert len(acknowledged) >= 90
    assert acknowledged <= stored


def test_second_server_on_a_folder_says_so(tmp_path: Path) -> None:
    with running_server(tmp_path):
        second = processes.start(
            command(tmp_path / "data", ports.choose(0)), folder=ROOT, output=subprocess.PIPE
        )
        output, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert b"is another process using it?" in output


def insert_until_gone(port: int, start: int, acknowledged: set[int]) -> None:
    with suppress(ClickHouseError, httpx.HTTPError), connected(port) as client:
        client.command("CREATE TABLE IF NOT EXISTS durable (id UInt64) ENGINE = MergeTree ORDER BY id")
        for number in range(start, start + 100_000, 3):
            ids = range(number, number + 3)
            client.insert("durable", [[each] for each in ids], column_names=["id"])
            acknowledged.update(ids)


@contextmanager
def running_server(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = ports.choose(0)
    process = processes.start(command(folder / "data", port), folder=ROOT)
    try:
        while not ports.is_listening(port):
            assert process.poll() is None
            time.sleep(0.02)
        yield process, port
    finally:
        processes.stop(process, grace_seconds=20)


def connected(port: int) -> Client:
    return clickhouse_connect.get_client(host="127.0.0.1", port=port)
