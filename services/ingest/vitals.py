import asyncio
from typing import Never

from services.runtime import metrics


async def measure_event_loop_lag() -> Never:
    """Until cancelled: how late a sleep of one second ended."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + 1
        await asyncio.sleep(1)
        metrics.EVENT_LOOP_LAG.set(max(0.0, loop.time() - due))
