"""ClickHouse goes away and comes back under a running api."""

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.clickhouse.migrate import migrate
from deploy.local import ports, processes
from deploy.local.clickhouse.launch import command
from deploy.local.places import MIGRATIONS, ROOT
from pantau.score.windows import Window
from services.api.scores.service import TTL_SECONDS, Boards
from tests.support import api as support
from tests.support.api import NOW, Api, running_api, store

READING = (
    *("/v1/scores", "/v1/scores?month=2026-11", "/v1/accounts", "/v1/accounts/dinkes", "/v1/comments"),
    *("/v1/accounts/dinkes/explain", "/v1/accounts/dinkes/metrics?month=2026-11"),
)
ALL = (*READING, "/v1/pulse", "/v1/status")


@dataclass
class Engine:
    """An engine of the test's own, which it may stop and start."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://default@127.0.0.1:{self.port}/pantau"

    def start(self) -> None:
        with (self.folder / "engine.log").open("ab") as output:
            self.process = processes.start(
                command(self.folder / "data", self.port), folder=ROOT, output=output
            )

    async def listening(self) -> None:
        async with asyncio.timeout(60):
            while not ports.is_listening(self.port):  # noqa: ASYNC110 - a port tells nobody
                await asyncio.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, grace_seconds=0)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(tmp_path, ports.choose(0))
    yield engine
    engine.stop()


async def answers(api: Api) -> dict[str, httpx.Response]:
    return {path: await api.client.get(path) for path in ALL}


async def test_last_good_answers_outlive_clickhouse_and_are_renewed_after(engine: Engine) -> None:
    engine.start()
    await engine.listening()
    await migrate(engine.url, MIGRATIONS)
    await store(engine.url, "accounts", [support.account("dinkes")])
    month = support.score("dinkes", 30.0, 1, window="month", period="2026-11")
    await store(engine.url, "scores", [support.score("dinkes", 40.0, 1), month])
    async with running_api(engine.url) as api:
        good = await answers(api)
        assert {answer.status_code for answer in good.values()} == {200}
        assert not any("age" in answer.headers for answer in good.values())

        engine.stop()
        await api.until("waiting for clickhouse, kafka")
        await asyncio.sleep(1)  # past the moment that any answer is kept for anyway
        old = await answers(api)
        for path, answer in old.items():
            assert answer.status_code == 200, path
            assert int(answer.headers["age"]) >= 1
            stale_since = answer.json()["stale_since"]
            assert stale_since.startswith("2026-11-21T12:0")
            assert unchanging(answer) == unchanging(good[path])
        await check_never_read(api)

        engine.start()
        await engine.listening()
        await api.until("waiting for kafka")
        await store(engine.url, "scores", [support.score("dinkes", 50.0, 1, version=2)])
        renewed = await api.client.get("/v1/scores")
        assert renewed.json()["scores"][0]["score"] == 50.0
        assert renewed.json()["stale_since"] is None
        assert "age" not in renewed.headers


def unchanging(answer: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name not in ("stale_since", "now")}


async def check_never_read(api: Api) -> None:
    answer = await api.client.get("/v1/scores", params={"window": "7d", "at": NOW.isoformat()})
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert int(answer.headers["retry-after"]) > 0
    assert (await api.client.get("/v1/accounts/tidak-ada")).status_code == 404  # that much is known


async def test_service_starts_before_clickhouse_and_before_its_tables(engine: Engine) -> None:
    async with running_api(engine.url, wait_for=None) as api:
        assert (await api.client.get("/healthz")).text == "ok\n"
        ready = await api.client.get("/readyz")
        assert (ready.status_code, ready.json()["detail"]) == (503, "waiting for clickhouse, kafka")
        assert {answer.status_code for answer in (await answers(api)).values()} == {503}

        engine.start()
        await engine.listening()
        await asyncio.sleep(2)
        assert "clickhouse" in (await api.client.get("/readyz")).text  # there, but without tables
        await migrate(engine.url, MIGRATIONS)
        await api.until("waiting for kafka")
        assert (await api.get("/v1/scores"))["scores"] == []


async def test_clickhouse_that_hangs_is_away(engine: Engine) -> None:
    engine.start()
    await engine.listening()
    await migrate(engine.url, MIGRATIONS)
    await store(engine.url, "accounts", [support.account("dinkes")])
    async with running_api(engine.url) as api:
        assert (await api.get("/v1/scores"))["stale_since"] is None
        assert engine.process is not None
        engine.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(TTL_SECONDS)
        assert (await api.get("/v1/scores"))["stale_since"] is not None
        await api.until("waiting for clickhouse, kafka")
        engine.process.send_signal(signal.SIGCONT)
        await api.until("waiting for kafka")
        assert (await api.get("/v1/scores"))["stale_since"] is None


async def test_many_readers_cost_one_query(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    await store(url, "accounts", [support.account("dinkes")])
    async with running_api(url) as api:
        asked = 0
        boards = api.dependencies.service(Boards)
        ask = boards._live

        async def counted(window: Window) -> object:
            nonlocal asked
            asked += 1
            return await ask(window)

        boards._live = counted  # type: ignore[method-assign,assignment]
        found = await asyncio.gather(*(api.get("/v1/scores") for _ in range(100)))
    assert len({str(body) for body in found}) == asked
    assert asked < 10  # as many as half seconds passed
