"""`python -m deploy.local run`: the whole system on this machine, without Docker, Java, Node or root."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from deploy.local import chromium, keys, node, ports
from deploy.local.children import Children
from deploy.local.errors import LocalStackError
from deploy.local.jars import prepare as prepare_jars
from deploy.local.jars import read_jars
from deploy.local.places import JARS, STATE, cache
from deploy.local.plan import PREFERRED_PORTS, SERVICES, Plan
from deploy.local.stack import Stack, only_one
from deploy.local.wall import WALL, build_steps
from pantau.runtime.errors import PantauError

app = typer.Typer(add_completion=False, no_args_is_help=True)
console = Console(highlight=False)


class Feed(StrEnum):
    demo = "demo"
    none = "none"


@app.command()
def run(
    feed: Annotated[
        Feed, typer.Option(envvar="FEED", help="Who sends events: the demo, or nobody.")
    ] = Feed.demo,
    state: Annotated[Path, typer.Option(help="Folder of the stored data, keys and logs.")] = STATE,
) -> None:
    """Start everything and keep it running until Ctrl-C."""
    with one_sentence(), only_one(state):
        plan = Plan(choose_ports(), keys.load_or_create(state / "secrets.json"))
        stack = Stack(console, state.resolve(), plan, broker_jars(), feed is Feed.demo)
        asyncio.run(stack.run(lambda: announce(plan, state / "stack.json")))
    console.print("[green]✓[/] stopped")


@app.command()
def prepare() -> None:
    """Fetch and build what the tests need: the broker's jars, the wall's bundle and a Chromium."""
    with one_sentence():
        broker_jars()
        asyncio.run(build_wall())
        with console.status("Chromium …"):
            console.print(f"[green]✓[/] Chromium: {chromium.prepare()}")
            console.print(f"[green]✓[/] Chromium 92: {chromium.prepare_old()}")


@app.command(context_settings={"ignore_unknown_options": True})
def npm(arguments: list[str]) -> None:
    """Run npm of the wall, as in `npm test`, with the Node of the Python package."""
    with one_sentence():
        asyncio.run(build_wall())
    done = subprocess.run(node.npm(*arguments), cwd=WALL, env=node.environment(), check=False)
    raise typer.Exit(done.returncode)


def broker_jars() -> list[Path]:
    jars = read_jars(JARS.read_text(encoding="utf-8"))
    columns = (TextColumn("Kafka's jars"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("jars", total=len(jars))
        return prepare_jars(
            jars, cache() / "jars", progress=lambda done, _: progress.update(task, completed=done)
        )


async def build_wall() -> None:
    children = Children(console, STATE / "logs")
    for step in build_steps():
        console.print(f"[dim]·[/] wall: {' '.join(step.command[2:])}")
        await children.run_to_end(step)


def choose_ports() -> dict[str, int]:
    chosen = ports.choose_all(PREFERRED_PORTS)
    for name, port in chosen.items():
        if port != PREFERRED_PORTS[name]:
            console.print(f"[yellow]![/] port {PREFERRED_PORTS[name]} is taken, {name} uses {port}")
    return chosen


def announce(plan: Plan, for_tools: Path) -> None:
    lines = {
        "Wall": f"{plan.http('api')}/wall",
        "API": f"{plan.http('api')}/openapi.json",
        "Ingest": plan.http("ingest"),
        "Kafka": plan.kafka,
        "ClickHouse": plan.http("clickhouse"),
        "Keys": str(for_tools),
    }
    console.print("\n[bold green]Pantau is running.[/] Ctrl-C stops it.\n")
    for name, address in lines.items():
        console.print(f"  {name:<11} [bold]{address}[/]", soft_wrap=True)
    for name in SERVICES:
        console.print(f"  {name:<11} {plan.operations(name)}/metrics", style="dim")
    console.print()


@contextmanager
def one_sentence() -> Iterator[None]:
    """What went wrong is told in its own words, without a traceback; other errors are bugs."""
    failed = False
    try:
        yield
    except* (LocalStackError, PantauError, OSError) as group:
        failed = True
        for error in leaves(group):
            console.print(f"[red]✗[/] {escape(sentence_of(error))}", soft_wrap=True)
    if failed:
        raise typer.Exit(1)


def sentence_of(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error) or repr(error)


def leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error


if __name__ == "__main__":
    app()
