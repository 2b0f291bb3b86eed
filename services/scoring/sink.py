"""The consumer's side of a flush, in order: read, dead-letter, write; only then may it be acknowledged."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from pantau.runtime import metrics
from pantau.runtime.clock import Clock
from pantau.runtime.dead_letters import dead_letter
from pantau.runtime.kafka.publisher import Publish
from pantau.runtime.retries import retrying
from pantau.score.facts import Facts, facts
from services.scoring.batches import Bad, Message, fresh_comments, read
from services.scoring.buckets.flush import Flush

log = structlog.get_logger(__name__)

SERVICE = "scoring"


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """A batch as it will be stored; the events themselves are gone, they take several times the room."""

    facts: Facts
    bad: list[Bad]
    types: Counter[str]
    received_at: list[datetime]  # of what came from the live flow
    started: float  # time.perf_counter() before it was read


class Sink:
    """Takes batches of Kafka messages: `read` the next while one is being stored, `take` one at a time."""

    def __init__(self, flush: Flush, publish: Publish, clock: Clock, retry_seconds: float) -> None:
        self._flush = flush
        self._publish = publish
        self._clock = clock
        self._retry_seconds = retry_seconds
        self.flushed = asyncio.Event()  # tells the scorer that there may be something new

    async def recover(self) -> None:
        """Finish what a crashed process left; before anything is consumed. Raises RetryableError."""
        await retrying(SERVICE, "recover", self._flush.recover, limit_seconds=self._retry_seconds)

    async def read(self, messages: Sequence[Message]) -> PreparedBatch:
        """In a thread: a backlog's batch takes half a second, which heartbeats cannot wait for."""
        return await asyncio.to_thread(_ready, messages, time.perf_counter())

    async def take(self, batch: PreparedBatch) -> None:
        """Returns once everything that follows from the batch is stored.

        Raises RetryableError when ClickHouse or Kafka stay away; nothing may be acknowledged then.
        """
        # 1. dead-letter, acknowledged by Kafka before anything else
        letters = [dead_letter(SERVICE, bad.error, bad.payload, bad.origin, self._clock) for bad in batch.bad]
        if letters:
            await self._publish(letters)
        # 2. write
        await self._write(batch.facts)
        self._measure(batch)
        self.flushed.set()

    async def _write(self, batch: Facts) -> None:
        repeated = False

        async def attempt() -> None:
            nonlocal repeated
            force, repeated = repeated, True  # an attempt that failed may have stopped halfway
            await self._flush.store(batch, force=force)

        await retrying(SERVICE, "flush", attempt, limit_seconds=self._retry_seconds)

    def _measure(self, batch: PreparedBatch) -> None:
        metrics.BATCH_ROWS.labels(SERVICE).observe(batch.types.total())
        metrics.BATCH_SECONDS.labels(SERVICE).observe(time.perf_counter() - batch.started)
        for kind, events in batch.types.items():
            metrics.EVENTS.labels(SERVICE, kind).inc(events)
        now, age = self._clock(), metrics.EVENT_AGE.labels("stored")
        for received_at in batch.received_at:
            age.observe((now - received_at).total_seconds())


def _ready(messages: Sequence[Message], started: float) -> PreparedBatch:
    batch = read(messages)
    return PreparedBatch(
        facts=facts(batch.events),
        bad=batch.bad,
        types=Counter(event.type for event in batch.events),
        received_at=[comment.received_at for comment in fresh_comments(batch)],
        started=started,
    )
