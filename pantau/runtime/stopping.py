"""SIGTERM and SIGINT: an orderly end, within a limit."""

import asyncio
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import structlog

from pantau.runtime.errors import EXIT_FATAL

log = structlog.get_logger(__name__)
R = TypeVar("R")

# An orchestrator sends SIGKILL after 30 s; what is unfinished by then is not committed and will be replayed.
STOP_SECONDS = 22.0


def cancel_on_sigterm() -> None:
    """SIGTERM cancels the running task, as Ctrl-C does: for a command that then says how to go on."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


async def until_signal(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Await `work`, whose event a signal sets; ends the process when it takes too long after that."""
    stop = asyncio.Event()

    def begin_stop() -> None:
        log.info("stopping")
        stop.set()
        limit = threading.Timer(STOP_SECONDS, _give_up)
        limit.daemon = True
        limit.start()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, begin_stop)
    await work(stop)


async def unless(stop: asyncio.Event, work: Coroutine[Any, Any, R]) -> R | None:
    """The result of `work`; None when `stop` comes first, and `work` is then cancelled."""
    working = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


def _give_up() -> None:
    log.critical("could not stop in order", limit_seconds=STOP_SECONDS)
    faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
    os._exit(EXIT_FATAL)
