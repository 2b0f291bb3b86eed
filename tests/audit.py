"""Audit a running stack: `make audit` reads every event back from Kafka, computes all scores anew with the
oracle and compares them with what the API serves, and counts what is stored against what was accepted.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from aiokafka import TopicPartition
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pantau.contracts import topics
from pantau.contracts.codec import (
    decode_account,
    decode_comment,
    decode_correction,
    decode_labelled,
    decode_post_event,
)
from pantau.contracts.events import FollowersObserved, MetricsObserved, PostObserved
from pantau.runtime.clickhouse import connect
from pantau.runtime.kafka.consumer import consumer, start_consumer, stop_consumer
from pantau.score.rules import load_rules
from pantau.score.windows import SLIDING, month_of
from tests.support.oracle import Oracle

console = Console()
SAMPLES = (timedelta(0), timedelta(minutes=7), timedelta(hours=3), timedelta(days=2), timedelta(days=11))


async def read_topic(bootstrap: str, topic: str) -> list[bytes]:
    """Every value of a topic, from its beginning to its end as of now."""
    reader = consumer(bootstrap_servers=bootstrap, group=None)
    await start_consumer(reader)
    try:
        partitions = [
            TopicPartition(topic, n)
            for n in reader.partitions_for_topic(topic) or await _partitions(reader, topic)
        ]
        reader.assign(partitions)
        ends = await reader.end_offsets(partitions)
        await reader.seek_to_beginning(*partitions)
        values: list[bytes] = []
        while any([await reader.position(tp) < end for tp, end in ends.items()]):
            for batch in (await reader.getmany(timeout_ms=1000, max_records=5000)).values():
                values += [record.value for record in batch if record.value is not None]
        return values
    finally:
        await stop_consumer(reader)


async def _partitions(reader: Any, topic: str) -> set[int]:
    await reader._client.add_topic(topic)
    return reader.partitions_for_topic(topic) or set()


async def collect(bootstrap: str) -> tuple[list[Any], dict[str, int], int]:
    """Readable events that scoring had to see, identities per kind, and the number of dead letters."""
    events: list[Any] = [decode_account(v) for v in await read_topic(bootstrap, topics.ACCOUNTS)]
    events += [decode_post_event(v) for v in await read_topic(bootstrap, topics.POSTS)]
    events += [decode_correction(v) for v in await read_topic(bootstrap, topics.CORRECTIONS)]
    for value in await read_topic(bootstrap, topics.LABELLED):
        events += decode_labelled(value)[0]
    asked = [decode_comment(v) for v in await read_topic(bootstrap, topics.COMMENTS)]
    letters = len(await read_topic(bootstrap, topics.DEAD_LETTERS))
    identities = {
        "accounts": len({e.account_id for e in events if e.type == "account.registered"}),
        "posts": len({(e.account_id, e.platform, e.post_id) for e in events if isinstance(e, PostObserved)}),
        "metric_readings": len(
            {
                (e.account_id, e.platform, e.post_id, e.observed_at)
                for e in events
                if isinstance(e, MetricsObserved)
            }
        ),
        "follower_readings": len(
            {(e.account_id, e.platform, e.observed_at) for e in events if isinstance(e, FollowersObserved)}
        ),
        "comments": len({(c.account_id, c.platform, c.post_id, c.comment_id) for c in asked}),
    }
    return events, identities, letters


async def stored(url: str) -> dict[str, int]:
    client = await connect(url)
    try:
        tables = ("accounts", "posts", "metric_readings", "follower_readings", "comments")
        return {
            table: (await client.query(f"SELECT count() FROM {table} FINAL")).result_rows[0][0]
            for table in tables
        }
    finally:
        await client.close()


def served(api: httpx.Client, **query: str) -> dict[str, dict[str, Any]]:
    response = api.get("/v1/scores", params=query)
    response.raise_for_status()
    return {
        score["account_id"]: {
            "score": score["score"],
            "rank": score["rank"],
            "completeness": score["completeness"],
            "points": {metric: part["points"] for metric, part in score["parts"].items()},
            "raw": {metric: part["raw"] for metric, part in score["parts"].items()},
            "sentiment": tuple(score["sentiment"][name] for name in ("positive", "neutral", "negative")),
            "group": score["group"],
            "posts_missing": score["posts_missing"],
        }
        for score in response.json()["scores"]
    }


def compare(api: httpx.Client, oracle: Oracle, events: list[Any]) -> dict[str, tuple[int, int]]:
    """Per question asked of the API: accounts compared, accounts that differ."""
    now = datetime.now(UTC)
    latest = max((e.observed_at for e in events if hasattr(e, "observed_at")), default=now)
    instants = {base - back for base in (now, min(latest, now)) for back in SAMPLES}
    dated = [
        getattr(e, "created_at", None) or getattr(e, "published_at", None) or e.observed_at
        for e in events
        if hasattr(e, "observed_at")
    ]
    months = sorted({f"{month_of(at):%Y-%m}" for at in dated})
    verdict: dict[str, tuple[int, int]] = {}
    for at in track(sorted(instants), "instants", console=console):
        for window in SLIDING:
            given = served(api, window=window.value, at=at.isoformat())
            verdict[f"{window} at {at:%Y-%m-%d %H:%M}"] = _differences(
                given, oracle.sliding(window.value, at)
            )
    for month in track(months, "months", console=console):
        verdict[month] = _differences(served(api, month=month), oracle.month(month, now))
    return verdict


def _differences(given: dict[str, Any], expected: dict[str, Any]) -> tuple[int, int]:
    accounts = given.keys() | expected.keys()
    return len(accounts), sum(given.get(a) != expected.get(a) for a in accounts)


def main(
    stack: Annotated[Path, typer.Option(help="Written by make run")] = Path(".local/stack.json"),
) -> None:
    """Compare a running stack with an independent recomputation of everything it was sent."""
    about = json.loads(stack.read_text(encoding="utf-8"))
    with console.status("reading all events back from Kafka"):
        events, identities, letters = asyncio.run(collect(about["kafka"]))
        held = asyncio.run(stored(about["clickhouse_url"]))
    table = Table("kind", "accepted, distinct", "stored")
    for kind, count in identities.items():
        table.add_row(kind, f"{count:,}", f"{held[kind]:,}")
    console.print(table, f"dead letters: {letters}")
    oracle = Oracle(events, load_rules(Path("deploy/scoring/rules.yaml")).model_dump(mode="json"))
    with httpx.Client(
        base_url=about["api_url"], headers={"Authorization": f"Bearer {about['api_key']}"}, timeout=60
    ) as api:
        verdict = compare(api, oracle, events)
    wrong = {question: differing for question, (_, differing) in verdict.items() if differing}
    compared = sum(count for count, _ in verdict.values())
    console.print(
        f"{len(verdict)} questions, {compared:,} scores compared, {sum(wrong.values())} differ {wrong or ''}"
    )
    sys.exit(bool(wrong) or any(held[kind] != count for kind, count in identities.items()))


if __name__ == "__main__":
    typer.run(main)
