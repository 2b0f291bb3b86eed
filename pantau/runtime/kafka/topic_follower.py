"""Follower of a whole topic, without a consumer group, through outages of the broker."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, Never

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.consumer import consumer, end_if_cancelled, start_consumer, stop_consumer
from pantau.runtime.kafka.consumer_lag import LagGauge
from pantau.runtime.ops import Readiness

log = structlog.get_logger(__name__)

START_SECONDS = 15.0
READ_SECONDS = 10.0
CHECK_EVERY_SECONDS = 2.0
CHECK_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 3.0
MOST_RECORDS = 500  # fewer than may wait for one reader of a stream: a burst alone lets none go

Take = Callable[[Sequence[ConsumerRecord]], Awaitable[None]]


async def _nothing() -> None:
    """Where nobody waits for the end."""


class TopicFollower:
    """Hands records to `take` in batches, in order within a partition.

    From the `earliest` record, at least once each; or from the `latest`, without what came while a connection
    was made anew. `caught_up` is awaited once what was there at the start was
    taken, and again whenever the connection had to be made anew. /readyz awaits `kafka` while the broker does
    not answer or the topic is not there.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        topic: str,
        readiness: Readiness,
        take: Take,
        *,
        start: Literal["earliest", "latest"],
        caught_up: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._topic = topic
        self._readiness = readiness
        self._take = take
        self._start = start
        self._caught_up = caught_up
        self._lag = LagGauge()
        self._away: bool | None = None
        self._failures = 0

    async def run(self) -> Never:
        """Until cancelled. What `take` and `caught_up` raise ends it, save what an outage raises."""
        while True:
            reader = consumer(
                self._topic,
                bootstrap_servers=self._bootstrap_servers,
                group=None,
                auto_offset_reset=self._start,
                metadata_max_age_ms=5_000,
            )
            try:
                await start_consumer(reader, START_SECONDS)
                await self._catch_up(reader)
                await self._keep_up(reader)
            except (RetryableError, KafkaError, TimeoutError, OSError) as error:
                self._lost(str(error) or repr(error))
            finally:
                await stop_consumer(reader, timeout_seconds=5)
            end_if_cancelled()
            self._failures += 1
            longest = min(LONGEST_PAUSE_SECONDS, 0.2 * 2 ** min(self._failures, 10))
            await asyncio.sleep(longest * random.uniform(0.5, 1))  # noqa: S311 - jitter

    async def _catch_up(self, reader: AIOKafkaConsumer) -> None:
        ends = await self._ends(reader)
        while any(lag for lag in (await self._behind(reader, ends)).values()):
            await self._read(reader)
        await self._caught_up()
        self._reached()

    async def _keep_up(self, reader: AIOKafkaConsumer) -> Never:
        loop = asyncio.get_running_loop()
        check_at = loop.time()
        while True:
            if loop.time() >= check_at:
                await self._check(reader)
                check_at = loop.time() + CHECK_EVERY_SECONDS
            await self._read(reader)

    async def _read(self, reader: AIOKafkaConsumer) -> None:
        async with asyncio.timeout(READ_SECONDS):
            batches = await reader.getmany(timeout_ms=500, max_records=MOST_RECORDS)
        records = [record for batch in batches.values() for record in batch]
        if records:
            await self._take(records)

    async def _check(self, reader: AIOKafkaConsumer) -> None:
        """The consumer waits in silence while the broker is away; only asking tells. It keeps its place."""
        try:
            behind = await self._behind(reader, await self._ends(reader))
        except (RetryableError, KafkaError, TimeoutError, OSError) as error:
            self._lost(str(error) or repr(error))
        else:
            self._lag.record(behind)
            self._reached()

    async def _ends(self, reader: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        assigned = reader.assignment()
        if not assigned:
            raise RetryableError(f"the topic {self._topic} does not exist yet")
        async with asyncio.timeout(CHECK_SECONDS):
            ends: dict[TopicPartition, int] = await reader.end_offsets(assigned)
        return ends

    async def _behind(
        self, reader: AIOKafkaConsumer, ends: dict[TopicPartition, int]
    ) -> dict[tuple[str, int], int]:
        async with asyncio.timeout(CHECK_SECONDS):
            return {
                (tp.topic, tp.partition): max(0, end - await reader.position(tp)) for tp, end in ends.items()
            }

    def _reached(self) -> None:
        if self._away is not False:
            log.info("Kafka is there", topic=self._topic)
        self._away, self._failures = False, 0
        self._readiness.reached("kafka")

    def _lost(self, error: str) -> None:
        if self._away is not True:
            log.warning("Kafka is away", topic=self._topic, error=error)
        self._away = True
        self._readiness.lost("kafka")
