"""`python -m services.connectors.demo`: invented events for a wall without a data source."""

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Annotated

import orjson
import structlog
import typer

from pantau.runtime import logs
from pantau.runtime.accounts_file import AccountsFileError, load_accounts
from pantau.runtime.clock import utc_now
from pantau.runtime.local_stack import local_stack
from services.connectors.demo.feed import Feed, Size
from services.connectors.demo.fleet import Channel, fleet
from services.connectors.demo.posts import Event
from services.connectors.ingest_client import MAX_BATCH_EVENTS, Client, SendingError, http_client

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.5
LONGEST_GAP = timedelta(minutes=15)  # after a longer sleep or outage the world starts anew
EXIT_FAILED = 2


def main(  # noqa: PLR0917 - typer passes them by name
    url: Annotated[
        str | None, typer.Option(envvar="INGEST_URL", help="Of ingest; default: the local stack's")
    ] = None,
    key: Annotated[
        str | None, typer.Option(envvar="INGEST_API_KEY", help="API key; default: the local stack's")
    ] = None,
    accounts: Annotated[
        Path, typer.Option(envvar="INGEST_ACCOUNTS_FILE", help="Whose accounts to play")
    ] = Path("deploy/accounts.yaml"),
    seed: Annotated[int, typer.Option(help="The same seed gives the same agencies' sizes and habits")] = 1,
    rate: Annotated[float, typer.Option(min=0, help="Comments per second")] = 0.5,
    backfill: Annotated[
        float,
        typer.Option(
            min=0,
            max=50,
            help="Size of the day before the start; 1 is some 200 posts and 3,000 comments, 0 is none",
        ),
    ] = 1.0,
    log_format: Annotated[str, typer.Option(envvar="LOG_FORMAT", hidden=True)] = "console",
) -> None:
    """Play the accounts' day: posts, readings, comments, replies, edits and an occasional wave of complaints.

    All events are marked as simulated. Runs until it is stopped.
    """
    logs.configure("demo", "info", "json" if log_format == "json" else "console")
    stack = local_stack()
    url, key = url or (stack.ingest_url if stack else None), key or (stack.ingest_key if stack else None)
    if not url or not key:
        raise typer.BadParameter(
            "no local stack runs here: give --url and --key (INGEST_URL, INGEST_API_KEY)"
        )
    size = Size(posts=int(200 * backfill), comments=int(1_000 * backfill), comments_per_second=rate)
    try:
        agencies = [(entry.account_id, entry.short_name or entry.name) for entry in load_accounts(accounts)]
        channels = fleet(agencies, Random(seed))  # noqa: S311
        asyncio.run(_until_stopped(url, key, channels, seed, size))
    except (AccountsFileError, SendingError) as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(EXIT_FAILED) from error


async def _until_stopped(url: str, key: str, channels: list[Channel], seed: int, size: Size) -> None:
    async with http_client() as http:
        client = Client(url, key, give_up_after_seconds=None, http=http)
        playing = asyncio.create_task(_play(client, channels, seed, size))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, playing.cancel)
        await asyncio.wait({playing})
        if not playing.cancelled():
            playing.result()


async def _play(client: Client, channels: list[Channel], seed: int, size: Size) -> None:
    while True:
        told_until = started_at = utc_now()
        feed = Feed(channels, Random(f"{seed}/{started_at.isoformat()}"), started_at, size)  # noqa: S311
        while (now := utc_now()) - told_until < LONGEST_GAP:
            await _send(client, feed.until(now))
            told_until = now
            await asyncio.sleep(TICK_SECONDS)
        log.warning("a long gap; starting with a fresh day")


async def _send(client: Client, events: list[Event]) -> None:
    lines = [orjson.dumps(event, option=orjson.OPT_UTC_Z) for event in events]
    for start in range(0, len(lines), MAX_BATCH_EVENTS):
        answer = await client.send_events(lines[start : start + MAX_BATCH_EVENTS])
        if answer.refused:
            log.warning("refused", events=len(answer.refused), first=answer.refused[0][1])
    if len(lines) > MAX_BATCH_EVENTS:
        log.info("the day before is told", events=len(lines))


if __name__ == "__main__":
    typer.run(main)
