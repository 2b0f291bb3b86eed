"""What tells a flush where to look: never wrong about what holds, filled for facts that came before it."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.clickhouse.migrate import migrate
from deploy.local.places import MIGRATIONS
from pantau.contracts.events import AccountRegistered, LabelledComment, PostObserved
from pantau.contracts.fields import Label, Platform
from pantau.runtime.clickhouse import connect
from pantau.score.facts import COLUMNS, facts
from services.scoring.buckets.flush import Flush
from services.scoring.rebuild.steps import Rebuild
from tests.support.scoring_oracle import RULES

MONDAY = datetime(2026, 11, 2, 3, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ONE_A_DAY = RULES.model_copy(update={"max_posts_per_day": 1})


def seen(at: datetime) -> dict[str, Any]:
    return {"account_id": "dinkes", "platform": Platform.TIKTOK, "observed_at": at, "received_at": at}


def post(post_id: str, published_at: datetime, seen_at: datetime | None = None) -> PostObserved:
    return PostObserved(**seen(seen_at or published_at), post_id=post_id, published_at=published_at)


def comment(
    comment_id: str, at: datetime, *, post_id: str = "p", answers: str | None = None
) -> LabelledComment:
    return LabelledComment(
        **seen(at),
        comment_id=comment_id,
        post_id=post_id,
        parent_id=answers,
        by_account=answers is not None,
        author="a" * 64,
        text="kapan buka",
        created_at=at,
        label=Label.NEUTRAL,
        model_version="m",
        labelled_at=at,
    )


async def counted(client: Any) -> dict[str, int]:
    """Posts that count, by the buckets; the flags have to say the same."""
    buckets = await client.query("SELECT post_id, sum(posts) FROM post_buckets FINAL GROUP BY post_id")
    flags = await client.query("SELECT post_id, toUInt64(counted) FROM post_flags FINAL")
    assert dict(buckets.result_rows) == dict(flags.result_rows)
    return dict(buckets.result_rows)


async def answered(client: Any) -> list[tuple[int, int]]:
    query = "SELECT replies, reply_seconds FROM post_buckets FINAL WHERE replies > 0 ORDER BY ALL"
    return list((await client.query(query)).result_rows)


async def test_a_post_that_moves_to_another_day_gives_its_place(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    flush = Flush(client, ONE_A_DAY)
    await flush.write([post("first", MONDAY), post("second", MONDAY + HOUR), post("next", MONDAY + DAY)])
    assert await counted(client) == {"first": 1, "second": 0, "next": 1}

    await flush.write([post("first", MONDAY + DAY - HOUR, seen_at=MONDAY + HOUR)])
    assert await counted(client) == {"first": 1, "second": 1, "next": 0}

    await flush.write([post("first", MONDAY, seen_at=MONDAY + 2 * HOUR)])
    assert await counted(client) == {"first": 1, "second": 0, "next": 1}
    await client.close()


async def test_an_answer_that_is_edited_into_another_answers_that_one(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    flush = Flush(client, RULES)
    await flush.write([comment("q1", MONDAY), comment("q2", MONDAY + HOUR)])
    await flush.write([comment("a", MONDAY + 3 * HOUR, answers="q1")])
    assert await answered(client) == [(1, 3 * 3600)]

    edited = comment("a", MONDAY + 3 * HOUR, answers="q2")
    await flush.write([edited.model_copy(update={"observed_at": MONDAY + 4 * HOUR})])
    assert await answered(client) == [(1, 2 * 3600)]
    await client.close()


async def test_a_comment_after_the_month_closed_has_no_month_recomputed(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    flush = Flush(client, RULES)
    await flush.write([post("p", MONDAY), comment("early", MONDAY + HOUR)])
    month = "SELECT comments, version FROM month_buckets FINAL"
    before = (await client.query(month)).result_rows
    assert [comments for comments, _ in before] == [1]

    await flush.write([comment("late", MONDAY + 60 * DAY)])
    assert (await client.query(month)).result_rows == before
    last = "SELECT months FROM flushes ORDER BY flush_id DESC LIMIT 1"
    assert (await client.query(last)).result_rows == [([],)]

    await flush.write([comment("in time", MONDAY + 2 * HOUR)])
    assert [comments for comments, _ in (await client.query(month)).result_rows] == [2]
    await client.close()


async def stored(client: Any, events: Sequence[Any]) -> None:
    """The facts alone, as an earlier version left them."""
    batch = facts(events)
    for table, rows in batch.rows.items():
        await client.insert(table, rows, column_names=COLUMNS[table])


async def test_facts_from_before_are_found_too(clickhouse_url: str, tmp_path: Path) -> None:
    url = f"{clickhouse_url}/from_before"
    for path in MIGRATIONS.glob("000*.sql"):
        shutil.copy(path, tmp_path)
    await migrate(url, tmp_path)
    client = await connect(url)
    known = AccountRegistered(
        account_id="dinkes", name="D", short_name="D", onboarded_at=MONDAY, registered_at=MONDAY
    )
    asked = [comment("q", MONDAY), comment("a", MONDAY + HOUR, answers="q")]
    await stored(client, [known, post("first", MONDAY), *asked])
    await migrate(url, MIGRATIONS)

    await Flush(client, ONE_A_DAY).write([post("p", MONDAY + HOUR), comment("more", MONDAY + HOUR)])
    assert await answered(client) == [(1, 3600)]
    assert (await counted(client))["p"] == 0
    await client.command("DROP DATABASE from_before SYNC")
    await client.close()


async def test_a_rebuild_adds_what_is_missing(clickhouse_database_url: str) -> None:
    client = await connect(clickhouse_database_url)
    asked = [comment("q", MONDAY), comment("a", MONDAY + HOUR, answers="q")]
    await Flush(client, ONE_A_DAY).write([*asked, post("p", MONDAY), post("second", MONDAY + HOUR)])
    for lookup in ("post_days", "answers"):
        await client.command(f"TRUNCATE TABLE {lookup}")

    steps = Rebuild(client, ONE_A_DAY)
    await steps.buckets(await steps.begin(), lambda _: None)
    assert await answered(client) == [(1, 3600)]
    assert await counted(client) == {"p": 1, "second": 0}
    await client.close()
