"""The real parts for every test: one broker and one engine a session, fresh topics and tables a test."""

import asyncio
import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from deploy.kafka.topics import create_missing, delete_existing, read_topics
from deploy.local import chromium, ports, processes
from deploy.local.clickhouse.launch import command as clickhouse_command
from deploy.local.kafka import Broker, broker_jars
from deploy.local.places import ROOT
from tests.support.database_template import DatabaseTemplate
from tests.support.no_skips import pytest_sessionfinish, pytest_terminal_summary

__all__ = ["pytest_sessionfinish", "pytest_terminal_summary"]  # hooks, found by name

# How long an example takes says nothing of it on a machine that others share.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

START_SECONDS = 60
OWN_VARIABLES = (
    "INGEST_",
    "SENTIMENT_",
    "SCORING_",
    "API_",
    "JOBS_",
    "KAFKA_",
    "CLICKHOUSE_",
    "LOG_",
    "METRICS_",
)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`-k unit` is the quick round: nothing else is even read."""
    if config.option.keyword == "unit" and collection_path.parent == Path(__file__).parent:
        return collection_path.is_dir() and collection_path.name != "unit"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for processes and pages comes first, so that no worker ends with it alone."""
    waiting = {"browser": 0, "integration": 1}
    here = Path(__file__).parent
    items.sort(key=lambda item: waiting.get(item.path.relative_to(here).parts[0], len(waiting)))


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person at the keyboard reaches a test."""
    for name in list(os.environ):
        if name.startswith(OWN_VARIABLES):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def kafka_bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`host:port` of a real broker without topics; ask for `topics` to have those of topics.yml."""
    folder = tmp_path_factory.mktemp("kafka")
    port, controller_port = ports.choose_all({"broker": 0, "controller": 0}).values()
    broker = Broker(folder, port, controller_port, broker_jars())
    broker.prepare()
    log = folder / "broker.log"
    with log.open("wb") as output:
        process = processes.start(broker.command(), folder=ROOT, output=output)
        try:
            wait_until_listening(process, port, log)
            yield f"127.0.0.1:{port}"
        finally:
            processes.stop(process, grace_seconds=0)  # its data is thrown away anyway


@pytest.fixture
def topics(kafka_bootstrap: str) -> str:
    """The topics of topics.yml, empty: they are deleted and created anew for each test (0.15 s).

    Their names are those of pantau.contracts.topics, so unchanged services run against them, and the broker
    drops the consumer groups' offsets with the old topics. Returns the bootstrap address.
    """
    wanted = read_topics()

    async def renew() -> None:
        await delete_existing(kafka_bootstrap, [topic.name for topic in wanted])
        await create_missing(kafka_bootstrap, wanted)

    asyncio.run(renew())
    return kafka_bootstrap


@pytest.fixture(scope="session")
def clickhouse_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`http://default@host:port` of the real engine, without a database."""
    folder = tmp_path_factory.mktemp("clickhouse")
    port = ports.choose(0)
    log = folder / "engine.log"
    with log.open("wb") as output:
        process = processes.start(clickhouse_command(folder / "data", port), folder=ROOT, output=output)
        try:
            wait_until_listening(process, port, log)
            yield f"http://default@127.0.0.1:{port}"
        finally:
            processes.stop(process, grace_seconds=0)


@pytest.fixture(scope="session")
def database_template(clickhouse_url: str) -> Iterator[DatabaseTemplate]:
    template = DatabaseTemplate(clickhouse_url, f"template_{uuid.uuid4().hex}")
    yield template
    template.close()


@pytest.fixture
def clickhouse_database_url(clickhouse_url: str, database_template: DatabaseTemplate) -> Iterator[str]:
    """A CLICKHOUSE_URL with a fresh database, all migrations applied; the database is dropped afterwards."""
    database = f"test_{uuid.uuid4().hex}"
    database_template.copy(database)
    yield f"{clickhouse_url}/{database}"
    database_template.drop(database)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """For Playwright's `executable_path`; launch with `deploy.local.chromium.LAUNCH_ARGUMENTS`."""
    return str(chromium.prepare())


def wait_until_listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ports.is_listening(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(
                f"the part did not start; its log says: {log.read_text(errors='replace')[-2000:]}"
            )
        time.sleep(0.05)
