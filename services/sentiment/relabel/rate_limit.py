"""Slow work down to a rate, so that others get their turn."""

import asyncio
import time
from collections.abc import Awaitable, Callable


class Pace:
    """At most `per_second` on average; None: no limit. Time that was lost is not made up for."""

    def __init__(
        self,
        per_second: float | None,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._per_second = per_second
        self._now = now
        self._sleep = sleep
        self._due = now()

    def portion(self, most: int) -> int:
        """How many to do at a time: about what a second brings, so that the rate is even."""
        return most if self._per_second is None else max(1, min(most, round(self._per_second)))

    async def after(self, count: int) -> None:
        """Wait until `count` more were due."""
        if self._per_second is not None:
            self._due = max(self._due + count / self._per_second, self._now())
            await self._sleep(self._due - self._now())
