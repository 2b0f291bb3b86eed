"""What the wall says about its data: live, late, cut off, not there yet, simulated, archived."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser import wall_data as data
from tests.browser.wall_page import Walls
from tests.browser.wall_server import WallServer

ROWS = "[data-scene=peringkat] [data-account]"


def empty(server: WallServer) -> None:
    server.script.rows = [data.without_score(row) for row in data.score_rows(3)]
    server.script.month_rows = []
    server.script.status = {
        "newest_event_at": None,
        "newest_received_at": None,
        "newest_score_at": None,
        "accounts_with_data": 0,
    }
    server.script.pulse = lambda: data.pulse(level=0, rising=0)


def archive(server: WallServer) -> None:
    empty(server)
    newest = "2020-07-31T11:00:00Z"
    server.script.month_rows = [row | {"rank_before": None} for row in data.score_rows(12)]
    server.script.month = {"status": "past", "newest_event_at": newest}
    server.script.status = {"newest_event_at": newest, "newest_received_at": newest}


def link(page: Page) -> str | None:
    return page.locator(".stage").get_attribute("data-link")


def test_live(walls: Walls) -> None:
    page = walls.open(until=ROWS)
    expect(page.locator(".stage")).to_have_attribute("data-link", "langsung")
    expect(page.locator("header")).to_contain_text("LANGSUNG")
    expect(page.locator("header")).to_contain_text("dtk lalu")
    expect(page.locator("header")).to_contain_text("Kinerja Media Sosial")
    expect(page.locator("header")).to_contain_text("51 akun")
    expect(page.locator("header")).to_contain_text("24 jam terakhir")
    expect(page.locator("header time")).to_have_text(re.compile(r"^\d\d\.\d\d\.\d\d WIB$"))


def test_late_says_since_when(walls: Walls, server: WallServer) -> None:
    newest = data.now() - timedelta(minutes=14)
    server.script.status = {"newest_received_at": data.instant(newest)}
    page = walls.open(until=ROWS)
    expect(page.locator(".stage")).to_have_attribute("data-link", "tertunda")
    at = (newest + timedelta(hours=7)).strftime("%H.%M")
    expect(page.locator("header .link")).to_contain_text("TERTUNDA")
    expect(page.locator("header .link")).to_contain_text(at)


def test_cut_off_keeps_the_last_figures_and_comes_back(walls: Walls, server: WallServer) -> None:
    page = walls.open(until=ROWS)
    names = page.locator(f"{ROWS} .nama").all_inner_texts()
    server.stop()
    expect(page.locator(".stage")).to_have_attribute("data-link", "terputus", timeout=20_000)
    expect(page.locator("header .link")).to_contain_text("angka pukul")
    assert page.locator(f"{ROWS} .nama").all_inner_texts() == names
    assert page.url == server.url
    server.script.rows[0]["short_name"] = "Kembali lagi"
    server.start()
    expect(page.locator(".stage")).to_have_attribute("data-link", "langsung", timeout=40_000)
    expect(page.locator(f"{ROWS} .nama").first).to_have_text("Kembali lagi")
    walls.allow("ERR_")


def test_first_start_says_what_it_waits_for(walls: Walls, server: WallServer) -> None:
    empty(server)
    page = walls.open()
    expect(page.locator("h2").last).to_have_text("Menunggu data pertama…")
    expect(page.locator(".waiting li")).to_have_text(
        ["Server tersambung", "Daftar akun 51 akun", "Data media sosial menunggu", "Skor pertama menunggu"],
        use_inner_text=True,
    )
    server.script.rows = data.score_rows(3)
    server.script.status = {}
    server.emit("status", server.script.status_now())
    expect(page.locator(ROWS)).to_have_count(3)


def test_an_archive_shows_the_month_of_its_newest_data(walls: Walls, server: WallServer) -> None:
    archive(server)
    page = walls.open(until=ROWS)
    expect(page.locator("header")).to_contain_text("Juli 2020 · data arsip")
    expect(page.locator("aside")).to_contain_text("Belum ada skor langsung")
    expect(page.locator(".stage")).to_have_attribute("data-link", "tertunda")
    expect(page.locator("header .link")).to_contain_text("31 Jul 2020")
    expect(page.locator(ROWS)).to_have_count(10)
    assert page.locator(".arrow").count() == 0


def test_a_month_can_be_asked_for_by_address(walls: Walls, server: WallServer) -> None:
    server.script.month = {"status": "past"}
    page = walls.open("?bulan=2019-03", until=ROWS)
    expect(page.locator("header")).to_contain_text("Maret 2019 · data arsip")
    expect(page.locator("aside")).not_to_contain_text("Belum ada skor langsung")  # nobody asked for them


def test_a_live_board_that_cannot_be_had_is_not_called_empty(walls: Walls, server: WallServer) -> None:
    server.script.scores = {"scores": None}  # garbage
    page = walls.open("?adegan=peringkat", until=ROWS)
    expect(page.locator("aside")).to_contain_text("Skor langsung belum terbaca. Yang tampil:")
    page.evaluate("pass(36_000)")
    expect(page.locator("header .link")).to_contain_text("angka sejak")


@pytest.mark.parametrize("where", ["status", "scores"])
def test_simulated_data_is_always_said(walls: Walls, server: WallServer, where: str) -> None:
    getattr(server.script, where)["simulated"] = True
    page = walls.open(until=ROWS)
    expect(page.locator("footer")).to_contain_text("DATA SIMULASI")


def test_real_data_carries_no_badge(walls: Walls) -> None:
    page = walls.open(until=ROWS)
    expect(page.locator("footer")).not_to_contain_text("SIMULASI")


def test_a_new_build_reloads_the_page(walls: Walls, server: WallServer) -> None:
    page = walls.open(until=ROWS)
    page.evaluate("window.before = true")
    server.script.status = {"build": "bangunan-2"}
    server.emit("status", server.script.status_now())
    page.wait_for_function("() => window.before === undefined")
    page.wait_for_selector(ROWS)
    assert server.asked["/wall"] >= 2


def test_a_broken_answer_leaves_the_last_good_one(walls: Walls, server: WallServer) -> None:
    page = walls.open(until=ROWS)
    asked = server.asked["/v1/scores"]
    server.script.refused = {"/v1/scores"}
    server.emit("score", {"window": "24h"})
    page.wait_for_timeout(1500)
    assert server.asked["/v1/scores"] > asked
    assert page.locator(ROWS).count() == 10
    assert link(page) == "langsung"
    walls.allow("503")
