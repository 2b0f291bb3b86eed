"""A sentiment worker over fakes."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pantau.contracts import topics
from pantau.contracts.codec import decode_labelled
from pantau.contracts.events import LabelledComment
from pantau.runtime.ops import Readiness
from pantau.runtime.watchdog import Progress
from services.sentiment.worker.batching import Batch
from services.sentiment.worker.labelling import Labeller
from services.sentiment.worker.retries import KafkaRetries
from services.sentiment.worker.worker import Source, Worker
from tests.support.sentiment_fakes import (
    NOON,
    Journal,
)


@dataclass(slots=True)
class Batches:
    """A source that hands out prepared batches, then waits for ever; it counts what it has handed out."""

    journal: Journal
    prepared: Iterator[Batch]
    handed_out: int = 0
    exhausted: asyncio.Event = field(default_factory=asyncio.Event)

    async def next_batch(self) -> Batch:
        found = next(self.prepared, None)
        if found is None:
            self.exhausted.set()
            await asyncio.Event().wait()
            raise AssertionError
        self.handed_out += 1
        return found

    async def commit(self, offsets: Mapping[int, int]) -> bool:
        return await self.journal.commit(offsets)


@asynccontextmanager
async def worker(
    journal: Journal,
    labeller: Labeller,
    source: Source | None = None,
    retry_seconds: float = 60,
) -> AsyncIterator[Worker]:
    progress = Progress()
    with ThreadPoolExecutor(1) as executor:
        yield Worker(
            source=source or Batches(journal, iter(())),
            publish=journal.publish,
            labeller=labeller,
            executor=executor,
            retries=KafkaRetries(retry_seconds, Readiness(), progress),
            progress=progress,
            clock=lambda: NOON,
        )


def labelled_comments(journal: Journal) -> list[LabelledComment]:
    return [c for record in journal.of(topics.LABELLED) for c in decode_labelled(record.value)[0]]
