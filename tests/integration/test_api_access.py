import asyncio
from pathlib import Path

import pytest

from services.api.boards import TTL_SECONDS
from tests.integration.api_support import KEY, Api, running_api

READING = (
    *("/v1/scores", "/v1/accounts", "/v1/accounts/x", "/v1/comments"),
    *("/v1/pulse", "/v1/status", "/v1/stream"),
)
NOWHERE = "http://default@127.0.0.1:1/pantau"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Pantau</title>")
    (tmp_path / "assets" / "index-Bx7.js").write_text("export {};")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path.parent / "secret").write_text("no")
    return tmp_path


async def without_key(api: Api) -> None:
    del api.client.headers["Authorization"]


async def test_reading_needs_a_key(dist: Path) -> None:
    wrong: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer salah-salah-salah"},
        {"Authorization": KEY},
        {"Authorization": f"Basic {KEY}"},
        {"X-API-Key": ""},
        {"X-API-Key": "kunci-ü"},
        {"Cookie": "wall="},
        {"Cookie": "wall=tebakan"},
    ]
    async with running_api(NOWHERE, wait_for=None) as api:
        await without_key(api)
        for path in READING:
            for headers in wrong:
                raw = [(name.encode(), value.encode()) for name, value in headers.items()]
                answer = await api.client.get(path, headers=raw)
                assert answer.status_code == 401, (path, headers)
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.headers["www-authenticate"] == 'Bearer realm="pantau"'


async def test_both_headers_carry_a_key_and_any_known_key_opens(clickhouse_database_url: str) -> None:
    second = "kunci-kedua-yang-baru"
    async with running_api(clickhouse_database_url, API_KEYS=f"{KEY}, {second}") as api:
        await without_key(api)
        for headers in ({"Authorization": f"bearer {second}"}, {"X-API-Key": KEY}):
            assert (await api.client.get("/v1/status", headers=headers)).status_code == 200


async def test_wall_is_public_and_lets_its_browser_read(clickhouse_database_url: str, dist: Path) -> None:
    async with running_api(clickhouse_database_url, dist=dist) as api:
        await without_key(api)
        page = await api.client.get("/wall")
        assert page.text == "<!doctype html><title>Pantau</title>"
        cookie = page.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert page.headers["cache-control"] == "no-store"
        status = await api.client.get("/v1/status")
        assert status.status_code == 200
        assert status.json()["build"] == api.parts.page.build()
        assert (await api.client.get("/wall/")).text == page.text


async def test_pages_and_answers_carry_security_headers(dist: Path) -> None:
    async with running_api(NOWHERE, dist=dist, wait_for=None) as api:
        for path in ("/wall", "/wall/assets/index-Bx7.js", "/v1/status", "/tidak-ada", "/openapi.json"):
            answer = await api.client.get(path)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "server" not in answer.headers


async def test_assets_keep_and_nothing_outside_is_served(dist: Path) -> None:
    async with running_api(NOWHERE, dist=dist, wait_for=None) as api:
        asset = await api.client.get("/wall/assets/index-Bx7.js")
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert asset.headers["content-type"].startswith("text/javascript")
        assert (await api.client.get("/wall/favicon.svg")).headers["cache-control"] == "no-cache"
        for path in ("/wall/assets/gone.js", "/wall/..%2Fsecret", "/wall/%2e%2e/secret", "/wall/assets"):
            answer = await api.client.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_wall_may_need_the_key(dist: Path) -> None:
    async with running_api(NOWHERE, dist=dist, wait_for=None, API_WALL_PUBLIC="false") as api:
        opened = await api.client.get("/wall")
        assert opened.status_code == 200
        await without_key(api)
        assert (await api.client.get("/wall/assets/index-Bx7.js")).status_code == 200  # by its cookie
        api.client.cookies.clear()
        for path in ("/wall", "/wall/assets/index-Bx7.js"):
            assert (await api.client.get(path)).status_code == 401


async def test_session_is_not_for_writing_and_differs_by_process(dist: Path) -> None:
    async with running_api(NOWHERE, dist=dist, wait_for=None) as first:
        cookie = (await first.client.get("/wall")).cookies["wall"]
        await without_key(first)
        assert (await first.client.post("/v1/status")).status_code == 405
    async with running_api(NOWHERE, dist=dist, wait_for=None) as second:
        await without_key(second)
        answer = await second.client.get("/v1/status", headers={"Cookie": f"wall={cookie}"})
        assert answer.status_code == 401


async def test_a_page_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    async with running_api(NOWHERE, dist=tmp_path / "dist", wait_for=None) as api:
        for path in ("/wall", "/wall/"):
            answer = await api.client.get(path)
            assert answer.status_code == 503
            assert "npm --prefix services/api/wall run build" in answer.json()["detail"]
        assert (await api.client.get("/wall/assets/x.js")).status_code == 404


async def test_a_new_build_changes_the_status(clickhouse_database_url: str, dist: Path) -> None:
    async with running_api(clickhouse_database_url, dist=dist) as api:
        before = (await api.get("/v1/status"))["build"]
        (dist / "index.html").write_text("<!doctype html><title>Baru</title>")
        await asyncio.sleep(TTL_SECONDS)
        assert (await api.get("/v1/status"))["build"] != before


async def test_documentation_needs_no_key_and_no_other_host() -> None:
    async with running_api(NOWHERE, wait_for=None) as api:
        await without_key(api)
        assert (await api.client.get("/openapi.json")).json()["info"]["title"] == "Pantau API"
        assert (await api.client.get("/docs")).status_code == 404
        assert (await api.client.get("/redoc")).status_code == 404
        assert (await api.client.get("/")).headers["location"] == "/wall"
