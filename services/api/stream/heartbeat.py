"""What every stream hears regularly."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Never

from pantau.runtime.clock import Clock
from pantau.runtime.errors import RetryableError
from services.api.stream.hub import Hub

STATUS_EVERY_SECONDS = 5.0
PULSE_EVERY_SECONDS = 2.0


async def tell_status(hub: Hub, status: Callable[[], Awaitable[str]]) -> Never:
    while True:
        await asyncio.sleep(STATUS_EVERY_SECONDS)
        if hub.clients:
            try:
                hub.tell("status", await status())
            except RetryableError:
                continue  # nothing was ever read: silence is the truth


async def tell_pulse(hub: Hub, clock: Clock) -> Never:
    """A word that the pulse may have moved, after scores did."""
    told = hub.scores_told
    while True:
        await asyncio.sleep(PULSE_EVERY_SECONDS)
        if hub.scores_told != told:
            told = hub.scores_told
            hub.tell("pulse", f'{{"at":"{clock().isoformat().replace("+00:00", "Z")}"}}')
