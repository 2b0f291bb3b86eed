"""Services as the real processes that they are in production, for tests that kill them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from deploy.local import ports, processes
from deploy.local.clickhouse.launch import command as clickhouse_command

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60


class Service:
    """One `python -m services.NAME`, restartable, killed with the test."""

    def __init__(self, name: str, environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        self.ops_port = ports.choose(0)
        self.environment = {
            **os.environ,
            **environment,
            "METRICS_HOST": "127.0.0.1",
            "METRICS_PORT": str(self.ops_port),
            "LOG_FORMAT": "console",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self._process = processes.start(
                [sys.executable, "-W", "error::RuntimeWarning", "-m", f"services.{self.name}"],
                folder=ROOT,
                output=output,
                environment=self.environment,
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            assert self.process.poll() is None, f"{self.name} ended:\n{self.tail()}"
            assert time.monotonic() < deadline, f"{self.name} is not ready:\n{self.tail()}"
            time.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL: no goodbye, no flush."""
        self.process.kill()
        self.process.wait()

    def terminate(self, seconds: float = 30) -> int:
        """SIGTERM and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def metrics(self) -> str:
        return httpx.get(f"http://127.0.0.1:{self.ops_port}/metrics", timeout=5).text

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.ops_port}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


class Engine:
    """A ClickHouse engine of the test's own, to be killed and started again with its data."""

    def __init__(self, folder: Path) -> None:
        self._port = ports.choose(0)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://default@127.0.0.1:{self._port}"

    def start(self) -> None:
        with (self._folder / "engine.log").open("ab") as output:
            self._process = processes.start(
                clickhouse_command(self._folder / "data", self._port), folder=ROOT, output=output
            )
        deadline = time.monotonic() + READY_SECONDS
        while not ports.is_listening(self._port):
            assert time.monotonic() < deadline, "the engine did not start"
            time.sleep(0.05)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextmanager
def service(name: str, environment: dict[str, str], folder: Path) -> Iterator[Service]:
    """A started service, ready; killed at the end."""
    one = Service(name, environment, folder / f"{name}.log")
    one.start()
    try:
        one.wait_until_ready()
        yield one
    finally:
        one.stop()
