"""The lag of the figures behind Kafka, by offsets and times alone: no message is read, no group joined."""

import asyncio
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Never

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from pantau.analytics.accounts.queries import newest_by_flow
from pantau.analytics.backlog import TOPICS, Flow, behind_since, remembered_from, waiting_from
from pantau.analytics.database import Database
from pantau.analytics.first_seen import FirstSeen
from pantau.runtime.clock import Clock
from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.consumer import consumer, end_if_cancelled, start_consumer, stop_consumer

log = structlog.get_logger(__name__)

START_SECONDS = 15.0
LOOK_SECONDS = 5.0
LOOK_EVERY_SECONDS = 2.0


class BacklogProbe:
    def __init__(self, bootstrap_servers: str, database: Database, clock: Clock) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._database = database
        self._clock = clock
        self._seen = FirstSeen()
        self._behind: Mapping[Flow, datetime] = {}

    @property
    def behind(self) -> Mapping[Flow, datetime]:
        """The flows that are behind, each since when. As it was known last; empty before that."""
        return self._behind

    async def run(self) -> Never:
        """For ever, through outages."""
        while True:
            reader = consumer(bootstrap_servers=self._bootstrap_servers, group=None)
            try:
                await start_consumer(reader, START_SECONDS)
                await self._follow(reader)
            except (RetryableError, KafkaError, TimeoutError, OSError) as error:
                log.info("cannot ask Kafka what waits", error=repr(error))
            finally:
                await stop_consumer(reader)
            end_if_cancelled()
            await asyncio.sleep(random.uniform(1, 3))  # noqa: S311 - jitter

    async def _follow(self, reader: AIOKafkaConsumer) -> Never:
        """Raises KafkaError, TimeoutError or OSError once Kafka is away."""
        while True:
            try:
                stored = await self._database.ask(newest_by_flow)
            except RetryableError:
                pass  # while ClickHouse is away the whole status is known to be old
            else:
                async with asyncio.timeout(LOOK_SECONDS):
                    self._behind = await self._look(reader, stored)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _look(self, reader: AIOKafkaConsumer, stored: Mapping[str, datetime]) -> dict[Flow, datetime]:
        now, behind = self._clock(), {}
        for flow, topic in TOPICS.items():
            newest = stored.get(flow)
            first = await _first_written(reader, topic, waiting_from(newest))
            remembered = await _first_written(reader, topic, remembered_from(newest, now))
            since = behind_since(
                self._by_own_clock(f"{flow} first", first, now),
                self._by_own_clock(f"{flow} remembered", remembered, now),
                now,
            )
            if since is not None:
                behind[flow] = since
        return behind

    def _by_own_clock(self, name: str, written: datetime | None, now: datetime) -> datetime | None:
        """Should ingest's clock be ahead, a record waits from when it was first seen here."""
        return None if written is None else self._seen.of(name, written, now)


async def _first_written(reader: AIOKafkaConsumer, topic: str, since: datetime) -> datetime | None:
    """When the first record not older than `since` was written, by ingest's clock; None: there is none."""
    milliseconds = int(since.timestamp() * 1000)
    numbers = reader.partitions_for_topic(topic)
    if not numbers:
        await reader.beginning_offsets([TopicPartition(topic, 0)])  # makes the reader follow the topic
        numbers = reader.partitions_for_topic(topic) or set()
    asked = {TopicPartition(topic, number): milliseconds for number in numbers}
    found = [one.timestamp for one in (await reader.offsets_for_times(asked)).values() if one is not None]
    return datetime.fromtimestamp(min(found) / 1000, UTC) if found else None
