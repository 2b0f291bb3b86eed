"""Runs the application, the feed and the probes together, and ends them in order."""

import asyncio
import contextlib
import socket
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

import structlog

from pantau.analytics import queries
from pantau.runtime.errors import RetryableError
from pantau.runtime.http_server import Server, http_server
from pantau.runtime.listening import listen
from services.api.app import create_app
from services.api.dependencies import Parts
from services.api.settings import ApiSettings
from services.api.stream.feed import ScoreFeed
from services.api.stream.heartbeat import tell_pulse, tell_status

log = structlog.get_logger(__name__)

STOP_SECONDS = 10
VISIBLE_SECONDS = 2.0
# A wall that lost its power says no goodbye: the kernel gives up on it after this.
UNACKNOWLEDGED_MILLISECONDS = 30_000


async def run(settings: ApiSettings, parts: Parts, stop: asyncio.Event) -> None:
    """Until `stop` is set. Raises AddressError, or what ends the process, possibly in a group."""
    listener = _listener(settings)
    server = http_server(create_app(parts), STOP_SECONDS)
    try:
        async with asyncio.TaskGroup() as tasks:
            around = [tasks.create_task(work) for work in _around(settings, parts)]
            around.append(tasks.create_task(_end(server, parts, stop)))
            await server.serve(sockets=[listener])  # in the group's body: what fails around it ends it
            for task in around:
                task.cancel()
    finally:
        listener.close()
        await parts.publisher.stop()
        await parts.database.close()


def _listener(settings: ApiSettings) -> socket.socket:
    """Raises AddressError."""
    listener = listen(settings.host, settings.port, "API_HOST and API_PORT")
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLISECONDS)
    log.info("listening", host=settings.host, port=settings.port)
    return listener


def _around(settings: ApiSettings, parts: Parts) -> list[Coroutine[Any, Any, None]]:
    async def before(computed_at: datetime) -> None:
        await until_stored(parts, computed_at)

    feed = ScoreFeed(settings.kafka_bootstrap_servers, parts.hub, parts.readiness, before)
    return [
        parts.database.watch(),
        feed.run(),
        parts.waiting.run(),
        tell_status(parts.hub, parts.overview.status_event),
        tell_pulse(parts.hub, parts.clock),
    ]


async def _end(server: Server, parts: Parts, stop: asyncio.Event) -> None:
    """The event streams first: the server would wait for them."""
    await stop.wait()
    parts.hub.close()
    server.should_exit = True


async def until_stored(parts: Parts, computed_at: datetime) -> None:
    """Scores are published just before they are stored; who is told of one must be able to read it."""
    with contextlib.suppress(TimeoutError, RetryableError):
        async with asyncio.timeout(VISIBLE_SECONDS):
            while True:
                tick = await parts.database.ask(queries.tick)
                if tick is not None and tick.computed_at >= computed_at:
                    break
                await asyncio.sleep(0.05)
    parts.boards.expire()
    parts.overview.expire()
