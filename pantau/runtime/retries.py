"""Bounded, jittered repetition of calls to what may be away for a while."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from clickhouse_connect.driver.exceptions import ClickHouseError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_delay
from tenacity.wait import wait_exponential_jitter

from pantau.runtime import metrics
from pantau.runtime.errors import RetryableError

log = structlog.get_logger(__name__)
R = TypeVar("R")

AWAY = (RetryableError, ClickHouseError, OSError, TimeoutError)


async def retrying(
    service: str,
    call: str,
    attempt: Callable[[], Awaitable[R]],
    *,
    limit_seconds: float,
    waiting: Callable[[], None] = lambda: None,
) -> R:
    """Repeat `attempt` with jittered backoff while a dependency is away; when spent, RetryableError.

    `waiting` is called before each pause.
    """

    def note(state: RetryCallState) -> None:
        metrics.RETRIES.labels(service, call).inc()
        error = state.outcome.exception() if state.outcome else None
        log.warning("retrying", call=call, attempt=state.attempt_number, error=repr(error))
        waiting()

    async def once() -> R:  # a lambda would hand tenacity a coroutine that nobody awaits
        return await attempt()

    retry = AsyncRetrying(
        retry=retry_if_exception_type(AWAY),
        wait=wait_exponential_jitter(multiplier=0.2, max=5),
        stop=stop_after_delay(limit_seconds),
        before_sleep=note,
        reraise=True,
    )
    try:
        return await retry(once)
    except AWAY as error:
        raise RetryableError(f"{call}: failed for {limit_seconds} s: {error}") from error
