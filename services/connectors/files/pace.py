"""When to send what: as fast as possible, or with the gaps between events divided by a factor."""

import asyncio
from collections.abc import AsyncIterator, Iterator

from services.connectors.files.script import Line
from services.connectors.ingest_client import MAX_BATCH_BYTES, MAX_BATCH_EVENTS

LONGEST_NAP_SECONDS = 1.0


async def batches(lines: Iterator[Line], speed: float | None) -> AsyncIterator[list[Line]]:
    """Batches that are due; `speed` 60 means a minute per second, None means no waiting."""
    loop = asyncio.get_running_loop()
    following = next(lines, None)
    first_at, started = following.at if following else 0, loop.time()
    while following is not None:
        batch: list[Line] = []
        size = 0
        reached = first_at + int((loop.time() - started) * 1e6 * speed) if speed else None
        while following is not None and (reached is None or following.at <= reached):
            size += len(following.json)
            if batch and (len(batch) == MAX_BATCH_EVENTS or size > MAX_BATCH_BYTES):
                break
            batch.append(following)
            following = next(lines, None)
        if batch:
            yield batch
        elif following is not None and speed and reached is not None:
            await asyncio.sleep(min(LONGEST_NAP_SECONDS, (following.at - reached) / 1e6 / speed))
