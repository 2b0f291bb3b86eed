"""Everything derived, dropped and made anew from the facts: equal to before, whatever happens meanwhile."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pantau.runtime.clickhouse import connect
from pantau.runtime.kafka.publisher import Record
from pantau.score import bucket_sums, fact_sums
from pantau.score.rules import Rules
from pantau.score.windows import SLIDING, sliding_span
from services.scoring.buckets import bucket_rules
from services.scoring.buckets.flush import Flush
from services.scoring.rebuild import steps as rebuild_steps
from services.scoring.rebuild.steps import Rebuild
from services.scoring.scores import ScoreUpdater
from tests.support.events import NOON, histories
from tests.support.rebuild import derived
from tests.support.scoring_oracle import INSTANTS, RULES, assert_equal_to_oracle, batches, rulebooks
from tests.support.scoring_service import history
from tests.support.tables import forget_everything

MONTHS = (date(2026, 10, 1), date(2026, 11, 1))


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fact_sums, "CHUNK_FACTS", 60)
    monkeypatch.setattr(rebuild_steps, "CHUNK_FACTS", 60)


async def publish_nothing(_records: Sequence[Record]) -> None:
    """The topic is not what these tests look at."""


async def rebuild(client: Any, rules: Rules = RULES, at: datetime = NOON) -> None:
    steps = Rebuild(client, rules)
    await steps.buckets(await steps.begin(), lambda _: None)
    await steps.hours()
    await ScoreUpdater(client, rules, publish_nothing, lambda: at).tick()
    await steps.end()


@pytest.mark.timeout(600)
def test_any_history_is_rebuilt_as_it_was_and_read_from_the_facts(clickhouse_database_url: str) -> None:
    @settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        events=histories,
        cuts=st.lists(st.integers(0, 100), max_size=4),
        seed=st.integers(0, 2**32),
        rules=rulebooks,
    )
    def run(events: list[Any], cuts: list[int], seed: int, rules: Rules) -> None:
        random.Random(seed).shuffle(events)
        asyncio.run(replay(events, cuts, rules))

    async def replay(sent: list[Any], cuts: list[int], rules: Rules) -> None:
        client = await connect(clickhouse_database_url)
        try:
            await forget_everything(client)
            flush = Flush(client, rules)
            for batch in batches(sent, cuts):
                await flush.write(batch)
            await ScoreUpdater(client, rules, publish_nothing, lambda: NOON).tick()
            await assert_facts_give_the_same(client, rules)
            before = await derived(client)
            await rebuild(client, rules)
            assert await derived(client) == before
            await assert_equal_to_oracle(client, sent, rules)
        finally:
            await client.close()

    run()


async def assert_facts_give_the_same(client: Any, rules: Rules) -> None:
    for window in SLIDING:
        span = sliding_span(window, INSTANTS[1])
        assert await fact_sums.read_span(client, span, rules) == await bucket_sums.read_span(client, span), (
            window
        )
    for month in MONTHS:
        assert await fact_sums.read_month(client, month, rules) == await bucket_sums.read_month(client, month)


async def test_with_other_guards_the_facts_give_what_the_buckets_would(clickhouse_database_url: str) -> None:
    stricter = RULES.model_copy(update={"max_comments_per_author_and_post": 1, "max_posts_per_day": 1})
    events = history(5, comments=150)
    now = datetime.now(UTC)
    client = await connect(clickhouse_database_url)
    try:
        await Flush(client, RULES).write(events)
        span = sliding_span(tuple(SLIDING)[-1], now)
        wanted = await fact_sums.read_span(client, span, stricter)
        assert wanted != await bucket_sums.read_span(client, span)
        await rebuild(client, stricter, now)
        assert await bucket_sums.read_span(client, span) == wanted
    finally:
        await client.close()


async def test_scorers_go_on_storing_during_a_rebuild(clickhouse_database_url: str) -> None:
    events = history(6, comments=200)
    dice = random.Random(6)
    dice.shuffle(events)
    half = len(events) // 2
    client, other = await connect(clickhouse_database_url), await connect(clickhouse_database_url)
    try:
        flush = Flush(client, RULES)
        await flush.write(events[:half])

        async def load() -> None:
            for start in range(half, len(events), 20):
                await flush.write(events[start : start + 20])

        storing = asyncio.create_task(load())
        await rebuild(other)
        await storing
        meanwhile = await derived(client)
        await rebuild(other)
        again = await derived(client)
        assert {t: meanwhile[t] for t in meanwhile if t != "scores"} == {
            t: again[t] for t in again if t != "scores"
        }
    finally:
        await client.close()
        await other.close()


async def test_an_interrupted_rebuild_is_taken_up_and_scores_wait_for_it(
    clickhouse_database_url: str,
) -> None:
    client = await connect(clickhouse_database_url)
    try:
        await Flush(client, RULES).write(history(7, comments=60))
        updater = ScoreUpdater(client, RULES, publish_nothing, lambda: NOON)
        await updater.tick()
        before = await derived(client)
        steps = Rebuild(client, RULES)
        accounts = await steps.begin()
        await steps.buckets(accounts[:2], lambda _: None)
        assert await updater.waits()
        assert await Rebuild(client, RULES).begin() == accounts[2:]
        other = RULES.model_copy(update={"max_posts_per_day": 1})
        assert await Rebuild(client, other).begin() == accounts  # other counting rules: from the beginning
        await rebuild(client)
        assert await derived(client) == before
        assert not await updater.waits()
        assert await updater.tick()  # all of them, although no score is another
    finally:
        await client.close()


async def test_nothing_is_written_to_buckets_of_other_guards(clickhouse_database_url: str) -> None:
    other = RULES.model_copy(update={"max_posts_per_day": 7, "version": "other"})
    events = history(8, comments=10)
    client = await connect(clickhouse_database_url)
    try:
        await bucket_rules.check(client, RULES)
        running = Flush(client, RULES)
        await running.write(events)
        with pytest.raises(bucket_rules.BucketRulesError, match=r"max_posts_per_day: stored 5 .*rule file 7"):
            await bucket_rules.check(client, other)
        await rebuild(client, other)
        await bucket_rules.check(client, other)
        before = await derived(client)
        with pytest.raises(bucket_rules.BucketRulesError):
            await running.write(events)
        assert await derived(client) == before
    finally:
        await client.close()


async def test_buckets_of_unknown_guards_are_refused(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    try:
        await Flush(client, RULES).write(history(9, comments=10))
        await client.command("TRUNCATE TABLE bucket_rules")
        with pytest.raises(bucket_rules.BucketRulesError, match=r"services\.scoring\.rebuild"):
            await bucket_rules.check(client, RULES)
        await rebuild(client)
        await bucket_rules.check(client, RULES)
    finally:
        await client.close()
