"""While Kafka is away, the probes and the watchdog are told."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pantau.runtime.ops import Readiness
from pantau.runtime.retries import retrying
from pantau.runtime.watchdog import Progress

R = TypeVar("R")


class KafkaRetries:
    """Repeats a call for `limit_seconds`; /readyz says meanwhile that Kafka is awaited."""

    def __init__(self, limit_seconds: float, readiness: Readiness, progress: Progress) -> None:
        self._limit_seconds = limit_seconds
        self._readiness = readiness
        self._progress = progress

    async def __call__(self, call: str, attempt: Callable[[], Awaitable[R]]) -> R:
        """The result of `attempt`. Raises RetryableError when the time is spent."""
        awaited = f"kafka ({call})"

        def waiting() -> None:
            self._readiness.lost(awaited)
            # Waiting for a broker known to be away is no stall; this retry has a limit of its own.
            self._progress.advanced()

        limit = self._limit_seconds
        result = await retrying("sentiment", call, attempt, limit_seconds=limit, waiting=waiting)
        self._readiness.reached(awaited)
        return result
