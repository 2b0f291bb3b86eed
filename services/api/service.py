"""Runs the application, the feed and the probes together, and ends them in order."""

import asyncio
import socket

import structlog

from pantau.runtime.http_server import serve
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
    """Until `stop` is set. Raises AddressError, or what ends the process."""
    listener = _listener(dependencies.settings)
    stream = dependencies.service(Stream)
    around = (
        dependencies.database.watch(),
        *dependencies.service(Overview).background(),
        *stream.background(),
    )
    try:
        # The event streams end first: the server would wait for them.
        await serve(create_app(dependencies), listener, STOP_SECONDS, stop, *around, ending=stream.hub.close)
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
