"""The pages as the real api serves them: several processes, walls, prefixes, frames, refused cookies."""

import asyncio
import itertools
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.clickhouse.migrate import migrate
from deploy.local import ports
from deploy.local.places import MIGRATIONS
from tests.browser.front import Front
from tests.support.api import KEY, NOBODY, account, store
from tests.support.processes import Service

SECRET = "rahasia-bersama-semua-proses-api-1234"
WALL_SAYS = "tersambung"
START_SECONDS = 30
PATIENCE = 15_000  # milliseconds
Start = Callable[..., int]


@pytest.fixture(scope="module")
def database(clickhouse_url: str) -> str:
    """A migrated database with one account; in a thread, since Playwright's loop runs in this one."""
    url = f"{clickhouse_url}/test_{uuid.uuid4().hex}"

    async def prepared() -> None:
        await migrate(url, MIGRATIONS)
        await store(url, "accounts", [account("dinkes")])

    with ThreadPoolExecutor() as threads:
        threads.submit(asyncio.run, prepared()).result()
    return url


@pytest.fixture
def start(database: str, bundle: None, tmp_path: Path) -> Iterator[Start]:
    """Starts one more api process with these settings and gives its port."""
    running: list[Service] = []

    def started(**settings: str) -> int:
        port = ports.choose(0)
        environment = {
            "API_HOST": "127.0.0.1",
            "API_PORT": str(port),
            "API_KEYS": KEY,
            "CLICKHOUSE_URL": database,
            "KAFKA_BOOTSTRAP_SERVERS": NOBODY,
        }
        service = Service("api", environment | settings, tmp_path / f"api-{port}.log")
        running.append(service)
        service.start()
        deadline = time.monotonic() + START_SECONDS
        while not ports.is_listening(port):
            assert time.monotonic() < deadline, service.tail()
            time.sleep(0.1)
        return port

    yield started
    for service in running:
        service.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()


def wall_works(page: Page, address: str) -> None:
    page.goto(f"{address}/wall")
    expect(page.locator("main")).to_contain_text(WALL_SAYS, timeout=PATIENCE)
    expect(page.locator("main")).to_contain_text("1 akun")


def account_page_works(page: Page, address: str) -> None:
    page.goto(f"{address}/akun/dinkes")
    expect(page.locator("h1")).to_have_text("Dinas dinkes", timeout=PATIENCE)
    expect(page.locator("[data-trouble]")).to_have_count(0)


def answers(page: Page, path: str, times: int) -> set[int]:
    """The statuses of so many questions, asked with what the browser holds."""
    found: list[int] = page.evaluate(
        """async ([path, times]) => {
            const found = [];
            for (let n = 0; n < times; n += 1) found.push((await fetch(path)).status);
            return found;
        }""",
        [path, times],
    )
    return set(found)


def test_two_processes_behind_one_address_take_each_others_sessions(start: Start, page: Page) -> None:
    upstreams = [start(API_SESSION_SECRET=SECRET), start(API_SESSION_SECRET=SECRET)]
    with Front(upstreams) as front:
        account_page_works(page, front.origin)
        wall_works(page, front.origin)
        assert answers(page, "/v1/status", 30) == {200}
        assert front.refused() == 0
        assert all(front.answers[port, 200] > 15 for port in upstreams)


def test_two_walls_on_one_host_do_not_disturb_each_other(start: Start, page: Page) -> None:
    first, second = start(), start(API_SESSION_SECRET=SECRET)
    other = page.context.new_page()
    with Front([first]) as one, Front([second]) as two:
        wall_works(page, one.origin)
        wall_works(other, two.origin)
        for shown in (page, other, page, other):
            assert answers(shown, "/v1/scores?window=24h", 3) == {200}
        account_page_works(page, one.origin)
        account_page_works(other, two.origin)
        assert (one.refused(), two.refused()) == (0, 0)
    assert len(page.context.cookies()) == 2


def test_pages_work_where_cookies_are_refused(start: Start, page: Page) -> None:
    with Front([start()], cookies=False) as front:
        account_page_works(page, front.origin)
        wall_works(page, front.origin)
        assert page.context.cookies() == []


