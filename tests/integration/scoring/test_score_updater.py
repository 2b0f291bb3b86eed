"""Two workers that both compute the fleet's scores for a moment: whose reading is later holds."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from pantau.runtime.clickhouse import connect
from pantau.runtime.kafka.publisher import Record
from services.scoring.buckets.flush import Flush
from services.scoring.scores import ScoreUpdater
from tests.support.scoring_oracle import RULES
from tests.support.scoring_service import history

NOW = datetime.now(UTC)
SCORES = "SELECT account_id, score FROM scores FINAL WHERE window = '24h' ORDER BY account_id"


class Topic:
    """What was published, and something that happens while it is."""

    def __init__(self, meanwhile: Callable[[], Awaitable[None]] | None = None) -> None:
        self.records: list[dict[str, Any]] = []
        self._meanwhile = meanwhile

    async def publish(self, records: Sequence[Record]) -> None:
        self.records += [orjson.loads(record.value) for record in records]
        if self._meanwhile is not None:
            meanwhile, self._meanwhile = self._meanwhile, None
            await meanwhile()


async def test_an_older_reading_that_is_written_later_does_not_hold(clickhouse_database_url: str) -> None:
    events = history(21, comments=120)
    client = await connect(clickhouse_database_url)
    try:
        flush = Flush(client, RULES)
        await flush.write(events[:150])
        newer = ScoreUpdater(client, RULES, Topic().publish, lambda: NOW + timedelta(seconds=1))
        held: list[Any] = []

        async def take_over() -> None:
            await flush.write(events[150:])
            await newer.tick()
            held.extend((await client.query(SCORES)).result_rows)

        older = ScoreUpdater(client, RULES, Topic(take_over).publish, lambda: NOW)
        assert await older.tick()
        assert held
        assert (await client.query(SCORES)).result_rows == held
    finally:
        await client.close()


async def test_who_was_overtaken_or_replaced_publishes_nothing(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    topic = Topic()
    try:
        await Flush(client, RULES).write(history(22, comments=20))
        updater = ScoreUpdater(client, RULES, topic.publish, lambda: NOW)
        assert await updater.tick(lambda: asyncio.sleep(0, result=False)) == 0
        in_a_minute = "toUnixTimestamp64Micro(now64(6)) + 60000000"
        await client.command(f"INSERT INTO score_ticks SELECT now(), now(), {in_a_minute}")
        assert await updater.tick() == 0
        assert not topic.records
        await client.command("TRUNCATE TABLE score_ticks")
        assert await updater.tick()
        assert topic.records
    finally:
        await client.close()


async def test_a_rebalance_during_a_computation_is_not_forgotten(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    try:
        await Flush(client, RULES).write(history(23, comments=20))

        async def rebalanced() -> None:
            updater.forget()

        topic = Topic(rebalanced)
        updater = ScoreUpdater(client, RULES, topic.publish, lambda: NOW)
        first = await updater.tick()
        assert await updater.tick() == first  # all of them once more, though none is another
        assert await updater.tick() == 0
        assert len(topic.records) == 2 * first
    finally:
        await client.close()
