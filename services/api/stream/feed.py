"""A consumer of social.scores from its end, without a group: each change goes to the hub."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from pantau.contracts import topics
from pantau.contracts.events import ScoreChanged
from pantau.runtime import metrics
from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka import consumer, start_consumer, stop_consumer
from pantau.runtime.ops import Readiness
from services.api.stream.hub import Hub

log = structlog.get_logger(__name__)

START_SECONDS = 15.0
READ_SECONDS = 10.0
CHECK_EVERY_SECONDS = 2.0
CHECK_SECONDS = 5.0
MOST_RECORDS = 500  # fewer than may wait for one reader, so that a burst alone lets nobody go

Before = Callable[[datetime], Awaitable[None]]


class ScoreFeed:
    """`before` is awaited with the newest instant of computation before a batch is told."""

    def __init__(self, bootstrap_servers: str, hub: Hub, readiness: Readiness, before: Before) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._hub = hub
        self._readiness = readiness
        self._before = before
        self._away: bool | None = None

    async def run(self) -> None:
        """For ever, through outages of Kafka."""
        while True:
            reader = consumer(
                topics.SCORES,
                bootstrap_servers=self._bootstrap_servers,
                group=None,
                auto_offset_reset="latest",
                metadata_max_age_ms=5_000,
            )
            try:
                await start_consumer(reader, START_SECONDS)
                await self._read(reader)
            except (RetryableError, KafkaError, TimeoutError, OSError) as error:
                self._lost(repr(error))
            finally:
                await stop_consumer(reader)
            await asyncio.sleep(random.uniform(1, 3))  # noqa: S311 - jitter

    async def _read(self, reader: AIOKafkaConsumer) -> None:
        loop = asyncio.get_running_loop()
        check_at = loop.time()
        while True:
            if loop.time() >= check_at:
                await self._check(reader)
                check_at = loop.time() + CHECK_EVERY_SECONDS
            async with asyncio.timeout(READ_SECONDS):
                batches = await reader.getmany(timeout_ms=500, max_records=MOST_RECORDS)
            await self._tell([record for records in batches.values() for record in records])

    async def _check(self, reader: AIOKafkaConsumer) -> None:
        """The consumer waits in silence while the broker is away; only asking tells."""
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                ends = await reader.end_offsets(reader.assignment())
                for partition, end in ends.items():
                    lag = end - await reader.position(partition)
                    metrics.CONSUMER_LAG.labels(partition.topic, str(partition.partition)).set(max(0, lag))
        except (KafkaError, TimeoutError, OSError) as error:
            self._lost(repr(error))
        else:
            if ends:
                self._reached()
            else:
                self._lost(f"no topic {topics.SCORES}")

    def _reached(self) -> None:
        if self._away is not False:
            log.info("Kafka is there")
        self._away = False
        self._readiness.reached("kafka")

    def _lost(self, error: str) -> None:
        if self._away is not True:
            log.warning("Kafka is away", error=error)
        self._away = True
        self._readiness.lost("kafka")

    async def _tell(self, records: list[ConsumerRecord]) -> None:
        changes = [change for record in records if (change := _change(record)) is not None]
        if not changes:
            return
        await self._before(max(change.computed_at for change in changes))
        for change in changes:
            data = change.model_dump_json(exclude={"type", "schema_version"})
            self._hub.tell_score(data, change.computed_at)
            metrics.EVENTS.labels("api", "score.changed").inc()


def _change(record: ConsumerRecord) -> ScoreChanged | None:
    """None for a key's deletion, and for what our own scoring service cannot have written."""
    if record.value is None:
        return None
    try:
        return ScoreChanged.model_validate_json(record.value)
    except ValidationError as error:
        log.warning(
            "not a score", partition=record.partition, offset=record.offset, faults=error.error_count()
        )
        return None
