"""Ends a process that is alive but not getting on: lag without commits (faust #175, #523, #596, #629)."""

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable

import structlog

from services.runtime import metrics
from services.runtime.errors import EXIT_FATAL

log = structlog.get_logger(__name__)


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
) -> threading.Thread:
    """Start the watchdog: a plain thread, outside every event loop."""

    def run() -> None:
        while progress.stalled_seconds() <= limit_seconds:
            time.sleep(check_every_seconds)
        metrics.STALLS.inc()
        log.critical("no progress while messages wait", lag=progress.lag, limit_seconds=limit_seconds)
        give_up()

    thread = threading.Thread(target=run, name="watchdog", daemon=True)
    thread.start()
    return thread
