"""Comments from before there were prints get theirs, and nothing else about them changes."""

from typing import Any

import pytest

from pantau.runtime.clickhouse import insert
from pantau.score.facts import COLUMNS, facts
from pantau.score.fingerprints import UNKNOWN
from services.scoring.buckets.flush import Flush
from services.scoring.rebuild.backfill_fingerprints import fill_prints
from tests.support.corrections import ACCOUNT, AT, POST, SECOND, database
from tests.support.flags import cheers, counted, said
from tests.support.scoring_oracle import RULES

STORED = "SELECT * EXCEPT (text_print, words) FROM comments FINAL ORDER BY comment_id"


def without_prints(comments: list[Any]) -> list[Any]:
    place = COLUMNS["comments"].index("text_print")
    return [(*row[:place], UNKNOWN, 0) for row in facts(comments).rows["comments"]]


async def test_filled_once_and_rebuilt(clickhouse_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.scoring.rebuild.backfill_fingerprints.PAGE", 4)
    expired = said("expired", 20, "")
    async with database(clickhouse_database_url) as client:
        old = without_prints([*cheers(9), expired])
        await insert(client, "comments", COLUMNS["comments"], old)
        edited = said("c0", 0, "kapan buka", observed_at=AT + SECOND)  # came after the upgrade
        flush = Flush(client, RULES)
        await flush.write([ACCOUNT, POST, edited])
        assert await counted(client) == (10, 10)
        before = (await client.query(STORED)).result_rows
        assert await fill_prints(client) == 8
        assert (await client.query(STORED)).result_rows == before
        assert await fill_prints(client) == 0
        await flush.write([POST], force=True)
        assert await counted(client) == (3, 10)  # one cheer, the edited one, the one that expired
