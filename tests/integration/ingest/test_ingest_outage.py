"""A broker that comes late, dies and returns; ingest never hangs and never claims what it did not do."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.kafka.topics import create_missing, read_topics
from deploy.local import ports, processes
from deploy.local.kafka import Broker, broker_jars
from deploy.local.places import ROOT
from pantau.contracts import topics as names
from pantau.contracts.codec import decode_comment
from tests.conftest import wait_until_listening
from tests.support.ingest_process import COMMENT, running, stored, until


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    port, controller_port = ports.choose_all({"broker": 0, "controller": 0}).values()
    broker = Broker(tmp_path / "kafka", port, controller_port, broker_jars())
    broker.prepare()
    return broker


@contextmanager
def up(broker: Broker) -> Iterator[None]:
    """Killed, not stopped, at the end."""
    log = broker.folder / "broker.log"
    with log.open("ab") as output:
        process = processes.start(broker.command(), folder=ROOT, output=output)
        try:
            wait_until_listening(process, broker.port, log)
            yield
        finally:
            processes.stop(process, grace_seconds=0)


def comment(number: int) -> dict[str, Any]:
    return COMMENT | {"comment_id": str(number)}


def test_late_lost_and_back(broker: Broker, tmp_path: Path) -> None:
    address = f"127.0.0.1:{broker.port}"
    nothing = "waiting for accounts, kafka"
    with (
        running(address, tmp_path, awaited=nothing, INGEST_PUBLISH_TIMEOUT_SECONDS="2") as ingest,
        ingest.client() as client,
    ):
        early = client.post("/v1/events", json=comment(0))
        assert (early.status_code, early.headers["retry-after"]) == (503, "5")
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        with up(broker):
            asyncio.run(create_missing(address, read_topics()))
            ingest.wait_until("ready")
            assert client.get("/readyz").status_code == 200
            assert client.post("/v1/events", json=comment(1)).status_code == 202
        lost = client.post("/v1/events", json=comment(2))
        assert (lost.status_code, lost.headers["retry-after"]) == (503, "5")
        assert lost.headers["content-type"] == "application/problem+json"
        assert client.post("/v1/accounts", json={"account_id": "x", "name": "X"}).status_code == 503
        ingest.wait_until("waiting for kafka")
        with up(broker):
            until(lambda: client.post("/v1/events", json=comment(3)).status_code == 202)
            ingest.wait_until("ready")
            assert ingest.terminate() == 0
            assert "never retrieved" not in ingest.log.read_text()
            kept = {decode_comment(value).comment_id for _, value in stored(address, names.COMMENTS)}
            assert {"1", "3"} <= kept
