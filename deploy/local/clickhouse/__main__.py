"""`python -m deploy.local.clickhouse --data DIR --port N`: the embedded ClickHouse engine behind HTTP."""

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Annotated

import typer
from aiohttp import web

from deploy.local.clickhouse.engine import Engine, FolderInUseError
from deploy.local.clickhouse.server import LOOPBACK, create_app
from pantau.runtime.listening import AddressError, told
from pantau.runtime.settings import refusal

STOP_SECONDS = 10


def main(
    data: Annotated[Path, typer.Option(help="Folder of the stored tables.")],
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8123,
) -> None:
    os.environ["TZ"] = "UTC"  # as the server's own image has it
    time.tzset()
    try:
        engine = Engine(data)
    except FolderInUseError as error:
        raise SystemExit(str(error)) from error
    try:
        asyncio.run(serve(engine, port))
    except AddressError as error:
        raise refusal([str(error)]) from error


async def serve(engine: Engine, port: int) -> None:
    """Until SIGTERM or SIGINT; statements under way are finished first. Raises AddressError."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    runner = web.AppRunner(
        create_app(engine),
        access_log=None,
        shutdown_timeout=STOP_SECONDS,
        auto_decompress=False,  # aiohttp would not know lz4; the statement reader decodes them all
    )
    await runner.setup()
    try:
        with told(LOOPBACK, port, "--port"):
            await web.TCPSite(runner, LOOPBACK, port).start()
        await stopping.wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    typer.run(main)
