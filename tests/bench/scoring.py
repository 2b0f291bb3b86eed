"""`make bench-scoring`: labelled comments a second, flush time beside a long history, closing a month.

Everything runs in turn on this machine, round after round, because it may be busy with other things: the
ratios are what to read. The peer written with Quix Streams has an environment of its own (BENCH_PYTHON).
"""

import asyncio
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pantau.runtime import logs
from pantau.score.rules import load_rules
from tests.bench import history, months, parts, throughput
from tests.bench.throughput import Job, Run

RULES = load_rules(Path("deploy/scoring/rules.yaml"))

console = Console(width=120, highlight=False)


def jobs() -> tuple[Job, Job]:
    peer = os.environ.get("BENCH_PYTHON", ".local/bench-venv/bin/python")
    return (
        Job("Pantau (Faust)", "scoring", (sys.executable, "-m", "services.scoring")),
        Job("Quix Streams", "quix-peer", (peer, "-m", "tests.bench.quix_peer")),
    )


async def speed(comments: int, each: int, rounds: int, folder: Path) -> list[str]:
    """Lines of a table: both jobs and the bare insert, medians of interleaved rounds."""
    runs: dict[str, list[Run]] = defaultdict(list)
    bare: list[float] = []
    with parts.broker() as bootstrap, parts.engine() as server:
        for number in range(rounds):
            for job in jobs():
                log = folder / f"{job.group}.log"
                run = await throughput.measure(job, bootstrap, server, comments=comments, each=each, log=log)
                runs[job.name].append(run)
                console.print(f"  round {number + 1}: {job.name}: {run.per_second:,.0f} comments/s")
            bare.append(await throughput.bare(server, comments, each))
            console.print(f"  round {number + 1}: bare insert: {bare[-1]:,.0f} comments/s")
    return _speeds(runs, bare)


def _speeds(runs: dict[str, list[Run]], bare: list[float]) -> list[str]:
    ours, peer = (runs[job.name] for job in jobs())
    lines = [_line(name, each) for name, each in runs.items()]
    to_peer = _median([a.per_second / b.per_second for a, b in zip(ours, peer, strict=True)])
    to_bare = _median([b / a.per_second for a, b in zip(ours, bare, strict=True)])
    return [
        "| labelled comments to facts, buckets and scores | comments/s | its CPU time | memory |",
        "|---|---|---|---|",
        *lines,
        f"| bare clickhouse-connect insert of the same rows | {_median(bare):,.0f} | | |",
        "",
        f"Medians of the rounds' ratios: Pantau / Quix Streams {to_peer:.1f}x, bare / Pantau {to_bare:.1f}x",
    ]


def _line(name: str, runs: list[Run]) -> str:
    speed = _median([run.per_second for run in runs])
    cpu = _median([run.cpu_seconds for run in runs])
    memory = _median([run.peak_mib for run in runs])
    return f"| {name} | {speed:,.0f} | {cpu:.1f} s | {memory:,.0f} MiB |"


async def flushes(sizes: list[int], stored: list[int], rounds: int) -> list[str]:
    with parts.engine() as server:
        held = [await history.build(server, each, lambda line: console.print(f"  {line}")) for each in stored]
        seconds = await history.flush_seconds(held, RULES, sizes, rounds)
        for one in held:
            await one.client.close()
    lines = ["| stored comments | " + " | ".join(f"flush of {size:,}" for size in sizes) + " |"]
    lines.append("|---" * (len(sizes) + 1) + "|")
    for each in stored:
        times = (f"{_median(seconds[each, size]) * 1000:,.0f} ms" for size in sizes)
        lines.append(f"| {each} million | " + " | ".join(times) + " |")
    ratios = (
        f"{size:,} comments {_median(_pairwise(seconds[stored[-1], size], seconds[stored[0], size])):.2f}x"
        for size in sizes
    )
    return [*lines, "", f"{stored[-1]} million / {stored[0]} million, round by round: " + ", ".join(ratios)]


async def closings(fleets: list[int], rounds: int) -> list[str]:
    lines = ["| month close | seconds |", "|---|---|"]
    with parts.engine() as server:
        for accounts in fleets:
            times = rounds if accounts < 1_000 else 1
            seconds = [await months.close_seconds(server, accounts, RULES) for _ in range(times)]
            console.print(f"  {accounts:,} accounts closed")
            facts = accounts * months.POSTS * (1 + months.READINGS + months.COMMENTS)
            lines.append(f"| {accounts:,} accounts, {facts:,} facts | {_median(seconds):.1f} |")
    return lines


def _median(values: list[float]) -> float:
    return statistics.median(values)


def _pairwise(above: list[float], below: list[float]) -> list[float]:
    return [a / b for a, b in zip(above, below, strict=True)]


async def measure(
    *,
    comments: int,
    each: int,
    rounds: int,
    stored: list[int],
    flush_rounds: int,
    fleets: list[int],
    folder: Path,
) -> list[list[str]]:
    tables = []
    if comments:
        console.print(f"Throughput: {comments:,} comments, {each} a message, {rounds} rounds")
        tables.append(await speed(comments, each, rounds, folder))
    if stored:
        console.print(f"Flushes beside {', '.join(map(str, stored))} million stored comments")
        tables.append(await flushes([200, 4000], stored, flush_rounds))
    if fleets:
        console.print("Closing a month")
        tables.append(await closings(fleets, rounds))
    return tables


def main(
    *,
    comments: Annotated[int, typer.Option(help="in the backlog; 0 leaves this part out")] = 100_000,
    each: Annotated[int, typer.Option(min=1, max=500, help="comments in one message")] = 40,
    rounds: Annotated[int, typer.Option(min=1, help="of backlogs and of closings")] = 3,
    stored: Annotated[
        str, typer.Option(help="millions of stored comments; 1,10,50 for all; empty: none")
    ] = "1,10",
    flush_rounds: Annotated[int, typer.Option(min=1, help="flushes of each size and history")] = 7,
    closed: Annotated[str, typer.Option(help="accounts of the months to close; empty: none")] = "51,5000",
) -> None:
    millions, fleets = (sorted(int(each) for each in text.split(",") if each) for text in (stored, closed))
    logs.configure("bench", "warning", "console")
    before = parts.machine()
    with tempfile.TemporaryDirectory(prefix="pantau-bench-logs-") as folder:
        work = measure(
            comments=comments,
            each=each,
            rounds=rounds,
            stored=millions,
            flush_rounds=flush_rounds,
            fleets=fleets,
            folder=Path(folder),
        )
        tables = asyncio.run(work)
    console.print(f"\nBegan {before}\nEnded {parts.machine()}; {rounds} rounds\n")
    for lines in tables:
        console.print("\n".join(lines), soft_wrap=True)
        console.print()


if __name__ == "__main__":
    typer.run(main)
