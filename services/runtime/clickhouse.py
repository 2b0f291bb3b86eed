"""ClickHouse through clickhouse-connect's asynchronous client, with bounded retries."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import clickhouse_connect
import structlog
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_delay
from tenacity.wait import wait_exponential_jitter

from services.runtime import metrics
from services.runtime.errors import RetryableError

log = structlog.get_logger(__name__)
R = TypeVar("R")

# The server's default for asynchronous inserts changed twice within a year: say what we mean.
SETTINGS: dict[str, Any] = {"async_insert": 0}


async def connect(url: str, *, database: str | None = None) -> AsyncClient:
    """A client for http(s)://user:password@host:port/database. Raises RetryableError when it is away."""
    parts = urlsplit(url)
    try:
        return await clickhouse_connect.get_async_client(
            interface=parts.scheme,
            host=parts.hostname or "localhost",
            port=parts.port or (8443 if parts.scheme == "https" else 8123),
            username=unquote(parts.username or "default"),
            password=unquote(parts.password or ""),
            database=database or parts.path.strip("/") or "default",
            connect_timeout=5,
            send_receive_timeout=60,
            settings=SETTINGS,
        )
    except (ClickHouseError, OSError) as error:
        raise RetryableError(
            f"ClickHouse at {parts.hostname}:{parts.port} does not answer: {error}"
        ) from error


async def insert(
    client: AsyncClient, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], token: str = ""
) -> None:
    """One acknowledged insert; `token` lets the server drop a network retry of the identical block."""
    if not rows:
        return
    settings = SETTINGS | ({"insert_deduplication_token": token} if token else {})
    with metrics.INSERT_SECONDS.labels(table).time():
        await client.insert(table, rows, column_names=list(columns), settings=settings)


async def retrying(
    service: str, call: str, attempt: Callable[[], Awaitable[R]], *, limit_seconds: float
) -> R:
    """Repeat `attempt` with jittered backoff while ClickHouse is away; when spent, RetryableError."""

    def note(state: RetryCallState) -> None:
        metrics.RETRIES.labels(service, call).inc()
        error = state.outcome.exception() if state.outcome else None
        log.warning("retrying", call=call, attempt=state.attempt_number, error=repr(error))

    async def once() -> R:  # a lambda would hand tenacity a coroutine that nobody awaits
        return await attempt()

    retry = AsyncRetrying(
        retry=retry_if_exception_type((ClickHouseError, OSError, TimeoutError)),
        wait=wait_exponential_jitter(multiplier=0.2, max=5),
        stop=stop_after_delay(limit_seconds),
        before_sleep=note,
        reraise=True,
    )
    try:
        return await retry(once)
    except (ClickHouseError, OSError, TimeoutError) as error:
        raise RetryableError(f"{call}: ClickHouse failed for {limit_seconds} s: {error}") from error
