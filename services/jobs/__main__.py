"""`python -m services.jobs`: what has to be done at its time, by one process."""

import asyncio
import sys
from functools import partial

import structlog

from pantau.contracts import topics
from pantau.runtime import service
from pantau.runtime.clickhouse import connect
from pantau.runtime.clock import utc_now
from pantau.runtime.kafka.consumer_lag import GroupLag
from pantau.runtime.ops import Readiness
from pantau.runtime.retries import retrying
from services.jobs import month_close
from services.jobs.month_close import MonthCloser
from services.jobs.scheduler import Job, keep
from services.jobs.settings import JobsSettings

log = structlog.get_logger(__name__)

SERVICE = "jobs"
MONTH_CLOSE_SECONDS = 60.0
SCORED = (topics.ACCOUNTS, topics.POSTS, topics.LABELLED, topics.CORRECTIONS)


def main() -> int:
    """The exit status: 0 after a signal, 70 when it cannot go on, 78 for bad settings."""
    settings = service.configured(SERVICE, JobsSettings)
    readiness = Readiness("clickhouse", "kafka")
    return service.run(settings, readiness, lambda stop: run(settings, readiness, stop))


async def run(settings: JobsSettings, readiness: Readiness, stop: asyncio.Event) -> None:
    """Until `stop` is set. Raises what ends the process, possibly in a group."""
    retry = partial(retrying, SERVICE, "connect", limit_seconds=settings.retry_seconds)
    client = await retry(lambda: connect(settings.clickhouse_url.get_secret_value()))
    readiness.reached("clickhouse")
    lag = GroupLag(settings.kafka_bootstrap_servers, settings.scoring_group)
    await retry(lag.start)
    readiness.reached("kafka")
    closer = MonthCloser(
        client,
        utc_now,
        month_close.command,
        lambda: lag.total(SCORED),
        automatic=settings.close_months,
    )
    jobs = [Job("month_close", MONTH_CLOSE_SECONDS, closer.look)]
    log.info("jobs started", jobs=[job.name for job in jobs], close_months=settings.close_months)
    try:
        async with asyncio.TaskGroup() as tasks:
            keeping = tasks.create_task(keep(jobs))
            await stop.wait()
            keeping.cancel()
    finally:
        await lag.stop()
        await client.close()


if __name__ == "__main__":
    sys.exit(main())
