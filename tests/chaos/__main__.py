"""`make chaos`: the whole local stack, a replay at full speed, kill -9 in the middle, an audit at the end.

    make chaos ARGS="comments.jsonl.gz readings.csv.gz"
    make chaos ARGS="--scorers 2"

Without files it replays a generated history. The local runner starts a killed service again; one that was
killed too often ends it, and it is started on the same data, as an orchestrator would. A second scorer is no
part of the runner: it is killed and started by itself, and outlives the others.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import httpx
import psutil
import typer
from rich.console import Console

from deploy.kafka.topics import read_topics
from deploy.local.places import ROOT
from services.scoring.worker import SOURCES
from tests.chaos.history import generated
from tests.chaos.second import SecondScorer

console = Console()
START_SECONDS = 120
DRAIN_SECONDS = 600


class Stack:
    """The local runner on a data folder of its own."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self._runner: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds until everything was ready."""
        started = time.monotonic()
        command = [sys.executable, "-m", "deploy.local", "run", "--feed", "none", "--state", str(self.state)]
        self.state.mkdir(parents=True, exist_ok=True)
        with (self.state / "runner.log").open("ab") as log:
            self._runner = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        while not (self.state / "stack.json").exists():
            assert self._runner.poll() is None, f"the stack ended; see {self.state}/runner.log"
            assert time.monotonic() - started < START_SECONDS, "the stack did not start"
            time.sleep(0.2)
        return time.monotonic() - started

    def kill(self, service: str) -> str:
        """SIGKILL for one service; who started it again, once it is ready."""
        assert self._runner is not None
        back_before = self.times_back(service)
        victims = [
            child
            for child in psutil.Process(self._runner.pid).children(recursive=True)
            if child.cmdline()[-1:] == [f"services.{service}"]
        ]
        for victim in victims:
            victim.kill()
        assert victims, f"{service} does not run"
        deadline = time.monotonic() + START_SECONDS
        while self.times_back(service) == back_before:
            if self._runner.poll() is not None:
                self.start()
                return "the stack ended and was started again"
            assert time.monotonic() < deadline, f"{service} did not come back"
            time.sleep(0.2)
        return "started again by the runner"

    def times_back(self, service: str) -> int:
        log = (self.state / "runner.log").read_text(encoding="utf-8", errors="replace")
        return log.count(f"✓ {service} is back")

    def stop(self) -> None:
        if self._runner is not None and self._runner.poll() is None:
            self._runner.send_signal(signal.SIGINT)
            self._runner.wait(60)

    @property
    def about(self) -> dict[str, str]:
        about: dict[str, str] = json.loads((self.state / "stack.json").read_text(encoding="utf-8"))
        return about


def replay(stack: Stack, files: list[Path]) -> None:
    about = stack.about
    keys = {"INGEST_URL": about["ingest_url"], "INGEST_API_KEY": about["ingest_key"]}
    command = [sys.executable, "-m", "services.connectors.files", "--register", *map(str, files)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | keys, capture_output=True, text=True, check=False
    )
    console.print(done.stdout.strip().splitlines()[-1], f"(exit {done.returncode})")


def drain(stack: Stack, second: SecondScorer | None) -> float:
    """Seconds until nothing waits in Kafka any more."""
    started = time.monotonic()
    scorers = [ports(stack)["scoring"], *([second.port] if second else [])]
    while waiting([ports(stack)["sentiment"]]) or waiting(scorers) or unassigned(scorers):
        assert time.monotonic() - started < DRAIN_SECONDS, "the backlog does not drain"
        time.sleep(1)
    time.sleep(3)  # the scorer's next turn
    return time.monotonic() - started


def ports(stack: Stack) -> dict[str, int]:
    log = (stack.state / "runner.log").read_text(encoding="utf-8", errors="replace")
    found = re.findall(r"(sentiment|scoring)\s+http://127\.0\.0\.1:(\d+)/metrics", log)
    return {name: int(port) for name, port in found}  # of the last start


def waiting(processes: list[int]) -> float:
    lags = [lag for port in processes for *_, lag in lag_of(port)]
    return sum(map(float, lags)) if lags else 1.0


def unassigned(scorers: list[int]) -> bool:
    """Whether a partition belongs to none of them, as between a death and the rebalance."""
    taken = {(topic, partition) for port in scorers for partition, topic, _ in lag_of(port)}
    wanted = {(t.name, str(n)) for t in read_topics() if t.name in SOURCES for n in range(t.partitions)}
    return taken != wanted


def lag_of(port: int) -> list[tuple[str, str, str]]:
    """Partition, topic and waiting messages."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    return re.findall(
        r'^pantau_consumer_lag_messages\{partition="(\d+)",topic="([^"]+)"\} (\S+)$', text, re.MULTILINE
    )


def audit(stack: Stack) -> int:
    command: list[Any] = [sys.executable, "-m", "tests.audit", "--stack", stack.state / "stack.json"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main(
    files: Annotated[list[Path] | None, typer.Argument(help="Comments (JSONL) and readings (CSV)")] = None,
    kills: Annotated[int, typer.Option(help="How often something is killed")] = 4,
    seed: Annotated[int, typer.Option(help="Of the victims, the moments and the generated files")] = 1,
    scorers: Annotated[int, typer.Option(min=1, max=2, help="Members of the scoring group")] = 1,
) -> None:
    """Kill services while a replay is being worked through, then compare everything with the oracle."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="pantau-chaos-") as folder:
        stack = Stack(Path(folder) / "state")
        second = SecondScorer(Path(folder) / "second.log") if scorers == 2 else None
        try:
            console.print(f"ready in {stack.start():.1f} s")
            if second:
                second.ensure(stack.about)
            replay(stack, files or generated(Path(folder), seed))
            for _ in range(kills):
                time.sleep(dice.uniform(0.5, 6))
                strike(dice.choice(victims(second)), stack, second)
            console.print(f"drained in {drain(stack, second):.0f} s")
            sys.exit(audit(stack))
        finally:
            if second:
                second.kill()
            stack.stop()


def victims(second: SecondScorer | None) -> tuple[str, ...]:
    return ("sentiment", "scoring", "second scorer") if second else ("sentiment", "scoring")


def strike(victim: str, stack: Stack, second: SecondScorer | None) -> None:
    started = time.monotonic()
    if second and victim == "second scorer":
        second.kill()
        told = "killed"
    else:
        told = f"killed; {stack.kill(victim)}"
    if second:
        second.ensure(stack.about)
    console.print(f"{victim} {told}; ready again in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    typer.run(main)
