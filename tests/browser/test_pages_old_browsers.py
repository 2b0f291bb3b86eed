"""The pages in browsers as old as Chrome 94: in a real older one, and by what is built into them."""

import re
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local import chromium, node
from deploy.local.wall import WALL
from tests.browser.start_page import ALERT, OWN
from tests.browser.wall_server import WallServer

DIST = WALL / "dist"
# Styles that came after Chrome 94, where leaving them out would be seen.
NEWER_STYLES = re.compile(
    r"@layer|@container|@scope|@starting-style|@property|:has\(|:nth-[a-z-]+\([^)]* of |color-mix\("
    r"|\blight-dark\("
    r"|\b(?:oklch|oklab|lab|lch|hwb|color)\(|[\d.](?:d|s|l)v(?:h|w|min|max|i|b)\b"
    r"|[\d.](?:cq[whib]|cqmin|cqmax|lh|rlh|cap|ic)\b"
    r"|\b(?:round|mod|rem|sin|cos|tan|pow|sqrt|hypot|abs|sign)\(|\bsubgrid\b|\banchor\("
    r"|@media[^{]*[<>]=?|\bmargin-trim\b"
    r"|[{;](?:translate|rotate|scale|inset-area|field-sizing|interpolate-size|offset-path):|(?<![\w-])&"
)
TIZEN_6_5 = (
    "Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.5) AppleWebKit/537.36 (KHTML, like Gecko) 85.0.4183.93/6.5 TV "
    "Chrome/85.0.4183.93 Safari/537.36"
)
SENTENCE = "Peramban ini terlalu lama untuk Pantau: perlu Chrome 94 atau lebih baru"


@pytest.fixture(scope="module")
def older(browser: Browser) -> Iterator[Browser]:
    """Chromium 92. It starts with the POSIX language, as kiosks do."""
    path = str(chromium.prepare_old())
    started = browser.browser_type.launch(executable_path=path, args=list(chromium.LAUNCH_ARGUMENTS))
    yield started
    started.close()


def has(page: Page, selector: str) -> None:
    """Waits until it takes up room; Playwright's own way of looking needs newer functions."""
    page.wait_for_function(
        "selector => document.querySelector(selector)?.getBoundingClientRect().height > 0", arg=selector
    )


@pytest.mark.parametrize("address", OWN)
def test_a_page_shows_its_figures_in_chromium_92(older: Browser, server: WallServer, address: str) -> None:
    faults: list[str] = []
    page = older.new_page(base_url=server.origin, viewport={"width": 1920, "height": 1080})
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    has(page, OWN[address])
    has(page, ALERT)
    assert page.evaluate("document.getElementById('mulai')") is None
    assert SENTENCE in page.evaluate("document.body.innerText")  # it works, but nobody promises that it will
    page.wait_for_timeout(2000)
    assert faults == []
    page.close()


def test_every_scene_of_the_wall_draws_in_chromium_92(older: Browser, server: WallServer) -> None:
    page = older.new_page(base_url=server.origin, viewport={"width": 1920, "height": 1080})
    for scene, part in (("denyut", "canvas"), ("disorot", "canvas"), ("bulan", "[data-podium]")):
        page.goto(f"/wall?adegan={scene}")
        has(page, f"[data-scene={scene}] {part}")
    page.close()


@pytest.mark.parametrize("address", OWN)
def test_a_browser_before_modules_gets_a_sentence(browser: Browser, server: WallServer, address: str) -> None:
    context = browser.new_context(user_agent=TIZEN_6_5, base_url=server.origin)
    page = context.new_page()
    page.add_init_script("delete HTMLScriptElement.prototype.noModule; delete Array.prototype.at;")
    page.route("**/assets/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(address)
    expect(page.locator(ALERT)).to_contain_text(SENTENCE)
    context.close()


@pytest.mark.parametrize("address", OWN)
def test_a_browser_that_cannot_read_the_program_gets_a_sentence(
    browser: Browser, server: WallServer, address: str
) -> None:
    context = browser.new_context(user_agent=TIZEN_6_5, base_url=server.origin)
    page = context.new_page()
    page.route("**/assets/*.js", lambda route: route.fulfill(body="a ??= ?;", content_type="text/javascript"))
    page.goto(address)
    expect(page.locator(ALERT)).to_contain_text(SENTENCE)
    expect(page.locator(ALERT)).to_contain_text("Program halaman ini berhenti")
    context.close()


def test_built_scripts_can_be_read_by_chrome_94_and_the_first_one_by_any(bundle: None) -> None:
    done = subprocess.run(
        [str(node.NODE), "tests/browser/built.mjs", str(DIST)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    scripts = len(list(DIST.rglob("*.js")))
    assert scripts > 3
    assert done.stdout == f"{scripts} scripts\n"


def test_built_styles_are_those_of_chrome_94(bundle: None) -> None:
    found = {
        path.name: NEWER_STYLES.findall(path.read_text(encoding="utf-8")) for path in DIST.rglob("*.css")
    }
    assert len(found) > 3
    assert {name: newer for name, newer in found.items() if newer} == {}


def test_every_style_sheet_of_the_start_is_older_still() -> None:
    style = (WALL / "public/start.css").read_text(encoding="utf-8")
    assert not re.search(r"var\(|\binset:|grid|min\(|clamp\(", style)
