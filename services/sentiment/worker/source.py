"""social.comments as batches, and the offsets of what is done with."""

import asyncio
import math
import time
from collections.abc import Iterable, Mapping, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from pantau.contracts import topics
from pantau.runtime import metrics
from pantau.runtime.dead_letters import Origin
from pantau.runtime.errors import FatalError, RetryableError
from pantau.runtime.kafka.consumer import consumer, start_consumer, stop_consumer
from services.sentiment.worker.batching import Arrival, Batch, Limits, gather

log = structlog.get_logger(__name__)

COMMIT_SECONDS = 10.0
ANSWER_SECONDS = 5.0
# getmany also waits for a rebalance to end, whatever time it was given.
REBALANCE_SECONDS = 30.0


class CommentSource:
    """One member of the consumer group. Call `next_batch` from one task and `commit` from one task."""

    def __init__(self, bootstrap_servers: str, group: str, instance: str | None, limits: Limits) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._group = group
        self._instance = instance
        self._limits = limits
        self._reader: AIOKafkaConsumer | None = None
        self._assigned: frozenset[int] | None = None
        self._open: dict[int, int] = {}  # partition: first offset handed out and not committed
        self._handed: dict[int, int] = {}  # partition: offset behind the last one handed out
        self._owed: dict[int, int] = {}  # partition: offset whose commit did not get through yet

    async def start(self) -> None:
        """Join the group. Raises RetryableError while the broker is away; may be called again then."""
        reader = consumer(
            bootstrap_servers=self._bootstrap_servers, group=self._group, instance=self._instance
        )
        reader.subscribe([topics.COMMENTS], listener=_Listener(self))
        self._reader = reader  # before it has started, so that stop() finds it in any case
        await start_consumer(reader)

    async def stop(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            await stop_consumer(reader)

    async def next_batch(self) -> Batch:
        """Raises RetryableError, without loss, and FatalError."""
        return await gather(self._poll, self._limits, time.monotonic)

    async def commit(self, offsets: Mapping[int, int]) -> bool:
        """Commit these offsets and those still owed; True when something was committed.

        A commit that fails is only logged: what it covered will be read and published again.
        """
        self._owed |= offsets
        if self._assigned is None:
            return False
        self._owed = {p: offset for p, offset in self._owed.items() if p in self._assigned}
        owed = dict(self._owed)
        if not owed:
            return False
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await self._started().commit({_partition(p): offset for p, offset in owed.items()})
        except (CommitFailedError, IllegalStateError) as error:
            log.warning("commit refused, the partitions' next owner replays", error=repr(error))
            self._owed.clear()
            return False
        except (KafkaError, TimeoutError) as error:
            log.warning("commit postponed", error=repr(error))
            return False
        self._settle(owed)
        return True

    async def lag(self) -> dict[int, int] | None:
        """Records behind the last committed one, by partition; None while partitions are handed around.

        Raises RetryableError when the broker does not say where the partitions end.
        """
        reader, assigned = self._started(), self._assigned
        if assigned is None:
            return None
        partitions = [_partition(p) for p in sorted(assigned)]
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                # Asked anew, because high-water marks stand still when the fetcher does (faust #629).
                ends = await reader.end_offsets(partitions) if partitions else {}
                positions = {tp: await reader.position(tp) for tp in partitions}
        except IllegalStateError:
            return None  # revoked while we asked
        except (KafkaError, TimeoutError) as error:
            raise RetryableError(f"Kafka does not say where its partitions end: {error!r}") from error
        return {
            tp.partition: max(0, ends[tp] - self._open.get(tp.partition, positions[tp])) for tp in partitions
        }

    async def _poll(self, seconds: float, most: int) -> Sequence[Arrival]:
        try:
            # Cancelled by this limit, getmany has not yet taken anything from its buffer.
            async with asyncio.timeout(seconds + REBALANCE_SECONDS):
                found = await self._started().getmany(timeout_ms=math.ceil(seconds * 1000), max_records=most)
        except TimeoutError:
            return []
        except KafkaError as error:
            if error.retriable:
                raise RetryableError(f"fetching failed: {error!r}") from error
            raise FatalError(f"fetching failed for good: {error!r}") from error
        for tp, records in found.items():
            self._open.setdefault(tp.partition, records[0].offset)
            self._handed[tp.partition] = records[-1].offset + 1
        return [
            Arrival(Origin(record.topic, record.partition, record.offset), record.value or b"")
            for records in found.values()
            for record in records
        ]

    def _settle(self, committed: Mapping[int, int]) -> None:
        for partition, offset in committed.items():
            if self._owed.get(partition) == offset:
                del self._owed[partition]
            if self._handed.get(partition) == offset:
                self._open.pop(partition, None)
            elif partition in self._open:
                self._open[partition] = offset
        metrics.LAST_COMMIT.labels("sentiment").set_to_current_time()

    def _started(self) -> AIOKafkaConsumer:
        if self._reader is None:
            raise FatalError("the consumer was not started")
        return self._reader

    def revoked(self) -> None:
        """Whoever gets a partition next starts from its last commit, so nothing is owed here any more."""
        self._assigned = None
        self._open.clear()
        self._handed.clear()
        self._owed.clear()

    def assigned(self, partitions: Iterable[int]) -> None:
        self._assigned = frozenset(partitions)
        metrics.REBALANCES.labels("sentiment").inc()
        metrics.ASSIGNED_PARTITIONS.labels("sentiment").set(len(self._assigned))
        log.info("partitions assigned", partitions=sorted(self._assigned))


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka is untyped
    """Only takes notes: waiting inside a rebalance listener can deadlock (aiokafka's docs/consumer.rst)."""

    def __init__(self, source: CommentSource) -> None:
        self._source = source

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:  # noqa: ARG002 - given
        self._source.revoked()

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._source.assigned(tp.partition for tp in assigned)


def _partition(number: int) -> TopicPartition:
    return TopicPartition(topics.COMMENTS, number)
