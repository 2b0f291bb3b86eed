"""One way to run a service: settings, logs, probes, watchdog, signals, event loop lag, exit status."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog

from pantau.runtime import logs, ops, settings
from pantau.runtime.errors import EXIT_FATAL, ConfigurationError
from pantau.runtime.loop_lag import follow_event_loop
from pantau.runtime.ops import Readiness
from pantau.runtime.settings import ServiceSettings, refusal
from pantau.runtime.stopping import until_signal
from pantau.runtime.watchdog import Progress, watch

log = structlog.get_logger(__name__)

S = TypeVar("S", bound=ServiceSettings)
Work = Callable[[asyncio.Event], Awaitable[None]]
Runner = Callable[[Coroutine[Any, Any, None]], None]


def configured(name: str, kind: type[S]) -> S:
    """The settings, with logs as they say. Ends the process with status 78 where they are refused."""
    given = settings.load(kind)
    logs.configure(name, given.log_level, given.log_format)
    return given


def run(
    given: ServiceSettings,
    readiness: Readiness,
    work: Work,
    *,
    progress: Progress | None = None,
    stall_seconds: float = 0,
    runner: Runner = asyncio.run,
) -> int:
    """Await `work`, whose event SIGTERM and SIGINT set, with the operations server beside it.

    The exit status: 0 after a signal, 70 when the process cannot go on. A ConfigurationError ends it with 78.
    With `progress`, a watchdog ends it after `stall_seconds` with lag and without a commit.
    """
    with refusing():
        stop_ops = ops.serve(given.metrics_host, given.metrics_port, readiness)
    try:
        if progress is not None:
            watch(progress, stall_seconds)
        with refusing():
            runner(until_signal(lambda stop: _measured(work, stop)))
    except Exception:
        log.critical("the service cannot go on", exc_info=True)
        return EXIT_FATAL
    finally:
        stop_ops()
    log.info("stopped")
    return 0


@contextmanager
def refusing() -> Iterator[None]:
    """A ConfigurationError is told in a sentence on stderr, and ends the process with 78."""
    try:
        yield
    except ConfigurationError as error:
        raise refusal([str(error)]) from error


async def _measured(work: Work, stop: asyncio.Event) -> None:
    lag = asyncio.create_task(follow_event_loop())
    try:
        await work(stop)
    finally:
        lag.cancel()
