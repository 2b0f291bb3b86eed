"""Two workers that flush posts of one account in one hour at once, as for a moment after a rebalance."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from pantau.runtime.clickhouse import connect
from services.scoring.buckets.flush import Flush
from tests.support.one_account import ACCOUNT, comment
from tests.support.scoring_oracle import RULES


class HaltedAtCommand:
    """A client that lets something else happen before one of the commands, which write buckets."""

    def __init__(self, client: Any, after: int, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._client = client
        self._after = after
        self.commands = 0
        self._meanwhile = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def command(self, *given: Any, **named: Any) -> Any:
        if self.commands == self._after:
            await self._meanwhile()
        self.commands += 1
        return await self._client.command(*given, **named)


@pytest.mark.parametrize("after", range(5))
async def test_the_hour_holds_what_both_wrote(clickhouse_database_url: str, after: int) -> None:
    client = await connect(clickhouse_database_url)
    try:
        await Flush(client, RULES).write([ACCOUNT])

        async def another_worker() -> None:
            await Flush(client, RULES).write([comment("p2")])

        halted: Any = HaltedAtCommand(client, after, another_worker)
        await Flush(halted, RULES).write([comment("p1")])
        assert halted.commands > after
        for table in ("post_buckets", "hour_buckets", "month_buckets"):
            counted = await client.query(f"SELECT sum(comments) FROM {table} FINAL")
            assert counted.result_rows == [(2,)], table
    finally:
        await client.close()
