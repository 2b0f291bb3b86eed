"""What is repeated, for how long, and what is not."""

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

from pantau.runtime import metrics
from pantau.runtime.errors import RetryableError
from pantau.runtime.retries import retrying


async def test_failure_that_passes_is_repeated() -> None:
    tries = 0

    async def attempt() -> str:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OperationalError("away")
        return "bread"

    counter = metrics.RETRIES.labels("bakery", "bake")
    before = counter._value.get()
    baked = await retrying("bakery", "bake", lambda: attempt(), limit_seconds=30)  # noqa: PLW0108 - what callers give
    assert baked == "bread"
    assert (tries, counter._value.get() - before) == (3, 2)


@pytest.mark.parametrize(
    "error", [DatabaseError("no"), OSError("no"), TimeoutError("no"), RetryableError("no")]
)
async def test_failure_that_stays_becomes_retryable(error: Exception) -> None:
    async def attempt() -> None:
        raise error

    with pytest.raises(RetryableError, match="bake: failed for") as caught:
        await retrying("bakery", "bake", attempt, limit_seconds=0.01)
    assert caught.value.__cause__ is error


async def test_fault_of_our_own_is_not_repeated() -> None:
    tries = 0

    async def attempt() -> None:
        nonlocal tries
        tries += 1
        raise KeyError("typo")

    with pytest.raises(KeyError):
        await retrying("bakery", "bake", attempt, limit_seconds=30)
    assert tries == 1
