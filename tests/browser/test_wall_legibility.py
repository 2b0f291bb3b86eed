"""From five metres: sizes in hundredths of the wall's height, nothing cut, nothing over another."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser import wall_data as data
from tests.browser.wall_page import HD, Walls, canvas_texts, clipped, overlaps, settle, spilling, text_boxes
from tests.browser.wall_server import WallServer

SIZES = [HD, (3840, 2160), (1366, 768)]
SCENES = ["peringkat", "denyut", "disorot", "bulan"]
SMALLEST = {".nama": 3.0, ".score": 4.3, ".hero": 8.0}
LONG_NAMES = ("Dinas Perpustakaan Umum", "RSUD Bandar Negara Husad", "Ketahanan Pangan Lampung")


def hard_content(server: WallServer) -> None:
    """The longest names, gaps, old data and large figures that the contract allows."""
    for position, row in enumerate(server.script.rows + server.script.month_rows):
        row["short_name"] = LONG_NAMES[position % 3] if position % 2 else row["short_name"]
        row["rank_before"] = row["rank"] + 41
        row["newest_event_at"] = data.instant(data.now() - timedelta(days=365))
        row["newest_received_at"] = row["newest_event_at"]
    server.script.rows[1] = data.without_metric(data.without_metric(server.script.rows[1], "views"), "likes")
    server.script.rows[0] = server.script.rows[0] | {"score": 100.0}
    server.script.month_rows[0] = server.script.month_rows[0] | {"score": 100.0}
    server.script.status = {"simulated": True}
    server.script.pulse = lambda: data.pulse(level=12_400)


def assert_legible(page: Page, height: int, scale: float = 1) -> None:
    hundredth = height / 100 * scale
    boxes = text_boxes(page)
    small = {box["text"] for box in boxes if box["size"] < 2.6 * hundredth}
    assert small == set()
    for selector, least in SMALLEST.items():
        for one in page.locator(selector).all():
            size = float(one.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)"))
            assert size >= least * hundredth - 0.01, selector
    assert all(size >= 2.6 * hundredth for size in canvas_texts(page).values())


def assert_whole(page: Page, size: tuple[int, int]) -> None:
    settle(page)
    width, height = size
    boxes = text_boxes(page)
    outside = [box for box in boxes if box["right"] > width or box["left"] < 0 or box["bottom"] > height]
    assert outside == []
    assert clipped(page) == []
    assert spilling(page) == []
    assert overlaps(boxes) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_video_wall(walls: Walls, server: WallServer, size: tuple[int, int], scene: str) -> None:
    hard_content(server)
    page = walls.open(f"?adegan={scene}", size=size, until=f"[data-scene={scene}]")
    expect(page.locator(".stage")).to_have_attribute("data-link", "langsung")
    settle(page)
    assert_legible(page, size[1])
    assert_whole(page, size)


@pytest.mark.parametrize("scene", SCENES)
def test_a_single_panel(walls: Walls, server: WallServer, scene: str) -> None:
    hard_content(server)
    page = walls.open(f"?adegan={scene}&skala=2", until=f"[data-scene={scene}]")
    settle(page)
    assert_legible(page, HD[1], scale=2)
    assert_whole(page, HD)


@pytest.mark.parametrize("slide", ["denyut-2", "disorot-2"])
def test_a_single_panels_second_pages(walls: Walls, server: WallServer, slide: str) -> None:
    hard_content(server)
    query = f"?adegan={slide.removesuffix('-2')}&skala=2&putar=1"
    page = walls.open(query, until=f"[data-slide={slide}]", motion="reduce")
    assert_whole(page, HD)


def test_waiting_is_legible_too(walls: Walls, server: WallServer) -> None:
    server.script.rows, server.script.month_rows = [], []
    server.script.status = {"newest_event_at": None, "newest_received_at": None, "newest_score_at": None}
    server.script.pulse = lambda: data.pulse(level=0, rising=0)
    page = walls.open(until=".waiting")
    assert_legible(page, HD[1])
    assert_whole(page, HD)


def test_one_account_alone_fills_its_place(walls: Walls, server: WallServer) -> None:
    server.script.rows = server.script.rows[:1]
    page = walls.open("?adegan=peringkat", until="[data-account]")
    assert_whole(page, HD)


def wrong_clocks(server: WallServer) -> None:
    """Old figures and senders ahead, in the longest words."""
    long_ago = data.instant(data.now().replace(year=data.now().year - 1, month=12, day=28, hour=5))
    ahead = [
        data.clock_ahead(position, 17) | {"short_name": name}
        for position, name in enumerate((*LONG_NAMES, "Bina Marga dan Konstruksi"))
    ]
    server.script.status |= {"clocks_ahead": ahead, "stale_since": long_ago}


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("scene", SCENES)
def test_what_is_wrong_is_legible_too(walls: Walls, server: WallServer, scene: str, scale: int) -> None:
    hard_content(server)
    wrong_clocks(server)
    page = walls.open(f"?adegan={scene}&skala={scale}", until=f"[data-scene={scene}]")
    expect(page.locator("footer")).to_contain_text("(17 jam di depan)" if scale == 1 else "+17 jam")
    expect(page.locator("header .link")).to_contain_text("sejak 28 Des")
    settle(page)
    assert_legible(page, HD[1], scale)
    assert_whole(page, HD)


def test_what_is_wrong_is_legible_while_there_is_nothing_else(walls: Walls, server: WallServer) -> None:
    server.script.rows, server.script.month_rows = [], []
    server.script.pulse = lambda: data.pulse(level=0, rising=0)
    wrong_clocks(server)
    page = walls.open("?skala=2", until=".waiting")
    expect(page.locator("footer")).to_contain_text("+17 jam")
    assert_legible(page, HD[1], scale=2)
    assert_whole(page, HD)
