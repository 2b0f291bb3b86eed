"""Consumer lag, as the broker knows it: a stalled fetcher does not know its own."""

import asyncio
from collections.abc import Iterable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from pantau.runtime import metrics
from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.consumer import consumer, start_consumer, stop_consumer

ANSWER_SECONDS = 5.0

Behind = Mapping[tuple[str, int], int]  # messages, by topic and partition


class LagGauge:
    """The process's lag in Prometheus: of the partitions that were measured last, and of no others."""

    def __init__(self) -> None:
        self._shown: set[tuple[str, int]] = set()

    def record(self, behind: Behind) -> int:
        """Returns the sum."""
        for topic, partition in self._shown - behind.keys():  # another process's now
            metrics.CONSUMER_LAG.remove(topic, str(partition))
        self._shown = set(behind)
        for (topic, partition), messages in behind.items():
            metrics.CONSUMER_LAG.labels(topic, str(partition)).set(messages)
        return sum(behind.values())


class GroupLag:
    """Reads committed and end offsets of a group without joining it."""

    def __init__(self, bootstrap_servers: str, group: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._group = group
        self._reader: AIOKafkaConsumer | None = None

    async def start(self) -> None:
        """Raises RetryableError while the broker is away."""
        reader = consumer(bootstrap_servers=self._bootstrap_servers, group=self._group)
        await start_consumer(reader)
        self._reader = reader

    async def stop(self) -> None:
        if self._reader is not None:
            await stop_consumer(self._reader)

    async def total(self, topics: Iterable[str]) -> int:
        """Messages of all partitions of the topics behind the committed offsets. Raises RetryableError."""
        if self._reader is None:
            raise RetryableError("not started")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                # partitions_for_topic() knows only what the consumer reads, and this one reads nothing.
                cluster = await self._reader._client.fetch_all_metadata()  # noqa: SLF001
        except (KafkaError, TimeoutError) as error:
            raise RetryableError(f"Kafka does not tell its topics: {error!r}") from error
        asked = [(topic, number) for topic in topics for number in cluster.partitions_for_topic(topic) or ()]
        return sum((await self.measure(asked)).values())

    async def measure(self, partitions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
        """Messages behind the committed offset, by topic and partition.

        Raises RetryableError when the broker does not answer.
        """
        if self._reader is None:
            raise RetryableError("not started")
        asked = [TopicPartition(topic, partition) for topic, partition in partitions]
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                ends = await self._reader.end_offsets(asked) if asked else {}
                starts = await self._reader.beginning_offsets(asked) if asked else {}
                committed = {tp: await self._reader.committed(tp) for tp in asked}
        except (KafkaError, TimeoutError) as error:
            raise RetryableError(f"Kafka does not tell the group's lag: {error!r}") from error
        return {
            (tp.topic, tp.partition): max(0, ends[tp] - max(starts[tp], committed[tp] or 0)) for tp in asked
        }
