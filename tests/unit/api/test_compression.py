"""Who accepts gzip gets it, once made, with the same content; everybody else and every stream as before."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from services.api.http import compression
from services.api.http.compression import Compression, Gzipped, accepts_gzip

LONG = b'{"scores": [' + b'"dinkes", ' * 5_000 + b'"x"]}'


def answering(response: Response) -> Starlette:
    async def answer(_: Request) -> Response:
        return response

    app = Starlette(routes=[Route("/", answer)])
    app.add_middleware(Compression)
    return app


async def asked(
    app: Starlette, accept: str | None = "gzip", *, method: str = "GET", path: str = "/"
) -> tuple[httpx.Response, bytes]:
    """The answer, and its body as it travelled."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        client.headers.pop("accept-encoding")
        headers = {} if accept is None else {"Accept-Encoding": accept}
        async with client.stream(method, path, headers=headers) as response:
            return response, b"".join([part async for part in response.aiter_raw()])


@pytest.mark.parametrize(
    ("accept", "accepted"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("*", True),
        ("x-gzip", True),
        ("gzip;q=0.5, identity;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("gzip;q=0.2, identity;q=1", False),
        ("gzip;q=much", False),
        ("br", False),
        ("identity", False),
        ("", False),
    ],
)
def test_header_is_read_as_the_standard_says(accept: str, accepted: bool) -> None:
    assert accepts_gzip([accept]) is accepted
    assert accepts_gzip(["deflate", accept]) is accepted


def test_no_header_asks_for_none() -> None:
    assert not accepts_gzip([])


@pytest.mark.parametrize("kind", sorted(compression.COMPRESSIBLE))
async def test_long_answer_travels_packed_and_reads_the_same(kind: str) -> None:
    response, body = await asked(answering(Response(LONG, media_type=kind)))
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["vary"] == "Accept-Encoding"
    assert int(response.headers["content-length"]) == len(body) < len(LONG) / 10
    assert gzip.decompress(body) == LONG


@pytest.mark.parametrize("accept", [None, "br", "gzip;q=0", "identity"])
async def test_who_does_not_accept_it_gets_the_bytes_and_a_cache_is_told(accept: str | None) -> None:
    response, body = await asked(answering(Response(LONG, media_type="application/json")), accept)
    assert "content-encoding" not in response.headers
    assert response.headers["vary"] == "Accept-Encoding"
    assert body == LONG


@pytest.mark.parametrize(
    "response",
    [
        Response(b"x" * 1023, media_type="application/json"),
        Response(LONG, media_type="font/woff2"),
        Response(LONG, media_type="text/html"),
        Response(LONG, media_type="application/json", headers={"Content-Encoding": "br"}),
        Response(LONG, 206, media_type="application/json"),
        Response(status_code=304),
    ],
    ids=["short", "font", "page", "encoded", "range", "unchanged"],
)
async def test_what_gains_nothing_passes_as_it_is(response: Response) -> None:
    answer, body = await asked(answering(response))
    assert answer.headers.get("content-encoding") in {None, "br"}
    assert (body, answer.status_code) == (response.body, response.status_code)


async def test_content_that_grows_stays_plain() -> None:
    content = bytes((n * n * 31 + n * 17) % 251 for n in range(1_500))
    noise = gzip.compress(content)[:1_400]
    response, body = await asked(answering(Response(noise, media_type="text/plain")))
    assert (body, "content-encoding" in response.headers) == (noise, False)


async def test_stream_passes_part_by_part() -> None:
    sent: list[bytes] = []
    gates = [asyncio.Event(), asyncio.Event()]

    async def parts() -> AsyncIterator[bytes]:
        for gate, part in zip(gates, (b"event: a\n" * 500, b"event: b\n" * 500), strict=True):
            yield part
            sent.append(part)
            await gate.wait()

    messages: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    app = answering(StreamingResponse(parts(), media_type="text/event-stream"))
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(b"accept-encoding", b"gzip")],
    }
    never = asyncio.Event()

    async def receive() -> dict[str, object]:
        await never.wait()
        return {"type": "http.disconnect"}

    serving = asyncio.create_task(app(scope, receive, messages.put))  # type: ignore[arg-type]
    async with asyncio.timeout(30):
        start, first = await messages.get(), await messages.get()
        assert b"content-encoding" not in dict(start["headers"])  # type: ignore[call-overload]
        assert first["body"] == b"event: a\n" * 500  # while the second waits for its gate
        for gate in gates:
            gate.set()
        second = await messages.get()
        await serving
    assert second["body"] == b"event: b\n" * 500


async def test_head_tells_of_the_plain_body() -> None:
    response, body = await asked(answering(Response(LONG, media_type="application/json")), method="HEAD")
    assert (body, "content-encoding" in response.headers) == (b"", False)
    assert int(response.headers["content-length"]) == len(LONG)


async def test_files_are_packed_and_their_tag_becomes_a_weak_one(tmp_path: Path) -> None:
    script = b"export const wall = 1;\n" * 20_000  # in several parts
    (tmp_path / "wall.js").write_bytes(script)
    app = Starlette(routes=[Mount("/", StaticFiles(directory=tmp_path))])
    app.add_middleware(Compression)
    response, body = await asked(app, path="/wall.js")
    assert gzip.decompress(body) == script
    tag = response.headers["etag"]
    assert tag.startswith('W/"')
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        again = await client.get("/wall.js", headers={"If-None-Match": tag})
    assert again.status_code == 304


@given(
    content=st.binary(max_size=3_000).map(lambda some: some * 20),
    kind=st.sampled_from(sorted(compression.COMPRESSIBLE)),
)
def test_any_body_reads_the_same(content: bytes, kind: str) -> None:
    async def read() -> bytes:
        app = answering(Response(content, media_type=kind))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
            return (await client.get("/", headers={"Accept-Encoding": "gzip"})).content

    assert asyncio.run(read()) == content


async def test_one_body_is_packed_once_for_all_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    packed: list[int] = []
    compress = gzip.compress

    def counted(data: bytes, level: int, *, mtime: float) -> bytes:
        packed.append(len(data))
        return compress(data, level, mtime=mtime)

    monkeypatch.setattr(gzip, "compress", counted)
    app = answering(Response(LONG, media_type="application/json"))
    await asyncio.gather(*(asked(app) for _ in range(20)))
    await asked(app)
    assert packed == [len(LONG)]


async def test_kept_bodies_are_bounded_and_those_used_last_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    gzipped = Gzipped(kept_bytes=3_000)
    bodies = [bytes([n]) * 1_000 for n in range(3)]
    for body in bodies:
        await gzipped.of(body)
    await gzipped.of(bodies[0])
    await gzipped.of(b"d" * 1_000)
    monkeypatch.setattr(gzip, "compress", lambda *_, **__: b"again")
    assert gzip.decompress(await gzipped.of(bodies[0])) == bodies[0]
    assert await gzipped.of(bodies[1]) == b"again"
