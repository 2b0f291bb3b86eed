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
from pantau.runtime.stopping import unless
from pantau.score.rules import Rules, load_rules
from services.jobs import month_close
from services.jobs.month_close import MonthCloser
from services.jobs.scheduler import Job, keep
from services.jobs.settings import JobsSettings

log = structlog.get_logger(__name__)

SERVICE = "jobs"
MONTH_CLOSE_SECONDS = 60.0
SCORED = (topics.ACCOUNTS, topics.POSTS, topics.LABELLED, topics.CORRECTIONS)


def main() -> int:
    """The exit status: 0 after a signal, 70 when it cannot go on, 78 for bad settings or rules."""
    settings = service.configured(SERVICE, JobsSettings)
    with service.refusing():
        rules = load_rules(settings.rules_file)
    readiness = Readiness("clickhouse", "kafka")
    return service.run(settings, readiness, lambda stop: run(settings, rules, readiness, stop))


async def run(settings: JobsSettings, rules: Rules, readiness: Readiness, stop: asyncio.Event) -> None:
    """Until `stop` is set. Raises what ends the process, possibly in a group."""
    retry = partial(retrying, SERVICE, "connect", limit_seconds=settings.retry_seconds)
    client = await unless(stop, retry(lambda: connect(settings.clickhouse_url.get_secret_value())))
    if client is None:
        return
    readiness.reached("clickhouse")
    lag = GroupLag(settings.kafka_bootstrap_servers, settings.scoring_group)
    closer = MonthCloser(
        client,
        utc_now,
        partial(month_close.command, rules=settings.rules_file),
        lambda: lag.total(SCORED),
        rules=rules,
        automatic=settings.close_months,
    )
    jobs = [Job("month_close", MONTH_CLOSE_SECONDS, closer.look)]
    try:
        await unless(stop, retry(lag.start))
        if not stop.is_set():
            readiness.reached("kafka")
            log.info("jobs started", jobs=[job.name for job in jobs], close_months=settings.close_months)
            await unless(stop, keep(jobs))
    finally:
        await lag.stop()
        await client.close()


if __name__ == "__main__":
    sys.exit(main())
