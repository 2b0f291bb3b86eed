"""How late the event loop wakes shows what blocks it."""

import asyncio
from typing import Never

from pantau.runtime import metrics

EVERY_SECONDS = 1.0


async def follow_event_loop() -> Never:
    """Until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + EVERY_SECONDS
        await asyncio.sleep(EVERY_SECONDS)
        metrics.EVENT_LOOP_LAG.set(max(0.0, loop.time() - due))
