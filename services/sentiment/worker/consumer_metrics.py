"""Consumer lag for the watchdog, /readyz and Prometheus, once a second."""

import asyncio
from typing import Protocol

from pantau.contracts import topics
from pantau.runtime.kafka.consumer_lag import LagGauge
from pantau.runtime.watchdog import Progress
from services.sentiment.worker.retries import KafkaRetries

EVERY_SECONDS = 1.0


class Lagging(Protocol):
    async def lag(self) -> dict[int, int] | None: ...


async def follow_lag(source: Lagging, progress: Progress, retries: KafkaRetries) -> None:
    """For ever. Raises RetryableError when the broker stays away."""
    gauge = LagGauge()
    while True:
        note_lag(await retries("lag", source.lag), progress, gauge)
        await asyncio.sleep(EVERY_SECONDS)


def note_lag(lag: dict[int, int] | None, progress: Progress, gauge: LagGauge) -> None:
    """None: partitions are being handed around; that this never ends is a stall too."""
    if lag is None:
        progress.lag = max(1, progress.lag)
        return
    progress.lag = gauge.record(
        {(topics.COMMENTS, partition): messages for partition, messages in lag.items()}
    )
    if progress.lag == 0:
        progress.advanced()
