"""The wall as a test sees it: one page, its faults, and what its canvases wrote."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypedDict

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.browser.wall_server import WallServer

Motion = Literal["no-preference", "reduce"]

HD: tuple[int, int] = (1920, 1080)
# Charts write their labels on a canvas, where no selector finds them.
RECORD_CANVAS = """
window.canvasTexts = new Map();
const write = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  window.canvasTexts.set(String(text), parseFloat(this.font.match(/([0-9.]+)px/)[1]) / devicePixelRatio);
  return write.call(this, text, ...rest);
};
"""
# Both clocks of a page in a test's hands: the wall clock that is set, and time that passes on both.
CLOCKS = """
(() => {
  const Real = Date, monotonic = performance.now.bind(performance);
  let passed = 0, set = 0;
  window.setClock = (milliseconds) => { set = milliseconds; };
  window.pass = (milliseconds) => { passed += milliseconds; };
  const now = () => Real.now() + passed + set;
  window.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(now()); }
    static now() { return now(); }
  };
  performance.now = () => monotonic() + passed;
})();
"""
# Every state that the wall says from now on.
RECORD_STATES = """
() => {
  const stage = document.querySelector(".stage");
  window.states = [stage.dataset.link];
  new MutationObserver(() => window.states.push(stage.dataset.link))
    .observe(stage, { attributes: true, attributeFilter: ["data-link"] });
}
"""


class Box(TypedDict):
    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float


# Each line of each text, shrunk to about the height of its letters.
TEXT_BOXES = """
() => {
  const boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.trim()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const style = getComputedStyle(node.parentElement);
    for (const box of range.getClientRects()) {
      if (box.width === 0) continue;
      boxes.push({
        text: node.data.trim(), left: box.left, right: box.right, size: parseFloat(style.fontSize),
        top: box.top + box.height * 0.24, bottom: box.bottom - box.height * 0.2,
      });
    }
  }
  return boxes;
}
"""
# Texts that stick out of the element that holds them, or out of its cell.
SPILLING = """
() => {
  const found = [];
  for (const one of document.querySelectorAll("header *, main *, footer *")) {
    if (one.closest("svg, canvas, .uplot, p > span > span")) continue;
    let holder = one;
    while (getComputedStyle(holder).display === "inline") holder = holder.parentElement;
    const outer = holder.getBoundingClientRect();
    for (const node of one.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const inner = range.getBoundingClientRect();
      if (inner.right > outer.right + 2 || inner.left < outer.left - 2) found.push(node.data.trim());
    }
    if (one.children.length && one.parentElement.clientWidth &&
        one === holder && one.scrollWidth > Math.ceil(outer.width) + 1)
      found.push(`${one.className} holds ${one.textContent.trim().slice(0, 40)}`);
  }
  return found;
}
"""
# Elements that hide a part of what they hold.
CLIPPED = """
() => [...document.querySelectorAll("body *")].filter((one) => {
  if (one.closest("svg, canvas, .uplot") || !one.textContent.trim()) return false;
  const style = getComputedStyle(one);
  const clamp = style.webkitLineClamp;
  if (clamp !== "none") {
    const height = one.clientHeight;
    one.style.webkitLineClamp = "none";
    const whole = one.scrollHeight;
    one.style.webkitLineClamp = "";
    return whole > height + 2;
  }
  return style.overflowX !== "visible" &&
    (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 2);
}).map((one) => `${one.className}: ${one.textContent.trim().slice(0, 60)}`)
"""


class Walls:
    def __init__(self, browser: Browser, server: WallServer) -> None:
        self.browser = browser
        self.server = server
        self.faults: list[str] = []
        self.hosts: set[str] = set()
        self._pages: list[Page] = []

    def open(
        self,
        query: str = "",
        *,
        size: tuple[int, int] = HD,
        motion: Motion = "no-preference",
        until: str = "[data-scene]",
        path: str = "/wall",
        beside: Page | None = None,
        script: str = CLOCKS,
    ) -> Page:
        """Opens the wall, or another page, and waits for `until` (a selector). `beside`: in its browser."""
        context = beside.context if beside else self._new_browser(size, motion)
        page = context.new_page()
        self._pages.append(page)
        page.add_init_script(RECORD_CANVAS)
        page.add_init_script(script)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._request)
        page.goto(self.server.origin + path + query)
        page.wait_for_selector(until)
        return page

    def _new_browser(self, size: tuple[int, int], motion: Motion) -> BrowserContext:
        """One that shares nothing with others, the pool of connections neither."""
        return self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, reduced_motion=motion, locale="en-US"
        )

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(message.text)

    def _request(self, request: Request) -> None:
        self.hosts.add(request.url.partition("://")[2].partition("/")[0])

    def allow(self, part: str) -> None:
        """Faults that hold this text are what the test brought about."""
        self.faults = [fault for fault in self.faults if part not in fault]

    def close(self) -> None:
        for page in self._pages:
            page.context.close()
        assert self.faults == []


def text_boxes(page: Page) -> list[Box]:
    boxes: list[Box] = page.evaluate(TEXT_BOXES)
    return boxes


def clipped(page: Page) -> list[str]:
    found: list[str] = page.evaluate(CLIPPED)
    return found


def spilling(page: Page) -> list[str]:
    found: list[str] = page.evaluate(SPILLING)
    return found


def canvas_texts(page: Page) -> dict[str, float]:
    """Text on charts -> its size in CSS pixels."""
    written: dict[str, float] = page.evaluate("() => Object.fromEntries(window.canvasTexts)")
    return written


def overlaps(boxes: Iterable[Box]) -> list[tuple[str, str]]:
    all_boxes = list(boxes)
    return [
        (one["text"], other["text"])
        for position, one in enumerate(all_boxes)
        for other in all_boxes[position + 1 :]
        if min(one["right"], other["right"]) - max(one["left"], other["left"]) > 1
        and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 1
    ]


def settle(page: Page) -> None:
    """Waits until one scene is left and nothing moves but the footer's progress."""
    page.wait_for_function(
        """() => document.querySelectorAll('.scene').length === 1
            && document.getAnimations().every((one) => one.animationName?.includes('fill'))"""
    )


def column(page: Page, selector: str) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(selector).all_text_contents()]
