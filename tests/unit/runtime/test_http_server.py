"""An HTTP server and the work beside it: either's end is the other's."""

import asyncio
import socket
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from pantau.runtime.http_server import serve
from pantau.runtime.listening import listen

GRACE_SECONDS = 5


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with listen("127.0.0.1", 0, "the test") as given:
        yield given


def app() -> FastAPI:
    answering = FastAPI()

    @answering.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(0.3)
        return "done"

    return answering


async def asked(listener: socket.socket) -> str:
    async with httpx.AsyncClient(timeout=30) as client:
        return (await client.get(f"http://127.0.0.1:{listener.getsockname()[1]}/slow")).text


async def for_ever() -> None:
    await asyncio.Event().wait()


async def test_asked_to_stop_it_answers_what_is_open_and_ends_the_work_beside(
    listener: socket.socket,
) -> None:
    stop, ending = asyncio.Event(), []
    beside = asyncio.create_task(for_ever())

    async def work() -> None:
        await beside

    serving = asyncio.create_task(
        serve(app(), listener, GRACE_SECONDS, stop, work(), ending=lambda: ending.append("told"))
    )
    asking = asyncio.create_task(asked(listener))
    await asyncio.sleep(0.1)
    assert not ending
    stop.set()
    await serving
    assert await asking == '"done"'
    assert beside.cancelled()
    assert ending


async def test_work_that_fails_beside_it_ends_it_and_is_raised(listener: socket.socket) -> None:
    async def fail() -> None:
        await asyncio.sleep(0.1)
        raise KeyError("broken")

    asking = asyncio.create_task(asked(listener))
    with pytest.raises(KeyError, match="broken"):
        await serve(app(), listener, GRACE_SECONDS, asyncio.Event(), for_ever(), fail())
    assert await asking == '"done"'
