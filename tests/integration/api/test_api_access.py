import asyncio
from datetime import timedelta
from pathlib import Path

import httpx

from services.api.pages.service import Pages
from services.api.scores.service import TTL_SECONDS
from tests.support.api import KEY, NOW, Api, running_api
from tests.support.api_keys import NOWHERE, without_key

READING = (
    *("/v1/scores", "/v1/accounts", "/v1/accounts/x", "/v1/comments"),
    *("/v1/pulse", "/v1/status", "/v1/stream"),
)


async def test_reading_needs_a_key(dist: Path) -> None:
    wrong: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer salah-salah-salah"},
        {"Authorization": KEY},
        {"Authorization": f"Basic {KEY}"},
        {"X-API-Key": ""},
        {"X-API-Key": "kunci-ü"},
        {"Cookie": "wall=tebakan"},
        {"X-Pantau-Session": "1795262431.tebakan"},
        {"X-Pantau-Session": "kunci-ü"},
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
        assert {"httponly", "samesite=strict", "path=/", "max-age=86400"} <= set(cookie.split("; "))
        assert page.headers["cache-control"] == "no-store"
        status = await api.client.get("/v1/status")
        assert status.status_code == 200
        assert status.json()["build"] == api.dependencies.service(Pages).build()
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


SECRET = "rahasia-bersama-" + "x" * 32


def session_cookie(answer: httpx.Response) -> str:
    """`name=value` of the cookie that a page sets."""
    (set_cookie,) = answer.headers.get_list("set-cookie")
    return str(set_cookie.partition(";")[0])


async def reads(api: Api, **headers: str) -> int:
    """The status of a page's question; nothing is stored, so 503 is the answer to those who may ask."""
    return (await api.client.get("/v1/pulse", headers=headers)).status_code


async def test_a_session_is_for_one_process_unless_they_share_a_secret(dist: Path) -> None:
    async with running_api(NOWHERE, dist=dist, wait_for=None) as alone:
        strange = session_cookie(await alone.client.get("/wall"))
    async with (
        running_api(NOWHERE, dist=dist, wait_for=None, API_SESSION_SECRET=SECRET) as first,
        running_api(NOWHERE, dist=dist, wait_for=None, API_SESSION_SECRET=SECRET) as second,
    ):
        cookie = session_cookie(await first.client.get("/wall"))
        await without_key(second)
        assert await reads(second, Cookie=cookie) == 503
        assert await reads(second, Cookie=strange) == 401
        assert await reads(second, Cookie=f"{strange}; {cookie}") == 503
        assert await reads(second, Cookie=cookie[:-1]) == 401
        assert (await second.client.post("/v1/status", headers={"Cookie": cookie})).status_code == 405


async def test_two_walls_on_one_host_keep_their_cookies_apart(dist: Path) -> None:
    async with (
        running_api(NOWHERE, dist=dist, wait_for=None) as first,
        running_api(NOWHERE, dist=dist, wait_for=None) as second,
        running_api(NOWHERE, dist=dist, wait_for=None, API_SESSION_SECRET=SECRET) as third,
        running_api(
            NOWHERE, dist=dist, wait_for=None, API_SESSION_SECRET=SECRET, API_PATH_PREFIX="/dua"
        ) as fourth,
    ):
        walls = (first, second, third, fourth)
        cookies = [session_cookie(await api.client.get("/wall")) for api in walls]
        assert len({cookie.partition("=")[0] for cookie in cookies}) == 4
        for api in walls:
            await without_key(api)
            assert await reads(api, Cookie="; ".join(cookies)) == 503


async def test_the_page_itself_carries_a_session_for_browsers_without_cookies(dist: Path) -> None:
    (dist / "index.html").write_text('<meta name="pantau-session" content="" />')
    async with running_api(NOWHERE, dist=dist, wait_for=None) as api:
        await without_key(api)
        page = (await api.client.get("/wall")).text
        api.client.cookies.clear()
        token = page.partition('content="')[2].partition('"')[0]
        assert await reads(api) == 401
        assert await reads(api, **{"X-Pantau-Session": token}) == 503
        assert await reads(api, **{"X-Pantau-Session": token.replace(".", "0.")}) == 401
        sent = await api.client.post("/v1/flags/reviews", headers={"X-Pantau-Session": token}, json={})
        assert sent.status_code == 401


async def test_a_session_ends_after_a_day(dist: Path) -> None:
    later = timedelta()
    async with running_api(NOWHERE, dist=dist, wait_for=None, clock=lambda: NOW + later) as api:
        cookie = session_cookie(await api.client.get("/wall"))
        await without_key(api)
        later = timedelta(hours=24)
        assert await reads(api, Cookie=cookie) == 503
        later = timedelta(hours=24, seconds=1)
        assert await reads(api, Cookie=cookie) == 401
        later = timedelta(minutes=-10)  # issued by a clock that is ahead: not believed for ever
        assert await reads(api, Cookie=cookie) == 401


async def test_a_page_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    async with running_api(NOWHERE, dist=tmp_path / "dist", wait_for=None) as api:
        for path in ("/wall", "/wall/"):
            answer = await api.client.get(path)
            assert answer.status_code == 503
            assert "npm --prefix web run build" in answer.json()["detail"]
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
