"""Publisher and consumer against a real broker, and against none."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from deploy.local import ports
from pantau.contracts import topics as names
from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.consumer import consumer, start_consumer, stop_consumer
from pantau.runtime.kafka.publisher import MAX_MESSAGE_BYTES, Publisher, Record

RECORDS = [Record(names.POSTS, f"account {n % 3}".encode(), f"event {n}".encode()) for n in range(20)]


@pytest.fixture
async def publisher(topics: str) -> AsyncIterator[Publisher]:
    started = Publisher(topics)
    yield started
    await started.stop()


async def read(bootstrap: str, topic: str, count: int) -> list[tuple[int, bytes | None, bytes | None]]:
    reader = consumer(topic, bootstrap_servers=bootstrap, group=None)
    await start_consumer(reader)
    found: list[tuple[int, bytes | None, bytes | None]] = []
    try:
        async with asyncio.timeout(30):
            while len(found) < count:
                for records in (await reader.getmany(timeout_ms=500)).values():
                    found += [(record.partition, record.key, record.value) for record in records]
    finally:
        await stop_consumer(reader)
    return found


async def test_what_was_acknowledged_can_be_read(publisher: Publisher, topics: str) -> None:
    await publisher.publish(RECORDS)
    found = await read(topics, names.POSTS, len(RECORDS))
    assert sorted(value or b"" for _, _, value in found) == sorted(record.value for record in RECORDS)


async def test_one_accounts_records_share_a_partition_and_their_order(
    publisher: Publisher, topics: str
) -> None:
    await publisher.publish(RECORDS)
    found = await read(topics, names.POSTS, len(RECORDS))
    for key in {record.key for record in RECORDS}:
        mine = [(partition, value) for partition, own, value in found if own == key]
        assert len({partition for partition, _ in mine}) == 1
        assert [value for _, value in mine] == [record.value for record in RECORDS if record.key == key]


async def test_nothing_to_publish_is_fine(publisher: Publisher) -> None:
    await publisher.publish([])


async def test_starting_together_makes_one_producer(topics: str) -> None:
    publisher = Publisher(topics)
    await asyncio.gather(*(publisher.start() for _ in range(5)))
    producer = publisher._producer
    await asyncio.gather(*(publisher.publish([record]) for record in RECORDS[:5]))
    assert publisher._producer is producer
    await publisher.stop()


async def test_stopped_publisher_may_start_again(publisher: Publisher, topics: str) -> None:
    await publisher.publish(RECORDS[:1])
    await publisher.stop()
    await publisher.stop()
    await publisher.publish(RECORDS[1:2])
    assert len(await read(topics, names.POSTS, 2)) == 2


async def test_record_that_is_too_large_is_refused_and_the_next_one_passes(
    publisher: Publisher, topics: str
) -> None:
    giant = Record(names.POSTS, b"a", b"x" * (MAX_MESSAGE_BYTES + 1))
    with pytest.raises(RetryableError, match="refused"):
        await publisher.publish([giant])
    await publisher.publish(RECORDS[:1])
    assert len(await read(topics, names.POSTS, 1)) == 1


async def test_topic_that_does_not_exist_ends_within_the_limit(topics: str) -> None:
    publisher = Publisher(topics, timeout_seconds=2)
    async with asyncio.timeout(30):
        with pytest.raises(RetryableError):
            await publisher.publish([Record("social.typo", b"a", b"b")])
        await publisher.stop()


async def test_broker_that_is_away_ends_within_the_limit() -> None:
    publisher = Publisher(f"127.0.0.1:{ports.choose(0)}", timeout_seconds=1)
    async with asyncio.timeout(30):
        for _ in range(2):
            with pytest.raises(RetryableError, match="does not answer"):
                await publisher.publish(RECORDS)
        await publisher.stop()


async def test_broker_that_accepts_and_says_nothing_ends_within_the_limit() -> None:
    """A connection that hangs is worse than one that is refused: only the limit ends it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        publisher = Publisher(f"127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=1)
        async with asyncio.timeout(30):
            with pytest.raises(RetryableError, match="does not answer"):
                await publisher.publish(RECORDS)
            await publisher.stop()


async def test_consumer_of_a_broker_that_is_away_ends_within_the_limit() -> None:
    reader = consumer(names.POSTS, bootstrap_servers=f"127.0.0.1:{ports.choose(0)}", group="g")
    async with asyncio.timeout(30):
        with pytest.raises(RetryableError, match="does not answer"):
            await start_consumer(reader, timeout_seconds=2)


async def test_consumer_commits_only_what_it_is_told_to(publisher: Publisher, topics: str) -> None:
    await publisher.publish([Record(names.POSTS, b"a", b"1"), Record(names.POSTS, b"a", b"2")])
    first = await batch_of(topics)
    second = await batch_of(topics, commit=True)
    assert first == second == [b"1", b"2"]
    await publisher.publish([Record(names.POSTS, b"a", b"3")])
    assert await batch_of(topics) == [b"3"]


async def batch_of(bootstrap: str, *, commit: bool = False) -> list[bytes | None]:
    reader = consumer(names.POSTS, bootstrap_servers=bootstrap, group="bakers")
    await start_consumer(reader)
    try:
        async with asyncio.timeout(30):
            while not (batches := await reader.getmany(timeout_ms=500)):
                pass
            ((partition, records),) = batches.items()
            if commit:
                await reader.commit(
                    {TopicPartition(names.POSTS, partition.partition): records[-1].offset + 1}
                )
    finally:
        await stop_consumer(reader)
    return [record.value for record in records]


async def test_any_error_of_kafka_is_retryable_to_the_caller(topics: str) -> None:
    """An idempotent producer that lost its sequence is replaced, not kept (aiokafka #1017)."""

    class Broken:
        client = None

        async def send(self, *_: object, **__: object) -> None:
            raise KafkaError("out of sequence")

        async def stop(self) -> None:
            pass

    publisher = Publisher(topics)
    publisher._producer = Broken()
    with pytest.raises(RetryableError, match="out of sequence"):
        await publisher.publish(RECORDS[:1])
    await publisher.publish(RECORDS[:1])
    assert len(await read(topics, names.POSTS, 1)) == 1
    await publisher.stop()
