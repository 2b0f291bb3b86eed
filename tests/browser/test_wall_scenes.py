"""Scenes: their turns, what each says, and that a silent one is skipped."""

from playwright.sync_api import expect

from tests.browser import hostile
from tests.browser import wall_data as data
from tests.browser.wall_page import Walls, canvas_texts, column, settle
from tests.browser.wall_server import WallServer

SLIDES = """
() => { window.slides = []; new MutationObserver(() => {
  const slide = [...document.querySelectorAll("[data-slide]")].at(-1)?.dataset.slide;
  if (slide && window.slides.at(-1) !== slide) window.slides.push(slide);
}).observe(document.body, { childList: true, subtree: true }); }
"""


def test_scenes_turn_in_order_and_begin_again(walls: Walls, server: WallServer) -> None:
    server.script.rows = server.script.rows[:14]
    page = walls.open("?putar=1", until="[data-slide=peringkat-1]")
    page.wait_for_function("() => document.querySelectorAll('footer li').length === 5")
    page.evaluate(SLIDES)
    order = ["peringkat-1", "peringkat-2", "denyut-1", "disorot-1", "bulan-1"]
    page.wait_for_function("() => window.slides.length >= 7")
    seen = page.evaluate("window.slides")
    start = order.index(seen[0])
    assert seen[:7] == [order[(start + step) % 5] for step in range(7)]


def test_the_footer_tells_progress_and_what_comes_next(walls: Walls) -> None:
    page = walls.open(until="[data-slide=peringkat-1]")
    expect(page.locator("footer")).to_contain_text("Peringkat 1–10 dari 51")
    expect(page.locator("footer")).to_contain_text("berikutnya: 11–20")
    expect(page.locator("footer li")).to_have_count(9)  # six pages and three scenes
    expect(page.locator("footer li.on i")).to_have_css("animation-duration", "20s")


def test_a_scene_with_nothing_to_say_is_skipped(walls: Walls, server: WallServer) -> None:
    server.script.pulse = lambda: data.pulse(level=0, rising=0)
    server.script.month_rows = []
    server.script.rows = server.script.rows[:10]
    page = walls.open(until="[data-slide=peringkat-1]")
    expect(page.locator("footer li")).to_have_count(2)
    expect(page.locator("footer")).to_contain_text("berikutnya: Akun disorot")


# What each scene that could not be drawn said, in `window.undrawn`: it gives way by itself.
UNDRAWN = """
window.undrawn = [];
new MutationObserver(() => {
  for (const place of document.querySelectorAll(".undrawn"))
    window.undrawn.push(place.innerText.replace(/\\s+/g, " ").trim());
}).observe(document, { childList: true, subtree: true });
"""


def test_a_scene_that_cannot_be_drawn_says_so_and_the_next_one_follows(
    walls: Walls, server: WallServer
) -> None:
    server.script.pulse = lambda: data.pulse(level=4, rising=0)
    server.script.refused = {"/v1/accounts/akun-1"}
    server.script.rows = server.script.rows[:5]
    page = walls.open("?putar=600", until="[data-podium]", script=hostile.THROWING_SIZES + UNDRAWN)
    told = page.evaluate("window.undrawn")
    assert "Adegan ini tidak dapat digambar Peringkat 1–5 dari 5 · lanjut ke adegan berikutnya" in told
    assert not any("Menunggu" in text for text in told)
    expect(page.locator(".undrawn")).to_have_count(0)
    walls.allow("scene failed")
    walls.allow("503")


def test_a_lone_scene_that_could_not_be_drawn_is_drawn_once_it_can(walls: Walls) -> None:
    page = walls.open("?adegan=denyut&putar=600", until=".undrawn", script=hostile.THROWING_SIZES)
    expect(page.locator(".undrawn")).to_contain_text("segera dicoba lagi")
    page.evaluate("withSizes()")
    expect(page.locator("[data-scene=denyut] canvas")).to_be_visible(timeout=15_000)
    walls.allow("scene failed")


