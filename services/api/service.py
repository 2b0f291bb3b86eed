"""Runs the application, the feed and the probes together, and ends them in order."""

import asyncio
import socket
from collections.abc import Coroutine
from typing import Any

import structlog

from pantau.runtime.http_server import Server, http_server
from pantau.runtime.listening import listen
from services.api.app import create_app
from services.api.dependencies import Dependencies
from services.api.overview.service import Overview
from services.api.settings import ApiSettings
from services.api.stream.service import Stream

log = structlog.get_logger(__name__)

STOP_SECONDS = 10
# A wall that lost its power says no goodbye: the kernel gives up on it after this.
UNACKNOWLEDGED_MILLISECONDS = 30_000


async def run(dependencies: Dependencies, stop: asyncio.Event) -> None:
    """Until `stop` is set. Raises AddressError, or what ends the process, possibly in a group."""
    listener = _listener(dependencies.settings)
    server = http_server(create_app(dependencies), STOP_SECONDS)
    try:
        async with asyncio.TaskGroup() as tasks:
            around = [tasks.create_task(work) for work in _around(dependencies)]
            around.append(tasks.create_task(_end(server, dependencies, stop)))
            await server.serve(sockets=[listener])  # in the group's body: what fails around it ends it
            for task in around:
                task.cancel()
    finally:
        listener.close()
        await dependencies.publisher.stop()
        await dependencies.database.close()


def _listener(settings: ApiSettings) -> socket.socket:
    """Raises AddressError."""
    listener = listen(settings.host, settings.port, "API_HOST and API_PORT")
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLISECONDS)
    log.info("listening", host=settings.host, port=settings.port)
    return listener


def _around(dependencies: Dependencies) -> list[Coroutine[Any, Any, None]]:
    return [
        dependencies.database.watch(),
        *dependencies.service(Overview).background(),
        *dependencies.service(Stream).background(),
    ]


async def _end(server: Server, dependencies: Dependencies, stop: asyncio.Event) -> None:
    await stop.wait()
    dependencies.service(Stream).hub.close()
    server.should_exit = True
