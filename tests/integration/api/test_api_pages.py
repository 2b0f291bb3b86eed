"""The pages under another path, in another site's frame, and where they cannot be given."""

from pathlib import Path

import pytest

from tests.support.api import Api, running_api
from tests.support.api_keys import NOWHERE, without_key

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def refusal(api: Api, path: str) -> str:
    """A refusal as a browser sees it."""
    answer = await api.client.get(path, headers=BROWSER)
    assert answer.headers["content-type"].startswith("text/html"), path
    assert answer.headers["cache-control"] == "no-store"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert '<meta http-equiv="refresh" content="15">' in answer.text
    return f"{answer.status_code} {answer.text}"


@pytest.mark.parametrize("before", ["", "/pantau"])
async def test_everything_stands_under_the_prefix_whether_a_proxy_takes_it_off_or_not(
    dist: Path, before: str
) -> None:
    built = '<meta name="pantau-prefix" content="" /><script src="./start.js"></script>'
    (dist / "index.html").write_text(built)
    async with running_api(NOWHERE, dist=dist, wait_for=None, API_PATH_PREFIX="/pantau") as api:
        page = await api.client.get(f"{before}/wall")
        assert '<meta name="pantau-prefix" content="/pantau" />' in page.text
        assert 'src="/pantau/wall/start.js"' in page.text
        assert "path=/pantau;" in page.headers["set-cookie"].lower()
        assert (await api.client.get(f"{before}/wall/assets/index-Bx7.js")).status_code == 200
        for path in ("/", "/wall/index.html", "/wall/akun.html"):
            assert (await api.client.get(f"{before}{path}")).headers["location"] == "/pantau/wall"
        assert (await api.client.get(f"{before}/akun")).status_code == 404
        assert (await api.client.get(f"{before}/healthz")).text == "ok\n"
        described = (await api.client.get(f"{before}/openapi.json")).json()
        assert described["servers"] == [{"url": "/pantau"}]
        await without_key(api)
        api.client.cookies.clear()
        assert (await api.client.get(f"{before}/v1/status")).status_code == 401
        assert (await api.client.get(f"{before}/v1/tidak-ada")).status_code == 404


async def test_frames_are_forbidden_unless_their_site_is_named(dist: Path) -> None:
    origins = "self https://signage.go.id"
    async with running_api(NOWHERE, dist=dist, wait_for=None, API_FRAME_ANCESTORS=origins) as api:
        for path in ("/wall", "/wall/gone.js", "/tidak-ada"):
            policy = (await api.client.get(path, headers=BROWSER)).headers["content-security-policy"]
            assert policy.endswith("frame-ancestors 'self' https://signage.go.id")


async def test_a_browser_gets_its_refusals_as_pages_that_try_again(dist: Path) -> None:
    async with running_api(NOWHERE, dist=dist, wait_for=None, API_WALL_PUBLIC="false") as api:
        assert (await refusal(api, "/tidak-ada")).startswith("404")
        assert "Tidak ada halaman di alamat ini" in await refusal(api, "/<script>")
        assert "belum siap" in await refusal(api, "/readyz")
        await without_key(api)
        assert (await refusal(api, "/wall")).startswith("401")
        assert "tidak membawa kuncinya" in await refusal(api, "/akun/dinkes")


async def test_a_page_not_built_says_so_in_the_readers_language(tmp_path: Path) -> None:
    async with running_api(NOWHERE, dist=tmp_path / "dist", wait_for=None) as api:
        for path in ("/wall", "/akun/dinkes"):
            answer = await refusal(api, path)
            assert answer.startswith("503")
            assert "make prepare" in answer


async def test_a_fault_of_the_server_is_a_page_too(dist: Path) -> None:
    (dist / "index.html").write_bytes(b"\xff")
    async with running_api(NOWHERE, dist=dist, wait_for=None) as api:
        assert (await refusal(api, "/wall")).startswith("500")
        for headers in (BROWSER, {}):
            answer = await api.client.get("/wall", headers=headers)
            assert answer.status_code == 500
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_programs_and_the_api_keep_their_problem_documents(dist: Path) -> None:
    async with running_api(NOWHERE, dist=dist, wait_for=None) as api:
        for path, headers in (("/v1/tidak-ada", BROWSER), ("/tidak-ada", {}), ("/wall/assets/x.js", {})):
            answer = await api.client.get(path, headers=headers)
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
