"""The stack's children: watched, stopped in order, and never left behind."""

import asyncio
import io
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from deploy.local import processes
from deploy.local.children import Children, Program
from deploy.local.errors import LocalStackError
from deploy.local.places import ROOT
from deploy.local.stack import only_one, persistently

LIMIT_SECONDS = 30
SAY_AND_WAIT = "import signal, sys; print(sys.argv[1], flush=True); signal.pause()"
REFUSE_TO_STOP = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
while True:
    time.sleep(1)
"""
NOTE_THE_END = """
import pathlib, signal, sys
def end(*_):
    with pathlib.Path(sys.argv[1]).open("a") as notes:
        notes.write(sys.argv[2] + " ")
    raise SystemExit
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
signal.pause()
"""


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def children(tmp_path: Path, screen: io.StringIO) -> Children:
    return Children(Console(file=screen, width=200), tmp_path / "logs")


def python(name: str, code: str, *arguments: str, layer: int = 1, grace_seconds: float = 10) -> Program:
    return Program(name, [sys.executable, "-c", code, *arguments], layer=layer, grace_seconds=grace_seconds)


async def said(children: Children, name: str, words: str) -> None:
    log = children.log_of(name)
    async with asyncio.timeout(LIMIT_SECONDS):
        while not log.exists() or words not in log.read_text():  # noqa: ASYNC110  the file tells nobody
            await asyncio.sleep(0.01)


async def test_lines_reach_the_screen_with_a_label_and_a_file_without(
    children: Children, screen: io.StringIO
) -> None:
    await children.start(python("scoring", SAY_AND_WAIT, "[bold]12 events"))
    await said(children, "scoring", "events\n")  # unbuffered, the end of a line is a write of its own
    await children.stop_all()
    assert screen.getvalue() == "scoring    [bold]12 events\n"
    assert children.log_of("scoring").read_text() == "[bold]12 events\n"


async def test_child_goes_on_when_its_log_cannot_be_written(children: Children, screen: io.StringIO) -> None:
    children.log_of("chatty").symlink_to("/dev/full")
    await children.run_to_end(python("chatty", "for n in range(20_000): print(f'line {n}')"))
    assert screen.getvalue().endswith("line 19999\n")


async def test_higher_layers_stop_first(children: Children, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    for name, layer in (("kafka", 1), ("api", 2), ("feed", 3)):
        await children.start(python(name, NOTE_THE_END, str(notes), name, layer=layer))
        await said(children, name, "ready")
    await children.stop_all()
    assert notes.read_text().split() == ["feed", "api", "kafka"]


async def test_a_child_that_refuses_is_killed(children: Children) -> None:
    await children.start(python("deaf", REFUSE_TO_STOP, grace_seconds=0.2))
    await said(children, "deaf", "deaf")
    (child,) = children.running
    await children.stop_all()
    assert child.process.returncode == -signal.SIGKILL


async def kept_until_one_ends(children: Children) -> str:
    """What the person is told then."""
    told: list[str] = []
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            await children.keep()
    except* LocalStackError as ends:
        told = [str(error) for error in ends.exceptions]
    finally:
        await children.stop_all()
    (sentence,) = told
    return sentence


@pytest.mark.parametrize("code", [0, 1, 78])
async def test_child_that_ends_by_itself_ends_the_stack_by_its_name(
    children: Children, screen: io.StringIO, code: int
) -> None:
    await children.start(python("api", f"raise SystemExit({code})"))
    assert f"api ended by itself with exit code {code}; see" in await kept_until_one_ends(children)
    assert screen.getvalue() == ""


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("raise SystemExit(70)", "api ended by itself with exit code 70"),
        ("import os; os.kill(os.getpid(), 9)", "api was killed by SIGKILL"),
        ("import os; os.abort()", "api was killed by SIGABRT"),
    ],
)
async def test_child_that_is_killed_or_cannot_go_on_is_started_three_times_again(
    children: Children, screen: io.StringIO, end: str, told: str
) -> None:
    await children.start(python("api", f"print('begun', flush=True); {end}"))
    assert f"{told}; see" in await kept_until_one_ends(children)
    lines = screen.getvalue().splitlines()
    assert [line for line in lines if line.startswith("!")] == [
        f"! {told}; started again ({number} of 3 within 10 minutes)" for number in (1, 2, 3)
    ]
    assert children.log_of("api").read_text().count("begun") == 4


async def test_child_is_back_once_it_is_ready_again(
    children: Children, screen: io.StringIO, tmp_path: Path
) -> None:
    async def ready() -> bool:
        return (tmp_path / "ready").exists()

    program = python("scoring", SAY_AND_WAIT, "begun")
    program = replace(program, ready=ready)
    await children.start(program)
    await said(children, "scoring", "begun")
    keeping = asyncio.create_task(children.keep())
    (before,) = children.running
    before.process.kill()
    await said(children, "scoring", "begun\nbegun")
    assert "is back" not in screen.getvalue()
    (tmp_path / "ready").touch()
    async with asyncio.timeout(LIMIT_SECONDS):
        while "scoring is back" not in screen.getvalue():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    (after,) = children.running
    assert after.process.pid != before.process.pid
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    await children.stop_all()
    assert after.process.returncode == -signal.SIGTERM


async def test_failed_step_is_told_by_its_name(children: Children) -> None:
    with pytest.raises(LocalStackError, match="wall failed with exit code 3"):
        await children.run_to_end(python("wall", "raise SystemExit(3)"))


def test_children_end_with_a_killed_parent(tmp_path: Path) -> None:
    parent_code = f"""
import signal, sys
from pathlib import Path
from deploy.local import processes
child = processes.start([sys.executable, "-c", "import signal; signal.pause()"], folder=Path({str(ROOT)!r}))
print(child.pid, flush=True)
signal.pause()
"""
    parent = subprocess.Popen([sys.executable, "-c", parent_code], cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    assert child.is_running()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until_gone(child)


def wait_until_gone(process: psutil.Process) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.01)


def test_child_is_out_of_reach_of_ctrl_c() -> None:
    child = processes.start([sys.executable, "-c", "import signal; signal.pause()"], folder=ROOT)
    try:
        assert os.getpgid(child.pid) != os.getpgid(0)
    finally:
        processes.stop(child, grace_seconds=10)


def test_second_run_of_a_checkout_says_who_has_it(tmp_path: Path) -> None:
    refusal = pytest.raises(LocalStackError, match=rf"already running \(process {os.getpid()}\)")
    with only_one(tmp_path), refusal, only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


@pytest.mark.parametrize("place", ["file", "file/state", "/proc/state"])
def test_state_that_cannot_be_kept_is_one_sentence(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [sys.executable, "-m", "deploy.local", "run", "--state", str(tmp_path / place)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert re.fullmatch(rf"✗ {re.escape(str(tmp_path / place))}.*: [A-Z][a-z ]+\n", done.stdout)
    assert done.stderr == ""


async def test_step_is_taken_again_while_its_part_is_being_started_again() -> None:
    attempts = 0

    async def step(fails: int) -> None:
        nonlocal attempts
        attempts += 1
        if attempts <= fails:
            raise ConnectionRefusedError

    await persistently("migrations", lambda: step(fails=2))
    assert attempts == 3
