"""`python -m services.ingest.replay FILE...`: send recorded comments and readings through ingest."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from services.ingest.client import MAX_BATCH_EVENTS, Client, SendingError, http_client
from services.ingest.local_stack import local_stack
from services.ingest.replay.files import FileError, rows
from services.ingest.replay.pace import batches
from services.ingest.replay.rows import Defaults
from services.ingest.replay.script import Refusals, Script
from services.runtime import logs
from services.runtime.clock import utc_now

EXIT_SOME_REFUSED = 1
EXIT_FAILED = 2
REASONS_SHOWN = 20

console = Console()


@dataclass(frozen=True, slots=True)
class Target:
    url: str
    key: str
    give_up_after_seconds: float


def _speed(value: str) -> float | None:
    if value == "max":
        return None
    try:
        factor = float(value)
    except ValueError as error:
        raise typer.BadParameter(
            "give 'max' or a factor, 1 for real time, 60 for a minute per second"
        ) from error
    if not 0 < factor < float("inf"):
        raise typer.BadParameter("the factor must be positive")
    return factor


def main(  # noqa: PLR0917 - typer passes them by name
    files: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV or JSON lines, plain or gzip"),
    ],
    url: Annotated[
        str | None, typer.Option(envvar="INGEST_URL", help="Of ingest; default: the local stack's")
    ] = None,
    key: Annotated[
        str | None, typer.Option(envvar="INGEST_API_KEY", help="API key; default: the local stack's")
    ] = None,
    speed: Annotated[
        str, typer.Option(help="'max', or a factor: 1 is real time, 60 a minute per second")
    ] = "max",
    shift_to_now: Annotated[
        bool, typer.Option("--shift-to-now", help="Move all times so that the last event is now")
    ] = False,
    register: Annotated[bool, typer.Option("--register", help="Register the files' accounts first")] = False,
    account: Annotated[str | None, typer.Option(help="The account of rows that name none")] = None,
    platform: Annotated[str | None, typer.Option(help="The platform of rows that name none")] = None,
    give_up_after_seconds: Annotated[
        float, typer.Option(min=1, help="How long to try again while ingest is away")
    ] = 120.0,
) -> None:
    """Send recorded comments and readings through POST /v1/events, in the order of their times.

    Exit code 0: all accepted, 1: some refused, 2: failed.
    """
    factor = _speed(speed)
    logs.configure("replay", "warning", "console")
    stack = local_stack()
    url, key = url or (stack.ingest_url if stack else None), key or (stack.ingest_key if stack else None)
    if not url or not key:
        raise typer.BadParameter(
            "no local stack runs here: give --url and --key (INGEST_URL, INGEST_API_KEY)"
        )
    script = Script(Defaults(account, platform))
    try:
        with console.status("reading"):
            for path in files:
                script.read(path, rows(path))
            script.finish(utc_now() if shift_to_now else None)
        target = Target(url, key, give_up_after_seconds)
        accepted = asyncio.run(_send(script, target, factor, register=register))
    except (FileError, SendingError) as error:
        console.print(f"[red]failed:[/] {error}", highlight=False)
        raise typer.Exit(EXIT_FAILED) from error
    _report(accepted, script.refusals)
    raise typer.Exit(EXIT_SOME_REFUSED if script.refusals.counts else 0)


async def _send(script: Script, target: Target, speed: float | None, *, register: bool) -> int:
    async with http_client() as http:
        client = Client(target.url, target.key, give_up_after_seconds=target.give_up_after_seconds, http=http)
        if register:
            await _register(script, client)
        return await _play(script, client, speed)


async def _register(script: Script, client: Client) -> None:
    accounts = script.accounts()
    for start in range(0, len(accounts), MAX_BATCH_EVENTS):
        answer = await client.register(accounts[start : start + MAX_BATCH_EVENTS])
        for index, reason in answer.refused:
            account_id = accounts[start + index]["account_id"]
            console.print(f"[yellow]account {account_id} not registered:[/] {reason}", highlight=False)


async def _play(script: Script, client: Client, speed: float | None) -> int:
    accepted = 0
    with _progress() as progress:
        task = progress.add_task("sending", total=len(script.lines))
        async for batch in batches(script.shifted(), speed):
            answer = await client.send_events([line.json for line in batch])
            accepted += answer.accepted
            for index, reason in answer.refused:
                script.refusals.add(reason, batch[index].file, batch[index].row)
            progress.advance(task, len(batch))
    return accepted


def _report(accepted: int, refusals: Refusals) -> None:
    refused = refusals.counts.total()
    console.print(f"accepted {accepted}, refused {refused}", highlight=False)
    if not refused:
        return
    table = Table("refused", box=None)
    for heading in ("reason", "first"):
        table.add_column(heading, overflow="fold")
    for reason, count in refusals.counts.most_common(REASONS_SHOWN):
        table.add_row(f"{count}", Text(reason), Text(refusals.examples[reason]))
    console.print(table)
    if len(refusals.counts) > REASONS_SHOWN:
        console.print(f"and {len(refusals.counts) - REASONS_SHOWN} more reasons")


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed or 0:,.0f}/s")


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(),
        TextColumn("left"), TimeRemainingColumn(), console=console,
    )  # fmt: skip


if __name__ == "__main__":
    typer.run(main)
