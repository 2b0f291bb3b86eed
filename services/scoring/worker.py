"""The Faust worker: a thin, replaceable loop around Sink and ScoreUpdater.

One agent reads all its topics, so one flush takes them together. No tables, no RocksDB, no transactions;
`noack_take` because `take` acknowledges a batch whose body failed; acknowledged in offset order because
Faust commits past a gap (faust #606); an exception never leaves the agent, because Faust would go on
without the batch.
"""

import asyncio
import contextlib
import math
import os
import tempfile
import time
from collections.abc import Awaitable, Sequence
from typing import Any

import faust
import structlog
from clickhouse_connect.driver.exceptions import ClickHouseError

from pantau.contracts import topics
from pantau.runtime import metrics
from pantau.runtime.errors import EXIT_FATAL, RetryableError
from pantau.runtime.kafka.consumer_lag import GroupLag, LagGauge
from pantau.runtime.ops import Readiness
from pantau.runtime.watchdog import Progress
from services.scoring.batches import Message
from services.scoring.scores import ScoreUpdater
from services.scoring.settings import ScoringSettings
from services.scoring.sink import SERVICE, PreparedBatch, Sink

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0
# After a rebalance all scores are published once more: by then the worker before us, even one that Kafka gave
# up waiting for, cannot have anything on its way that would stand after ours on the topic.
SETTLE_SECONDS = 30.0
REST_SECONDS = 0.5  # between two turns, so that a burst of flushes does not keep the scorer busy
# All have the same number of partitions, so Faust gives one worker everything of an account.
SOURCES = (topics.ACCOUNTS, topics.POSTS, topics.LABELLED, topics.CORRECTIONS)


def build_app(settings: ScoringSettings) -> faust.App:
    """Faust with the settings that its open bugs call for (faust #133, #443, #523, #629)."""
    return faust.App(
        settings.group,
        broker=[f"kafka://{server}" for server in settings.kafka_bootstrap_servers.split(",")],
        autodiscover=False,
        datadir=f"{tempfile.gettempdir()}/pantau-faust",  # Faust makes it; without tables it stays empty
        stream_wait_empty=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        worker_redirect_stdouts=False,
        broker_session_timeout=15,
        broker_heartbeat_interval=3,
        broker_commit_interval=1.0,
        broker_max_poll_records=500,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=settings.instance,
        agent_supervisor="mode.supervisors.CrashingSupervisor",
    )


