"""`python -m deploy.local run` as a person meets it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local.places import ROOT

START_SECONDS, STOP_SECONDS = 150, 60
ALL_PARTS = 6  # Kafka, ClickHouse and the four services
KILLED = {"scoring": "services.scoring", "clickhouse": "deploy.local.clickhouse", "kafka": "kafka.Kafka"}

pytestmark = pytest.mark.timeout(START_SECONDS + STOP_SECONDS)


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "deploy.local", "run", "--feed", "none", "--state", str(tmp_path)]
    with (tmp_path / "screen.txt").open("wb") as screen:
        process = subprocess.Popen(command, cwd=ROOT, stdout=screen, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def wait_until(condition: Callable[[], object], process: subprocess.Popen[bytes], state: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        assert process.poll() is None, screen_of(state)
        assert time.monotonic() < deadline, screen_of(state)
        time.sleep(0.1)


def screen_of(state: Path) -> str:
    return (state / "screen.txt").read_text(errors="replace")


def says(state: Path, words: str) -> Callable[[], bool]:
    return lambda: words in screen_of(state)


def children_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def test_stack_runs_and_stops_in_order(runner: subprocess.Popen[bytes], tmp_path: Path) -> None:
    wait_until((tmp_path / "stack.json").exists, runner, tmp_path)
    stack = json.loads((tmp_path / "stack.json").read_text())
    assert sorted(stack) == ["api_key", "api_url", "clickhouse_url", "ingest_key", "ingest_url", "kafka"]
    assert (tmp_path / "stack.json").stat().st_mode & 0o777 == 0o600
    assert httpx.get(f"{stack['api_url']}/wall", follow_redirects=True).status_code == httpx.codes.OK
    children = children_of(runner)
    assert len(children) >= ALL_PARTS
    runner.send_signal(signal.SIGTERM)
    assert runner.wait(STOP_SECONDS) == 0, screen_of(tmp_path)
    assert not (tmp_path / "stack.json").exists()
    assert psutil.wait_procs(children, timeout=STOP_SECONDS)[1] == []
    assert "Wall        http://127.0.0.1:" in screen_of(tmp_path)


def test_nothing_outlives_a_killed_runner(runner: subprocess.Popen[bytes], tmp_path: Path) -> None:
    wait_until(lambda: len(children_of(runner)) >= ALL_PARTS, runner, tmp_path)
    children = children_of(runner)
    runner.kill()
    runner.wait()
    assert psutil.wait_procs(children, timeout=STOP_SECONDS)[1] == []


def test_end_of_a_part_ends_the_rest_and_names_it(runner: subprocess.Popen[bytes], tmp_path: Path) -> None:
    wait_until(lambda: len(children_of(runner)) >= ALL_PARTS, runner, tmp_path)
    children = children_of(runner)
    (engine,) = [child for child in children if "deploy.local.clickhouse" in child.cmdline()]
    wait_until(says(tmp_path, "✓ clickhouse"), runner, tmp_path)
    engine.terminate()
    assert runner.wait(STOP_SECONDS) == 1
    assert "clickhouse ended by itself with exit code 0" in screen_of(tmp_path)
    assert psutil.wait_procs(children, timeout=STOP_SECONDS)[1] == []


def test_killed_parts_come_back_with_what_was_stored(runner: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """Scoring, then both storage parts: an event of before and one of after are counted."""
    wait_until((tmp_path / "stack.json").exists, runner, tmp_path)
    stack = json.loads((tmp_path / "stack.json").read_text())
    register(stack)
    send_comment(stack, "1")
    wait_until(lambda: stored_comments(stack) == 1, runner, tmp_path)
    for name, words in KILLED.items():
        (part,) = [child for child in children_of(runner) if words in " ".join(child.cmdline())]
        part.kill()
        wait_until(says(tmp_path, f"✓ {name} is back"), runner, tmp_path)
        told = f"! {name} was killed by SIGKILL; started again (1 of 3 within 10 minutes)"
        assert told in screen_of(tmp_path)
    send_comment(stack, "2")
    wait_until(lambda: stored_comments(stack) == 2, runner, tmp_path)
    assert runner.poll() is None


def register(stack: dict[str, str]) -> None:
    account = {"account_id": "uji-pulih", "name": "Uji Pulih"}
    posted(stack, "/v1/accounts", account)


def send_comment(stack: dict[str, str], comment_id: str) -> None:
    comment = {
        "type": "comment.observed",
        "account_id": "uji-pulih",
        "platform": "instagram",
        "comment_id": comment_id,
        "author_id": "42",
        "text": "mantap",
        "created_at": datetime.now(UTC).isoformat(),
    }
    posted(stack, "/v1/events", comment)


def posted(stack: dict[str, str], path: str, body: dict[str, str]) -> None:
    """Again while ingest has its broker to find again."""
    headers = {"Authorization": f"Bearer {stack['ingest_key']}"}
    deadline = time.monotonic() + START_SECONDS
    while True:
        answer = httpx.post(f"{stack['ingest_url']}{path}", json=body, headers=headers, timeout=60)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    answer.raise_for_status()


def stored_comments(stack: dict[str, str]) -> int:
    engine = stack["clickhouse_url"].removesuffix("/pantau")
    question = "SELECT count() FROM pantau.comments FINAL WHERE account_id = 'uji-pulih' FORMAT TabSeparated"
    return int(httpx.post(engine, content=question, timeout=60).raise_for_status().text)
