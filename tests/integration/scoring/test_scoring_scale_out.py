"""Two scorers in one group exact while they come and go; one at a time scores the fleet."""

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.kafka.topics import read_topics
from pantau.contracts import topics as names
from pantau.runtime.clickhouse import connect
from services.scoring.worker import SOURCES
from tests.support.processes import Service
from tests.support.scoring_service import (
    ACCOUNTS,
    assert_scores_equal_oracle,
    environment,
    expected_counts,
    history,
    publish,
    published_scores,
    records,
    stored_scores,
    wait_for_counts,
)

LAG = re.compile(r'^pantau_consumer_lag_messages\{partition="(\d+)",topic="([^"]+)"\} (\S+)$', re.MULTILINE)
TICKS = re.compile(r"^pantau_scoring_tick_seconds_count (\S+)$", re.MULTILINE)
MOVE_SECONDS = 60
PARTITIONS = {topic.name: topic.partitions for topic in read_topics() if topic.name in SOURCES}


@contextmanager
def two_scorers(env: dict[str, str], folder: Path) -> Iterator[tuple[Service, Service]]:
    both = Service("scoring", env, folder / "a.log"), Service("scoring", env, folder / "b.log")
    for one in both:
        one.start()
    try:
        yield both
    finally:
        for one in both:
            one.stop()


def assigned(scorer: Service) -> dict[str, set[int]]:
    """Partitions of each topic, as the worker's own metrics name them."""
    found: dict[str, set[int]] = {topic: set() for topic in SOURCES}
    for partition, topic, _ in LAG.findall(scorer.metrics()):
        found[topic].add(int(partition))
    return found


def owns_the_fleet(scorer: Service) -> bool:
    return 0 in assigned(scorer)[names.LABELLED]


def ticks(scorer: Service) -> float:
    found = TICKS.search(scorer.metrics())
    return float(found[1]) if found else 0


def until_shared(*scorers: Service) -> None:
    """Every partition belongs to exactly one of them, and each has some."""
    deadline = time.monotonic() + MOVE_SECONDS
    while True:
        for scorer in scorers:
            assert scorer.process.poll() is None, scorer.tail()
        shares = [assigned(scorer) for scorer in scorers]
        together = {topic: sorted(p for share in shares for p in share[topic]) for topic in SOURCES}
        if together == {topic: list(range(count)) for topic, count in PARTITIONS.items()} and all(
            any(share.values()) for share in shares
        ):
            return
        assert time.monotonic() < deadline, shares
        time.sleep(0.3)


@pytest.mark.timeout(240)
async def test_one_killed_and_one_stopped_under_load(
    topics: str, clickhouse_database_url: str, tmp_path: Path
) -> None:
    events = history(11, comments=1200)
    sent = records(events)
    url = clickhouse_database_url
    with two_scorers(environment(topics, url), tmp_path) as (first, second):
        for scorer in (first, second):
            scorer.wait_until_ready()
        until_shared(first, second)
        for scorer in (first, second):  # all topics of an account are on the same worker
            (partitions,) = {tuple(sorted(p)) for p in assigned(scorer).values()}
            assert 0 < len(partitions) < PARTITIONS[names.LABELLED]
        owner, other = (first, second) if owns_the_fleet(first) else (second, first)
        # 1. the worker that scores the fleet is killed in the middle of the load and started again
        await publish(topics, sent[:500])
        await asyncio.sleep(0.7)
        owner.kill()
        await publish(topics, sent[500:900])
        owner.start()
        await asyncio.to_thread(owner.wait_until_ready)
        await asyncio.to_thread(until_shared, first, second)
        owner, other = (first, second) if owns_the_fleet(first) else (second, first)
        # 2. one at a time computes scores
        idle, busy = ticks(other), ticks(owner)
        await publish(topics, sent[900:1100])
        await until_ticked(owner, busy)
        assert ticks(other) == idle
        # 3. the owner is stopped in order: its part and the fleet go to the other
        await publish(topics, sent[1100:1200])
        assert await asyncio.to_thread(owner.terminate) == 0, owner.tail()
        await publish(topics, sent[1200:])
        await asyncio.to_thread(until_shared, other)
        await until_ticked(other, idle)
        await wait_for_counts(url, expected_counts(events))
        await assert_scores_equal_oracle(url, events)
        await assert_the_owner_ticked_last(url, other)
        scored = await stored_scores(url, len(ACCOUNTS))
        published = await published_scores(topics, scored)
        assert {key: value for key, value in published.items() if key in scored} == scored
        assert other.terminate() == 0, other.tail()


async def until_ticked(scorer: Service, since: float) -> None:
    async with asyncio.timeout(MOVE_SECONDS):
        while await asyncio.to_thread(ticks, scorer) <= since:  # noqa: ASYNC110 - another process's progress
            await asyncio.sleep(0.2)


async def assert_the_owner_ticked_last(url: str, owner: Service) -> None:
    """The only worker left keeps the row of score_ticks new: a minute turns, or a flush is followed."""
    client = await connect(url)
    try:
        newest = "SELECT max(version), count() FROM score_ticks FINAL"
        ((version, rows),) = (await client.query(newest)).result_rows
        assert rows == 1
        ((highest,),) = (await client.query("SELECT max(version) FROM scores")).result_rows
        assert highest <= version, owner.tail()
    finally:
        await client.close()
