"""The header's state is that of what is shown, whatever a clock, an endpoint or the database does."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hostile
from tests.browser import wall_data as data
from tests.browser.wall_page import CLOCKS, RECORD_STATES, Walls
from tests.browser.wall_server import WallServer

ROWS = "[data-scene=peringkat] [data-account]"
HOUR = 3_600_000


def expect_link(page: Page, name: str, words: str = "") -> None:
    expect(page.locator(".stage")).to_have_attribute("data-link", name, timeout=10_000)
    expect(page.locator("header .link")).to_contain_text(words)


def expect_late(page: Page, what: str, since: datetime) -> None:
    expect_link(page, "tertunda", f"{what} sejak {wib(since)}")


def wib(at: datetime) -> str:
    return (at + timedelta(hours=7)).strftime("%H.%M WIB")


def shown_time(page: Page) -> datetime:
    """The clock on the wall, today."""
    hour, minute, second = page.locator("header time").inner_text().removesuffix("WIB").strip().split(".")
    at = data.now() + timedelta(hours=7)
    return at.replace(hour=int(hour), minute=int(minute), second=int(second)) - timedelta(hours=7)


@pytest.mark.parametrize("step", [-3 * HOUR, 3 * HOUR])
def test_a_clock_that_is_set_changes_nothing(walls: Walls, server: WallServer, step: int) -> None:
    page = walls.open("?adegan=peringkat", until=ROWS)
    expect_link(page, "langsung")
    page.evaluate(RECORD_STATES)
    page.evaluate("(step) => setClock(step)", step)
    page.wait_for_timeout(2_500)
    assert set(page.evaluate("window.states")) == {"langsung"}
    assert abs(shown_time(page) - data.now()) < timedelta(seconds=5)
    asked = dict(server.asked)
    page.evaluate("pass(61_000)")  # every interval is over
    for path in ("/v1/scores", "/v1/pulse", "/v1/status", "/v1/accounts/akun-1"):
        expect_asked(page, server, path, asked[path])
    expect_link(page, "langsung")


def expect_asked(page: Page, server: WallServer, path: str, before: int) -> None:
    for _ in range(100):
        if server.asked[path] > before:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{path} was not asked again")


def test_a_wall_that_slept_claims_nothing_of_what_it_knew(walls: Walls, server: WallServer) -> None:
    page = walls.open("?adegan=peringkat", until=ROWS)
    expect_link(page, "langsung")
    before = data.now()
    server.script.hanging = {"/v1/scores", "/v1/pulse"}
    page.evaluate("(step) => setClock(step)", 8 * HOUR)  # the monotonic clock stood still
    expect_link(page, "tertunda", "angka sejak")
    assert page.locator("header .link p").inner_text().removeprefix("angka sejak ") in {
        wib(before - timedelta(seconds=seconds)) for seconds in (0, 30, 60)
    }
    server.script.hanging = set()
    expect_link(page, "langsung")


@pytest.mark.parametrize("how", ["refused", "hanging"])
@pytest.mark.parametrize(
    ("scene", "path", "interval"),
    [
        ("peringkat", "/v1/scores", 36_000),
        ("peringkat", "/v1/pulse", 16_000),
        ("denyut", "/v1/pulse", 16_000),
        ("disorot", "/v1/accounts/akun-1", 36_000),
        ("disorot", "/v1/scores", 36_000),  # the reason is a rank of it
        ("bulan", "/v1/scores", 66_000),
    ],
)
def test_an_endpoint_that_fails_is_said_where_its_figures_are_shown(
    walls: Walls, scene: str, path: str, interval: int, how: str
) -> None:
    page = walls.open(f"?adegan={scene}", until=f"[data-scene={scene}]")
    expect_link(page, "langsung")
    getattr(walls.server.script, how).add(path)
    page.evaluate("(passed) => pass(passed)", interval)
    expect_link(page, "tertunda", "angka sejak")
    getattr(walls.server.script, how).clear()
    expect_link(page, "langsung")
    walls.allow("503")


def test_an_endpoint_whose_figures_are_not_shown_is_not_said(walls: Walls, server: WallServer) -> None:
    page = walls.open("?adegan=bulan", until="[data-scene=bulan]")
    expect_link(page, "langsung")
    server.script.refused = {"/v1/pulse", "/v1/accounts/akun-1"}
    asked = server.asked["/v1/pulse"]
    page.evaluate("pass(60_000)")
    expect_asked(page, server, "/v1/pulse", asked)
    expect_link(page, "langsung")
    page.wait_for_timeout(1_500)
    expect_link(page, "langsung")
    walls.allow("503")


def test_one_endpoint_that_is_cut_off_is_no_server_that_is_gone(walls: Walls, server: WallServer) -> None:
    page = walls.open("?adegan=bulan", until="[data-scene=bulan]", script=CLOCKS + hostile.WITHOUT_WORKERS)
    expect_link(page, "langsung")
    page.route("**/v1/pulse*", lambda route: route.abort())
    page.evaluate(RECORD_STATES)
    page.wait_for_timeout(11_000)
    assert set(page.evaluate("window.states")) == {"langsung"}
    walls.allow("ERR_FAILED")


@pytest.mark.parametrize("where", ["status", "scores"])
def test_an_answer_from_the_servers_memory_is_not_live(walls: Walls, server: WallServer, where: str) -> None:
    since = data.now() - timedelta(minutes=3)
    getattr(server.script, where)["stale_since"] = data.instant(since)
    page = walls.open("?adegan=peringkat", until=ROWS)
    expect_late(page, "angka", since)
    del getattr(server.script, where)["stale_since"]
    server.emit("score", {"window": "24h"})
    expect_link(page, "langsung")


def test_scoring_that_stands_still_is_said(walls: Walls, server: WallServer) -> None:
    since = data.now() - timedelta(minutes=3)
    server.script.status = {"newest_score_at": data.instant(since)}
    page = walls.open(until=ROWS)
    expect_late(page, "skor", since)


@pytest.mark.parametrize(
    ("behind", "what"), [(["comments"], "komentar tertahan"), (["comments", "posts"], "data tertahan")]
)
def test_what_waits_while_the_rest_arrives_is_said_until_it_is_there(
    walls: Walls, server: WallServer, behind: list[str], what: str
) -> None:
    since = data.now() - timedelta(minutes=3)
    server.script.status = {"behind": behind, "behind_since": data.instant(since)}
    page = walls.open(until=ROWS)
    expect_late(page, what, since)
    server.script.status = {}
    server.emit("status", server.script.status_now())
    expect_link(page, "langsung")


def test_the_oldest_of_several_delays_is_said(walls: Walls, server: WallServer) -> None:
    since = data.now() - timedelta(minutes=9)
    server.script.status = {"newest_received_at": data.instant(since + timedelta(minutes=4))}
    server.script.scores = {"stale_since": data.instant(since)}
    page = walls.open("?adegan=peringkat", until=ROWS)
    expect_late(page, "angka", since)


def test_an_archive_that_is_replayed_now_is_not_live(walls: Walls, server: WallServer) -> None:
    server.script.rows = [data.without_score(row) for row in data.score_rows(3)]
    server.script.month = {
        "status": "past",
        "newest_event_at": "2020-07-31T11:00:00Z",
        "until": "2020-07-31T17:00:00Z",
    }
    server.script.status = {"newest_event_at": "2020-07-31T11:00:00Z"}
    page = walls.open("?adegan=peringkat", until=ROWS)
    expect_link(page, "tertunda", "data sejak 31 Jul 2020")


def test_a_sender_ahead_does_not_keep_dead_feeds_alive(walls: Walls, server: WallServer) -> None:
    arrived = data.now() - timedelta(seconds=48)
    server.script.status = {
        "newest_event_at": data.instant(data.now() + timedelta(hours=7)),
        "newest_received_at": data.instant(arrived),
        "clocks_ahead": [data.clock_ahead(0, 7)],
    }
    page = walls.open(until=ROWS)
    expect_link(page, "langsung")
    expect(page.locator("footer")).to_contain_text("Jam pengirim salah: Dinas Kesehatan (7 jam di depan)")
    expect(page.locator(".stage")).to_have_attribute("data-link", "tertunda", timeout=30_000)
    expect_late(page, "data", arrived)
    expect(page.locator("footer")).to_contain_text("Jam pengirim salah")


def test_senders_ahead_are_told_one_after_the_other(walls: Walls, server: WallServer) -> None:
    ahead = [data.clock_ahead(position, hours) for position, hours in ((0, 7), (3, 0.5), (7, 49))]
    server.script.status = {"clocks_ahead": ahead}
    page = walls.open(until=ROWS)
    notice = page.locator("footer .senders")
    for words in ("Dinas Kesehatan (7 jam", "Diskominfotik (30 mnt", "BPBD (2 hari"):
        expect(notice).to_contain_text(f"{words} di depan) +2 lainnya", timeout=20_000)
    server.script.status = {}
    server.emit("status", server.script.status_now())
    expect(notice).to_have_count(0)


def test_a_rows_age_is_that_of_its_newest_arrival(walls: Walls, server: WallServer) -> None:
    long_ago = data.instant(data.now() - timedelta(hours=9))
    server.script.rows[0]["newest_event_at"] = long_ago
    server.script.rows[1]["newest_received_at"] = long_ago
    server.script.rows[2]["newest_received_at"] = data.instant(data.now() + timedelta(seconds=30))
    page = walls.open("?adegan=peringkat", until=ROWS)
    expect(page.locator("[data-account=akun-1] .age")).to_contain_text("dtk lalu")
    expect(page.locator("[data-account=akun-2] .age")).to_contain_text("9 jam lalu")
    expect(page.locator("[data-account=akun-2] .age")).to_contain_text("data lama")
    expect(page.locator("[data-account=akun-3] .age")).to_have_text("0 dtk lalu")
