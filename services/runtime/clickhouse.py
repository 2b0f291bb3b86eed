"""ClickHouse through clickhouse-connect's asynchronous client."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import clickhouse_connect
import structlog
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError

from services.runtime import metrics
from services.runtime.errors import RetryableError

log = structlog.get_logger(__name__)

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
