"""Buckets and scores equal a batch recomputation: any order, duplicates, splits, deletions, late events."""

import asyncio
import os
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pantau.runtime.clickhouse import connect
from pantau.score.rules import Rules
from services.scoring.buckets.flush import Flush
from tests.support.events import histories
from tests.support.scoring_oracle import assert_equal_to_oracle, batches, rulebooks
from tests.support.tables import forget_everything

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "40"))


@pytest.mark.timeout(30 * EXAMPLES)
def test_any_history_equals_the_oracle(clickhouse_database_url: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize="ORACLE_EXAMPLES" not in os.environ,  # CI repeats itself; a longer search does not
        suppress_health_check=list(HealthCheck),
    )
    @given(
        events=histories,
        seed=st.integers(0, 2**32),
        cuts=st.lists(st.integers(0, 100), max_size=4),
        rules=rulebooks,
    )
    def run(events: list[Any], seed: int, cuts: list[int], rules: Rules) -> None:
        shuffle = random.Random(seed)
        sent = events + shuffle.sample(events, k=len(events) // 3)
        shuffle.shuffle(sent)
        asyncio.run(replay(sent, cuts, rules))

    async def replay(sent: list[Any], cuts: list[int], rules: Rules) -> None:
        client = await connect(clickhouse_database_url)
        try:
            await forget_everything(client)
            flush = Flush(client, rules)
            for batch in batches(sent, cuts):
                await flush.write(batch)
            await assert_equal_to_oracle(client, sent, rules)
        finally:
            await client.close()

    run()
