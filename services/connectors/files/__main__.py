"""`python -m services.connectors.files FILE...`: send recorded comments and readings through ingest."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

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
from rich.text import Text

from pantau.reading.counts import Grouping
from pantau.reading.errors import Unreadable
from pantau.reading.instants import DateOrder, read_instant
from pantau.reading.zones import DEFAULT_ZONE, known_zone
from pantau.runtime import logs
from pantau.runtime.clock import utc_now
from pantau.runtime.local_stack import local_stack
from services.connectors.files.files import FileError, opened
from services.connectors.files.habits import Defaults
from services.connectors.files.pace import batches
from services.connectors.files.report import Sent, report
from services.connectors.files.script import Script
from services.connectors.ingest_client import MAX_BATCH_EVENTS, Client, SendingError, http_client

EXIT_SOME_REFUSED = 1
EXIT_FAILED = 2

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


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(known_zone(value))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _instant(value: str | None, zone: ZoneInfo) -> datetime | None:
    try:
        return read_instant(value, zone=zone)
    except Unreadable as error:
        raise typer.BadParameter(f"--observed-at: {error}") from error


def main(  # noqa: PLR0917 - typer passes them by name
    files: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV or JSON, plain or gzip"),
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
    observed_at: Annotated[
        str | None, typer.Option(help="The instant of rows that say no time; of an export: its file's own")
    ] = None,
    zone: Annotated[
        str, typer.Option(envvar="INGEST_ZONE", help="The zone of times without an offset")
    ] = DEFAULT_ZONE,
    date_order: Annotated[
        DateOrder | None, typer.Option(help="Of 03/04/2026; default: as the file's other dates say")
    ] = None,
    thousands: Annotated[
        Grouping | None, typer.Option(help="What groups thousands; default: as the file's other counts say")
    ] = None,
    derive_ids: Annotated[
        bool, typer.Option("--derive-ids", help="Give comments without an id one made from what they say")
    ] = False,
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
    where = _zone(zone)
    instant = _instant(observed_at, where)
    script = Script(Defaults(account, platform, instant, where, date_order, thousands, derive_ids))
    try:
        with console.status("reading"):
            for path in files:
                script.read_file(opened(path))
            script.finish(utc_now() if shift_to_now else None)
        target = Target(url, key, give_up_after_seconds)
        sent = asyncio.run(_send(script, target, factor, register=register))
    except (FileError, SendingError) as error:
        console.print(Text.assemble(("failed: ", "red"), str(error)))
        raise typer.Exit(EXIT_FAILED) from error
    report(console, script, sent, utc_now())
    raise typer.Exit(EXIT_SOME_REFUSED if script.refusals.counts else 0)


async def _send(script: Script, target: Target, speed: float | None, *, register: bool) -> Sent:
    async with http_client() as http:
        client = Client(target.url, target.key, give_up_after_seconds=target.give_up_after_seconds, http=http)
        if register:
            await _register(script, client)
        onboarded_at = await client.onboarded_at()
        return Sent(await _play(script, client, speed), onboarded_at)


async def _register(script: Script, client: Client) -> None:
    accounts = script.accounts()
    for start in range(0, len(accounts), MAX_BATCH_EVENTS):
        answer = await client.register(accounts[start : start + MAX_BATCH_EVENTS])
        for index, reason in answer.refused:
            account_id = accounts[start + index]["account_id"]
            console.print(Text.assemble((f"account {account_id} not registered: ", "yellow"), reason))


async def _play(script: Script, client: Client, speed: float | None) -> int:
    accepted = 0
    with _progress() as progress:
        task = progress.add_task("sending", total=len(script.lines))
        async for batch in batches(script.shifted(), speed):
            answer = await client.send_events([line.json for line in batch])
            accepted += answer.accepted
            for index, reason in answer.refused:
                script.refusals.add(reason, batch[index].place, values_alike=False)
            for index, note in answer.notes:
                script.notes.add(note, batch[index].place)
            progress.advance(task, len(batch))
    return accepted


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
