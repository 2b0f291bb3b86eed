import asyncio
import uuid
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from deploy.kafka.__main__ import main
from deploy.kafka.topics import create_missing, read_topics
from deploy.local.kafka import Broker, broker_jars
from pantau.contracts.topics import COMMENTS


async def test_a_message_comes_back_as_it_was_sent(topics: str) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=topics, enable_idempotence=True, acks="all", compression_type="lz4"
    )
    consumer = AIOKafkaConsumer(
        COMMENTS, bootstrap_servers=topics, group_id="test", auto_offset_reset="earliest"
    )
    async with asyncio.timeout(60):
        await producer.start()
        await consumer.start()
        try:
            await producer.send_and_wait(COMMENTS, "bagus sekali 👍".encode() * 100, key=b"akun-1")
            message = await consumer.getone()
        finally:
            await consumer.stop()
            await producer.stop()
    assert (message.key, message.value) == (b"akun-1", "bagus sekali 👍".encode() * 100)


async def test_topics_start_empty_in_every_test(topics: str) -> None:
    consumer = AIOKafkaConsumer(COMMENTS, bootstrap_servers=topics)
    async with asyncio.timeout(60):
        await consumer.start()
        try:
            ends = await consumer.end_offsets(consumer.assignment())
        finally:
            await consumer.stop()
    assert set(ends.values()) == {0}


async def test_broker_has_the_topics_of_the_file(topics: str) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=topics)
    async with asyncio.timeout(60):
        await client.start()
        try:
            described = await client.describe_topics([topic.name for topic in read_topics()])
        finally:
            await client.close()
    assert {each["topic"]: len(each["partitions"]) for each in described} == {
        topic.name: topic.partitions for topic in read_topics()
    }


async def test_existing_topics_are_left_alone(topics: str) -> None:
    assert await create_missing(topics, read_topics()) == []


def test_command_tells_what_it_created(
    kafka_bootstrap: str, topics: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(bootstrap=kafka_bootstrap)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"exists  {topic.name}" for topic in read_topics()]


def test_storage_is_formatted_also_where_its_id_begins_with_a_dash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(bytes=b"\xf8" * 16))
    broker = Broker(tmp_path, 1, 2, broker_jars())
    broker.prepare()
    assert "cluster.id=-Pj4" in (broker.data / "meta.properties").read_text()
