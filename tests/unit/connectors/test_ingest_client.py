from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from services.connectors.ingest_client import Answer, Client, SendingError

ACCEPTED = {"accepted": 1, "refused": 0, "results": [{"index": 0, "status": "accepted"}]}
MIXED = {"results": [{"index": 0, "status": "accepted"}, {"index": 1, "status": "refused", "reason": "why"}]}

Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler, give_up_after_seconds: float | None = 30) -> Client:
    http = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    return Client("http://ingest/", "key", give_up_after_seconds=give_up_after_seconds, http=http)


async def test_lines_go_out_as_ndjson_with_the_key() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(202, json=MIXED)

    assert await client(handle).send_events([b"{}", b"{}"]) == Answer(1, ((1, "why"),))
    assert (str(seen[0].url), seen[0].content) == ("http://ingest/v1/events", b"{}\n{}")
    assert seen[0].headers["authorization"] == "Bearer key"


async def test_all_refused_is_an_answer_too() -> None:
    body = {"detail": "none", "results": [{"index": 0, "status": "refused", "reason": "why"}]}
    answer = await client(lambda _: httpx.Response(422, json=body)).send_events([b"{}"])
    assert answer == Answer(0, ((0, "why"),))


async def test_notes_on_what_was_accepted_are_passed_on() -> None:
    results = [
        {"index": 0, "status": "accepted", "notes": ["a", "b"]},
        {"index": 1, "status": "refused", "reason": "why"},
    ]
    answer = await client(lambda _: httpx.Response(202, json={"results": results})).send_events(
        [b"{}", b"{}"]
    )
    assert answer == Answer(1, ((1, "why"),), ((0, "a"), (0, "b")))


async def test_since_when_accounts_are_watched() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("GET", "/v1/accounts")
        return httpx.Response(
            200, json={"accounts": [{"account_id": "a", "onboarded_at": "2026-11-01T00:00:00Z"}]}
        )

    assert await client(handle).onboarded_at() == {"a": datetime(2026, 11, 1, tzinfo=UTC)}


async def test_absence_is_waited_out() -> None:
    calls = 0

    def handle(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise httpx.ConnectError("refused", request=request)
        if calls == 2:
            return httpx.Response(503, json={"detail": "away"}, headers={"Retry-After": "0"})
        return httpx.Response(202, json=ACCEPTED)

    assert (await client(handle).send_events([b"{}"])).accepted == 1


async def test_patience_ends() -> None:
    away = client(lambda _: httpx.Response(503, json={"detail": "Kafka is away"}), 0.1)
    with pytest.raises(SendingError, match="gave up: 503 Kafka is away"):
        await away.send_events([b"{}"])


@pytest.mark.parametrize("status", [400, 401, 413, 415, 500])
async def test_what_will_not_pass_is_not_repeated(status: int) -> None:
    calls = 0

    def handle(_: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return httpx.Response(status, text="no")

    with pytest.raises(SendingError, match=f"answered {status}"):
        await client(handle).send_events([b"{}"])
    assert calls == 1
