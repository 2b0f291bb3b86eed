"""Request bodies, read with the limits in force: nothing beyond them is ever held in memory."""

import asyncio
import zlib

from fastapi import Request
from starlette.requests import ClientDisconnect

from pantau.runtime.http import Problem

_GZIP = 16 + zlib.MAX_WBITS
# The rest of an oversized body is not waited for.
_CLOSE = {"Connection": "close"}


async def read_body(request: Request, max_bytes: int, timeout_seconds: float) -> bytes:
    """The body, unpacked when it is gzip. Raises Problem 400, 408, 413 or 415."""
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", "x-gzip"}:
        raise Problem(415, f"Content-Encoding {encoding!r} is not known here: send it plain or as gzip")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise too_large(max_bytes)
    unpacker = Unpacker(max_bytes) if encoding != "identity" else None
    body = bytearray()
    try:
        async with asyncio.timeout(timeout_seconds):
            async for chunk in request.stream():
                body += unpacker.feed(chunk) if unpacker else chunk
                if len(body) > max_bytes:
                    raise too_large(max_bytes)
    except TimeoutError as error:
        raise Problem(
            408, f"the body did not arrive within {timeout_seconds:g} seconds", headers=_CLOSE
        ) from error
    except ClientDisconnect as error:
        raise Problem(400, "the sender went away before the body was complete") from error
    if unpacker:
        unpacker.finish()
    return bytes(body)


def too_large(max_bytes: int) -> Problem:
    return Problem(
        413, f"the body is larger than {max_bytes} bytes; send fewer events at a time", headers=_CLOSE
    )


class Unpacker:
    """Gzip, piece by piece, one or more members; a small bomb must not become a large body."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
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
            if self._unpacked > self._max_bytes:
                raise too_large(self._max_bytes)
            chunk = self._stream.unused_data
        return b"".join(pieces)

    def finish(self) -> None:
        if self._fed and not self._stream.eof:
            raise Problem(400, "the gzip body ends before its end")

    def _decompress(self, chunk: bytes) -> bytes:
        self._fed = True
        try:
            return self._stream.decompress(chunk, self._max_bytes - self._unpacked + 1)
        except zlib.error as error:
            raise Problem(400, f"the body is not gzip: {error}") from error
