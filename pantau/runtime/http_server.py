"""HTTP server that leaves signals to the service around it. Work beside it ends with it, and ends it."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import uvicorn

Application = Callable[..., Any]  # ASGI


class Server(uvicorn.Server):
    """Set `should_exit` to end it in order: open requests are answered within its grace period."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def http_server(app: Application, grace_seconds: int) -> Server:
    return Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=grace_seconds,
        )
    )


async def serve(
    app: Application,
    listener: socket.socket,
    grace_seconds: int,
    stop: asyncio.Event,
    *beside: Coroutine[Any, Any, None],
) -> None:
    """Answer requests until `stop` is set or what runs beside ends; open requests are answered before.

    Raises what the work beside raised.
    """
    server = http_server(app, grace_seconds)
    tasks = [asyncio.create_task(work) for work in beside]
    waiting = asyncio.create_task(stop.wait())

    def end(_: "asyncio.Task[Any]") -> None:
        server.should_exit = True

    for task in (waiting, *tasks):
        task.add_done_callback(end)
    try:
        await server.serve(sockets=[listener])
    finally:
        for task in (waiting, *tasks):
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for result in ended:
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
            raise result