class ScoringWorker:
    """Wires the sink and the scorer into a Faust app and keeps the figures that the watchdog reads."""

    def __init__(
        self,
        app: faust.App,
        settings: ScoringSettings,
        sink: Sink,
        updater: ScoreUpdater,
        *,
        readiness: Readiness,
        progress: Progress,
    ) -> None:
        self._app = app
        self._settings = settings
        self._sink = sink
        self._updater = updater
        self._readiness = readiness
        self._reassigned = asyncio.Event()
        self._settles_at = math.inf
        self._gauge = LagGauge()
        self.progress = progress
        app.agent(
            app.topic(*SOURCES, key_type=bytes, value_type=bytes, value_serializer="raw"), name="score"
        )(self._score)
        app.on_rebalance_complete.connect(self._rebalanced, weak=False)

    async def _score(self, stream: Any) -> None:
        await _or_die(self._consume(stream))

    async def _consume(self, stream: Any) -> None:
        """Batch after batch; each is read while the one before is being stored."""
        await self._sink.recover()
        self._readiness.reached("clickhouse")
        storing: asyncio.Task[None] | None = None
        try:
            within = self._settings.batch_milliseconds / 1000
            async for events in stream.noack_take(self._settings.batch_messages, within=within):
                batch = await self._sink.read(_messages(events))
                if storing is not None:
                    await storing
                storing = asyncio.create_task(_or_die(self._store(stream, batch, events)))
        finally:
            if storing is not None:
                storing.cancel()
                await asyncio.wait({storing})

    async def _store(self, stream: Any, batch: PreparedBatch, events: Sequence[Any]) -> None:
        if self._reassigned.is_set():  # a worker that died may have left half a flush
            self._reassigned.clear()
            await self._sink.recover()
        await self._sink.take(batch)
        for event in events:  # acknowledge, in offset order
            await stream.ack(event)
        self.progress.advanced()
        metrics.LAST_COMMIT.labels(SERVICE).set(time.time())

    async def _rebalanced(self, *_: Any, **__: Any) -> None:
        metrics.REBALANCES.labels(SERVICE).inc()
        self._reassigned.set()
        self._updater.forget()
        self._settles_at = time.monotonic() + SETTLE_SECONDS

    async def keep_scores(self) -> None:
        """Until cancelled: compute scores after each flush and as the minutes pass, where it is our turn."""
        fresh_at = time.monotonic()
        while True:
            await self._flushed_or_due()
            if await self._turn():
                fresh_at = time.monotonic()
            metrics.SCORE_STALENESS.set(time.monotonic() - fresh_at)
            await asyncio.sleep(REST_SECONDS)

    async def _turn(self) -> bool:
        """Whether scores are up to date as far as it is up to this worker."""
        if self._computes_all_scores():
            return await self._tick()
        if self._assignment():  # another worker's to do
            self._readiness.reached("scores")
        return True

    async def _flushed_or_due(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TICK_SECONDS):
                await self._sink.flushed.wait()
        self._sink.flushed.clear()

    async def _tick(self) -> bool:
        if time.monotonic() >= self._settles_at:
            self._settles_at = math.inf
            self._updater.forget()
        try:
            if await self._updater.waits():
                return False
            await self._updater.tick(self._may_publish)
            metrics.NEWEST_ARRIVAL.set(await self._updater.newest_arrival())
        except (RetryableError, ClickHouseError, OSError) as error:
            metrics.RETRIES.labels(SERVICE, "tick").inc()
            log.warning("scores are late", error=repr(error))
            return False
        self._readiness.reached("scores")
        return True

    async def watch_lag(self, lag: GroupLag) -> None:
        """Until cancelled: lag per partition, once a second."""
        while True:
            await asyncio.sleep(1)
            await self._measure_lag(lag)

    async def _may_publish(self) -> bool:
        """Asked after computing: a rebuild that began meanwhile may have emptied what was read."""
        return self._computes_all_scores() and not await self._updater.waits()

    def _computes_all_scores(self) -> bool:
        """Work for all accounts runs where partition 0 of the labelled topic is."""
        return any(tp.topic == topics.LABELLED and tp.partition == 0 for tp in self._assignment())

    async def _measure_lag(self, lag: GroupLag) -> None:
        assigned = [(tp.topic, tp.partition) for tp in self._assignment()]
        metrics.ASSIGNED_PARTITIONS.labels(SERVICE).set(len(assigned))
        if assigned:
            self._readiness.reached("kafka")
        try:
            behind = await lag.measure(assigned)
        except RetryableError as error:
            log.warning("lag unknown", error=str(error))
            self.progress.advanced()  # an outage is not a stall; Faust reconnects by itself
            return
        self.progress.lag = self._gauge.record(behind)
        if self.progress.lag == 0:
            self.progress.advanced()

    def _assignment(self) -> Sequence[Any]:
        consumer = self._app.consumer if self._app.started else None
        return [tp for tp in consumer.assignment() if tp.topic in SOURCES] if consumer else []


def _messages(events: Sequence[Any]) -> list[Message]:
    return [Message(e.message.topic, e.message.partition, e.message.offset, e.message.value) for e in events]


async def _or_die(work: Awaitable[None]) -> None:
    """Only a cancellation leaves the agent; asyncio's own is none of the errors below."""
    try:
        await work
    except RetryableError as error:
        _die("dependency stayed away", error)
    except Exception as error:  # noqa: BLE001 - the process edge: Faust would drop the batch and go on
        _die("unexpected failure", error)


def _die(what: str, error: Exception) -> None:
    """End the process without a word to Faust: nothing is acknowledged, the next process reads it again."""
    log.critical(what, error=repr(error), exc_info=error)
    os._exit(EXIT_FATAL)
