"""One way to run a service: how its work ends is how the process ends."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import httpx
import pytest

from deploy.local import ports
from pantau.runtime import service, stopping
from pantau.runtime.errors import EXIT_FATAL, ConfigurationError, RetryableError
from pantau.runtime.listening import listen
from pantau.runtime.ops import Readiness
from pantau.runtime.settings import EXIT_CONFIGURATION, ServiceSettings, metrics_port
from pantau.runtime.watchdog import Progress

Work = Callable[[asyncio.Event], Awaitable[None]]


class MillSettings(ServiceSettings):
    metrics_port: int = metrics_port(9198)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> MillSettings:
    monkeypatch.setattr(stopping, "_give_up", lambda: None)  # its timer would end the tests' own process
    return MillSettings(metrics_host="127.0.0.1", metrics_port=ports.choose(0))


def failing(error: Exception) -> Work:
    async def work(_: asyncio.Event) -> None:
        raise error

    return work


def test_asked_to_end_it_ends_with_0_and_its_probes_answered_until_then(settings: MillSettings) -> None:
    answers: list[int] = []

    async def work(stop: asyncio.Event) -> None:
        async with httpx.AsyncClient() as client:
            for path in ("healthz", "readyz", "metrics"):
                url = f"http://127.0.0.1:{settings.metrics_port}/{path}"
                answers.append((await client.get(url)).status_code)
        os.kill(os.getpid(), signal.SIGTERM)
        await stop.wait()

    assert service.run(settings, Readiness("kafka"), work, progress=Progress(), stall_seconds=60) == 0
    assert answers == [200, 503, 200]
    assert not ports.is_listening(settings.metrics_port)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RetryableError("Kafka does not answer"), "dependency stayed away"),
        (KeyError("a fault"), "the service cannot go on"),
    ],
)
def test_what_it_cannot_go_on_with_ends_it_with_70_and_is_told(
    settings: MillSettings, capsys: pytest.CaptureFixture[str], error: Exception, told: str
) -> None:
    assert service.run(settings, Readiness(), failing(error)) == EXIT_FATAL
    assert told in "".join(capsys.readouterr())
    assert not ports.is_listening(settings.metrics_port)


def test_what_the_configuration_asks_in_vain_ends_it_with_78_in_a_sentence(
    settings: MillSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        service.run(settings, Readiness(), failing(ConfigurationError("MILL_STONE: there is none")))
    assert ended.value.code == EXIT_CONFIGURATION
    assert capsys.readouterr().err.splitlines()[-1] == "  MILL_STONE: there is none"


def test_a_port_that_is_taken_ends_it_with_78(
    settings: MillSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    with listen("127.0.0.1", settings.metrics_port, "the test"), pytest.raises(SystemExit) as ended:
        service.run(settings, Readiness(), failing(KeyError("never reached")))
    assert ended.value.code == EXIT_CONFIGURATION
    assert "METRICS_HOST and METRICS_PORT" in capsys.readouterr().err
