"""The ingest service as a process of its own, for tests that want the real thing."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer

from deploy.local import ports
from tests.support.processes import Service

KEY = "a-key-for-tests-only"
PSEUDONYM_KEY = "a-pseudonym-key-for-tests-only-32+"
START_SECONDS = 60
COMMENT: dict[str, Any] = {
    "type": "comment.observed",
    "account_id": "dinkes",
    "platform": "instagram",
    "comment_id": "1",
    "author_id": "42",
    "text": "mantap @budi",
    "created_at": "2026-11-20T02:40:11Z",
}


class Ingest(Service):
    def __init__(self, bootstrap: str, folder: Path, settings: dict[str, str]) -> None:
        port = ports.choose(0)
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
            "INGEST_HOST": "127.0.0.1",
            "INGEST_PORT": str(port),
            "INGEST_API_KEYS": KEY,
            "INGEST_PSEUDONYM_KEY": PSEUDONYM_KEY,
        }
        super().__init__("ingest", environment | settings, folder / f"ingest-{port}.log")
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.operations = f"http://127.0.0.1:{self.ops_port}"

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {KEY}"}, timeout=60)

    def wait_until(self, readiness: str) -> None:
        """Until /readyz says so, word for word."""
        deadline = time.monotonic() + START_SECONDS
        while self.readiness() != readiness:
            assert self.process.poll() is None, f"ingest ended:\n{self.tail()}"
            assert time.monotonic() < deadline, f"ingest is not {readiness!r}:\n{self.tail()}"
            time.sleep(0.05)

    def readiness(self) -> str:
        try:
            return httpx.get(f"{self.operations}/readyz", timeout=10).text.strip()
        except httpx.TransportError:
            return "does not answer"


@contextmanager
def running(bootstrap: str, folder: Path, *, awaited: str = "ready", **settings: str) -> Iterator[Ingest]:
    """Started and, unless told otherwise, ready; killed afterwards if it still runs."""
    ingest = Ingest(bootstrap, folder, settings)
    ingest.start()
    try:
        ingest.wait_until(awaited)
        until(lambda: ports.is_listening(ingest.port))  # the operations server is there first
        yield ingest
    finally:
        ingest.stop()


def stored(bootstrap: str, topic: str) -> list[tuple[bytes, bytes]]:
    """Key and value of everything on the topic, partition by partition."""

    async def read() -> list[tuple[bytes, bytes]]:
        reader = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
        found: list[tuple[bytes, bytes]] = []
        async with asyncio.timeout(60):
            await reader.start()
            try:
                ends = await reader.end_offsets(reader.assignment())
                while len(found) < sum(ends.values()):
                    for messages in (await reader.getmany(timeout_ms=1000)).values():
                        found += [(message.key, message.value) for message in messages]
            finally:
                await reader.stop()
        return found

    return asyncio.run(read())


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
