"""A running api for tests, and rows for it to read."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from deploy.local import ports
from deploy.local.places import ROOT
from pantau.contracts import topics
from pantau.contracts.events import ScoreChanged, ScorePart, ScoreParts
from pantau.runtime.clickhouse import connect, insert
from pantau.runtime.clock import Clock, utc_now
from pantau.runtime.kafka.publisher import Publisher, Record
from pantau.runtime.ops import Readiness
from pantau.score.bucket_sums import ADDITIVE
from pantau.score.rules import load_rules
from services.api.dependencies import Dependencies, build
from services.api.service import run
from services.api.settings import ApiSettings
from services.api.stream.hub import Hub
from services.api.stream.service import Stream

KEY = "kunci-untuk-pengujian"
NOW = datetime(2026, 11, 21, 12, 0, 31, tzinfo=UTC)
NOBODY = "127.0.0.1:1"  # no broker listens there
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
Row = dict[str, Any]
RULES = load_rules(ROOT / "deploy" / "scoring" / "rules.yaml")


def clock_from(start: datetime) -> Clock:
    """A clock that shows `start` now and goes on from there."""
    began = utc_now()
    return lambda: start + (utc_now() - began)


@dataclass(frozen=True, slots=True)
class Api:
    client: httpx.AsyncClient
    dependencies: Dependencies
    stop: asyncio.Event

    @property
    def hub(self) -> Hub:
        return self.dependencies.service(Stream).hub

    async def get(self, path: str, **parameters: Any) -> Any:
        """The body of an answer that is no refusal."""
        answer = await self.client.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def until(self, text: str) -> httpx.Response:
        """Wait until /readyz says `text`."""
        async with asyncio.timeout(60):
            while True:
                answer = await self.client.get("/readyz")
                if text in answer.text:
                    return answer
                await asyncio.sleep(0.05)


@asynccontextmanager
async def running_api(
    clickhouse_url: str,
    kafka: str = NOBODY,
    *,
    dist: Path = Path("nowhere"),
    clock: Clock | None = None,
    wait_for: str | None = "waiting for kafka",
    **settings: Any,
) -> AsyncIterator[Api]:
    port = ports.choose(0)
    given = {"API_HOST": "127.0.0.1", "API_PORT": port, "API_KEYS": KEY, **settings}
    configured = ApiSettings(**given, clickhouse_url=clickhouse_url, kafka_bootstrap_servers=kafka)
    dependencies = build(configured, Readiness("clickhouse", "kafka"), clock or clock_from(NOW), dist)
    stop = asyncio.Event()
    service = asyncio.create_task(run(dependencies, stop))
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as client:
        api = Api(client, dependencies, stop)
        try:
            while not ports.is_listening(port):
                assert not service.done(), service.exception()
                await asyncio.sleep(0.02)
            if wait_for is not None:
                await api.until(wait_for)
            yield api
        finally:
            stop.set()
            async with asyncio.timeout(30):
                await service


async def store(url: str, table: str, rows: Sequence[Row]) -> None:
    client = await connect(url)
    try:
        await insert(client, table, list(rows[0]), [list(row.values()) for row in rows])
    finally:
        await client.close()


def account(account_id: str, *, active: bool = True, kind: str = "opd", version: int = 1) -> Row:
    return {
        "account_id": account_id,
        "name": f"Dinas {account_id}",
        "short_name": account_id.title(),
        "kind": kind,
        "active": active,
        "onboarded_at": NOW - timedelta(days=400),
        "registered_at": NOW - timedelta(days=400),
        "version": version,
    }


def score(account_id: str, points: float | None, rank: int | None, **changed: Any) -> Row:
    """A row of the table scores, in window 24h unless told otherwise."""
    part = ScorePart(raw=10, normalised=0.5, weight=0.25, points=None if points is None else points / 4)
    parts = ScoreParts(views=part, posts=part, comments=part, likes=part)
    return {
        "window": "24h",
        "period": "",
        "account_id": account_id,
        "at": NOW - timedelta(seconds=31),
        "score": points,
        "rank": rank,
        "completeness": 1.0 if rank else 0.5,
        "incomplete": rank is None,
        "parts": parts.model_dump_json(),
        "positive": 5,
        "neutral": 3,
        "negative": 2,
        "simulated": False,
        "newest_event_at": NOW - MINUTE,
        "rules_version": "2026-2",
        "normaliser": "log_winsor",
        "computed_at": NOW - timedelta(seconds=30),
        "version": 1,
        **changed,
    }


def tick(at: datetime, computed_at: datetime | None = None) -> Row:
    return {"at": at, "computed_at": computed_at or at}


def sums(**figures: int) -> Row:
    """All additive figures; those not given are zero."""
    zeros = dict.fromkeys(ADDITIVE, 0)
    assert not set(figures) - set(zeros)
    return zeros | figures


def observation(account_id: str, received_at: datetime, **changed: Any) -> Row:
    """A row of the table observed: what a fact says of its arrival; observed a second before unless told."""
    observed_at = changed.pop("observed_at", received_at - timedelta(seconds=1))
    return {
        "account_id": account_id,
        "platform": "instagram",
        "observed_at": observed_at,
        "latest": observed_at,
        "received_at": received_at,
        "simulated": False,
        **changed,
    }


def hour_bucket(account_id: str, hour: datetime, **figures: int) -> Row:
    newest = hour + timedelta(minutes=59)
    return {
        "hour": hour,
        "account_id": account_id,
        "platform": "instagram",
        **sums(**figures),
        "newest_at": newest,
        "version": 1,
    }


def minute_bucket(account_id: str, minute: datetime, post_id: str = "p1", **figures: int) -> Row:
    return {
        "account_id": account_id,
        "platform": "instagram",
        "post_id": post_id,
        "minute": minute.replace(second=0, microsecond=0),
        **sums(**figures),
        "newest_at": minute,
        "version": 1,
    }


def comment(comment_id: str, created_at: datetime, **changed: Any) -> Row:
    return {
        "account_id": "dinkes",
        "platform": "instagram",
        "post_id": "p1",
        "comment_id": comment_id,
        "parent_id": "",
        "author": "a" * 64,
        "by_account": False,
        "text": f"komentar {comment_id}",
        "created_at": created_at,
        "deleted": False,
        "label": "neutral",
        "negative": 0.1,
        "neutral": 0.8,
        "positive": 0.1,
        "model_version": "compact-1",
        "simulated": False,
        "observed_at": created_at,
        # Texts have a time to live after this, by the real clock.
        "received_at": utc_now(),
        "labelled_at": created_at + timedelta(seconds=2),
        "version": 1,
        **changed,
    }


def change(account_id: str, points: float) -> ScoreChanged:
    row = score(account_id, points, 1)
    fields = {name: row[name] for name in ScoreChanged.model_fields if name in row}
    fields |= {"parts": ScoreParts.model_validate_json(row["parts"]), "computed_at": utc_now()}
    return ScoreChanged(**fields)


async def publish(bootstrap: str, *changes: ScoreChanged, raw: bytes | None = None) -> None:
    publisher = Publisher(bootstrap)
    records = [Record(topics.SCORES, c.account_id.encode(), c.model_dump_json().encode()) for c in changes]
    if raw is not None:
        records.insert(0, Record(topics.SCORES, b"broken", raw))
    try:
        await publisher.publish(records)
    finally:
        await publisher.stop()
