"""The loop of the service: one batch is labelled and published while the next one is fetched."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol

from pantau.contracts import topics
from pantau.contracts.codec import ContractError, encode
from pantau.contracts.events import CommentObserved, CommentsLabelled, LabelledComment
from pantau.runtime import metrics
from pantau.runtime.clock import Clock
from pantau.runtime.dead_letters import dead_letter
from pantau.runtime.kafka.publisher import Record
from pantau.runtime.watchdog import Progress
from services.sentiment.worker.batching import Batch, Refused, by_account, decode, next_offsets
from services.sentiment.worker.labelling import (
    Labeller,
    Prediction,
    Unlabelled,
    isolated,
    labelled,
    texts_to_label,
)
from services.sentiment.worker.retries import KafkaRetries


class Source(Protocol):
    async def next_batch(self) -> Batch: ...
    async def commit(self, offsets: Mapping[int, int]) -> bool: ...


@dataclass(frozen=True, slots=True)
class Worker:
    source: Source
    publish: Callable[[Sequence[Record]], Awaitable[None]]
    labeller: Labeller
    executor: Executor  # of one thread: the labeller is called from one at a time
    retries: KafkaRetries
    progress: Progress
    clock: Clock

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; the batch in hand is then finished, one fetched ahead is left to the next."""
        stopping = asyncio.ensure_future(stop.wait())
        upcoming = asyncio.ensure_future(self._fetch())
        try:
            while True:
                await asyncio.wait({stopping, upcoming}, return_when=asyncio.FIRST_COMPLETED)
                if stop.is_set():
                    return
                batch = upcoming.result()
                upcoming = asyncio.ensure_future(self._fetch())
                await self.handle(batch)
        finally:
            stopping.cancel()
            upcoming.cancel()
            await asyncio.gather(stopping, upcoming, return_exceptions=True)

    async def handle(self, batch: Batch) -> None:
        """Raises RetryableError when Kafka stays away; nothing is committed then."""
        # 1. decode
        comments, refused = decode(batch.arrivals)
        # 2. dead-letter
        await self._publish([self._dead_letter(each) for each in refused])
        # 3. label; what the model cannot label is dead-lettered too
        results, failed = await self._label(comments)
        await self._publish([self._dead_letter(each) for each in _refused(batch, refused, failed)])
        # 4. publish
        await self._publish([_record(message) for message in by_account(results)])
        # 5. commit; without arrivals only what an earlier commit left owed
        if await self.source.commit(next_offsets(batch.arrivals)):
            self.progress.advanced()
        self._measure(batch, results)

    async def _fetch(self) -> Batch:
        return await self.retries("fetch", self.source.next_batch)

    async def _publish(self, records: Sequence[Record]) -> None:
        if records:
            await self.retries("publish", lambda: self.publish(records))

    async def _label(
        self, comments: Sequence[CommentObserved]
    ) -> tuple[list[LabelledComment], dict[int, Unlabelled]]:
        """Labelled comments, and what failed by its place in `comments`."""
        texts = texts_to_label(comments)
        outcomes: Sequence[Prediction | Unlabelled] = []
        if texts:
            loop = asyncio.get_running_loop()
            outcomes = await loop.run_in_executor(self.executor, isolated, self.labeller, texts)
        places = [place for place, comment in enumerate(comments) if not comment.deleted]
        failed = {p: each for p, each in zip(places, outcomes, strict=False) if isinstance(each, Unlabelled)}
        readable = [comment for place, comment in enumerate(comments) if place not in failed]
        predictions = [each for each in outcomes if not isinstance(each, Unlabelled)]
        return labelled(readable, predictions, self.labeller.version, self.clock()), failed

    def _dead_letter(self, refused: Refused) -> Record:
        arrival = refused.arrival
        return dead_letter("sentiment", refused.error, arrival.payload, arrival.origin, self.clock)

    def _measure(self, batch: Batch, results: Sequence[LabelledComment]) -> None:
        if not batch.arrivals:
            metrics.QUEUE_AGE.set(0)
            return
        metrics.BATCH_ROWS.labels("sentiment").observe(len(batch.arrivals))
        metrics.BATCH_SECONDS.labels("sentiment").observe(time.monotonic() - batch.opened_seconds)
        metrics.EVENTS.labels("sentiment", "comment.observed").inc(len(results))
        now = self.clock()
        age = metrics.EVENT_AGE.labels("labelled")
        ages = [max(0.0, (now - comment.received_at).total_seconds()) for comment in results]
        for seconds in ages:
            age.observe(seconds)
        metrics.QUEUE_AGE.set(max(ages, default=0.0))


def _refused(batch: Batch, unreadable: Sequence[Refused], failed: Mapping[int, Unlabelled]) -> list[Refused]:
    """The records whose comments the model could not label."""
    places = {each.arrival.origin for each in unreadable}
    readable = [arrival for arrival in batch.arrivals if arrival.origin not in places]
    return [
        Refused(readable[place], ContractError("unlabelled", f"the model failed on this text: {each.error}"))
        for place, each in failed.items()
    ]


def _record(message: CommentsLabelled) -> Record:
    return Record(topics.LABELLED, message.account_id.encode(), encode(message))
