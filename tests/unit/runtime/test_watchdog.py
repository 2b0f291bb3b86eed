import signal
import subprocess
import sys
import threading
import time

import pytest

from deploy.local.places import ROOT
from pantau.runtime import metrics
from pantau.runtime.errors import EXIT_FATAL
from pantau.runtime.watchdog import AWAY_FACTOR, Patience, Progress, watch

LIMIT = 60.0
AWAY = AWAY_FACTOR + 1.0  # seconds between two looks that should be one apart


class StoppedClock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_quiet_night_is_no_stall() -> None:
    clock = StoppedClock()
    progress = Progress(clock)
    clock.now = 10_000.0
    assert progress.stalled_seconds() == 0.0


def test_stall_is_counted_from_the_last_progress() -> None:
    clock = StoppedClock()
    progress = Progress(clock)
    progress.lag = 5
    clock.now = 90.0
    assert progress.stalled_seconds() == 90.0
    progress.advanced()
    clock.now = 100.0
    assert progress.stalled_seconds() == 10.0
    progress.lag = 0
    assert progress.stalled_seconds() == 0.0


def test_process_without_progress_is_given_up_once() -> None:
    clock, given_up, before = StoppedClock(), threading.Event(), metrics.STALLS._value.get()
    progress = Progress(clock)
    progress.lag = 1
    thread = watch(progress, 60, check_every_seconds=0.005, give_up=given_up.set, clocks=[StoppedClock()])
    clock.now = 60.0  # the limit itself is allowed
    assert not given_up.wait(0.1)
    clock.now = 60.5
    thread.join(10)
    assert given_up.is_set()
    assert metrics.STALLS._value.get() == before + 1


def test_process_that_gets_on_is_left_alone() -> None:
    clock, given_up = StoppedClock(), threading.Event()
    progress = Progress(clock)
    progress.lag = 1
    thread = watch(progress, 60, check_every_seconds=0.001, give_up=given_up.set, clocks=[StoppedClock()])
    for now in range(0, 1000, 50):
        clock.now = float(now)
        progress.advanced()
    assert not given_up.is_set()
    clock.now = 10_000.0
    thread.join(10)
    assert given_up.is_set()


def test_stall_is_ended_once_its_limit_is_passed() -> None:
    patience = Patience(LIMIT, 1)
    assert next(second for second in range(1, 70) if patience.spent(second, 1.0)) == 61


@pytest.mark.parametrize("away", [AWAY, 600.0, 86_400.0])
@pytest.mark.parametrize("stalled_before", [0.0, 59.0])
def test_machine_that_stood_still_gets_one_more_full_round(away: float, stalled_before: float) -> None:
    patience = Patience(LIMIT, 1)
    woke = stalled_before + away
    assert not patience.spent(woke, away)
    assert not any(patience.spent(woke + second, 1.0) for second in range(1, 61))
    assert patience.spent(woke + 61, 1.0)


def test_suspension_that_only_the_other_clock_saw_gives_the_round_too() -> None:
    """CLOCK_MONOTONIC stands still with the machine: the stall did not grow, the wall clock did."""
    patience = Patience(LIMIT, 1)
    patience.spent(58.0, 1.0)
    assert not patience.spent(59.0, 3600.0)
    assert not patience.spent(59.0 + 60, 1.0)
    assert patience.spent(59.0 + 61, 1.0)


def test_second_absence_is_not_counted_but_begins_no_further_round() -> None:
    patience = Patience(LIMIT, 1)
    assert not patience.spent(100.0, 100.0)
    assert not patience.spent(140.0, 1.0)
    assert not patience.spent(440.0, 300.0)
    assert not patience.spent(460.0, 1.0)
    assert patience.spent(461.0, 1.0)


def test_process_that_starves_its_watchdog_is_ended_all_the_same() -> None:
    """Held for longer than the watchdog may oversleep, over and over, with a look between."""
    patience, stalled, spent = Patience(LIMIT, 1), 0.0, []
    for _ in range(200):
        for elapsed in (AWAY, 1.0):
            stalled += elapsed
            spent.append(patience.spent(stalled, elapsed))
    assert any(spent)


def test_progress_after_an_absence_ends_its_excuse() -> None:
    patience = Patience(LIMIT, 1)
    assert not patience.spent(500.0, 500.0)
    assert not patience.spent(0.5, 1.0)
    assert not patience.spent(60.0, 1.0)
    assert patience.spent(60.5, 1.0)


STANDS_UNTIL_TOLD = """
import sys
from pantau.runtime.watchdog import Progress, watch
progress = Progress()
progress.lag = 1
watch(progress, 5, check_every_seconds=0.05)
print("stands", flush=True)
sys.stdin.readline()
progress.advanced()
print("went on", flush=True)
"""


def test_stopped_and_continued_process_is_left_to_get_on() -> None:
    """Stopped for longer than its limit; the watchdog looks first after that, then the process gets on."""
    with subprocess.Popen(
        [sys.executable, "-c", STANDS_UNTIL_TOLD],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "stands\n"
        process.send_signal(signal.SIGSTOP)
        time.sleep(6)
        process.send_signal(signal.SIGCONT)
        assert "the watchdog was away, one more round" in process.stdout.readline()
        process.stdin.write("go on\n")
        process.stdin.flush()
        assert process.stdout.readline() == "went on\n"
        assert process.wait(50) == 0


def test_blocked_event_loop_is_ended_with_its_stacks_on_stderr() -> None:
    """The real end: a loop that never yields, in a process of its own."""
    program = (
        "import asyncio, time\n"
        "from pantau.runtime.watchdog import Progress, watch\n"
        "progress = Progress(); progress.lag = 1\n"
        "watch(progress, 0.2, check_every_seconds=0.05)\n"
        "async def stuck(): time.sleep(60)\n"
        "asyncio.run(stuck())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == EXIT_FATAL
    assert "in stuck" in done.stderr
