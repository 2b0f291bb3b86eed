"""A cache of answers: single-flight, and stale-if-error, so that the last good one outlives ClickHouse."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from pantau.runtime.clock import Clock
from pantau.runtime.errors import RetryableError

T = TypeVar("T")
Load = Callable[[], Awaitable[T]]


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """`stale`: the value could not be read again since `taken_at`."""

    value: T
    taken_at: datetime
    stale: bool


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    value: T
    taken_at: datetime
    generation: int


class Cache(Generic[T]):
    """Values by key, at most `limit` of them; the one unused for longest goes first."""

    def __init__(self, ttl_seconds: float, limit: int, clock: Clock) -> None:
        self._ttl = timedelta(seconds=ttl_seconds)
        self._limit = limit
        self._clock = clock
        self._entries: OrderedDict[Hashable, _Entry[T]] = OrderedDict()
        self._flights: dict[tuple[Hashable, int], asyncio.Task[T]] = {}
        self._generation = 0

    async def fresh(self, key: Hashable, load: Load[T]) -> T:
        """A value no older than the time to live. Raises what `load` raises."""
        entry = self._entries.get(key)
        if entry is not None and self._is_fresh(entry):
            self._entries.move_to_end(key)
            return entry.value
        # Shielded: the first reader may hang up while others wait for the same answer.
        return await asyncio.shield(self._flight(key, load))

    async def get(self, key: Hashable, load: Load[T]) -> Answer[T]:
        """As `fresh`, or the last good value when it cannot be had. Raises RetryableError without one."""
        try:
            return Answer(await self.fresh(key, load), self._clock(), stale=False)
        except RetryableError:
            entry = self._entries.get(key)
            if entry is None:
                raise
            self._entries.move_to_end(key)
            return Answer(entry.value, entry.taken_at, stale=True)

    def expire(self) -> None:
        """Something changed: what was read, or is being read, before now is no longer fresh."""
        self._generation += 1

    def _is_fresh(self, entry: _Entry[T]) -> bool:
        age = self._clock() - entry.taken_at
        return entry.generation == self._generation and timedelta(0) <= age < self._ttl

    def _flight(self, key: Hashable, load: Load[T]) -> "asyncio.Task[T]":
        place = (key, self._generation)
        if place not in self._flights:
            task = asyncio.create_task(self._load(place, load))
            self._flights[place] = task
            task.add_done_callback(lambda done: self._landed(place, done))
        return self._flights[place]

    async def _load(self, place: tuple[Hashable, int], load: Load[T]) -> T:
        taken_at = self._clock()
        value = await load()
        key, generation = place
        before = self._entries.get(key)
        if before is None or before.generation <= generation:
            self._entries[key] = _Entry(value, taken_at, generation)
            self._entries.move_to_end(key)
        while len(self._entries) > self._limit:
            self._entries.popitem(last=False)
        return value

    def _landed(self, place: tuple[Hashable, int], task: "asyncio.Task[T]") -> None:
        del self._flights[place]
        if not task.cancelled():
            task.exception()  # every waiter may have gone: then nobody else looks at it
