"""Fixtures of the preview's tests.

Browser and server are there for all tests of this folder that a process runs, and for no others:
those may start processes, which are not to inherit threads or pipes.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.support.browser import BROWSER
from tests.support.preview_page import WINDOW, MadeUpPreview, open_browser
from tests.support.preview_server import MadeUpDeck, PageServer


@pytest.fixture(scope="package")
def browser() -> Iterator[BrowserContext]:
    """The browser, if there is one."""
    if BROWSER is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with open_browser() as context:
        yield context


@pytest.fixture
def page(browser: BrowserContext) -> Page:
    """An empty page: the one that another test has left, or a new one."""
    page = browser.pages[0] if browser.pages else browser.new_page()
    page.set_viewport_size(WINDOW)
    page.emulate_media(color_scheme="light")
    return page


@pytest.fixture(scope="package")
def server() -> Iterator[PageServer]:
    """Serves the page."""
    with PageServer(MadeUpDeck(1)) as server:
        yield server
        server.hang_up()
        server.shutdown()


@pytest.fixture
def preview(page: Page, server: PageServer) -> Iterator[MadeUpPreview]:
    """A page that is not yet open, for a deck of twelve cards."""
    server.deck = MadeUpDeck(12)
    server.has_formulas = False
    server.asked.clear()
    preview = MadeUpPreview(page, server)
    yield preview
    preview.leave()
    server.hang_up()
