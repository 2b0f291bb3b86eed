"""The sentiment service as a process, and both of its topics.

Run as a program (`python -m tests.support.sentiment_service`) it is the unchanged service around a model
that only counts letters, takes as long as the test wants (FAKE_SECONDS_PER_COMMENT), and fails on texts with
a word of FAKE_FAILS_ON.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.local import ports, processes
from deploy.local.places import ROOT
from pantau.contracts import topics
from pantau.contracts.codec import decode_labelled, encode
from pantau.contracts.events import CommentObserved, DeadLetter, LabelledComment
from services.sentiment.__main__ import main
from tests.support.sentiment_fakes import FakePrediction, WordLabeller

REAL = "services.sentiment"
SLOW = "tests.support.sentiment_service"
PATIENCE_SECONDS = 90


class SlowLabeller(WordLabeller):
    def label(self, texts: Sequence[str]) -> list[FakePrediction]:
        time.sleep(len(texts) * float(os.environ["FAKE_SECONDS_PER_COMMENT"]))
        if any(word in text for text in texts for word in os.environ.get("FAKE_FAILS_ON", "").split()):
            raise ValueError("the model knows no such text")
        return super().label(texts)


@dataclass(slots=True)
class Service:
    """One process after another with the same settings."""

    bootstrap: str
    log: Path
    module: str = SLOW
    seconds_per_comment: float = 0.0
    settings: dict[str, str] = field(default_factory=dict)
    group: str = field(default_factory=lambda: f"sentiment-{uuid4().hex}")
    process: "subprocess.Popen[bytes] | None" = None
    metrics_port: int = 0

    def start(self) -> None:
        self.metrics_port = ports.choose(0)
        environment = os.environ | {
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "METRICS_HOST": "127.0.0.1",
            "METRICS_PORT": str(self.metrics_port),
            "SENTIMENT_GROUP": self.group,
            "FAKE_SECONDS_PER_COMMENT": str(self.seconds_per_comment),
            **self.settings,
        }
        command = [sys.executable, "-m", self.module]
        with self.log.open("ab") as output:
            self.process = processes.start(command, folder=ROOT, output=output, environment=environment)

    @property
    def running(self) -> "subprocess.Popen[bytes]":
        assert self.process is not None
        return self.process

    async def get(self, path: str) -> str:
        """The text of an operations page; empty while nobody answers."""
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                return (await client.get(f"http://127.0.0.1:{self.metrics_port}{path}")).text
        except httpx.TransportError:
            return ""

    async def ready(self) -> None:
        await self.page_says("/readyz", "ready\n")

    async def page_says(self, path: str, text: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while text not in await self.get(path):
                assert self.running.poll() is None, self.output()
                await asyncio.sleep(0.05)

    async def exit_status(self) -> int:
        return await asyncio.to_thread(self.running.wait, PATIENCE_SECONDS)

    async def stop(self) -> int:
        self.running.terminate()
        return await self.exit_status()

    async def kill(self) -> None:
        self.running.kill()
        await self.exit_status()

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]


@contextmanager
def service(
    bootstrap: str, folder: Path, *, module: str = SLOW, seconds_per_comment: float = 0.0, **settings: str
) -> Iterator[Service]:
    """Not started yet; killed at the end if it still runs."""
    log = folder / f"sentiment-{uuid4().hex[:8]}.log"
    each = Service(bootstrap, log, module, seconds_per_comment, settings)
    try:
        yield each
    finally:
        if each.process is not None:
            processes.stop(each.process, grace_seconds=0)


async def produce(bootstrap: str, records: Sequence[CommentObserved | tuple[bytes, bytes | None]]) -> None:
    """Comments under their account's key; (key, value) as they are."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", linger_ms=5)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await producer.start()
        try:
            pending = []
            for record in records:
                key, value = (
                    record if isinstance(record, tuple) else (record.account_id.encode(), encode(record))
                )
                pending.append(await producer.send(topics.COMMENTS, value, key=key))
            await asyncio.gather(*pending)
        finally:
            await producer.stop()


@dataclass(slots=True)
class Messages:
    """Everything that a topic has brought so far."""

    consumer: AIOKafkaConsumer
    keys: list[bytes] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)

    async def read(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for records in (await self.consumer.getmany(timeout_ms=200)).values():
                self.keys += [record.key for record in records]
                self.values += [record.value for record in records]

    def comments(self) -> list[LabelledComment]:
        decoded = [decode_labelled(value) for value in self.values]
        assert not [bad for _, bads in decoded for bad in bads]
        return [comment for good, _ in decoded for comment in good]

    def ids(self) -> list[str]:
        return [comment.comment_id for comment in self.comments()]

    def letters(self) -> list[DeadLetter]:
        return [DeadLetter.model_validate_json(value) for value in self.values]

    async def have_ids(self, wanted: set[str]) -> None:
        """Read on until every wanted comment has come at least once."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not wanted <= set(self.ids()):
                await self.read()

    async def have(self, comments: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.ids()) < comments:
                await self.read()


@asynccontextmanager
async def reading(bootstrap: str, topic: str) -> AsyncIterator[Messages]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await asyncio.wait_for(consumer.start(), PATIENCE_SECONDS)
    try:
        yield Messages(consumer)
    finally:
        await asyncio.wait_for(consumer.stop(), PATIENCE_SECONDS)


async def uncommitted(bootstrap: str, group: str) -> int:
    """Records of social.comments behind the group's committed offsets."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await consumer.start()
        try:
            partitions = [TopicPartition(topics.COMMENTS, number) for number in range(8)]
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            return sum([ends[tp] - (await consumer.committed(tp) or 0) for tp in partitions])
        finally:
            await consumer.stop()


if __name__ == "__main__":
    sys.exit(main(lambda _folder, _threads: SlowLabeller()))
