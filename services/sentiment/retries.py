"""Bounded, jittered repetition while Kafka is away."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_delay
from tenacity.wait import wait_exponential_jitter

from services.runtime import metrics
from services.runtime.errors import RetryableError
from services.runtime.ops import Readiness
from services.runtime.watchdog import Progress

log = structlog.get_logger(__name__)
R = TypeVar("R")


class KafkaRetries:
    """Repeats a call for `limit_seconds`; /readyz says meanwhile that Kafka is awaited."""

    def __init__(self, limit_seconds: float, readiness: Readiness, progress: Progress) -> None:
        self._limit_seconds = limit_seconds
        self._readiness = readiness
        self._progress = progress

    async def __call__(self, call: str, attempt: Callable[[], Awaitable[R]]) -> R:
        """The result of `attempt`. Raises the last RetryableError when the time is spent."""
        awaited = f"kafka ({call})"

        def note(state: RetryCallState) -> None:
            metrics.RETRIES.labels("sentiment", call).inc()
            self._readiness.lost(awaited)
            # Waiting for a broker known to be away is no stall; this retry has a limit of its own.
            self._progress.advanced()
            error = state.outcome.exception() if state.outcome else None
            log.warning("kafka is awaited", call=call, attempt=state.attempt_number, error=str(error))

        retry = AsyncRetrying(
            retry=retry_if_exception_type(RetryableError),
            wait=wait_exponential_jitter(multiplier=0.2, max=5, jitter=0.5),
            stop=stop_after_delay(self._limit_seconds),
            before_sleep=note,
            reraise=True,
        )

        async def awaited_attempt() -> R:
            # tenacity awaits only what is an `async def` itself: a lambda's coroutine would never run.
            return await attempt()

        result: R = await retry(awaited_attempt)
        self._readiness.reached(awaited)
        return result
