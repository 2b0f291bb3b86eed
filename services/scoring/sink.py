"""The consumer's side of a flush, in order: read, dead-letter, write; only then may it be acknowledged."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog

from services.runtime import metrics
from services.runtime.clock import Clock
from services.runtime.dead_letters import dead_letter
from services.runtime.kafka import Record
from services.runtime.retries import retrying
from services.scoring.batches import Batch, Message, fresh_comments, read
from services.scoring.flush import Flush

log = structlog.get_logger(__name__)

SERVICE = "scoring"
Publish = Callable[[Sequence[Record]], Awaitable[None]]


class Sink:
    """Takes batches of Kafka messages; returns once everything that follows from them is stored."""

    def __init__(self, flush: Flush, publish: Publish, clock: Clock, retry_seconds: float) -> None:
        self._flush = flush
        self._publish = publish
        self._clock = clock
        self._retry_seconds = retry_seconds
        self.flushed = asyncio.Event()  # tells the scorer that there may be something new

    async def recover(self) -> None:
        """Finish what a crashed process left; before anything is consumed. Raises RetryableError."""
        await retrying(SERVICE, "recover", self._flush.recover, limit_seconds=self._retry_seconds)

    async def take(self, messages: Sequence[Message]) -> None:
        """Raises RetryableError when ClickHouse or Kafka stay away; nothing may be acknowledged then."""
        started = time.perf_counter()
        # 1. read
        batch = read(messages)
        # 2. dead-letter, acknowledged by Kafka before anything else
        letters = [dead_letter(SERVICE, bad.error, bad.payload, bad.origin, self._clock) for bad in batch.bad]
        if letters:
            await self._publish(letters)
        # 3. write
        await self._write(batch)
        self._measure(batch, time.perf_counter() - started)
        self.flushed.set()

    async def _write(self, batch: Batch) -> None:
        repeated = False

        async def attempt() -> None:
            nonlocal repeated
            force, repeated = repeated, True  # an attempt that failed may have stopped halfway
            await self._flush.write(batch.events, force=force)

        await retrying(SERVICE, "flush", attempt, limit_seconds=self._retry_seconds)

    def _measure(self, batch: Batch, seconds: float) -> None:
        metrics.BATCH_ROWS.labels(SERVICE).observe(len(batch.events))
        metrics.BATCH_SECONDS.labels(SERVICE).observe(seconds)
        now = self._clock()
        for event in batch.events:
            metrics.EVENTS.labels(SERVICE, event.type).inc()
        for comment in fresh_comments(batch):
            metrics.EVENT_AGE.labels("stored").observe((now - comment.received_at).total_seconds())
