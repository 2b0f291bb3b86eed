"""The ranking: order, figures, bars, movement, and names that try to be more than text."""

import pytest
from playwright.sync_api import expect

from tests.browser import wall_data as data
from tests.browser.wall_page import Walls, column, settle
from tests.browser.wall_server import WallServer

ROWS = "[data-scene=peringkat] [data-account]"
WIDTHS = """
(bar) => [...bar.querySelectorAll("[data-part]")].map((part) =>
  [part.dataset.part, part.getBoundingClientRect().width / bar.getBoundingClientRect().width])
"""


def decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def test_ten_rows_in_rank_order_with_their_figures(walls: Walls, server: WallServer) -> None:
    page = walls.open(until=ROWS)
    expect(page.locator(ROWS)).to_have_count(10)
    assert column(page, f"{ROWS} .rank") == [str(rank) for rank in range(1, 11)]
    assert column(page, f"{ROWS} .nama") == [row["short_name"] for row in server.script.rows[:10]]
    assert column(page, f"{ROWS} .score") == [decimal(row["score"]) for row in server.script.rows[:10]]


def test_the_parts_of_a_bar_add_up_to_its_score(walls: Walls, server: WallServer) -> None:
    page = walls.open(until=ROWS)
    settle(page)
    for row in server.script.rows[:10]:
        widths = dict(page.locator(f"[data-bar={row['account_id']}]").evaluate(WIDTHS))
        assert list(widths) == ["comments", "likes", "posts", "views"]
        assert sum(widths.values()) == pytest.approx(row["score"] / 100, abs=0.002)
        for metric, width in widths.items():
            assert width == pytest.approx(row["parts"][metric]["points"] / 100, abs=0.002)


def test_the_heading_names_the_parts_and_weights_in_the_bars_colours(walls: Walls) -> None:
    page = walls.open(until=ROWS)
    assert column(page, ".head [data-legend=comments], .head [data-legend=views]") == [
        "Komentar 40%",
        "Tayangan 10%",
    ]
    for metric in ("comments", "likes", "posts", "views"):
        word = page.locator(f".head [data-legend={metric}]")
        part = page.locator(f"[data-bar] [data-part={metric}]").first
        colour = word.evaluate("(one) => getComputedStyle(one).color")
        assert part.evaluate("(one) => getComputedStyle(one).backgroundColor") == colour


def test_movement_is_an_arrow_and_a_number(walls: Walls) -> None:
    page = walls.open(until=ROWS)
    words = [one.get_attribute("aria-label") for one in page.locator(f"{ROWS} .arrow").all()]
    assert words[:4] == ["tetap", "naik 2", "turun 1", "turun 1"]
    assert column(page, f"{ROWS} .arrow b")[:3] == ["2", "1", "1"]


@pytest.mark.parametrize(
    "name",
    ["<img src=x onerror=alert(1)>", "{{7*7}} &amp; <b>", "مستشفى لامبونج 🏥", "ᬮᬫ᭄ᬧᬸᬂ 南榜省", "a" * 24],
)
def test_a_name_is_only_text(walls: Walls, server: WallServer, name: str) -> None:
    server.script.rows[2]["short_name"] = name
    page = walls.open(until=ROWS)
    page.on("dialog", lambda dialog: walls.faults.append(dialog.message))
    expect(page.locator("[data-account=akun-3] .nama")).to_have_text(name)
    assert page.locator("[data-account] img, [data-account] .nama *").count() == 0


def test_a_missing_metric_is_seen_and_said(walls: Walls, server: WallServer) -> None:
    server.script.rows[3] = data.without_metric(server.script.rows[3], "views")
    page = walls.open(until=ROWS)
    row = page.locator("[data-account=akun-4]")
    expect(row.locator("[data-missing=views]")).to_be_visible()
    expect(row.locator(".note")).to_have_text("tanpa data tayangan")
    assert row.locator("[data-part=views]").count() == 0


def test_old_data_is_said_in_its_row(walls: Walls) -> None:
    page = walls.open(until=ROWS)
    expect(page.locator("[data-account=akun-8] .age")).to_contain_text("data lama")
    expect(page.locator("[data-account=akun-1] .age")).not_to_contain_text("data lama")


def test_an_account_without_score_takes_no_row(walls: Walls, server: WallServer) -> None:
    server.script.rows = [*server.script.rows[:3], data.without_score(data.score_row(3))]
    page = walls.open(until=ROWS)
    expect(page.locator(ROWS)).to_have_count(3)
    expect(page.locator("footer")).to_contain_text("Peringkat 1–3 dari 3")


def test_an_unranked_account_is_shown_without_rank(walls: Walls, server: WallServer) -> None:
    low = data.without_metric(data.score_row(2), "comments") | {"rank": None, "rank_before": None}
    server.script.rows = [*server.script.rows[:2], low]
    page = walls.open(until=ROWS)
    expect(page.locator("[data-account=akun-3] .rank")).to_have_text("–")
    expect(page.locator("[data-account=akun-3] .note")).to_have_text("tanpa data komentar")


def swap(server: WallServer) -> None:
    """Second and third change places, the new second with another score."""
    rows = server.script.rows
    rows[1], rows[2] = rows[2] | {"rank": 2, "score": 84.9}, rows[1] | {"rank": 3}
    server.emit("score", {"window": "24h", "account_id": rows[1]["account_id"], "rank": 2})


def test_a_row_glides_to_its_new_place(walls: Walls, server: WallServer) -> None:
    page = walls.open(until=ROWS)
    settle(page)
    gliding = "() => document.getAnimations().some((one) => one.effect.getTiming().duration === 600)"
    swap(server)
    page.wait_for_function(gliding)
    expect(page.locator(f"{ROWS} .nama").nth(1)).to_have_text("Dinas Pendidikan dan Kebudayaan")
    expect(page.locator("[data-account=akun-3] .score")).to_have_text("84,9")
    settle(page)
    tops = [box["y"] for one in page.locator(ROWS).all() if (box := one.bounding_box())]
    assert tops == sorted(tops)


def test_reduced_motion_moves_nothing(walls: Walls, server: WallServer) -> None:
    page = walls.open(motion="reduce", until=ROWS)
    page.evaluate(
        """() => {
          window.moved = 0;
          const look = () => { window.moved += document.getAnimations().filter(
            (one) => one.effect.getTiming().duration > 0).length; requestAnimationFrame(look); };
          look();
        }"""
    )
    swap(server)
    expect(page.locator("[data-account=akun-3] .score")).to_have_text("84,9")
    assert page.evaluate("window.moved") == 0
