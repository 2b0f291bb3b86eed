"""One more scorer in the group of the stack's own, started again whenever it ended."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx

from deploy.local import ports, processes
from deploy.local.places import ROOT

READY_SECONDS = 120


class SecondScorer:
    def __init__(self, log: Path) -> None:
        self.port = ports.choose(0)
        self._log = log
        self._about: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def ensure(self, about: dict[str, str]) -> None:
        """It runs and talks to the stack as that is now, which may have other ports after a restart."""
        if about != self._about:
            self.kill()
        self._about = about
        if self._process is None or self._process.poll() is not None:
            with self._log.open("ab") as output:
                self._process = processes.start(
                    [sys.executable, "-m", "services.scoring"],
                    folder=ROOT,
                    output=output,
                    environment=os.environ
                    | {
                        "KAFKA_BOOTSTRAP_SERVERS": about["kafka"],
                        "CLICKHOUSE_URL": about["clickhouse_url"],
                        "METRICS_HOST": "127.0.0.1",
                        "METRICS_PORT": str(self.port),
                    },
                )
        self._until_ready()

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _until_ready(self) -> None:
        started = time.monotonic()
        while not self._answers():
            assert time.monotonic() - started < READY_SECONDS, f"the second scorer is not ready; {self._log}"
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False
