"""Bounded waiting for Kafka: a request is answered in time whatever the broker does."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from pantau.runtime.errors import RetryableError
from pantau.runtime.http import Problem
from pantau.runtime.kafka.publisher import Record

RETRY_AFTER_SECONDS = 5


class Acknowledging(Protocol):
    async def publish(self, records: Sequence[Record]) -> None:
        """Returns when all are acknowledged; raises RetryableError otherwise."""


class Delivery:
    def __init__(self, publisher: Acknowledging, timeout_seconds: float, max_in_flight: int) -> None:
        self._publisher = publisher
        self._timeout_seconds = timeout_seconds
        self._max_in_flight = max_in_flight
        self._requests = 0
        # Attempts that outlived their request; the publisher's own limits end them soon.
        self._lingering: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def admitted(self) -> AsyncIterator[None]:
        """A place for one request, body and all. Raises Problem 503 when all are taken."""
        if self._requests + len(self._lingering) >= self._max_in_flight:
            raise unavailable("too many requests at once; send again")
        self._requests += 1
        try:
            yield
        finally:
            self._requests -= 1

    async def deliver(self, records: Sequence[Record]) -> None:
        """Raises RetryableError when Kafka did not acknowledge all of them within the limit."""
        if not records:
            return
        attempt = asyncio.create_task(self._publisher.publish(records))
        # Not wait_for: cancelling a producer that is just connecting would leave its sockets behind.
        done, _ = await asyncio.wait({attempt}, timeout=self._timeout_seconds)
        if not done:
            self._lingering.add(attempt)
            attempt.add_done_callback(self._ended)
            raise RetryableError(f"Kafka did not acknowledge within {self._timeout_seconds:g} seconds")
        attempt.result()

    async def drained(self) -> None:
        """When no attempt is left."""
        if self._lingering:
            await asyncio.wait(self._lingering)

    def _ended(self, attempt: asyncio.Task[None]) -> None:
        self._lingering.discard(attempt)
        if not attempt.cancelled():
            attempt.exception()  # its request was answered with 503 already


def unavailable(detail: str) -> Problem:
    return Problem(503, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
