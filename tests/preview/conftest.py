"""Fixtures of the preview's tests.

Browser and server are there for all tests of this folder that a process runs, and for no others:
those may start processes, which are not to inherit threads or pipes.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from tests.support.browser import BROWSER
from tests.support.preview_page import MadeUpPreview, open_browser
from tests.support.preview_server import MadeUpDeck, PageServer


@pytest.fixture(scope="package")
def browser() -> Iterator[BrowserContext]:
    """The browser, if there is one."""
    if BROWSER is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with open_browser() as context:
        yield context


@pytest.fixture(scope="package")
def server() -> Iterator[PageServer]:
    """Serves the page."""
    with PageServer(MadeUpDeck(1)) as server:
        yield server
        server.hang_up()
        server.shutdown()


@pytest.fixture
def preview(browser: BrowserContext, server: PageServer) -> Iterator[MadeUpPreview]:
    """A page that is not yet open, for a deck of twelve cards."""
    server.deck = MadeUpDeck(12)
    server.has_formulas = False
    server.asked.clear()
    page = browser.new_page()
    yield MadeUpPreview(page, server)
    if page.url.startswith("http"):
        page.evaluate("localStorage.clear()")
    page.close()
    server.hang_up()
