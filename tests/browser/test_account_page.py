"""The page of one account: its sums, its periods, its states, and texts that try to be more than text."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from tests.browser import account_data as data
from tests.browser import wall_data
from tests.browser.wall_data import Json
from tests.browser.wall_page import CLOCKS, Walls, column
from tests.browser.wall_server import WallServer

SIZES = [(1366, 768), (390, 844)]
LAPTOP = SIZES[0]
SCORE = "[data-score]"
# Texts beyond the page's edges, but for those that are only heard and those that can be scrolled to.
OUTSIDE = """
() => [...document.querySelectorAll("header *, main *")].filter((one) => {
  if (one.closest(".unseen, .scroll, select, .skip") || one.children.length) return false;
  const box = one.getBoundingClientRect();
  return box.left < 0 || box.right > innerWidth + 0.5;
}).map((one) => one.textContent.trim().slice(0, 60))
"""


def open_page(walls: Walls, query: str = "", *, account: str = "dinkes", **options: Any) -> Page:
    options = {"size": LAPTOP, "until": SCORE, "path": f"/akun/{account}"} | options
    return walls.open(query, **options)


def noting(asked: list[dict[str, str]], **changes: Any) -> Callable[[dict[str, str]], Json]:
    def answer(query: dict[str, str]) -> Json:
        asked.append(query)
        return data.explanation(**changes)

    return answer


def number(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


def test_score_rank_and_parts_are_told(walls: Walls) -> None:
    page = open_page(walls)
    expect(page.locator("h1")).to_have_text("Dinas Kesehatan")
    expect(page.locator(SCORE)).to_have_text("87,40")
    expect(page.locator(".rank")).to_contain_text("dari 51 akun")
    expect(page.locator(".sum")).to_contain_text("87,4000")
    comments = page.locator("[data-part=comments]")
    expect(comments).to_contain_text("34,80 dari 40,00 poin")
    expect(comments).to_contain_text("P95 401")
    expect(page.locator("[data-reason='Komentar akun ini sendiri'] .number")).to_have_text("18")
    expect(page.locator("[data-card=Pengikut] .value")).to_have_text("18.250")
    assert page.title() == "Dinas Kesehatan · Mengapa skornya segini?"


def test_the_points_shown_add_up_to_the_score_shown(walls: Walls) -> None:
    page = open_page(walls)
    rows = [round(number(text) * 10_000) for text in column(page, "tbody .total")]
    assert len(rows) == 8
    assert sum(rows) == round(number(page.locator("tfoot .total").inner_text()) * 10_000) == 874_000


def test_a_text_is_only_text(walls: Walls, server: WallServer) -> None:
    name = "<img src=x onerror=alert(1)>"
    server.script.explanation = lambda _: data.explanation(name=name, short_name="Dinas", group="<b>a</b>")
    page = open_page(walls, account="%3Cscript%3E")
    page.on("dialog", lambda dialog: walls.faults.append(dialog.message))
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("[data-post=p1] .text")).to_have_text(data.TEXTS[1])
    assert page.locator("main script, main img, .text *, h1 *").count() == 0
    assert page.title() == "Dinas · Mengapa skornya segini?"
    assert page.locator("a[href^='javascript']").count() == 0
    expect(page.locator("[data-post=p3] a")).to_have_count(0)
    expect(page.locator("[data-post=p0] a")).to_have_attribute("rel", "noopener noreferrer")


def test_another_period_is_another_address(walls: Walls, server: WallServer) -> None:
    asked: list[dict[str, str]] = []
    server.script.explanation = noting(asked)
    page = open_page(walls)
    page.get_by_role("link", name="7 hari").click()
    page.wait_for_url("**/akun/dinkes?jendela=7d")
    expect(page.locator("[aria-current=page]")).to_have_text("7 hari")
    page.locator("select").select_option(index=2)
    page.wait_for_url("**/akun/dinkes?bulan=*")
    expect(page.locator("[aria-current=page]")).to_have_count(0)
    page.go_back()
    expect(page.locator("[aria-current=page]")).to_have_text("7 hari")
    page.wait_for_selector(SCORE)
    assert [query.get("window", "month") for query in asked] == ["24h", "7d", "month", "7d"]


def test_a_month_and_an_instant_can_be_asked_for_by_address(walls: Walls, server: WallServer) -> None:
    asked: list[dict[str, str]] = []
    month: Any = {"window": None, "month": "2020-07", "status": "past"}
    server.script.explanation = noting(asked, **month)
    page = open_page(walls, "?bulan=2020-07")
    expect(page.locator(".said")).to_contain_text("Juli 2020")
    expect(page.locator("select")).to_have_value("2020-07")
    open_page(walls, "?jendela=1h&saat=2026-11-20T12:00:00%2B07:00")
    assert asked == [{"month": "2020-07"}, {"window": "1h", "at": "2026-11-20T12:00:00+07:00"}]


def test_an_account_with_a_slash_is_asked_for_whole(walls: Walls, server: WallServer) -> None:
    open_page(walls, account="dinas%2Fkesehatan%20%3F")
    paths = [path for path in server.asked if path.startswith("/v1/accounts/")]
    assert {unquote(path) for path in paths} == {
        "/v1/accounts/dinas/kesehatan ?/explain",
        "/v1/accounts/dinas/kesehatan ?/metrics",
    }
    assert all("%2F" in path for path in paths)


def test_an_unknown_account_is_said(walls: Walls, server: WallServer) -> None:
    server.script.explanation = lambda _: None
    page = open_page(walls, until="[data-trouble=unknown]")
    expect(page.locator("[data-trouble]")).to_contain_text("tidak terdaftar")
    assert page.locator(SCORE).count() == 0
    walls.allow("404")


def test_a_server_that_is_away_is_said_and_asked_again(walls: Walls, server: WallServer) -> None:
    server.script.refused = {"/v1/accounts/dinkes/explain"}
    page = open_page(walls, until="[data-trouble=away]")
    server.script.refused = set()
    page.get_by_role("button", name="Coba lagi").click()
    expect(page.locator(SCORE)).to_be_visible()
    expect(page.locator("[data-trouble]")).to_have_count(0)
    walls.allow("503")


LATE = {
    "refused": (61_000, "[data-trouble=away]", "Server belum dapat memberi angkanya. Yang tampak"),
    "hanging": (75_000, "[data-late]", "Server belum menjawab. Angka ini untuk"),
}


@pytest.mark.parametrize("how", LATE)
def test_figures_that_are_not_read_anew_say_of_when_they_are(
    walls: Walls, server: WallServer, how: str
) -> None:
    at = wall_data.now() - timedelta(minutes=9)
    passed, notice, words = LATE[how]
    server.script.explanation = lambda _: data.explanation(at=wall_data.instant(at))
    page = open_page(walls)
    getattr(server.script, how).add("/v1/accounts/dinkes/explain")
    page.evaluate("setClock(-31_536_000_000)")  # a year; the server's time is told
    page.evaluate("(passed) => pass(passed)", passed)
    expect(page.locator(notice)).to_contain_text(words)
    expect(page.locator(notice)).to_contain_text((at + timedelta(hours=7)).strftime("pukul %H.%M.%S WIB"))
    expect(page.locator(SCORE)).to_have_text("87,40")
    getattr(server.script, how).clear()
    expect(page.locator(notice)).to_have_count(0, timeout=25_000)
    walls.allow("503")


def test_a_page_that_slept_reads_anew_at_once(walls: Walls, server: WallServer) -> None:
    page = open_page(walls)
    server.script.hanging = {"/v1/accounts/dinkes/explain"}
    page.evaluate("setClock(28_800_000)")  # the monotonic clock stood still
    expect(page.locator("[data-late]")).to_be_visible(timeout=5_000)
    server.script.hanging = set()
    expect(page.locator("[data-late]")).to_have_count(0)


def test_the_running_month_is_the_servers(walls: Walls) -> None:
    page = open_page(walls, script=CLOCKS + "setClock(-31_536_000_000);")
    month = (wall_data.now() + timedelta(hours=7)).strftime("%Y-%m")
    assert page.locator("option").nth(1).get_attribute("value") == month


def test_nothing_is_called_live_without_its_time(walls: Walls) -> None:
    page = open_page(walls)
    expect(page.locator(".said")).not_to_contain_text("langsung")
    expect(page.locator(".said")).to_contain_text(
        re.compile(r"data terbaru \d+ \w+ \d+ pukul \d\d\.\d\d WIB")
    )


def test_old_figures_are_said(walls: Walls, server: WallServer) -> None:
    server.script.explanation = lambda _: data.explanation(stale_since="2026-11-21T11:00:00Z")
    page = open_page(walls)
    expect(page.locator("[data-stale]")).to_contain_text("21 Nov 2026 pukul 18.00.00 WIB")


def test_what_is_simulated_or_incomplete_is_said(walls: Walls, server: WallServer) -> None:
    server.script.explanation = lambda _: data.two_platforms() | {"simulated": True}
    page = open_page(walls)
    expect(page.locator(".said")).to_contain_text("DATA SIMULASI")
    expect(page.locator(".said")).to_contain_text("Data 95% lengkap")
    expect(page.locator(".incomplete")).to_contain_text("TikTok tidak memberi angka tayangan")
    expect(page.locator("main")).to_contain_text("Komentar di TikTok diambil dari penghitung platform")
    expect(page.locator("main")).to_contain_text("YouTube tidak ikut dalam skor")


def test_a_frozen_month_is_held_against_what_is_shown(walls: Walls, server: WallServer) -> None:
    then = {"revision": 2, "sha256": "0" * 64, "score": 80.5, "rank": 4, "as_explained": False}
    server.script.explanation = lambda _: data.explanation(official=then)
    page = open_page(walls)
    expect(page.locator("[data-official]")).to_contain_text(
        "Skor resmi bulan ini (revisi 2): 80,50, peringkat 4"
    )


def test_an_account_without_score_is_explained_too(walls: Walls, server: WallServer) -> None:
    empty = {m: {"raw": None, "normalised": None, "weight": w, "points": None} for m, w in WEIGHTS.items()}
    nothing: Any = {"score": None, "rank": None, "parts": empty, "platforms": [], "posts": []}
    server.script.explanation = lambda _: data.explanation(**nothing)
    page = open_page(walls)
    expect(page.locator(SCORE)).to_have_text("–")
    expect(page.locator(".amber")).to_contain_text("Belum ada data")


WEIGHTS = {"views": 0.1, "posts": 0.2, "comments": 0.4, "likes": 0.3}


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_nothing_sticks_out(walls: Walls, server: WallServer, size: tuple[int, int]) -> None:
    long = {"name": "Dinas Perpustakaan dan Kearsipan Umum Daerah " * 2 + "x" * 60}
    server.script.explanation = lambda _: data.two_platforms() | long
    page = open_page(walls, size=size)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(OUTSIDE) == []
    sizes = page.evaluate(
        "[...document.querySelectorAll('main *')].map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 13


def test_it_is_used_by_keyboard_and_read_by_structure(walls: Walls) -> None:
    page = open_page(walls)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    focused = page.locator("nav a").nth(1)
    expect(focused).to_be_focused()
    assert focused.evaluate("(one) => getComputedStyle(one).outlineStyle") == "solid"
    for table in page.locator("table").all():
        assert table.locator("thead th[scope=col]").count() >= 2
        assert table.locator("tbody th[scope=row]").count() == table.locator("tbody tr").count()
    assert page.locator("html").get_attribute("lang") == "id"
    assert page.locator("h1").count() == 1


def test_no_other_host_is_asked(walls: Walls, server: WallServer) -> None:
    open_page(walls)
    assert walls.hosts == {server.origin.removeprefix("http://")}
