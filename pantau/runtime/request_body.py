"""Request bodies, read with the limits in force: nothing beyond them is ever held in memory."""

import asyncio
import zlib
from dataclasses import dataclass

from fastapi import Request
from starlette.requests import ClientDisconnect

from pantau.runtime.http import Problem

_GZIP = 16 + zlib.MAX_WBITS
# The rest of an oversized body is not waited for.
_CLOSE = {"Connection": "close"}


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """`unpacks`: gzip is taken too, else what the sender says of it is not looked at."""

    max_bytes: int
    seconds: float
    advice: str = ""  # for the sender of too large a body
    unpacks: bool = False

    def too_large(self) -> Problem:
        return Problem(413, f"the body is larger than {self.max_bytes} bytes{self.advice}", headers=_CLOSE)


async def read_body(request: Request, limits: BodyLimits) -> bytes:
    """The body, unpacked where it is gzip. Raises Problem 400, 408, 413 or 415."""
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if limits.unpacks and encoding not in {"identity", "gzip", "x-gzip"}:
        raise Problem(415, f"Content-Encoding {encoding!r} is not known here: send it plain or as gzip")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limits.max_bytes:
        raise limits.too_large()
    unpacker = Unpacker(limits) if limits.unpacks and encoding != "identity" else None
    body = bytearray()
    try:
        async with asyncio.timeout(limits.seconds):
            async for chunk in request.stream():
                body += unpacker.feed(chunk) if unpacker else chunk
                if len(body) > limits.max_bytes:
                    raise limits.too_large()
    except TimeoutError as error:
        raise Problem(
            408, f"the body did not arrive within {limits.seconds:g} seconds", headers=_CLOSE
        ) from error
    except ClientDisconnect as error:
        raise Problem(400, "the sender went away before the body was complete") from error
    if unpacker:
        unpacker.finish()
    return bytes(body)


class Unpacker:
    """Gzip, piece by piece, one or more members; a small bomb must not become a large body."""

    def __init__(self, limits: BodyLimits) -> None:
        self._limits = limits
        self._unpacked = 0
        self._stream = zlib.decompressobj(_GZIP)
        self._fed = False

    def feed(self, chunk: bytes) -> bytes:
        pieces: list[bytes] = []
        while chunk:
            if self._stream.eof:
                self._stream = zlib.decompressobj(_GZIP)
            pieces.append(self._decompress(chunk))
            self._unpacked += len(pieces[-1])
            if self._unpacked > self._limits.max_bytes:
                raise self._limits.too_large()
            chunk = self._stream.unused_data
        return b"".join(pieces)

    def finish(self) -> None:
        if self._fed and not self._stream.eof:
            raise Problem(400, "the gzip body ends before its end")

    def _decompress(self, chunk: bytes) -> bytes:
        self._fed = True
        try:
            return self._stream.decompress(chunk, self._limits.max_bytes - self._unpacked + 1)
        except zlib.error as error:
            raise Problem(400, f"the body is not gzip: {error}") from error
