"""Kafka comes late, goes away and comes back under a running api."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.kafka.topics import create_missing, read_topics
from deploy.local import ports, processes
from deploy.local.kafka import Broker, broker_jars
from deploy.local.places import ROOT
from pantau.runtime.clock import utc_now
from services.api.stream.hub import Subscription
from tests.conftest import wait_until_listening
from tests.support.api import change, publish, running_api


@dataclass
class OwnBroker:
    """A broker of the test's own, which it may stop and start."""

    folder: Path
    broker: Broker
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = self.folder / "broker.log"
        with log.open("ab") as output:
            self.process = processes.start(self.broker.command(), folder=ROOT, output=output)
        wait_until_listening(self.process, self.port, log)

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, grace_seconds=0)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[OwnBroker]:
    port, controller = ports.choose_all({"broker": 0, "controller": 0}).values()
    own = Broker(tmp_path, port, controller, broker_jars())
    own.prepare()
    started = OwnBroker(tmp_path, own, port)
    yield started
    started.stop()


async def test_the_feed_waits_for_kafka_and_survives_its_absence(
    clickhouse_database_url: str, broker: OwnBroker
) -> None:
    address = f"127.0.0.1:{broker.port}"
    async with running_api(clickhouse_database_url, address, clock=utc_now) as api:
        heard = api.hub.join()
        await asyncio.to_thread(broker.start)
        await create_missing(address, read_topics())
        await api.until("ready\n")
        await publish(address, change("dinkes", 1.0))
        assert await scores(heard) == [1.0]

        broker.stop()
        await api.until("waiting for kafka")
        await asyncio.to_thread(broker.start)
        await api.until("ready\n")
        await publish(address, change("dinkes", 2.0))
        assert await scores(heard) == [2.0]
        api.hub.leave(heard)


async def scores(heard: Subscription) -> list[float]:
    """The scores that are told next, all at once."""
    async with asyncio.timeout(30):
        while True:
            frames = [frame.content for frame in await heard.take(1) if frame.computed_at]
            if frames:
                data = [frame.partition(b"data: ")[2].partition(b"\n")[0] for frame in frames]
                return [json.loads(text)["score"] for text in data]
