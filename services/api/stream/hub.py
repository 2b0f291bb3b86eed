"""Fan-out of events to the open streams; a slow reader is disconnected, not waited for."""

import asyncio
import secrets
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog
from fastapi.sse import format_sse_event

from pantau.runtime import metrics
from services.api.stream.ring import Ring

log = structlog.get_logger(__name__)

RESET = format_sse_event(event="reset", data_str="{}")


@dataclass(frozen=True, slots=True)
class Frame:
    """`computed_at`: when the score was computed that this tells for the first time."""

    content: bytes
    computed_at: datetime | None = None


class Subscription:
    def __init__(self, backlog: Iterable[bytes], limit: int) -> None:
        self._backlog = [Frame(content) for content in backlog]
        self._frames: deque[Frame] = deque()
        self._limit = limit
        self._news = asyncio.Event()
        self.ended = False
        if self._backlog:
            self._news.set()

    def offer(self, frame: Frame) -> bool:
        """False when too much waits already."""
        if len(self._frames) >= self._limit:
            return False
        self._frames.append(frame)
        self._news.set()
        return True

    def end(self) -> None:
        self.ended = True
        self._backlog.clear()
        self._frames.clear()
        self._news.set()

    async def take(self, wait_seconds: float) -> list[Frame]:
        """All that waits; empty when nothing came in time or the stream has ended."""
        try:
            async with asyncio.timeout(wait_seconds):
                await self._news.wait()
        except TimeoutError:
            return []
        taken = [*self._backlog, *self._frames]
        self._backlog.clear()
        self._frames.clear()
        if not self.ended:
            self._news.clear()
        return taken


class Hub:
    def __init__(self, *, clients_limit: int, ring_limit: int = 8192, waiting_limit: int = 4096) -> None:
        self._clients_limit = clients_limit
        self._waiting_limit = waiting_limit
        self._ring = Ring(ring_limit, secrets.token_hex(4))
        self._subscriptions: set[Subscription] = set()
        self._closed = False
        self.scores_told = 0

    @property
    def clients(self) -> int:
        return len(self._subscriptions)

    @property
    def takes_more(self) -> bool:
        return not self._closed and self.clients < self._clients_limit

    def join(self, last_event_id: str = "") -> Subscription:
        missed = self._ring.since(last_event_id) if last_event_id else []
        subscription = Subscription([RESET] if missed is None else missed, self._waiting_limit)
        if self._closed:
            subscription.end()
            return subscription
        self._subscriptions.add(subscription)
        metrics.STREAM_CLIENTS.set(self.clients)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        subscription.end()
        self._subscriptions.discard(subscription)
        metrics.STREAM_CLIENTS.set(self.clients)

    def tell_score(self, data: str, computed_at: datetime) -> None:
        """A changed score, as JSON: kept, so that readers can come back for it."""
        content = format_sse_event(event="score", data_str=data, id=self._ring.next_id())
        self._ring.add(content)
        self.scores_told += 1
        self._tell(Frame(content, computed_at))

    def tell(self, event: str, data: str) -> None:
        """Something that the next one of its kind replaces: not kept."""
        self._tell(Frame(format_sse_event(event=event, data_str=data)))

    def close(self) -> None:
        """End every stream; later readers are sent away."""
        self._closed = True
        for subscription in list(self._subscriptions):
            self.leave(subscription)

    def _tell(self, frame: Frame) -> None:
        for subscription in [s for s in self._subscriptions if not s.offer(frame)]:
            log.warning("a reader of the stream did not keep up and was let go")
            self.leave(subscription)