def test_a_page_whose_session_is_not_known_any_more_takes_a_new_one(start: Start, page: Page) -> None:
    first, second = start(), start()
    with Front([first]) as front:
        wall_works(page, front.origin)
        with page.expect_response(lambda got: got.status == 401):
            front.turn = itertools.repeat(second)  # as after a restart without a secret
        with page.expect_response(lambda got: "/v1/" in got.url and got.status == 200, timeout=40_000):
            pass
        expect(page.locator("main")).to_contain_text(WALL_SAYS)
        assert front.answers[second, 200] > 0


@pytest.mark.parametrize("strip", ["", "/pantau"], ids=["left on", "taken off"])
def test_pages_work_under_a_prefix(start: Start, page: Page, strip: str) -> None:
    port = start(API_PATH_PREFIX="/pantau", API_SESSION_SECRET=SECRET)
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda got: failed.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    with Front([port], strip=strip) as front:
        wall_works(page, f"{front.origin}/pantau")
        page.goto(f"{front.origin}/pantau/")
        assert page.url == f"{front.origin}/pantau/wall"
        account_page_works(page, f"{front.origin}/pantau")
        assert page.evaluate("document.fonts.check('600 20px \"Plus Jakarta Sans Variable\"')")
        assert [cookie["path"] for cookie in page.context.cookies()] == ["/pantau"]
        assert [url for url in asked if not url.startswith(f"{front.origin}/pantau/")] == []
        assert front.asked["/pantau/v1/stream"] > 0
        assert {path for path in front.asked if not path.startswith("/pantau/")} == set()
    assert failed == []


class Signage:
    """A page of another site with the wall in a frame: `localhost` is another site than 127.0.0.1."""

    def __init__(self) -> None:
        signage = self
        self.framed = ""
        self.attributes = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = (
                    f"<!doctype html><iframe src='{signage.framed}' width=1280 height=720 "
                    f"{signage.attributes}></iframe>"
                ).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's name
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def signage() -> Iterator[Signage]:
    with ExitStack() as stack:
        running = Signage()
        stack.callback(running.close)
        yield running


def test_pages_work_in_the_frame_of_a_site_that_is_named(start: Start, page: Page, signage: Signage) -> None:
    with Front([start(API_FRAME_ANCESTORS=signage.origin)]) as front:
        for path, says in (("/wall", WALL_SAYS), ("/akun/dinkes", "Dinas dinkes")):
            signage.framed = front.origin + path
            page.goto(signage.origin)
            expect(page.frame_locator("iframe").locator("main")).to_contain_text(says, timeout=PATIENCE)
        signage.framed = f"{front.origin}/tidak-ada"
        page.goto(signage.origin)
        expect(page.frame_locator("iframe").locator("body")).to_contain_text("Tidak ada halaman")
        assert page.context.cookies() == []  # the session came with the page


def test_a_frame_without_an_origin_says_what_its_site_must_allow(
    start: Start, page: Page, signage: Signage
) -> None:
    origin = f"http://127.0.0.1:{start(API_FRAME_ANCESTORS=signage.origin)}"
    signage.attributes = "sandbox='allow-scripts'"
    for path in ("/wall", "/akun/dinkes"):
        signage.framed = origin + path
        page.goto(signage.origin)
        body = page.frame_locator("iframe").locator("body")
        expect(body).to_contain_text("tambahkan allow-same-origin", timeout=PATIENCE)
        expect(body).not_to_contain_text("Server tidak menjawab")


def test_no_frame_shows_a_page_of_an_installation_that_names_nobody(
    start: Start, page: Page, signage: Signage
) -> None:
    refusals: list[str] = []
    page.on("console", lambda message: refusals.append(message.text))
    signage.framed = f"http://127.0.0.1:{start()}/wall"
    page.goto(signage.origin)
    page.wait_for_timeout(1000)
    assert any("frame-ancestors" in text for text in refusals)


def test_a_refused_page_tries_again_by_itself(start: Start, page: Page, tmp_path: Path) -> None:
    port = start(API_WALL_PUBLIC="false")
    address = f"http://127.0.0.1:{port}/wall"
    page.goto(address)
    expect(page.locator("body")).to_contain_text("tidak membawa kuncinya")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(6, 10, 19)"
    page.set_extra_http_headers({"X-API-Key": KEY})  # as a proxy adds it
    expect(page.locator("main")).to_contain_text(WALL_SAYS, timeout=25_000)
    assert httpx.get(address).status_code == 401
