"""`make bench`: what a flush costs beside a bare insert of the same rows, on one engine in one run."""

import asyncio
import platform
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.clickhouse.migrate import migrate
from deploy.local.places import MIGRATIONS
from pantau.contracts.events import LabelledComment
from pantau.contracts.fields import Label, Platform
from pantau.runtime.clickhouse import connect, insert
from pantau.score.bucket_sums import sliding_rankings
from pantau.score.facts import COLUMNS, facts
from pantau.score.rules import load_rules
from pantau.score.windows import SLIDING
from services.scoring.buckets.flush import Flush
from tests.bench.parts import engine

console = Console()


def comments(count: int, start: int) -> list[LabelledComment]:
    """Comments of the last hour on 51 accounts, 10 posts each."""
    dice = random.Random(start)
    now = datetime.now(UTC)
    made = []
    for n in range(start, start + count):
        at = now - timedelta(seconds=dice.uniform(0, 3600))
        made.append(
            LabelledComment(
                account_id=f"akun-{dice.randrange(51)}",
                platform=Platform.INSTAGRAM,
                comment_id=f"c{n}",
                post_id=f"p{dice.randrange(10)}",
                author=f"{dice.randrange(5000):064x}",
                text="Terima kasih, pelayanannya cepat dan ramah sekali",
                created_at=at,
                observed_at=at,
                received_at=now,
                label=dice.choice(list(Label)),
                model_version="bench",
                labelled_at=now,
            )
        )
    return made


async def seconds(call: Callable[[], Awaitable[Any]]) -> float:
    started = time.perf_counter()
    await call()
    return time.perf_counter() - started


async def measure(url: str, batches: int, rows: int) -> None:
    await migrate(url, MIGRATIONS)
    client = await connect(url)
    await client.command("CREATE TABLE bare AS comments")
    rules = load_rules(Path("deploy/scoring/rules.yaml"))
    flush = Flush(client, rules)
    bare, flushed = [], []
    for n in range(batches + 1):
        batch = comments(rows, n * rows)
        bare_rows = facts(batch).rows["comments"]
        bare.append(await seconds(lambda r=bare_rows: insert(client, "bare", COLUMNS["comments"], r)))  # type: ignore[misc]
        flushed.append(await seconds(lambda b=batch: flush.write(b)))  # type: ignore[misc]
    scores = [
        await seconds(lambda: sliding_rankings(client, tuple(SLIDING), datetime.now(UTC), rules))
        for _ in range(5)
    ]
    await client.close()
    report(bare[1:], flushed[1:], scores, rows)


def report(bare: list[float], flushed: list[float], scores: list[float], rows: int) -> None:
    table = Table("", "median", "comments/s", title=f"{datetime.now(UTC):%Y-%m-%d}, {platform.platform()}")
    for name, times in (
        ("bare clickhouse-connect insert", bare),
        ("flush: facts, buckets, roll-ups", flushed),
    ):
        median = statistics.median(times)
        table.add_row(name, f"{median * 1000:.0f} ms", f"{rows / median:,.0f}")
    table.add_row("all scores, four windows", f"{statistics.median(scores) * 1000:.0f} ms", "")
    console.print(table)
    ratios = [f / b for f, b in zip(flushed, bare, strict=True)]
    console.print(f"flush / bare insert, pair by pair: median {statistics.median(ratios):.1f}x")


def main(
    batches: Annotated[int, typer.Option(help="Counted batches, after one that is not")] = 10,
    rows: Annotated[int, typer.Option(help="Comments a batch")] = 4000,
) -> None:
    with engine() as server:
        asyncio.run(measure(f"{server}/bench", batches, rows))


if __name__ == "__main__":
    typer.run(main)
