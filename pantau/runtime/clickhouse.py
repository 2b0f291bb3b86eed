"""ClickHouse through clickhouse-connect's asynchronous client; instants come back aware, in UTC."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit
from weakref import WeakKeyDictionary

import clickhouse_connect
import structlog
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError

from pantau.runtime import metrics
from pantau.runtime.errors import RetryableError

log = structlog.get_logger(__name__)

SETTINGS: dict[str, Any] = {
    # The server's default changed twice within a year: say what we mean.
    "async_insert": 0,
    # Conditions on the sorting key hold for all versions of a row or none: pick before merging them.
    "optimize_move_to_prewhere_if_final": 1,
    # Without it the server reads with one thread what is written to a table with a view.
    "parallel_view_processing": 1,
}
ANSWER_SECONDS = 60
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
# The driver would ask for a table's types before each insert. They change with a migration and a restart.
_types: WeakKeyDictionary[AsyncClient, dict[tuple[str, ...], list[Any]]] = WeakKeyDictionary()


async def connect(
    url: str,
    *,
    database: str | None = None,
    answer_seconds: int = ANSWER_SECONDS,
    query_seconds: float | None = None,
) -> AsyncClient:
    """A client for http(s)://user:password@host:port/database. Raises RetryableError when it is away.

    `query_seconds`: how long the caller waits; soon after, the server gives the query up too.
    """
    parts = urlsplit(url)
    limit = {} if query_seconds is None else {"max_execution_time": math.ceil(query_seconds) + 1}
    try:
        return await clickhouse_connect.get_async_client(
            interface=parts.scheme,
            host=parts.hostname or "localhost",
            port=parts.port or (8443 if parts.scheme == "https" else 8123),
            username=unquote(parts.username or "default"),
            password=unquote(parts.password or ""),
            database=database or parts.path.strip("/") or "default",
            connect_timeout=5,
            send_receive_timeout=answer_seconds,
            tz_mode="aware",
            settings=SETTINGS | limit,
        )
    except (ClickHouseError, OSError) as error:
        raise RetryableError(
            f"ClickHouse at {parts.hostname}:{parts.port} does not answer: {error}"
        ) from error


async def rows(client: AsyncClient, statement: str, /, **parameters: Any) -> Sequence[Any]:
    """All rows of the answer, as tuples; values are bound by name."""
    found: Sequence[Any] = (await client.query(statement, parameters=parameters)).result_rows
    return found


def nonzero(instant: datetime) -> datetime | None:
    """None for ClickHouse's zero instant, which stands for none in a column without nulls."""
    return instant if instant > _ZERO else None


def microseconds(instant: datetime) -> int:
    """Since 1970: what `fromUnixTimestamp64Micro` takes."""
    return (instant - _ZERO) // timedelta(microseconds=1)


async def insert(
    client: AsyncClient, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], token: str = ""
) -> None:
    """One acknowledged insert; `token` lets the server drop a network retry of the identical block."""
    if not rows:
        return
    settings = SETTINGS | ({"insert_deduplication_token": token} if token else {})
    with metrics.INSERT_SECONDS.labels(table).time():
        types = await _types_of(client, table, columns)
        await client.insert(table, rows, column_names=list(columns), column_types=types, settings=settings)


async def _types_of(client: AsyncClient, table: str, columns: Sequence[str]) -> list[Any]:
    known = _types.setdefault(client, {})
    key = (table, *columns)
    if key not in known:
        known[key] = (await client.create_insert_context(table, list(columns))).column_types
    return known[key]