def test_a_pinned_scene_stays(walls: Walls) -> None:
    page = walls.open("?adegan=denyut&putar=1", until="[data-slide=denyut-1]")
    settle(page)
    page.evaluate(SLIDES)
    page.wait_for_timeout(2500)
    assert page.evaluate("window.slides") in ([], ["denyut-1"])
    assert "berikutnya" not in page.locator("footer").inner_text()


def test_pulse_shows_rate_shares_rising_negatives_and_reply_time(walls: Walls) -> None:
    page = walls.open("?adegan=denyut", until="[data-slide=denyut-1] canvas")
    scene = page.locator("[data-scene=denyut]")
    shares = [int(text.removesuffix("%")) for text in column(page, "[data-scene=denyut] [data-legend] b")]
    assert sum(shares) == 100
    expect(scene).to_contain_text("komentar per menit")
    expect(scene.locator("[data-rising]")).to_have_count(3)
    expect(scene.locator("[data-rising]").first).to_contain_text("38%")
    expect(scene.locator("[data-rising]").first).to_contain_text("4,1× biasanya")
    expect(scene.locator("[data-rising]").first).to_contain_text("31 dari 82 komentar")
    expect(scene).to_contain_text("median dari 86 komentar yang dijawab")


def test_charts_have_a_zero_line_labels_and_times(walls: Walls) -> None:
    page = walls.open("?adegan=denyut", until="[data-slide=denyut-1] canvas")
    page.wait_for_function("() => window.canvasTexts.size >= 5")
    written = canvas_texts(page)
    assert "0" in written
    assert len([text for text in written if text.isdigit()]) >= 3
    assert len([text for text in written if text[2:3] == "."]) >= 2


def test_the_chart_leaves_the_running_minute_out(walls: Walls) -> None:
    page = walls.open("?adegan=denyut", until="[data-slide=denyut-1] canvas")
    words = page.locator("[data-scene=denyut] .chart").last.get_attribute("aria-label") or ""
    whole = [m["positive"] + m["neutral"] + m["negative"] for m in data.pulse()["minutes"][:-1]]
    assert words.endswith(f"paling banyak {max(whole)}")


def test_spotlight_shows_parts_trend_and_followers(walls: Walls, server: WallServer) -> None:
    page = walls.open("?adegan=disorot", until="[data-slide=disorot-1] canvas")
    settle(page)
    scene = page.locator("[data-scene=disorot]")
    expect(scene).to_contain_text("Peringkat pertama")
    expect(scene.locator(".name")).to_have_text("Dinas Kesehatan")
    expect(scene.locator(".hero")).to_have_text("87,4")
    expect(scene.locator("[data-spot-part]")).to_have_count(4)
    expect(scene).to_contain_text("128.412")
    expect(scene).to_contain_text("Instagram")


def test_the_spotlight_turns_to_the_next_account(walls: Walls) -> None:
    page = walls.open("?putar=2&adegan=disorot", until="[data-slide=disorot-1]")
    scene = page.locator("[data-scene=disorot]")
    for reason in (
        "Peringkat pertama",
        "Naik 3 peringkat dalam 1 jam",
        "Komentar negatif 38%, 4,1× biasanya",
    ):
        expect(scene.locator(".reason")).to_have_text(reason)


def test_the_running_month_is_provisional(walls: Walls) -> None:
    page = walls.open("?adegan=bulan", until="[data-slide=bulan-1]")
    expect(page.locator("header")).to_contain_text("sementara")
    expect(page.locator("[data-podium]")).to_have_count(3)
    expect(page.locator("[data-scene=bulan] .rest li")).to_have_count(7)
    expect(page.locator("[data-scene=bulan]")).to_contain_text("hari ")


def test_nothing_is_asked_of_another_host(walls: Walls, server: WallServer) -> None:
    page = walls.open("?putar=1", until="[data-slide=denyut-1]")
    page.wait_for_timeout(1000)
    assert walls.hosts == {f"127.0.0.1:{server.port}"}
    assert all(path.startswith(("/wall", "/v1/")) for path in server.asked)
