"""`python -m services.scoring`: facts, buckets and scores from events, until it is told to stop."""

import asyncio
import sys

import structlog
from clickhouse_connect.driver.asyncclient import AsyncClient
from faust.contrib.asgi import faust_app_running

from pantau.runtime import service
from pantau.runtime.clickhouse import connect
from pantau.runtime.clock import utc_now
from pantau.runtime.kafka.consumer_lag import GroupLag
from pantau.runtime.kafka.publisher import Publisher
from pantau.runtime.ops import Readiness
from pantau.runtime.retries import retrying
from pantau.runtime.stopping import unless
from pantau.runtime.watchdog import Progress
from pantau.score.rules import Rules, load_rules
from services.scoring.buckets import bucket_rules
from services.scoring.buckets.bucket_rules import BucketRulesError
from services.scoring.buckets.flush import Flush
from services.scoring.scores import ScoreUpdater
from services.scoring.settings import ScoringSettings
from services.scoring.sink import SERVICE, Sink
from services.scoring.worker import ScoringWorker, build_app

log = structlog.get_logger(__name__)
STOP_SECONDS = 15  # of the 22 that the whole process has


def main() -> int:
    """The exit status: 0 after a signal, 70 when it cannot go on, 78 for bad settings, rules or buckets."""
    settings = service.configured(SERVICE, ScoringSettings)
    with service.refusing():
        rules = load_rules(settings.rules_file)
    readiness = Readiness("clickhouse", "kafka", "scores")
    progress = Progress()
    return service.run(
        settings,
        readiness,
        lambda stop: run(settings, rules, readiness, progress, stop),
        progress=progress,
        stall_seconds=settings.stall_seconds,
    )


async def run(
    settings: ScoringSettings, rules: Rules, readiness: Readiness, progress: Progress, stop: asyncio.Event
) -> None:
    """Until `stop` is set. Raises what ends the process."""
    client = await unless(stop, _database(settings, rules))
    if client is None:
        return
    publisher = Publisher(settings.kafka_bootstrap_servers)
    sink = Sink(Flush(client, rules), publisher.publish, utc_now, settings.retry_seconds)
    app = build_app(settings)
    updater = ScoreUpdater(client, rules, publisher.publish, utc_now)
    worker = ScoringWorker(app, settings, sink, updater, readiness=readiness, progress=progress)
    lag = GroupLag(settings.kafka_bootstrap_servers, settings.group)
    await retrying(SERVICE, "connect", lag.start, limit_seconds=settings.retry_seconds)
    async with faust_app_running(app, stop_timeout=STOP_SECONDS):
        progress.advanced()  # however long the start took
        background = [asyncio.create_task(task) for task in (worker.keep_scores(), worker.watch_lag(lag))]
        log.info("scoring started", rules=rules.version, group=settings.group)
        await _until_stopped(stop, background)
    await lag.stop()
    await publisher.stop()
    await client.close()


async def _database(settings: ScoringSettings, rules: Rules) -> AsyncClient:
    """Raises BucketRulesError where the stored buckets were made with other counting rules."""
    url, limit = settings.clickhouse_url.get_secret_value(), settings.retry_seconds
    client = await retrying(SERVICE, "connect", lambda: connect(url), limit_seconds=limit)
    try:
        await retrying(SERVICE, "check", lambda: bucket_rules.check(client, rules), limit_seconds=limit)
    except BucketRulesError:
        await client.close()
        raise
    return client


async def _until_stopped(stop: asyncio.Event, background: list[asyncio.Task[None]]) -> None:
    """Wait for a signal, or for a background task to fail: that failure ends the process."""
    waiting = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait({waiting, *background}, return_when=asyncio.FIRST_COMPLETED)
    for task in {waiting, *background} - done:
        task.cancel()
    for task in done:
        task.result()


if __name__ == "__main__":
    sys.exit(main())
