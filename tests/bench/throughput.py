"""A backlog of labelled comments through a whole process, until every score says what was stored."""

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from clickhouse_connect.driver.asyncclient import AsyncClient

from deploy.clickhouse.migrate import migrate
from deploy.kafka.topics import create_missing, delete_existing, read_topics
from deploy.local import ports, processes
from deploy.local.places import MIGRATIONS, ROOT
from pantau.contracts import topics
from pantau.contracts.events import LabelledComment
from pantau.runtime.clickhouse import connect, insert
from pantau.runtime.kafka.consumer_lag import GroupLag
from pantau.runtime.kafka.publisher import Publisher
from pantau.score.facts import COLUMNS, facts
from tests.bench import backlog

POLL_SECONDS = 0.1
LIMIT_SECONDS = 600
BARE_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Job:
    """A process that reads the labelled topic as `group` and writes to CLICKHOUSE_URL."""

    name: str
    group: str
    command: Sequence[str]


@dataclass(frozen=True, slots=True)
class Run:
    per_second: float
    cpu_seconds: float  # of the process from its start, imports included
    peak_mib: float
    counted: int  # comments that count, as the buckets and the scores have it


async def measure(job: Job, bootstrap: str, server: str, *, comments: int, each: int, log: Path) -> Run:
    """From the first message published to the last row stored, scores and commits included.

    The process is up and has been through a first message; the rest comes at once, in a second or two.
    """
    wanted = read_topics()  # fresh ones: the group's offsets go with the old
    await delete_existing(bootstrap, [topic.name for topic in wanted])
    await create_missing(bootstrap, wanted)
    first, *rest = list(backlog.records(backlog.batches(comments, each)))
    publisher = Publisher(bootstrap, timeout_seconds=60)
    async with _database(server) as (url, client):
        lag = GroupLag(bootstrap, job.group)
        await lag.start()
        try:
            with _running(job, {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "CLICKHOUSE_URL": url}, log) as process:
                async with asyncio.timeout(LIMIT_SECONDS):
                    await publisher.publish(first[:1])
                    await _stored(client, process, each)
                    await _settled(client, lag)
                    started = time.perf_counter()
                    for records in (first[1:], *rest):
                        await publisher.publish(records)
                    await _stored(client, process, comments)
                    counted = await _settled(client, lag)
                    seconds = time.perf_counter() - started
                used = process.cpu_times()
                peak = process.memory_info().rss / 2**20
        except TimeoutError:
            raise AssertionError(f"{job.name} is not done after {LIMIT_SECONDS} s; see {log}") from None
        finally:
            await lag.stop()
            await publisher.stop()
        return Run((comments - each) / seconds, used.user + used.system, peak, counted)


async def bare(server: str, comments: int, each: int) -> float:
    """Rows a second of clickhouse-connect's insert alone; making the rows is not counted."""
    async with _database(server) as (_, client):
        seconds, held = 0.0, list[LabelledComment]()
        for message in backlog.batches(comments, each):
            held += message.comments
            if len(held) >= BARE_ROWS:
                seconds += await _insert(client, held)
                held = []
        seconds += await _insert(client, held)
        return comments / seconds


async def _insert(client: AsyncClient, comments: list[LabelledComment]) -> float:
    rows = facts(comments).rows["comments"]
    started = time.perf_counter()
    await insert(client, "comments", COLUMNS["comments"], rows)
    return time.perf_counter() - started


@asynccontextmanager
async def _database(server: str) -> AsyncIterator[tuple[str, AsyncClient]]:
    """A fresh one that knows accounts and posts; dropped afterwards."""
    url = f"{server}/bench_{time.time_ns()}"
    await migrate(url, MIGRATIONS)
    client = await connect(url)
    known = facts(backlog.registrations(datetime.now(UTC)))
    for table, rows in known.rows.items():
        await insert(client, table, COLUMNS[table], rows)
    try:
        yield url, client
    finally:
        await client.command(f"DROP DATABASE {url.rsplit('/', 1)[1]} SYNC")
        await client.close()


@contextmanager
def _running(job: Job, environment: Mapping[str, str], log: Path) -> Iterator[psutil.Process]:
    own = {"METRICS_HOST": "127.0.0.1", "METRICS_PORT": str(ports.choose(0)), "LOG_FORMAT": "console"}
    with log.open("ab") as output:
        process: subprocess.Popen[bytes] = processes.start(
            job.command, folder=ROOT, output=output, environment={**os.environ, **own, **environment}
        )
    try:
        yield psutil.Process(process.pid)
    finally:
        processes.stop(process, grace_seconds=30)


async def _stored(client: AsyncClient, process: psutil.Process, wanted: int) -> int:
    """Wait until this many comments are stored, repeated ones counted; how many there are."""
    while True:
        assert process.is_running() and process.status() != psutil.STATUS_ZOMBIE, "the process ended"  # noqa: PT018
        held = await _number(client, "SELECT count() FROM comments")
        if held >= wanted:
            return held
        await asyncio.sleep(POLL_SECONDS)


async def _settled(client: AsyncClient, lag: GroupLag) -> int:
    """Wait until all is committed and the day's scores say what the buckets do; the comments that count."""
    partitions = {topic.name: topic.partitions for topic in read_topics()}[topics.LABELLED]
    asked = [(topics.LABELLED, number) for number in range(partitions)]
    while True:
        behind = sum((await lag.measure(asked)).values())
        counted = await _number(client, "SELECT sum(comments) FROM post_buckets FINAL")
        said = "SELECT sum(positive + neutral + negative) FROM scores FINAL WHERE window = '24h'"
        if not behind and counted and counted == await _number(client, said):
            return counted
        await asyncio.sleep(POLL_SECONDS)


async def _number(client: AsyncClient, query: str) -> int:
    row: Any = (await client.query(query)).result_rows[0]
    return int(row[0])
