"""The built wall in a real browser, against a scripted server."""

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy.local.chromium import LAUNCH_ARGUMENTS
from deploy.local.wall import build_steps
from tests.browser.wall_page import Walls
from tests.browser.wall_server import WallServer

BUILD_SECONDS = 150


@pytest.fixture(scope="session")
def bundle() -> None:
    """The bundle of the sources as they are now."""
    for step in build_steps():
        subprocess.run(step.command, cwd=step.folder, env=step.environment, check=True, timeout=BUILD_SECONDS)


@pytest.fixture(scope="module")
def browser(bundle: None, chromium_path: str) -> Iterator[Browser]:
    """One a module, not a session: while it is open no asyncio test can run in this process."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path, args=list(LAUNCH_ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def server(bundle: None) -> Iterator[WallServer]:
    with WallServer() as running:
        yield running


@pytest.fixture
def walls(browser: Browser, server: WallServer) -> Iterator[Walls]:
    """Opens the wall; at the end no page may have logged an error that the test did not allow."""
    opened = Walls(browser, server)
    yield opened
    opened.close()
