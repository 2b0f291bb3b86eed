"""Many walls in one browser, which opens six connections to a host over HTTP/1.1."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.wall_page import Walls
from tests.browser.wall_server import WallServer

ROWS = "[data-scene=peringkat] [data-account]"
WALLS = 8
NO_SHARED_WORKERS = "delete window.SharedWorker"
BROKEN_SHARED_WORKERS = """
  const Real = SharedWorker;
  window.SharedWorker = class extends Real { constructor() { super("/wall/assets/no-such-worker.js"); } };
"""


@pytest.fixture
def server(bundle: None) -> Iterator[WallServer]:
    with WallServer(protocol="HTTP/1.1") as running:
        yield running


@pytest.fixture
def walls(browser: Browser, server: WallServer) -> Iterator[Walls]:
    opened = Walls(browser, server)
    yield opened
    opened.close()


def open_all(walls: Walls, script: str = "") -> list[Page]:
    """In one browser, the leader's name on each."""
    first = walls.open("?adegan=peringkat", until=ROWS, script=script)
    others = [
        walls.open("?adegan=peringkat", until=ROWS, beside=first, script=script) for _ in range(WALLS - 1)
    ]
    return [first, *others]


def expect_live(pages: list[Page], leader: str) -> None:
    for page in pages:
        expect(page.locator(f"{ROWS} .nama").first).to_have_text(leader, timeout=15_000)
        expect(page.locator(".stage")).to_have_attribute("data-link", "langsung")


def rename(server: WallServer, leader: str) -> None:
    server.script.rows[0]["short_name"] = leader
    server.emit("score", {"window": "24h", "account_id": "akun-1"})


def streams(page: Page, server: WallServer, count: int) -> bool:
    for _ in range(400):  # longer than a backoff
        if server.listeners == count:
            return True
        page.wait_for_timeout(100)
    return False


def test_eight_walls_share_one_stream_and_stay_live(walls: Walls, server: WallServer) -> None:
    pages = open_all(walls)
    expect_live(pages, "Dinas Kesehatan")
    assert streams(pages[0], server, 1)
    rename(server, "Pertama")
    expect_live(pages, "Pertama")
    assert server.asked["/v1/stream"] == 1


def test_the_stream_outlives_the_wall_that_opened_it_and_goes_with_the_last(
    walls: Walls, server: WallServer
) -> None:
    first = walls.open("?adegan=peringkat", until=ROWS)
    second = walls.open("?adegan=peringkat", until=ROWS, beside=first)
    assert streams(second, server, 1)
    first.close()
    rename(server, "Pertama")
    expect_live([second], "Pertama")
    assert server.asked["/v1/stream"] == 1
    second.goto("about:blank")
    assert streams(second, server, 0)


@pytest.mark.parametrize("script", [NO_SHARED_WORKERS, BROKEN_SHARED_WORKERS], ids=["none", "broken"])
def test_eight_walls_without_shared_workers_ask(walls: Walls, server: WallServer, script: str) -> None:
    pages = open_all(walls, script)
    rename(server, "Pertama")
    expect_live(pages, "Pertama")
    assert server.asked["/v1/stream"] == 0
    walls.allow("404")


def test_walls_without_a_stream_stay_live(walls: Walls, server: WallServer) -> None:
    server.script.refused = {"/v1/stream"}
    pages = open_all(walls)
    rename(server, "Pertama")
    expect_live(pages, "Pertama")
    assert server.listeners == 0
    server.script.refused = set()
    assert streams(pages[0], server, 1)
    walls.allow("503")
