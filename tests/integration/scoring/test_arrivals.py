"""What arrived last of each account, by ingest's clock: exact in any order, and never of the future."""

import asyncio
import random
import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.clickhouse.migrate import migrate
from deploy.local.places import MIGRATIONS
from pantau.analytics.accounts import queries
from pantau.analytics.accounts.queries import read_registry
from pantau.analytics.accounts.registry import AccountData, Ahead, Registry
from pantau.analytics.first_seen import FirstSeen
from pantau.contracts.clocks import ahead
from pantau.contracts.events import (
    FollowersObserved,
    MetricsObserved,
    Observation,
)
from pantau.contracts.fields import Label, Platform
from pantau.runtime.clickhouse import connect
from pantau.score.bucket_sums import sliding_rankings
from pantau.score.facts import COLUMNS, FactEvent, facts
from pantau.score.windows import HORIZON
from services.scoring.buckets.flush import Flush
from services.scoring.rebuild.steps import Rebuild
from tests.support.arrivals import HOUR, MINUTE, NOON, account, comment, post
from tests.support.events import histories
from tests.support.scoring_oracle import RULES
from tests.support.tables import forget_everything

LATER = datetime(2030, 1, 1, tzinfo=UTC)


def told(registry: Registry) -> list[tuple[str, str, int]]:
    return [(who.account_id, one.platform, one.seconds) for who, one in registry.clocks_ahead]


