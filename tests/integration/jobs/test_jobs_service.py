"""`python -m services.jobs` as a process beside a real broker and the real engine."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient

from pantau.contracts import topics as names
from pantau.contracts.events import Event, PostObserved
from pantau.runtime.clock import utc_now
from pantau.runtime.kafka.publisher import Publisher, Record
from pantau.score.official import Revision, read_revisions
from pantau.score.windows import month_span
from services.jobs.month_close import latest_mature
from tests.support.close import connected, registered, seen, write
from tests.support.processes import Service

PATIENCE_SECONDS = 60


@pytest.fixture
def jobs(topics: str, clickhouse_database_url: str, tmp_path: Path) -> Iterator[Service]:
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": topics,
        "CLICKHOUSE_URL": clickhouse_database_url,
        "JOBS_SCORING_GROUP": f"scoring-{uuid.uuid4().hex}",
    }
    service = Service("jobs", environment, tmp_path / "jobs.log")
    yield service
    service.stop()


def month_of_one_post(month: date) -> list[Event]:
    start = month_span(month).start
    known = {"onboarded_at": start - timedelta(days=1), "registered_at": start - timedelta(days=1)}
    at = start + timedelta(days=1)
    return [
        registered("akun-0", **known),
        PostObserved(**seen("akun-0", at), post_id="p", published_at=at),
    ]


@asynccontextmanager
async def database(url: str) -> AsyncIterator[tuple[AsyncClient, date]]:
    month = latest_mature(utc_now())
    async with connected(url) as client:
        await write(client, month_of_one_post(month))
        yield client, month


async def until_frozen(client: AsyncClient, service: Service) -> list[Revision]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (revisions := await read_revisions(client)):
            assert service.process.poll() is None, service.tail()
            await asyncio.sleep(0.1)
    return revisions


def succeeded(service: Service) -> float:
    pattern = r'^pantau_job_last_success_timestamp_seconds\{task="month_close"\} (\S+)$'
    found = re.search(pattern, service.metrics(), re.MULTILINE)
    return float(found[1]) if found else 0.0


async def until_succeeded(service: Service) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not succeeded(service):
            assert service.process.poll() is None, service.tail()
            await asyncio.sleep(0.1)


async def test_it_closes_the_latest_mature_month_and_ends_when_asked(
    jobs: Service, clickhouse_database_url: str
) -> None:
    async with database(clickhouse_database_url) as (client, month):
        jobs.start()
        revisions = await until_frozen(client, jobs)
        assert [(one.month, one.revision) for one in revisions] == [(month, 1)]
        assert jobs.terminate() == 0
        # 2. a second process finds it done
        jobs.start()
        jobs.wait_until_ready()
        await until_succeeded(jobs)
        assert await read_revisions(client) == revisions
        assert "pantau_month_overdue_seconds 0.0" in jobs.metrics()


async def test_nothing_is_closed_while_messages_wait_for_scoring(
    topics: str, jobs: Service, clickhouse_database_url: str
) -> None:
    publisher = Publisher(topics)
    await publisher.publish([Record(names.POSTS, b"akun-0", b"{}")])
    await publisher.stop()
    async with database(clickhouse_database_url) as (client, _):
        jobs.start()
        jobs.wait_until_ready()
        await until_succeeded(jobs)
        assert await read_revisions(client) == []


async def test_asked_to_end_in_mid_close_it_ends_and_leaves_nothing_half(
    jobs: Service, clickhouse_database_url: str
) -> None:
    async with database(clickhouse_database_url) as (client, _):
        jobs.start()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while "closing a month" not in jobs.tail():
                assert jobs.process.poll() is None, jobs.tail()
                await asyncio.sleep(0.02)
        assert jobs.terminate() == 0
        jobs.start()
        assert len(await until_frozen(client, jobs)) == 1


def test_the_name_of_before_is_refused_with_the_one_of_now(
    topics: str, clickhouse_database_url: str, tmp_path: Path
) -> None:
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": topics,
        "CLICKHOUSE_URL": clickhouse_database_url,
        "SCORING_CLOSE_MONTHS": "false",
    }
    scoring = Service("scoring", environment, tmp_path / "scoring.log")
    scoring.start()
    assert scoring.process.wait(60) == 78
    assert "SCORING_CLOSE_MONTHS: is JOBS_CLOSE_MONTHS of the jobs service now" in scoring.tail()
