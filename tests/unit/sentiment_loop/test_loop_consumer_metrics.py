import pytest

from pantau.runtime.errors import RetryableError
from pantau.runtime.kafka.consumer_lag import LagGauge
from pantau.runtime.ops import Readiness
from pantau.runtime.watchdog import Progress
from services.sentiment.worker.consumer_metrics import note_lag
from services.sentiment.worker.retries import KafkaRetries


class Hands:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_no_lag_is_progress_and_lag_without_commits_is_a_stall() -> None:
    clock = Hands()
    progress, gauge = Progress(clock), LagGauge()
    clock.now = 100
    note_lag({0: 0, 1: 0}, progress, gauge)
    clock.now = 101
    note_lag({0: 2, 1: 3}, progress, gauge)
    assert (progress.lag, progress.stalled_seconds()) == (5, 1)
    clock.now = 170
    note_lag({0: 2, 1: 3}, progress, gauge)
    assert progress.stalled_seconds() == 70


def test_a_rebalance_that_never_ends_is_a_stall() -> None:
    clock = Hands()
    progress, gauge = Progress(clock), LagGauge()
    note_lag({0: 0}, progress, gauge)
    note_lag(None, progress, gauge)
    clock.now = 61
    assert progress.stalled_seconds() == 61
    note_lag({0: 0}, progress, gauge)
    assert progress.stalled_seconds() == 0


async def test_a_retry_says_what_is_awaited_and_is_no_stall() -> None:
    clock = Hands()
    readiness, progress = Readiness(), Progress(clock)
    progress.lag = 5
    seen: list[list[str]] = []

    async def attempt() -> str:
        seen.append(readiness.awaited)
        clock.now += 50
        if len(seen) < 3:
            raise RetryableError("away")
        return "done"

    assert await KafkaRetries(60, readiness, progress)("publish", attempt) == "done"
    assert seen == [[], ["kafka (publish)"], ["kafka (publish)"]]
    assert readiness.awaited == []
    assert progress.stalled_seconds() == 50


async def test_a_spent_retry_raises_and_stays_awaited() -> None:
    readiness = Readiness()

    async def attempt() -> None:
        raise RetryableError("away")

    with pytest.raises(RetryableError, match="away"):
        await KafkaRetries(0.2, readiness, Progress())("fetch", attempt)
    assert readiness.awaited == ["kafka (fetch)"]


async def test_another_error_is_not_repeated() -> None:
    attempts: list[int] = []

    async def attempt() -> None:
        attempts.append(1)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await KafkaRetries(60, Readiness(), Progress())("publish", attempt)
    assert len(attempts) == 1
