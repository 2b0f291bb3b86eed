"""The event stream: scores as Kafka tells of them, the status regularly, and who listens."""

import asyncio
import contextlib
from collections.abc import Coroutine
from datetime import datetime
from typing import Any, Never

from fastapi.sse import format_sse_event

from pantau.analytics.ranking.queries import read_tick
from pantau.runtime.errors import RetryableError
from services.api.dependencies import Dependencies
from services.api.overview.service import Overview
from services.api.scores.service import Boards
from services.api.stream.feed import ScoreFeed
from services.api.stream.hub import Hub

VISIBLE_SECONDS = 2.0
STATUS_EVERY_SECONDS = 5.0
PULSE_EVERY_SECONDS = 2.0


class Stream:
    def __init__(self, shared: Dependencies) -> None:
        self.hub = Hub(clients_limit=shared.settings.stream_clients)
        self._shared = shared
        self._boards = shared.service(Boards)
        self._overview = shared.service(Overview)

    def background(self) -> list[Coroutine[Any, Any, None]]:
        bootstrap, readiness = self._shared.settings.kafka_bootstrap_servers, self._shared.readiness
        return [
            ScoreFeed(bootstrap, self.hub, readiness, self._until_stored).run(),
            self._tell_status(),
            self._tell_pulse(),
        ]

    async def first_event(self) -> bytes:
        try:
            return format_sse_event(event="status", data_str=await self._overview.status_event())
        except RetryableError:
            return b""  # nothing was ever read; the stream brings the status once it is known

    async def _until_stored(self, computed_at: datetime) -> None:
        """Scores are published just before they are stored; who is told of one must be able to read it."""
        with contextlib.suppress(TimeoutError, RetryableError):
            async with asyncio.timeout(VISIBLE_SECONDS):
                while True:
                    tick = await self._shared.database.ask(read_tick)
                    if tick is not None and tick.computed_at >= computed_at:
                        break
                    await asyncio.sleep(0.05)
        self._boards.expire()
        self._overview.expire()

    async def _tell_status(self) -> Never:
        while True:
            await asyncio.sleep(STATUS_EVERY_SECONDS)
            if self.hub.clients:
                with contextlib.suppress(RetryableError):  # nothing was ever read: silence is the truth
                    self.hub.tell("status", await self._overview.status_event())

    async def _tell_pulse(self) -> Never:
        """A word that the pulse may have moved, after scores did."""
        told = self.hub.scores_told
        while True:
            await asyncio.sleep(PULSE_EVERY_SECONDS)
            if self.hub.scores_told != told:
                told = self.hub.scores_told
                at = self._shared.clock().isoformat().replace("+00:00", "Z")
                self.hub.tell("pulse", f'{{"at":"{at}"}}')
