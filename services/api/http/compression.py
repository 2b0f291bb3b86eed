"""Answers of a kilobyte or more, gzipped for who accepts it; each rendered body is compressed once.

An answer without a length is a stream, such as that of events, and passes as it is. So do pages: they are
small, and what they tell one browser alone is not to be guessed from their compressed length.
"""

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST_BYTES = 1024
ON_THE_LOOP_BYTES = 8 * 1024  # some 0.1 ms; more goes to a thread
KEPT_BYTES = 32 * 1024 * 1024  # of bodies, before compression
LEVEL = 6
COMPRESSIBLE = frozenset(
    {
        *("application/json", "application/problem+json", "application/javascript"),
        *("text/css", "text/javascript", "text/plain", "image/svg+xml"),
    }
)


class Compression:
    """Plain ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._gzipped = Gzipped()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "HEAD":
            await self._app(scope, receive, send)
            return
        wanted = accepts_gzip(Headers(scope=scope).getlist("accept-encoding"))
        await self._app(scope, receive, _Answer(self._gzipped, send, wanted=wanted).take)


class _Answer:
    """One response on its way out; held back as a whole where it is to be compressed."""

    def __init__(self, gzipped: "Gzipped", send: Send, *, wanted: bool) -> None:
        self._gzipped = gzipped
        self._send = send
        self._wanted = wanted
        self._start: Message | None = None
        self._parts: list[bytes] = []

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _worth_it(message):
            MutableHeaders(scope=message).add_vary_header("Accept-Encoding")
            if self._wanted:
                self._start = message
                return
        if self._start is None:
            await self._send(message)
            return
        self._parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            start, self._start = self._start, None
            await self._send_whole(start)

    async def _send_whole(self, start: Message) -> None:
        # The very object, where it came in one: then its hash is known and it is compared by identity.
        content = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        packed = await self._gzipped.of(content)
        if len(packed) < len(content):
            content = packed
            _describe(MutableHeaders(scope=start), len(packed))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": content})


class Gzipped:
    """Bodies to gzip; those used last are kept, and two who ask at once wait for one compression."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes = kept_bytes
        self._bytes = 0
        self._known: OrderedDict[bytes, asyncio.Task[bytes]] = OrderedDict()

    async def of(self, content: bytes) -> bytes:
        task = self._known.get(content)
        if task is None:
            task = asyncio.create_task(_compress(content))
            self._known[content] = task
            self._bytes += len(content)
            while self._bytes > self._kept_bytes:
                self._bytes -= len(self._known.popitem(last=False)[0])
        else:
            self._known.move_to_end(content)
        return await asyncio.shield(task)


async def _compress(content: bytes) -> bytes:
    if len(content) <= ON_THE_LOOP_BYTES:
        return gzip.compress(content, LEVEL, mtime=0)
    return await asyncio.to_thread(gzip.compress, content, LEVEL, mtime=0)


def accepts_gzip(headers: Iterable[str]) -> bool:
    """Whether `Accept-Encoding` allows gzip and likes it no less than the plain body (RFC 9110, 12.5.3)."""
    weights: dict[str, float] = {}
    for item in ",".join(headers).split(","):
        coding, *parameters = (part.strip().lower() for part in item.split(";"))
        weights[coding] = _weight(parameters)
    gzip_weight = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip_weight > 0 and gzip_weight >= weights.get("identity", 0.0)


def _weight(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def _worth_it(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    kind = headers.get("content-type", "").partition(";")[0].strip()
    return (
        start["status"] == 200
        and kind in COMPRESSIBLE
        and "content-encoding" not in headers
        and int(headers.get("content-length", "0")) >= SMALLEST_BYTES
    )


def _describe(headers: MutableHeaders, length: int) -> None:
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(length)
    tag = headers.get("etag", "")
    if tag and not tag.startswith("W/"):  # the same content, no longer the same bytes
        headers["ETag"] = f"W/{tag}"
