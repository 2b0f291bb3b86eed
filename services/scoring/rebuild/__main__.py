"""Drop everything that is derived from the facts and make it anew.

    python -m services.scoring.rebuild

Needed after a change of the counting rules in the rule file, and the way out whenever buckets are in doubt.
Scorers with the same ones may run meanwhile: they go on storing, scores wait and are all written at the end.
Stopped at any moment, the same command goes on where it was.
"""

import asyncio
import time
from functools import partial
from typing import Annotated

import typer
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError
from rich.console import Console

from pantau.runtime import logs
from pantau.runtime.clickhouse import connect
from pantau.runtime.clock import utc_now
from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.publisher import Publisher
from pantau.runtime.progress import counted
from pantau.runtime.retries import retrying
from pantau.runtime.settings import load, refusal
from pantau.runtime.stopping import cancel_on_sigterm
from pantau.score.rules import Rules, RulesError, load_rules
from services.scoring.buckets.bucket_rules import BucketRulesError
from services.scoring.rebuild.backfill_fingerprints import fill_prints
from services.scoring.rebuild.steps import SERVICE, Rebuild
from services.scoring.scores import ScoreUpdater
from services.scoring.settings import ScoringSettings

EXIT_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: the same command again goes on where this one stopped


async def rebuild(
    settings: ScoringSettings, rules: Rules, console: Console, *, anew: bool = False, if_needed: bool = False
) -> int:
    """The exit status: 0, or 75 when ClickHouse or Kafka stayed away or someone stopped it."""
    publisher = Publisher(settings.kafka_bootstrap_servers)
    client: AsyncClient | None = None
    cancel_on_sigterm()
    try:
        client = await connect(settings.clickhouse_url.get_secret_value())
        steps = Rebuild(client, rules, settings.retry_seconds)
        if not if_needed or await steps.needed():
            updater = ScoreUpdater(client, rules, publisher.publish, utc_now)
            await _all(client, steps, updater, settings.retry_seconds, console, anew=anew)
    except (RetryableError, BucketRulesError, ClickHouseError, OSError, asyncio.CancelledError) as error:
        console.print(f"[red]stopped[/]: {str(error) or 'by a signal'}", soft_wrap=True)
        console.print("Scores wait until it has ended: give the same command again, it goes on from there.")
        return EXIT_AGAIN
    finally:
        await publisher.stop()
        if client is not None:
            await client.close()
    return 0


async def _all(
    client: AsyncClient,
    steps: Rebuild,
    updater: ScoreUpdater,
    limit_seconds: float,
    console: Console,
    *,
    anew: bool,
) -> None:
    started = time.perf_counter()
    with console.status("texts from before there were prints"):
        await retrying(SERVICE, "prints", partial(fill_prints, client), limit_seconds=limit_seconds)
    await _buckets(steps, console, anew=anew)
    with console.status("scores"):
        scores = await retrying(SERVICE, "scores", updater.tick, limit_seconds=limit_seconds)
    await steps.end()
    console.print(f"{scores:,} scores written, {time.perf_counter() - started:.1f} s")


async def _buckets(steps: Rebuild, console: Console, *, anew: bool) -> None:
    with counted(console) as progress:
        task = progress.add_task("facts", total=None)
        accounts = await steps.begin(anew=anew)
        progress.update(task, total=sum(account.facts for account in accounts))
        await steps.buckets(accounts, lambda facts: progress.advance(task, facts))
        progress.update(task, description="hours")
        await steps.hours()


def main(
    *,
    anew: Annotated[
        bool, typer.Option("--anew", help="From the beginning, not from where one stopped")
    ] = False,
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="Only where scoring would refuse to start, or one was stopped")
    ] = False,
) -> None:
    """Make all buckets and scores anew from the facts, with the counting rules of the rule file."""
    settings = load(ScoringSettings)
    try:
        rules = load_rules(settings.rules_file)
    except RulesError as error:
        raise refusal([str(error)]) from error
    logs.configure(SERVICE, "warning", "console")
    raise typer.Exit(asyncio.run(rebuild(settings, rules, Console(), anew=anew, if_needed=if_needed)))


if __name__ == "__main__":
    typer.run(main)
