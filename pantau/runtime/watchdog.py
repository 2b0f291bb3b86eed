"""Ends a process that is alive but not getting on: lag without commits (faust #175, #523, #596, #629).

A machine that stood still (a paused VM, a laptop asleep, SIGSTOP) is no stall: where the watchdog itself was
away, the process gets one more full round.
"""

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence

import structlog

from pantau.runtime import metrics
from pantau.runtime.errors import EXIT_FATAL

log = structlog.get_logger(__name__)

AWAY_FACTOR = 5  # a look that comes this many times later than it should: everything stood still
# The first stands still while the machine is suspended, the second may be set.
CLOCKS = (time.monotonic, time.time)


class Progress:
    """Written by the consumer, read by the watchdog; monotonic seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._advanced_at = now()
        self.lag = 0

    def advanced(self) -> None:
        """Something was committed, or there was nothing to do."""
        self._advanced_at = self._now()

    def stalled_seconds(self) -> float:
        return self._now() - self._advanced_at if self.lag > 0 else 0.0


class Patience:
    """How long the process has stood while the watchdog looked on. Pure; all in seconds."""

    def __init__(self, limit: float, check_every: float) -> None:
        self._limit = limit
        self._absence = AWAY_FACTOR * check_every
        self._excused = 0.0  # of the present stall
        self._had_its_round = False

    def spent(self, stalled: float, since_last_look: float) -> bool:
        """Whether the process is to be ended.

        The first absence of a stall begins the round anew; a further one is not counted, but begins
        nothing, so that a process which starves its own watchdog is ended all the same.
        """
        if stalled < since_last_look:  # it got on since
            self._excused, self._had_its_round = 0.0, False
        if stalled > 0 and since_last_look > self._absence:
            self._excused = min(stalled, self._excused + since_last_look) if self._had_its_round else stalled
            self._had_its_round = True
            log.warning("the watchdog was away, one more round", away_seconds=round(since_last_look, 1))
        return stalled - self._excused > self._limit


def _exit_with_stacks() -> None:
    faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
    sys.stderr.flush()
    os._exit(EXIT_FATAL)


def watch(
    progress: Progress,
    limit_seconds: float,
    *,
    check_every_seconds: float = 1.0,
    give_up: Callable[[], None] = _exit_with_stacks,
    clocks: Sequence[Callable[[], float]] = CLOCKS,
) -> threading.Thread:
    """Start the watchdog: a plain thread, outside every event loop."""
    patience = Patience(limit_seconds, check_every_seconds)

    def run() -> None:
        looked_at = [clock() for clock in clocks]
        spent = False
        while not spent:
            time.sleep(check_every_seconds)
            now = [clock() for clock in clocks]
            elapsed = max(after - before for before, after in zip(looked_at, now, strict=True))
            spent = patience.spent(progress.stalled_seconds(), elapsed)
            looked_at = now
        metrics.STALLS.inc()
        log.critical("no progress while messages wait", lag=progress.lag, limit_seconds=limit_seconds)
        give_up()

    thread = threading.Thread(target=run, name="watchdog", daemon=True)
    thread.start()
    return thread
