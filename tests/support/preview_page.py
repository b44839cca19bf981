"""The preview's page in a real browser, as an author sees and uses it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from playwright.sync_api import BrowserContext, Error, Frame, Page, ViewportSize, sync_playwright

from tests.support.browser import BROWSER
from tests.support.preview_server import MadeUpDeck, PageServer

PATIENCE = 30
"""Seconds until something must have come about."""
WINDOW = ViewportSize(width=1400, height=900)
"""Pixels of the page, where a test does not say otherwise."""


_NEXT_PAINTED = """async ([before, side, patience]) => {
    const end = performance.now() + patience;
    while (deckpressPainted.time <= before || deckpressPainted.side !== side) {
        if (performance.now() > end) throw new Error(`no ${side} is painted`);
        await new Promise(done => setTimeout(done, 3));
    }
    return deckpressPainted;
}"""


class Preview:
    """A page that shows a deck, at the address of its server."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.asked: list[str] = []
        """Addresses that the browser asked for."""
        self.said: list[str] = []
        """What the browser says of faults."""
        self._heard: dict[Any, Callable[..., None]] = {
            "request": lambda request: self.asked.append(request.url),
            "console": lambda message: self.said.append(message.text),
            "pageerror": lambda error: self.said.append(str(error)),
        }
        for event, hear in self._heard.items():
            page.on(event, hear)

    def leave(self) -> None:
        """Leave the page as empty as a new one for the next test, as a new one costs a second."""
        for event, hear in self._heard.items():
            self.page.remove_listener(event, hear)
        if self.page.url.startswith("http"):
            self.page.evaluate("localStorage.clear()")
        if self.said:  # which the browser may say again
            self.page.close()
        else:
            self.page.goto("about:blank")

    def open(self, hash_: str = "", address: str = "") -> None:
        """Open the page, or one of files, and wait until a card is painted."""
        self.page.goto((address or self.address) + hash_)
        self.wait_until(lambda: self.painted)

    @property
    def painted(self) -> Any:
        """What was painted last, as the page tells it."""
        return self.page.evaluate("window.deckpressPainted")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def text(self, selector: str) -> str:
        """Return the text of an element of the page."""
        return str(self.page.evaluate("s => document.querySelector(s).innerText", selector))

    def state(self, expression: str) -> Any:
        """Return what an expression is in the page."""
        return self.page.evaluate(expression)

    @property
    def frames(self) -> list[Frame]:
        """The frames that show the card."""
        return [frame for frame in self.page.frames if frame.parent_frame]

    @property
    def frame(self) -> Frame:
        """The first frame."""
        return self.frames[0]

    @property
    def card(self) -> str:
        """The text of the card in the first frame."""
        with suppress(Error):  # while a frame is exchanged for another one
            return str(self.frame.evaluate("document.getElementById('qa').innerText")).strip()
        return ""

    @property
    def titles(self) -> list[str]:
        """The titles of the cards that are elements of the list."""
        found: list[str] = self.state(
            "[...document.querySelectorAll('#list .title')].map(each => each.textContent)"
        )
        return found

    @property
    def selected(self) -> str:
        """The title of the card that is marked in the list."""
        return self.text("[aria-selected=true] .title")

    def wait_until(self, holds: Callable[[], object]) -> None:
        """Wait until something is so. The page's policy keeps Playwright from waiting by itself."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"{self.said} {self.page.url}"
            self.page.wait_for_timeout(30)

    def wait_for_card(self, text: str) -> None:
        """Wait until the first frame shows a card with this text."""
        self.wait_until(lambda: text in self.card)

    def wait_for_text(self, selector: str, text: str) -> None:
        """Wait until an element of the page has this text."""
        self.wait_until(lambda: text in self.text(selector))

    def turn_over(self) -> None:
        """Turn the card over by its key, and wait until it is painted."""
        side = "front" if "side=back" in self.page.url else "back"
        self.press_and_see("Space", side)

    def press_and_see(self, key: str, side: str) -> Any:
        """Press a key, and return what is painted next of a side, as soon as it is."""
        before = self.painted["time"]
        self.press(key)
        return self.page.evaluate(_NEXT_PAINTED, [before, side, PATIENCE * 1000])


class MadeUpPreview(Preview):
    """A page that shows a made-up deck, which a test changes."""

    def __init__(self, page: Page, server: PageServer) -> None:
        super().__init__(page, server.address)
        self.server = server

    @property
    def deck(self) -> MadeUpDeck:
        """The deck that is shown."""
        return self.server.deck


@contextmanager
def open_browser() -> Iterator[BrowserContext]:
    """Start the browser that is installed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(viewport=WINDOW)
        yield context
        browser.close()