async def test_an_event_hours_ahead_is_as_old_as_its_arrival(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    local_time_as_utc = post(NOON, NOON + 7 * HOUR)
    await Flush(client, RULES).write([account(), local_time_as_utc])

    for hours_with_nothing_new in (0, 1, 7, 20):
        now = NOON + hours_with_nothing_new * HOUR
        registry = await read_registry(client, now)
        assert (registry.newest_received_at, registry.newest_event_at) == (NOON, NOON)
        assert told(registry) == [("dinkes", "tiktok", 25_200)]
        scores = (await sliding_rankings(client, (HORIZON,), now, RULES))[HORIZON].scores
        assert [score.newest_event_at for score in scores] == [NOON if now >= NOON + 7 * HOUR else None]
    assert told(await read_registry(client, NOON + 24 * HOUR)) == []
    await client.close()


async def test_an_archive_arrives_now_and_its_events_are_old(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    await Flush(client, RULES).write([account(), post(NOON, NOON - 400 * 24 * HOUR)])
    registry = await read_registry(client, NOON + MINUTE)
    assert registry.newest_received_at == NOON
    assert registry.newest_event_at == NOON - 400 * 24 * HOUR
    await client.close()


async def test_a_clock_is_told_until_a_day_has_passed_though_it_was_set_right(
    clickhouse_database_url: str,
) -> None:
    client = await connect(clickhouse_database_url)
    wrong = comment(NOON, created_at=NOON + 2 * HOUR)
    more_wrong_before = comment(NOON - HOUR, observed_at=NOON + 2 * HOUR)
    right = comment(NOON + HOUR, comment_id="d")
    slow = comment(NOON, platform=Platform.X, created_at=NOON - 3 * HOUR)
    a_little = comment(NOON, platform=Platform.YOUTUBE, observed_at=NOON + 5 * MINUTE)
    await Flush(client, RULES).write([account(), wrong, more_wrong_before, right, slow, a_little])
    registry = await read_registry(client, NOON + 2 * HOUR)
    assert told(registry) == [("dinkes", "tiktok", 7200)]
    assert registry.newest_received_at == NOON + HOUR
    await client.close()


async def test_an_account_that_is_not_active_makes_nothing_fresh(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    of_an_old_one = post(NOON + HOUR, NOON + 9 * HOUR, account_id="lama")
    await Flush(client, RULES).write([account(), post(NOON), account("lama", active=False), of_an_old_one])
    registry = await read_registry(client, NOON + 2 * HOUR)
    assert (registry.newest_received_at, told(registry)) == (NOON, [])
    await client.close()


async def test_delivered_twice_or_labelled_again_nothing_arrives(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    flush = Flush(client, RULES)
    said = comment(NOON)
    await flush.write([account(), said, post(NOON - HOUR)])
    before = await read_registry(client, LATER)
    again = said.model_copy(
        update={"label": Label.POSITIVE, "labelled_at": NOON + 9 * HOUR, "relabelled": True}
    )
    await flush.write([post(NOON - HOUR), again, said])
    assert await read_registry(client, LATER) == before
    await client.close()


async def test_ingest_whose_clock_is_ahead_of_the_apis_tells_nothing_of_the_future(
    clickhouse_database_url: str,
) -> None:
    client = await connect(clickhouse_database_url)
    await Flush(client, RULES).write([account(), post(NOON + MINUTE)])
    registry = await read_registry(client, NOON)
    assert (registry.newest_received_at, registry.newest_event_at) == (NOON, NOON)
    await client.close()


async def test_dead_feeds_grow_old_though_ingests_clock_was_hours_ahead(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    await Flush(client, RULES).write([account(), post(NOON + 3 * HOUR)])
    seen = FirstSeen()
    for passed in (0 * HOUR, HOUR, 3 * HOUR, 4 * HOUR):
        registry = await read_registry(client, NOON + passed, seen)
        assert (registry.newest_received_at, registry.newest_event_at) == (NOON, NOON)
    await Flush(client, RULES).write([post(NOON + 8 * HOUR)])
    assert (await read_registry(client, NOON + 5 * HOUR, seen)).newest_received_at == NOON + 5 * HOUR
    await client.close()


def expected(events: Iterable[Any]) -> dict[str, AccountData]:
    """The same from the events themselves, one by one."""
    seen = [event for event in events if isinstance(event, Observation)]
    return {
        account_id: _known([event for event in seen if event.account_id == account_id])
        for account_id in {event.account_id for event in seen}
    }


def _known(events: Sequence[Observation]) -> AccountData:
    beyond = [
        Ahead(event.platform.value, event.received_at, int(by.total_seconds()))
        for event in events
        if (by := ahead(event))
    ]
    beyond.sort(key=lambda one: (one.platform, one.received_at, one.seconds))
    return AccountData(
        platforms=sorted({event.platform.value for event in events}),
        newest_event_at=max(min(event.observed_at, event.received_at) for event in events),
        newest_received_at=max(event.received_at for event in events),
        simulated=any(event.simulated for event in events),
        ahead=[*{one.platform: one for one in beyond}.values()],
    )


def test_any_order_and_any_repetition_tell_the_same(clickhouse_database_url: str) -> None:
    @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(events=histories, seed=st.integers(0, 2**32))
    def run(events: list[Any], seed: int) -> None:
        shuffle = random.Random(seed)
        sent = events + shuffle.sample(events, k=len(events) // 3)
        shuffle.shuffle(sent)
        asyncio.run(hold(sent))

    async def hold(sent: list[Any]) -> None:
        client = await connect(clickhouse_database_url)
        try:
            await forget_everything(client)
            middle = len(sent) // 2
            await stored(client, sent[:middle])
            await stored(client, sent[middle:])
            assert await queries.read_data(client, LATER) == expected(sent)
        finally:
            await client.close()

    run()


async def stored(client: Any, events: Sequence[FactEvent]) -> None:
    """The facts alone."""
    for table, rows in facts(events).rows.items():
        await client.insert(table, rows, column_names=COLUMNS[table])


EVENTS: list[FactEvent] = [account(), post(NOON, NOON + 7 * HOUR), comment(NOON + HOUR), post(NOON - HOUR)]
BY_FLOW = {"posts": NOON, "comments": NOON + HOUR}


async def test_posts_and_readings_are_one_flow_and_comments_another(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    assert await queries.newest_by_flow(client) == {}
    fields: dict[str, Any] = {"account_id": "dinkes", "platform": Platform.TIKTOK, "observed_at": NOON}
    events: list[FactEvent] = [
        MetricsObserved(**fields, received_at=NOON, post_id="p", views=1),
        FollowersObserved(**fields, received_at=NOON + HOUR, followers=1),
        post(NOON + 2 * HOUR),
    ]
    for hour, event in enumerate(events):
        await stored(client, [event])
        assert await queries.newest_by_flow(client) == {"posts": NOON + hour * HOUR}
    await stored(client, [comment(NOON + HOUR)])
    await stored(client, [comment(NOON, observed_at=NOON + 9 * HOUR), post(NOON)])
    assert await queries.newest_by_flow(client) == {"posts": NOON + 2 * HOUR, "comments": NOON + HOUR}
    await client.close()


async def test_facts_from_before_the_table_are_in_it(clickhouse_url: str, tmp_path: Path) -> None:
    url = f"{clickhouse_url}/before_arrivals"
    for path in MIGRATIONS.glob("*.sql"):
        if path.name < "0013":
            shutil.copy(path, tmp_path)
    await migrate(url, tmp_path)
    client = await connect(url)
    await stored(client, EVENTS)
    await migrate(url, MIGRATIONS)
    assert await queries.read_data(client, LATER) == expected(EVENTS)
    assert await queries.newest_by_flow(client) == BY_FLOW
    await client.command("DROP DATABASE before_arrivals SYNC")
    await client.close()


async def test_a_rebuild_adds_what_is_missing_and_forgets_no_arrival(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    await stored(client, EVENTS)
    await client.command("TRUNCATE TABLE arrivals")
    await client.command("TRUNCATE TABLE flow_arrivals")
    await Rebuild(client, RULES).begin()
    assert await queries.read_data(client, LATER) == expected(EVENTS)
    assert await queries.newest_by_flow(client) == BY_FLOW

    overtaken = comment(NOON + 3 * HOUR, observed_at=NOON - 3 * HOUR)
    await stored(client, [overtaken])
    await client.command("OPTIMIZE TABLE comments FINAL")
    await Rebuild(client, RULES).begin(anew=True)
    assert await queries.read_data(client, LATER) == expected([*EVENTS, overtaken])
    await client.close()
