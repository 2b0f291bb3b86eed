"""The scoring service as a process: its environment, a history to publish, waiting until it is stored."""

import asyncio
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

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
from pantau.runtime.kafka.consumer import consumer, start_consumer, stop_consumer
from pantau.runtime.kafka.publisher import Publisher, Record
from pantau.score.bucket_sums import sliding_rankings
from pantau.score.windows import SLIDING
from tests.support.oracle import Oracle
from tests.support.scoring_oracle import RULES, comparable

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
