"""Whatever a reader asks for, the answer is a body or a refusal, never a fault of the service."""

import asyncio
from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pantau.analytics import keyset
from pantau.analytics.keyset import Place
from pantau.contracts.fields import Flag, Label, Platform
from pantau.runtime.ops import Readiness
from services.api.app import create_app
from services.api.dependencies import Dependencies, build
from services.api.settings import ApiSettings
from tests.support import api as support
from tests.support.api import KEY, NOW, store

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
INSTANTS = st.datetimes().map(lambda at: at.isoformat() + "Z")
IDENTITIES = st.tuples(TEXT, st.sampled_from(list(Platform)) | TEXT, TEXT, TEXT)
PLACES = st.builds(Place, st.integers(-(2**52), 2**52), IDENTITIES).map(keyset.encode)
KNOWN = {
    "window": st.sampled_from(["1h", "24h", "7d", "30d", "month"]),
    "at": INSTANTS,
    "month": st.from_regex(r"\A[12][0-9]{3}-[01][0-9]\Z"),
    "label": st.sampled_from([label.value for label in Label]),
    "account": st.sampled_from(["dinkes", "tidak-ada"]),
    "flag": st.sampled_from([flag.value for flag in Flag]),
    "limit": st.integers().map(str),
    "before": PLACES,
    "minutes": st.integers(-10, 2000).map(str),
    "revision": st.integers().map(str),
}
OF_PATH = {
    "/v1/scores": ["window", "at", "month"],
    "/v1/accounts/dinkes/explain": ["window", "at", "month"],
    "/v1/accounts/dinkes/metrics": ["window", "at", "month"],
    "/v1/comments": ["label", "account", "limit", "before"],
    "/v1/corrections": ["limit", "before"],
    "/v1/corrections/export": [],
    "/v1/flags": ["window", "at", "month", "account", "flag", "limit"],
    "/v1/flags/reviews": ["limit", "before"],
    "/v1/pulse": ["minutes"],
    "/v1/status": [],
    "/v1/accounts": [],
    "/v1/official": [],
    "/v1/official/2026-10": ["revision"],
    "/v1/official/2026-10/document": ["revision"],
}


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    path = draw(st.sampled_from([*OF_PATH, "/v1/accounts/"]))
    if path == "/v1/accounts/":
        return "/v1/accounts/" + quote(draw(TEXT), safe=""), {}
    names = draw(st.sets(st.sampled_from(OF_PATH[path] or ["window"])))
    parameters = {name: draw(KNOWN[name] | TEXT if draw(st.booleans()) else KNOWN[name]) for name in names}
    return path, parameters | draw(st.dictionaries(TEXT, TEXT, max_size=1) if not names else st.just({}))


async def connected(url: str) -> tuple[Dependencies, httpx.AsyncClient]:
    given_settings: dict[str, Any] = {"keys": KEY, "clickhouse_url": url}
    dependencies = build(ApiSettings(**given_settings), Readiness("clickhouse"), support.clock_from(NOW))
    watching = asyncio.create_task(dependencies.database.watch())
    async with asyncio.timeout(30):
        while dependencies.readiness.awaited:  # noqa: ASYNC110 - readiness tells nobody
            await asyncio.sleep(0.02)
    watching.cancel()
    transport = httpx.ASGITransport(create_app(dependencies))
    headers = {"Authorization": f"Bearer {KEY}"}
    return dependencies, httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers)


def test_no_question_is_answered_with_a_fault(clickhouse_database_url: str) -> None:
    url = clickhouse_database_url
    refused = set()
    with asyncio.Runner() as runner:
        runner.run(store(url, "accounts", [support.account("dinkes")]))
        runner.run(store(url, "scores", [support.score("dinkes", 1.0, 1)]))
        runner.run(store(url, "comments", [support.comment(f"c{n}", NOW) for n in range(5)]))
        dependencies, client = runner.run(connected(url))

        @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(asked())
        def ask(question: tuple[str, dict[str, str]]) -> None:
            path, parameters = question
            answer = runner.run(client.get(path, params=parameters))
            refused.add(answer.status_code)
            assert answer.status_code in (200, 404, 422), answer.text
            given_type = "application/x-ndjson" if path.endswith("/export") else "application/json"
            expected = given_type if answer.status_code == 200 else "application/problem+json"
            assert answer.headers["content-type"] == expected

        ask()
        runner.run(client.aclose())
        runner.run(dependencies.database.close())
    assert refused == {200, 404, 422}
