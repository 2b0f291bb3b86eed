"""HTTP server that leaves signals to the service around it. Work beside it ends with it, and ends it."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import uvicorn

Application = Callable[..., Any]  # ASGI


class _Server(uvicorn.Server):
    """Leaves signals to the service around it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    app: Application,
    listener: socket.socket,
    grace_seconds: int,
    stop: asyncio.Event,
    *beside: Coroutine[Any, Any, None],
    ending: Callable[[], None] = lambda: None,
) -> None:
    """Answer requests until `stop` is set or what runs beside ends; open requests are answered before.

    `ending` is called first of all then: it ends answers that would not end by themselves. Raises what the
    work beside raised.
    """
    server = _Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=grace_seconds,
        )
    )
    tasks = [asyncio.create_task(work) for work in (*beside, _wait(stop))]

    def end(_: "asyncio.Task[None]") -> None:
        ending()
        server.should_exit = True

    for task in tasks:
        task.add_done_callback(end)
    try:
        await server.serve(sockets=[listener])
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for result in ended:
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
            raise result


async def _wait(stop: asyncio.Event) -> None:
    await stop.wait()
