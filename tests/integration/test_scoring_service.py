"""The scoring process on the real broker and the real engine: exact, whatever is killed."""

import asyncio
import random
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.local.places import MIGRATIONS
from pantau.contracts import topics as names
from pantau.contracts.codec import encode
from pantau.contracts.events import (
    AccountRegistered,
    CommentsLabelled,
    LabelledComment,
    MetricsObserved,
    PostObserved,
)
from pantau.contracts.fields import Label, Platform
from pantau.runtime.clickhouse import connect
from pantau.runtime.kafka import Publisher, Record, consumer, start_consumer, stop_consumer
from pantau.runtime.migrate import migrate
from pantau.score.bucket_sums import sliding_rankings
from pantau.score.rules import load_rules
from pantau.score.windows import SLIDING
from tests.integration.test_scoring_oracle import RULES, comparable
from tests.oracle import Oracle
from tests.processes import Engine, Service, service

ACCOUNTS = [f"akun-{n}" for n in range(6)]


def history(seed: int, comments: int = 600) -> list[Any]:
    """Events of the last day: accounts, posts, rising and falling readings, chatty commenters."""
    dice = random.Random(seed)
    now = datetime.now(UTC).replace(microsecond=0)
    base: dict[str, Any] = {"received_at": now, "platform": Platform.INSTAGRAM}
    events: list[Any] = [
        AccountRegistered(
            account_id=a, name=a, short_name=a, onboarded_at=now - timedelta(days=30), registered_at=now
        )
        for a in ACCOUNTS
    ]
    for account in ACCOUNTS:
        for n in range(4):
            at = now - timedelta(hours=dice.randint(1, 20))
            events.append(
                PostObserved(**base, account_id=account, post_id=f"p{n}", published_at=at, observed_at=at)
            )
            for step in range(6):
                total = dice.randint(0, 500) * step
                seen = at + timedelta(minutes=9 * step)
                counts: dict[str, Any] = {"views": total * 9, "likes": total, "comments": total // 7}
                events.append(
                    MetricsObserved(**base, account_id=account, post_id=f"p{n}", observed_at=seen, **counts)
                )
    for n in range(comments):
        at = now - timedelta(minutes=dice.randint(1, 1200))
        events.append(
            LabelledComment(
                **base,
                account_id=dice.choice(ACCOUNTS),
                comment_id=f"c{n}",
                post_id=f"p{dice.randint(0, 3)}",
                author=f"{dice.randint(0, 40):064x}",
                text="halo",
                created_at=at,
                observed_at=at,
                label=dice.choice(list(Label)),
                model_version="test",
                labelled_at=now,
            )
        )
    return events


def records(events: Sequence[Any]) -> list[Record]:
    """As ingest and sentiment publish them; comments in batches by account."""
    sent = []
    for event in events:
        topic, payload = names.POSTS, event
        if isinstance(event, AccountRegistered):
            topic = names.ACCOUNTS
        elif isinstance(event, LabelledComment):
            topic = names.LABELLED
            payload = CommentsLabelled(account_id=event.account_id, comments=(event,))
        sent.append(Record(topic, event.account_id.encode(), encode(payload)))
    return sent


async def publish(bootstrap: str, sent: Sequence[Record]) -> None:
    publisher = Publisher(bootstrap)
    await publisher.publish(sent)
    await publisher.stop()


async def wait_for_counts(url: str, expected: dict[str, int], seconds: float = 60) -> None:
    client = await connect(url)
    try:
        async with asyncio.timeout(seconds):
            while True:
                held = {
                    table: (await client.query(f"SELECT count() FROM {table} FINAL")).result_rows[0][0]
                    for table in expected
                }
                pending = (
                    await client.query(
                        "SELECT uniqExact(flush_id) FROM flush_posts WHERE flush_id NOT IN"
                        " (SELECT flush_id FROM flushes)"
                    )
                ).result_rows[0][0]
                if held == expected and not pending:
                    return
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise AssertionError(f"{held} after {seconds} s, expected {expected}") from None
    finally:
        await client.close()


def expected_counts(events: Sequence[Any]) -> dict[str, int]:
    kinds = {"accounts": AccountRegistered, "posts": PostObserved, "metric_readings": MetricsObserved}
    counts = {table: sum(isinstance(e, kind) for e in events) for table, kind in kinds.items()}
    return counts | {"comments": sum(isinstance(e, LabelledComment) for e in events)}


async def assert_scores_equal_oracle(url: str, events: Sequence[Any], seconds: float = 30) -> None:
    """What is computed from the stored buckets, against the events.

    Facts are stored just before their flush is announced, so right after the last fact it may still come.
    """
    client = await connect(url)
    oracle = Oracle(events, RULES.model_dump(mode="json"))
    deadline = time.monotonic() + seconds
    try:
        while True:
            at = datetime.now(UTC)
            rankings = await sliding_rankings(client, tuple(SLIDING), at, RULES)
            held = {window.value: comparable(each.scores) for window, each in rankings.items()}
            expected = {window.value: oracle.sliding(window.value, at) for window in SLIDING}
            if held == expected or time.monotonic() > deadline:
                assert held == expected
                return
            await asyncio.sleep(0.3)
    finally:
        await client.close()


def environment(bootstrap: str, url: str) -> dict[str, str]:
    return {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "CLICKHOUSE_URL": url}


async def test_events_become_scores_in_the_table_and_on_the_topic(
    topics: str, clickhouse_database_url: str, tmp_path: Path
) -> None:
    events = history(1)
    with service("scoring", environment(topics, clickhouse_database_url), tmp_path) as scoring:
        await publish(topics, records(events))
        await wait_for_counts(clickhouse_database_url, expected_counts(events))
        await assert_scores_equal_oracle(clickhouse_database_url, events)
        await wait_until_nothing_waits(scoring)
        scored = await stored_scores(clickhouse_database_url, len(ACCOUNTS))
        published = await published_scores(topics, scored)
        assert {k: v for k, v in published.items() if k in scored} == scored
        assert scoring.terminate() == 0, scoring.tail()


async def wait_until_nothing_waits(scoring: Service) -> None:
    """The lag that the watchdog reads has to reach exactly zero, or it would end an idle process."""
    async with asyncio.timeout(30):
        while True:
            text = await asyncio.to_thread(scoring.metrics)
            lags = re.findall(r"^pantau_consumer_lag_messages\{.*\} (\S+)$", text, re.MULTILINE)
            if lags and not any(float(lag) for lag in lags):
                return
            await asyncio.sleep(0.3)


async def test_clickhouse_away_for_a_while_loses_nothing(topics: str, tmp_path: Path) -> None:
    events = history(4, comments=300)
    sent = records(events)
    engine = Engine(tmp_path)
    engine.start()
    url = f"{engine.url}/pantau"
    await migrate(url, MIGRATIONS)
    try:
        with service("scoring", environment(topics, url), tmp_path) as scoring:
            await publish(topics, sent[:200])
            await asyncio.sleep(1)
            engine.kill()
            await publish(topics, sent[200:])
            await asyncio.sleep(3)
            engine.start()
            await wait_for_counts(url, expected_counts(events))
            await assert_scores_equal_oracle(url, events)
            assert scoring.process.poll() is None
    finally:
        engine.kill()


async def stored_scores(url: str, accounts: int) -> dict[str, float | None]:
    client = await connect(url)
    try:
        async with asyncio.timeout(30):
            while True:
                rows = (
                    await client.query("SELECT account_id, score FROM scores FINAL WHERE window = '24h'")
                ).result_rows
                if len(rows) == accounts and any(score for _, score in rows):
                    await asyncio.sleep(1.5)  # the scorer's next turn
                    rows = (
                        await client.query("SELECT account_id, score FROM scores FINAL WHERE window = '24h'")
                    ).result_rows
                    return {f"24h//{account}": score for account, score in rows}
                await asyncio.sleep(0.2)
    finally:
        await client.close()


async def published_scores(bootstrap: str, wanted: dict[str, float | None]) -> dict[str, float | None]:
    """The latest score per key on the compacted topic."""
    import orjson

    reader = consumer(names.SCORES, bootstrap_servers=bootstrap, group=None)
    await start_consumer(reader)
    latest: dict[str, float | None] = {}
    try:
        while True:
            found = await reader.getmany(timeout_ms=3000)
            if not found:
                return latest
            for batch in found.values():
                latest |= {r.key.decode(): orjson.loads(r.value)["score"] for r in batch}
    finally:
        await stop_consumer(reader)


async def test_killed_in_mid_stream_it_ends_in_the_same_state(
    topics: str, clickhouse_database_url: str, tmp_path: Path
) -> None:
    events = history(2, comments=1500)
    sent = records(events)
    dice = random.Random(2)
    repeated = [*sent, *dice.sample(sent, k=300)]
    with service("scoring", environment(topics, clickhouse_database_url), tmp_path) as scoring:
        for part in (repeated[:600], repeated[600:1200], repeated[1200:]):
            await publish(topics, part)
            await asyncio.sleep(dice.uniform(0.3, 0.9))
            scoring.kill()
            scoring.start()
        scoring.wait_until_ready()
        await wait_for_counts(clickhouse_database_url, expected_counts(events))
        await assert_scores_equal_oracle(clickhouse_database_url, events)


async def test_what_cannot_be_read_goes_to_dead_letters_with_its_bytes(
    topics: str, clickhouse_database_url: str, tmp_path: Path
) -> None:
    import base64

    import orjson

    events = history(3, comments=20)
    good = records(events)
    comment = next(e for e in events if isinstance(e, LabelledComment))
    half_bad = orjson.loads(encode(CommentsLabelled(account_id=comment.account_id, comments=(comment,) * 2)))
    half_bad["comments"][1]["label"] = "angry"
    poison = [
        Record(names.LABELLED, b"x", b"\xff not json"),
        Record(names.POSTS, b"x", b'{"schema_version":9,"type":"post.observed"}'),
        Record(names.LABELLED, comment.account_id.encode(), orjson.dumps(half_bad)),
    ]
    with service("scoring", environment(topics, clickhouse_database_url), tmp_path):
        await publish(topics, [*poison, *good])
        await wait_for_counts(clickhouse_database_url, expected_counts(events))
    reader = consumer(names.DEAD_LETTERS, bootstrap_servers=topics, group=None)
    await start_consumer(reader)
    letters = [orjson.loads(r.value) for b in (await reader.getmany(timeout_ms=5000)).values() for r in b]
    await stop_consumer(reader)
    bodies = {base64.b64decode(letter["payload_base64"]): letter for letter in letters}
    assert bodies[poison[0].value]["reason"] == "not_json"
    assert bodies[poison[1].value]["reason"] == "unknown_version"
    assert bodies[orjson.dumps(half_bad["comments"][1])]["position"] == 1


def test_rules_of_the_repository_are_valid() -> None:
    assert load_rules(Path("deploy/scoring/rules.yaml")).version
