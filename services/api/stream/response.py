"""A reader's event stream over HTTP (text/event-stream), with keep-alives."""

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pantau.runtime import metrics
from pantau.runtime.clock import Clock
from services.api.stream.hub import Frame, Hub, Subscription

RECONNECT_MILLISECONDS = 3000
KEEP_ALIVE_SECONDS = 15.0
SEND_SECONDS = 20.0
KEEP_ALIVE = b": keep-alive\n\n"
_RETRY = f"retry: {RECONNECT_MILLISECONDS}\n\n".encode()


class EventStream(Response):
    """Sends until the reader leaves, falls behind, or the hub closes."""

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, last_event_id: str, first_event: bytes, clock: Clock) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._hub = hub
        self._last_event_id = last_event_id
        self._first_event = first_event
        self._clock = clock

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        subscription = self._hub.join(self._last_event_id)
        leaving = asyncio.create_task(_end_when_gone(subscription, receive))
        try:
            await self._send_all(subscription, send)
        except TimeoutError:
            return  # nobody reads at the other end: there is no one to say goodbye to
        finally:
            self._hub.leave(subscription)
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)

    async def _send_all(self, subscription: Subscription, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await send(start)
        await _send(send, _RETRY + self._first_event)
        while not subscription.ended:
            frames = await subscription.take(KEEP_ALIVE_SECONDS)
            if not subscription.ended:
                await _send(send, b"".join(frame.content for frame in frames) or KEEP_ALIVE)
                self._observe(frames)
        await _send(send, b"", more=False)

    def _observe(self, frames: list[Frame]) -> None:
        now = self._clock()
        for frame in frames:
            if frame.computed_at is not None:
                metrics.EVENT_AGE.labels("api").observe(max(0.0, (now - frame.computed_at).total_seconds()))


async def _send(send: Send, content: bytes, *, more: bool = True) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await send({"type": "http.response.body", "body": content, "more_body": more})


async def _end_when_gone(subscription: Subscription, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    subscription.end()
