"""Reading server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.support.api import Api

READY = "ready"


@dataclass
class Event:
    kind: str
    data: Any
    event_id: str | None


@asynccontextmanager
async def opened(api: Api, resumed: str = "", **parameters: str) -> AsyncIterator[AsyncIterator[Event]]:
    headers = {"Last-Event-ID": resumed} if resumed else {}
    async with api.client.stream("GET", "/v1/stream", headers=headers, params=parameters) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["x-accel-buffering"] == "no"
        assert "content-length" not in response.headers
        assert "content-encoding" not in response.headers
        yield events(response.aiter_lines())


async def events(lines: AsyncIterator[str]) -> AsyncIterator[Event]:
    fields: dict[str, str] = {}
    async for line in lines:
        if not line and "event" in fields:
            yield Event(fields["event"], json.loads(fields["data"]), fields.get("id"))
        if not line:
            fields = {}
            continue
        name, _, value = line.partition(": ")
        fields[name] = value


async def next_of(stream: AsyncIterator[Event], kind: str) -> Event:
    async with asyncio.timeout(30):
        async for event in stream:
            if event.kind == kind:
                return event
    raise AssertionError(f"the stream ended without {kind}")
