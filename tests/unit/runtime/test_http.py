"""What both HTTP services share: keys, problems and request metrics."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request
from pydantic import SecretStr

from pantau.runtime import metrics
from pantau.runtime.http import (
    PROBLEM,
    Problem,
    install_metrics,
    install_problems,
    is_known,
    presented_key,
    unauthorised,
)

KEYS = (SecretStr("the-old-key-of-16"), SecretStr("the-new-key-of-16"))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_problems(app)
    install_metrics(app, "bakery")

    @app.get("/loaves/{loaf}")
    async def loaf(loaf: int, request: Request) -> dict[str, int]:
        if not is_known(presented_key(request), KEYS):
            raise unauthorised()
        if loaf > 9:
            raise Problem(409, "sold out", headers={"Retry-After": "5"}, loaf=loaf)
        return {"loaf": loaf}

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bakery") as connected:
        yield connected


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer the-old-key-of-16"},
        {"authorization": "bearer  the-new-key-of-16 "},
        {"X-API-Key": "the-new-key-of-16"},
        {"Authorization": "Basic abc", "X-API-Key": "the-old-key-of-16"},
    ],
)
async def test_known_key_is_let_in(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await client.get("/loaves/1", headers=headers)).json() == {"loaf": 1}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer the-old-key-of-1"},
        {"Authorization": "Bearer THE-OLD-KEY-OF-16"},
        {"Authorization": "the-old-key-of-16"},
        {"Authorization": "Bearer wrong", "X-API-Key": "the-old-key-of-16"},
        {"X-API-Key": ""},
        {"X-API-Key": "kunci-é".encode().decode("latin-1")},
    ],
)
async def test_other_keys_are_refused_with_a_problem(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    answer = await client.get("/loaves/1", headers=raw)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "the-old-key" not in answer.text


async def test_problem_says_what_went_wrong_and_when_to_come_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/loaves/10", headers={"X-API-Key": "the-old-key-of-16"})
    assert answer.headers["retry-after"] == "5"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "sold out",
        "loaf": 10,
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("POST", "/loaves/1", 405), ("GET", "/loaves/rye", 422)],
)
async def test_refusals_of_the_framework_are_problems_too(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["status"] == status


async def test_fault_in_a_parameter_names_it(client: httpx.AsyncClient) -> None:
    assert (await client.get("/loaves/rye")).json()["detail"].startswith("loaf: ")


async def test_requests_are_counted_by_route_and_not_by_address(client: httpx.AsyncClient) -> None:
    counted = metrics.HTTP_REQUESTS.labels("bakery", "/loaves/{loaf}", "GET", "200")
    lost = metrics.HTTP_REQUESTS.labels("bakery", "unmatched", "GET", "404")
    before, lost_before = counted._value.get(), lost._value.get()
    for loaf in range(3):
        await client.get(f"/loaves/{loaf}", headers={"X-API-Key": "the-old-key-of-16"})
        await client.get(f"/no/such/place/{loaf}")
    assert (counted._value.get() - before, lost._value.get() - lost_before) == (3, 3)
