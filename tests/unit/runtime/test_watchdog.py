import subprocess
import sys
import threading

from deploy.local.places import ROOT
from services.runtime import metrics
from services.runtime.errors import EXIT_FATAL
from services.runtime.watchdog import Progress, watch


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
    thread = watch(progress, 60, check_every_seconds=0.005, give_up=given_up.set)
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
    thread = watch(progress, 60, check_every_seconds=0.001, give_up=given_up.set)
    for now in range(0, 1000, 50):
        clock.now = float(now)
        progress.advanced()
    assert not given_up.is_set()
    clock.now = 10_000.0
    thread.join(10)
    assert given_up.is_set()


def test_blocked_event_loop_is_ended_with_its_stacks_on_stderr() -> None:
    """The real end: a loop that never yields, in a process of its own."""
    program = (
        "import asyncio, time\n"
        "from services.runtime.watchdog import Progress, watch\n"
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
