"""Threads of ingest's own for what computes, so that the event loop only waits."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

# A second lets small work pass a large body that is being decoded; more would only contend.
THREADS = 2
NAME = "ingest-worker"


class Workers:
    """Work is taken in the order in which it came."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix=NAME)

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises. Cancelled, it is dropped if not begun, else ends unheard."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Returns when no thread is left."""
        self._pool.shutdown(cancel_futures=True)
