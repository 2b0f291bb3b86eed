"""Puts the service together, runs it, and takes it apart in order."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog

from pantau.runtime.clock import utc_now
from pantau.runtime.kafka.publisher import Publisher
from pantau.runtime.ops import Readiness
from pantau.runtime.stopping import unless
from pantau.runtime.watchdog import Progress
from services.sentiment.settings import SentimentSettings
from services.sentiment.worker.batching import Limits
from services.sentiment.worker.consumer_metrics import follow_lag
from services.sentiment.worker.labelling import Labeller
from services.sentiment.worker.retries import KafkaRetries
from services.sentiment.worker.source import CommentSource
from services.sentiment.worker.worker import Worker

log = structlog.get_logger(__name__)
R = TypeVar("R")

LoadLabeller = Callable[[str, int], Labeller]


async def run(
    settings: SentimentSettings,
    load_labeller: LoadLabeller,
    readiness: Readiness,
    progress: Progress,
    stop: asyncio.Event,
) -> None:
    """Until `stop` is set. Raises what ends the process, RetryableError among it, possibly in a group."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, "labeller") as executor:
        loading = loop.run_in_executor(executor, load_labeller, settings.model, settings.threads)
        labeller = await unless(stop, _result(loading))
        if labeller is None:
            return
        readiness.reached("model")
        log.info("model loaded", version=labeller.version, threads=settings.threads)
        retries = KafkaRetries(settings.retry_seconds, readiness, progress)
        publisher = Publisher(settings.kafka_bootstrap_servers)
        limits = Limits(settings.batch_max_comments, settings.batch_milliseconds / 1000)
        source = CommentSource(settings.kafka_bootstrap_servers, settings.group, settings.instance, limits)
        worker = Worker(source, publisher.publish, labeller, executor, retries, progress, utc_now)
        try:
            if await unless(stop, _connect(source, publisher, retries)):
                readiness.reached("kafka")
                await _work(worker, source, stop)
        finally:
            await source.stop()
            await publisher.stop()


async def _connect(source: CommentSource, publisher: Publisher, retries: KafkaRetries) -> bool:
    await retries("connect", publisher.start)
    await retries("connect", source.start)
    return True


async def _work(worker: Worker, source: CommentSource, stop: asyncio.Event) -> None:
    worker.progress.advanced()  # however long the start took
    async with asyncio.TaskGroup() as tasks:
        follower = tasks.create_task(follow_lag(source, worker.progress, worker.retries))
        await worker.run(stop)  # in the group's body: a follower that fails ends it
        follower.cancel()


async def _result(future: "asyncio.Future[R]") -> R:
    return await future
