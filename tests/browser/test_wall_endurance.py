"""A wall stays on for weeks: turning scenes and a stream of events must leave nothing behind."""

from playwright.sync_api import CDPSession, Page

from tests.browser.wall_page import Walls
from tests.browser.wall_server import WallServer


def held(session: CDPSession) -> dict[str, float]:
    for _ in range(2):  # what one collection frees lets go of more
        session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in metrics}


def turn(page: Page, server: WallServer, rounds: int) -> None:
    """Locators, not selectors: a selector's answer would hold on to the elements it found."""
    for _ in range(rounds):
        for _ in range(40):
            server.emit("score", {"window": "24h", "account_id": "akun-1"})
            server.emit("pulse", {})
        for slide in ("denyut-1", "disorot-1", "bulan-1", "peringkat-1"):
            page.locator(f"[data-slide={slide}]").wait_for()
    page.wait_for_function("() => document.querySelectorAll('[data-slide]').length === 1")


def test_nothing_grows(walls: Walls, server: WallServer) -> None:
    server.script.rows = server.script.rows[:10]
    page = walls.open("?putar=1")
    page.locator("[data-slide=bulan-1]").wait_for()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    turn(page, server, 1)
    before = held(session)
    turn(page, server, 4)
    after = held(session)
    assert after["Nodes"] <= before["Nodes"] + 300
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 20
    assert after["JSHeapUsedSize"] <= before["JSHeapUsedSize"] + 1_500_000
    assert server.listeners <= 1
