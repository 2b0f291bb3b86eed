"""Scheduler: jobs that one process runs at their intervals, each single-flight and beside the others."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Never

import structlog
from clickhouse_connect.driver.exceptions import ClickHouseError

from pantau.runtime import metrics
from pantau.runtime.errors import RetryableError

log = structlog.get_logger(__name__)

# What another round may find mended; anything else ends the process.
PASSING = (RetryableError, ClickHouseError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Job:
    """`run` is awaited again `every_seconds` after it ended. A passing failure is counted and logged."""

    name: str
    every_seconds: float
    run: Callable[[], Awaitable[None]]


async def keep(jobs: Sequence[Job]) -> None:
    """Until cancelled. Raises what no other round would mend, in a group."""
    async with asyncio.TaskGroup() as tasks:
        for job in jobs:
            tasks.create_task(_repeat(job), name=job.name)


async def _repeat(job: Job) -> Never:
    while True:
        await run_once(job)
        await asyncio.sleep(job.every_seconds)


async def run_once(job: Job) -> bool:
    """Whether it succeeded."""
    began = time.perf_counter()
    try:
        await job.run()
    except PASSING as error:
        metrics.JOB_FAILURES.labels(job.name).inc()
        log.warning("job failed, the next round tries again", job=job.name, error=repr(error))
        return False
    finally:
        metrics.JOB_SECONDS.labels(job.name).observe(time.perf_counter() - began)
    metrics.JOB_SUCCEEDED.labels(job.name).set_to_current_time()
    return True
