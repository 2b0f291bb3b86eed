"""A flush that fails halfway and is repeated by the same process leaves nothing that looks unfinished."""

from typing import Any

import pytest

from pantau.runtime.clickhouse import connect
from pantau.score.facts import facts
from services.scoring.buckets.flush import Flush
from services.scoring.buckets.flush_sql import UNFINISHED_POSTS
from tests.support.one_account import ACCOUNT, comment
from tests.support.scoring_oracle import RULES


class GoneOnceAtCommand:
    """A client whose connection breaks once, before one of the commands, which write buckets."""

    def __init__(self, client: Any, at: int) -> None:
        self._client = client
        self._left = at

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def command(self, *given: Any, **named: Any) -> Any:
        self._left -= 1
        if self._left == -1:
            raise ConnectionError("gone")
        return await self._client.command(*given, **named)


@pytest.mark.parametrize("at", range(5))
async def test_the_repetition_finishes_what_failed(clickhouse_database_url: str, at: int) -> None:
    client = await connect(clickhouse_database_url)
    try:
        await Flush(client, RULES).write([ACCOUNT])
        breaking: Any = GoneOnceAtCommand(client, at)
        flush = Flush(breaking, RULES)
        batch = facts([comment("p1")])
        with pytest.raises(ConnectionError):
            await flush.store(batch)
        assert (await client.query(UNFINISHED_POSTS)).result_rows
        await flush.store(batch, force=True)
        assert not (await client.query(UNFINISHED_POSTS)).result_rows
        for table in ("post_buckets", "hour_buckets", "month_buckets"):
            counted = await client.query(f"SELECT sum(comments) FROM {table} FINAL")
            assert counted.result_rows == [(1,)], table
    finally:
        await client.close()
