"""Who may use which route: the whole list, and every row of it tried."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from fastapi.openapi.utils import get_openapi

from services.api.app import application
from services.api.http.access import PAGE_READS
from tests.support.api import Api, running_api

NOWHERE = "http://default@127.0.0.1:1/pantau"
DESK = "kunci-untuk-label"
BOARD = "kunci-untuk-tinjau"
# Whoever adds a route decides here. `page`: the pages and keys; `key`: any key; the others by their scope.
WHO = {
    ("get", "/v1/status"): "page",
    ("get", "/v1/stream"): "page",
    ("get", "/v1/scores"): "page",
    ("get", "/v1/pulse"): "page",
    ("get", "/v1/accounts/{account_id}"): "page",
    ("get", "/v1/accounts/{account_id}/explain"): "page",
    ("get", "/v1/accounts/{account_id}/metrics"): "page",
    ("get", "/v1/accounts"): "key",
    ("get", "/v1/comments"): "key",
    ("get", "/v1/corrections"): "key",
    ("get", "/v1/corrections/export"): "key",
    ("get", "/v1/flags"): "key",
    ("get", "/v1/flags/reviews"): "key",
    ("get", "/v1/official"): "key",
    ("get", "/v1/official/{month}"): "key",
    ("get", "/v1/official/{month}/document"): "key",
    ("post", "/v1/comments/{comment_id}/label"): "label:write",
    ("post", "/v1/flags/reviews"): "flag:review",
    ("get", "/wall"): "everybody",
    ("get", "/akun/{account_id}"): "everybody",
    ("get", "/healthz"): "everybody",
    ("get", "/readyz"): "everybody",
}
REFUSED = {401, 403}
OF_PAGES = {"PostPoints.text"}  # the account's own words, masked; /akun shows them


@pytest_asyncio.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    for name in ("index.html", "akun.html"):
        (tmp_path / name).write_text('<meta name="pantau-session" content="" />')
    label, review = f"meja:{DESK}", f"tinjau:{BOARD}"
    async with running_api(
        NOWHERE, dist=tmp_path, wait_for=None, API_LABEL_KEYS=label, API_REVIEW_KEYS=review
    ) as running:
        yield running


def test_every_route_is_decided() -> None:
    app = application()
    described = get_openapi(title="", version="", routes=app.routes)["paths"]
    assert {(method, path) for path, methods in described.items() for method in methods} == set(WHO)


def test_what_pages_read_is_listed_once() -> None:
    listed = {path.replace(":path}", "}") for path in PAGE_READS}
    assert listed == {path for (_, path), who in WHO.items() if who == "page"}


async def status(api: Api, method: str, path: str, headers: dict[str, str]) -> int:
    filled = path.format(account_id="dinkes", comment_id="1", month="2026-10")
    async with api.client.stream(method.upper(), filled, headers=headers) as answer:
        return answer.status_code


@pytest.mark.parametrize(("method", "path"), sorted(WHO))
async def test_a_route_opens_for_whom_it_is_and_nobody_else(api: Api, method: str, path: str) -> None:
    own_key = api.client.headers.pop("Authorization")
    page = (await api.client.get("/wall")).text
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in api.client.cookies.items())}
    api.client.cookies.clear()
    header = {"X-Pantau-Session": page.partition('session" content="')[2].partition('"')[0]}
    opens = {
        "nobody": await status(api, method, path, {}),
        "cookie": await status(api, method, path, cookie),
        "header": await status(api, method, path, header),
        "key": await status(api, method, path, {"Authorization": own_key}),
        "label:write": await status(api, method, path, {"X-API-Key": DESK}),
        "flag:review": await status(api, method, path, {"X-API-Key": BOARD}),
    }
    everybody = set(opens)
    keys = {"key", "label:write", "flag:review"}
    expected = {"everybody": everybody, "page": everybody - {"nobody"}, "key": keys}
    who = WHO[method, path]
    assert {one for one, code in opens.items() if code not in REFUSED} == expected.get(who, {who})


def test_no_answer_to_a_page_holds_a_comment_or_its_author() -> None:
    document = application().openapi()
    seen: set[str] = set()

    def names(schema: object) -> None:
        if isinstance(schema, list):
            for part in schema:
                names(part)
        if not isinstance(schema, dict):
            return
        reference = schema.get("$ref", "").rpartition("/")[2]
        if reference and reference not in seen:
            seen.add(reference)
            names(document["components"]["schemas"][reference])
        for part in schema.values():
            names(part)

    for (method, path), who in WHO.items():
        if who == "page":
            names(document["paths"][path][method]["responses"]["200"])
    strings = {
        f"{name}.{field}"
        for name in seen
        for field, schema in document["components"]["schemas"][name].get("properties", {}).items()
        if schema.get("type") == "string" and ("text" in field or "author" in field or "comment" in field)
    }
    assert strings == OF_PAGES
