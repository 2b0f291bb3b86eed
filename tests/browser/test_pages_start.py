"""Every page under a hostile browser or network shows text: its own, or what is wrong, and tries again."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from deploy.local.chromium import LAUNCH_ARGUMENTS
from deploy.local.wall import WALL
from tests.browser import hostile
from tests.browser.start_page import ALERT, OWN
from tests.browser.wall_server import WallServer

PAGES = {
    path.name: address
    for path, address in zip(
        sorted(WALL.glob("*.html")), ("/akun/dinkes", "/wall"), strict=True
    )  # a page more needs its address here
}
BEARABLE = {
    "the POSIX language": hostile.language("en-US@posix"),
    "the language C": hostile.language("C"),
    "no language": hostile.language(""),
    "a language that nobody knows": hostile.language("x_Y.UTF-8"),
    "nothing newer than Chrome 94": hostile.NEWER_THAN_CHROME_94,
    "no secure context": hostile.INSECURE,
    "no workers": hostile.WITHOUT_WORKERS,
    "no faces of type": hostile.WITHOUT_FONTS,
    "no watcher of sizes": hostile.WITHOUT_SIZES,
    "the name of an older one": hostile.OLDER_BY_NAME,
    "storage that throws": hostile.REFUSING_STORAGE,
    "an extension that fails": hostile.STRANGERS_FAULT,
}


@pytest.fixture
def page(browser: Browser, server: WallServer) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=server.origin)
    yield context.new_page()
    context.close()


def shows_its_own(page: Page, address: str, seconds: float = 15) -> None:
    page.wait_for_selector(OWN[address], timeout=seconds * 1000)
    expect(page.locator("#mulai")).to_have_count(0)
    expect(page.locator(ALERT)).to_have_count(0)


def hold(_: Route) -> None:
    """Neither an answer nor a fault."""


def abort(route: Route) -> None:
    route.abort()


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("script", BEARABLE.values(), ids=BEARABLE)
def test_a_page_works_in_a_browser_with(page: Page, address: str, script: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.add_init_script(script)
    page.goto(address)
    shows_its_own(page, address)
    page.wait_for_timeout(2000)
    shows_its_own(page, address)
    assert [fault for fault in faults if "of an extension" not in fault] == []


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_page_works_without_its_typeface(page: Page, address: str) -> None:
    page.route("**/*.woff2", abort)
    page.goto(address)
    shows_its_own(page, address)


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("lost", ["**/assets/*.js", "**/assets/*.css", "**/assets/*"])
def test_a_page_whose_files_are_lost_says_so_and_comes_back(page: Page, address: str, lost: str) -> None:
    page.route(lost, abort)
    page.goto(address)
    expect(page.locator(ALERT)).to_contain_text("Satu berkas halaman ini tidak dapat dimuat dari server")
    expect(page.locator(ALERT)).to_contain_text(re.compile(r"Sejak pukul \d\d\.\d\d WIB"))
    expect(page.locator(ALERT)).to_contain_text(re.compile(r"Dicoba lagi dalam \d+ detik"))
    page.unroute(lost)
    shows_its_own(page, address, 30)


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_page_that_loses_everything_after_its_first_lines_shows_text(page: Page, address: str) -> None:
    page.route("**/wall/**", abort)
    page.goto(address)
    expect(page.locator("body")).to_contain_text("Memuat Pantau…")
    expect(page.locator("body")).to_contain_text("hubungi pengelola")


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_page_without_scripts_says_that_it_needs_them(
    browser: Browser, server: WallServer, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=server.origin)
    page = context.new_page()
    page.goto(address)
    assert "memerlukan JavaScript" in page.locator("body").inner_text()
    context.close()


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_page_whose_files_never_come_says_so_and_shows_itself_when_they_do(
    page: Page, address: str
) -> None:
    page.clock.install()
    page.route("**/assets/*", hold)
    page.goto(address, wait_until="commit")
    page.wait_for_function("() => document.readyState !== 'loading' || document.getElementById('mulai')")
    page.clock.run_for(21_000)
    expect(page.locator(ALERT)).to_contain_text("belum selesai dimuat setelah 20 detik")
    assert page.locator(ALERT).bounding_box()
    page.unroute("**/assets/*")  # lets them go on
    page.clock.run_for(62_000)
    page.clock.resume()
    shows_its_own(page, address, 30)


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_server_that_is_gone_after_the_first_lines_is_waited_for(
    page: Page, server: WallServer, address: str
) -> None:
    page.route("**/assets/*", abort)
    page.goto(address)
    expect(page.locator(ALERT)).to_contain_text("Satu berkas")
    server.stop()
    expect(page.locator(ALERT)).to_contain_text("Server tidak menjawab", timeout=20_000)
    page.unroute("**/assets/*")
    server.script.refused = {address}
    server.start()
    expect(page.locator(ALERT)).to_contain_text("Server menjawab dengan kode 503", timeout=30_000)
    server.script.refused = set()
    shows_its_own(page, address, 45)


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_answers_that_fail_leave_a_page_that_says_so(page: Page, server: WallServer, address: str) -> None:
    page.route("**/v1/**", lambda route: route.fulfill(status=500, body="{}"))
    page.goto(address)
    expect(page.locator("main")).to_contain_text(
        re.compile("Server belum|Menunggu|menghubungi", re.IGNORECASE)
    )
    page.unroute("**/v1/**")
    if address == "/akun/dinkes":
        page.get_by_role("button", name="Coba lagi").click()
    shows_its_own(page, address, 40)


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_page_that_dies_says_so_and_starts_again(page: Page, address: str) -> None:
    page.goto(address)
    shows_its_own(page, address)
    page.clock.install()
    page.reload()
    shows_its_own(page, address)
    page.evaluate("document.body.replaceChildren()")
    page.clock.run_for(7_000)
    expect(page.locator(ALERT)).to_contain_text("tidak menampilkan apa pun")
    page.clock.run_for(31_000)
    page.clock.resume()
    shows_its_own(page, address, 30)


def test_an_uncaught_error_of_the_page_is_told_above_its_last_figures(page: Page) -> None:
    address = "/wall"
    page.clock.install()
    page.goto(address)
    shows_its_own(page, address)
    page.evaluate(
        "window.dispatchEvent(new ErrorEvent('error', {message: 'TypeError: x', filename: location.href}))"
    )
    expect(page.locator(ALERT)).to_contain_text("Program halaman ini berhenti: TypeError: x.")
    expect(page.locator(OWN[address]).first).to_be_visible()
    expect(page.locator("header .link b")).to_be_hidden()  # LANGSUNG
    said = page.locator("header .link").evaluate("(link) => getComputedStyle(link, '::after').content")
    assert said == '"TERHENTI"'
    page.clock.run_for(31_000)
    page.clock.resume()
    shows_its_own(page, address, 30)


def test_errors_that_come_back_are_tried_less_and_less_often(page: Page) -> None:
    page.clock.install()
    page.route("**/assets/*.js", abort)
    page.goto("/wall")
    waits = []
    for _ in range(4):
        expect(page.locator(ALERT)).to_contain_text("Dicoba lagi dalam")
        found = re.search(r"dalam (\d+) detik", page.locator(ALERT).inner_text())
        assert found
        waits.append(int(found[1]))
        page.evaluate("window.before = true")
        page.clock.run_for((waits[-1] + 1) * 1000)
        page.wait_for_function("() => window.before === undefined")
    assert [round(wait / 5) for wait in waits] == [1, 2, 4, 8]


def test_a_browser_started_with_the_posix_language_works(
    bundle: None, chromium_path: str, server: WallServer, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser of its own: the language is what the process was started with."""
    environment: dict[str, str | float | bool] = {"LANG": "C", "LC_ALL": "C", "LANGUAGE": "", "HOME": "/tmp"}
    started = browser.browser_type.launch(
        executable_path=chromium_path, args=list(LAUNCH_ARGUMENTS), env=environment
    )
    page = started.new_page(base_url=server.origin)
    for address in OWN:
        page.goto(address)
        shows_its_own(page, address)
    started.close()
