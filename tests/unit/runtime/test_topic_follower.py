"""A follower of a topic goes on through outages, and ends when it is told to, whatever it is doing."""

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import KafkaConnectionError

from deploy.local import ports
from pantau.contracts import topics as names
from pantau.runtime.kafka import topic_follower
from pantau.runtime.kafka.publisher import Publisher, Record
from pantau.runtime.kafka.topic_follower import TopicFollower
from pantau.runtime.ops import Readiness


class Reader:
    """Takes notes of what a follower hands on."""

    def __init__(self, bootstrap: str, start: str) -> None:
        self.values: list[bytes | None] = []
        self.caught_up: list[int] = []
        self.readiness = Readiness("kafka")
        self.follower = TopicFollower(
            bootstrap,
            names.ACCOUNTS,
            self.readiness,
            self._take,
            start="earliest" if start == "earliest" else "latest",
            caught_up=self._note,
        )

    async def _take(self, records: Sequence[ConsumerRecord]) -> None:
        self.values += [record.value for record in records]

    async def _note(self) -> None:
        self.caught_up.append(len(self.values))

    async def until(self, values: list[bytes]) -> None:
        async with asyncio.timeout(60):
            while self.values != values or self.readiness.awaited:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.02)


async def ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=30)
    assert done, "it goes on although it was cancelled"
    assert task.cancelled()


async def test_from_the_earliest_it_is_caught_up_once_it_has_all(topics: str) -> None:
    publisher = Publisher(topics)
    await publisher.publish([Record(names.ACCOUNTS, b"a", b"1"), Record(names.ACCOUNTS, b"a", b"2")])
    reader = Reader(topics, "earliest")
    following = asyncio.create_task(reader.follower.run())
    await reader.until([b"1", b"2"])
    assert reader.caught_up == [2]
    await publisher.publish([Record(names.ACCOUNTS, b"a", b"3")])
    await reader.until([b"1", b"2", b"3"])
    assert reader.caught_up == [2]
    await publisher.stop()
    await ended(following)


async def test_from_the_latest_it_hands_on_what_comes(topics: str) -> None:
    publisher = Publisher(topics)
    await publisher.publish([Record(names.ACCOUNTS, b"a", b"before")])
    reader = Reader(topics, "latest")
    following = asyncio.create_task(reader.follower.run())
    await reader.until([])
    await publisher.publish([Record(names.ACCOUNTS, b"a", b"after")])
    await reader.until([b"after"])
    await publisher.stop()
    await ended(following)


@pytest.mark.parametrize("after", [0, 0.01, 0.1, 0.3, 0.5, 1])
async def test_while_the_broker_is_away_it_ends_when_told(after: float) -> None:
    reader = Reader(f"127.0.0.1:{ports.choose(0)}", "latest")
    following = asyncio.create_task(reader.follower.run())
    await asyncio.sleep(after)
    assert reader.readiness.awaited == ["kafka"]
    await ended(following)


async def test_a_cancellation_lost_in_a_failure_is_heard_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = asyncio.Event()

    async def start(_: AIOKafkaConsumer, __: float) -> None:
        started.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError as error:
            raise KafkaConnectionError from error

    monkeypatch.setattr(topic_follower, "start_consumer", start)
    following = asyncio.create_task(Reader("127.0.0.1:1", "latest").follower.run())
    await started.wait()
    await ended(following)
