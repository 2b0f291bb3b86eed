"""The scoring service: `python -m services.scoring`."""

import asyncio
import signal
import sys

import structlog
from clickhouse_connect.driver.asyncclient import AsyncClient
from faust.contrib.asgi import faust_app_running

from pantau.runtime import logs, ops, watchdog
from pantau.runtime.clickhouse import connect
from pantau.runtime.clock import utc_now
from pantau.runtime.consumer_lag import GroupLag
from pantau.runtime.errors import EXIT_FATAL, RetryableError
from pantau.runtime.kafka import Publisher
from pantau.runtime.listening import AddressError
from pantau.runtime.ops import Readiness
from pantau.runtime.retries import retrying
from pantau.runtime.settings import load, refusal
from pantau.score.rules import Rules, RulesError, load_rules
from services.scoring.buckets import bucket_rules
from services.scoring.buckets.bucket_rules import BucketRulesError
from services.scoring.buckets.flush import Flush
from services.scoring.close import schedule
from services.scoring.close.schedule import Months
from services.scoring.scores import ScoreUpdater
from services.scoring.settings import ScoringSettings
from services.scoring.sink import SERVICE, Sink
from services.scoring.worker import ScoringWorker, build_app

log = structlog.get_logger(__name__)
STOP_SECONDS = 20


def main() -> int:
    settings = load(ScoringSettings)
    try:
        rules = load_rules(settings.rules_file)
        logs.configure(SERVICE, settings.log_level, settings.log_format)
        readiness = Readiness("clickhouse", "kafka", "scores")
        stop_ops = ops.serve(settings.metrics_host, settings.metrics_port, readiness)
    except (RulesError, AddressError) as error:
        raise refusal([str(error)]) from error
    try:
        asyncio.run(run(settings, rules, readiness))
    except BucketRulesError as error:
        raise refusal([str(error)]) from error
    except RetryableError as error:
        log.critical("dependency stayed away", error=str(error))
        return EXIT_FATAL
    finally:
        stop_ops()
    return 0


async def run(settings: ScoringSettings, rules: Rules, readiness: Readiness) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    client = await _database(settings, rules)
    publisher = Publisher(settings.kafka_bootstrap_servers)
    sink = Sink(Flush(client, rules), publisher.publish, utc_now, settings.retry_seconds)
    app = build_app(settings)
    worker = ScoringWorker(
        app, settings, sink, ScoreUpdater(client, rules, publisher.publish, utc_now), readiness
    )
    lag = GroupLag(settings.kafka_bootstrap_servers, settings.group)
    await retrying(SERVICE, "connect", lag.start, limit_seconds=settings.retry_seconds)
    async with faust_app_running(app, stop_timeout=STOP_SECONDS):
        watchdog.watch(worker.progress, settings.stall_seconds)
        months = Months(client, utc_now, schedule.command, automatic=settings.close_months)
        tasks = (worker.keep_scores(), worker.watch_lag(lag), worker.keep_months(months))
        background = [asyncio.create_task(task) for task in tasks]
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
