"""Every card of the shipped deck, as its author sees it in the preview."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.preview_page import Preview
from tests.support.previews import live_deck, served
from tests.support.projects import copy_project

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
FAULTS = r"""async () => {
    await Promise.all([...document.images].map(each => each.decode().catch(() => {})));
    const faults = [...document.images].filter(each => !each.naturalWidth).map(each => each.src);
    const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide) faults.push(`${wide} pixels too wide`);
    for (const each of qa.querySelectorAll("[data-mjx-error]")) faults.push(each.dataset.mjxError);
    if (/\\\(|\\\[|\{\{/.test(qa.innerText)) faults.push("commands are seen");
    return faults;
}"""
"""What would not be seen as it was meant."""
BARRIERS = """async () => {
    const found = await axe.run(qa, {
        resultTypes: ["violations"], iframes: false, preload: false,
    });
    return found.violations.filter(each => ["serious", "critical"].includes(each.impact))
        .map(each => each.id + each.nodes[0].html + each.nodes[0].failureSummary);
}"""
"""What some people could not read."""
SAMPLE = 8
"""Of so many cards one is asked for barriers, which come from the style that all have."""


@pytest.fixture
def shipped(page: Page, tmp_path: Path) -> Iterator[Preview]:
    """The preview of the deck of this repository, on a phone of 360 pixels."""
    copy_project(tmp_path)
    with served(live_deck(tmp_path)) as server:
        preview = Preview(page, server.address)
        preview.open()
        preview.press("w")
        yield preview
        preview.leave()


def cards(preview: Preview) -> Iterator[str]:
    """Go through all cards, and yield the key of each when its front is seen."""
    yield preview.painted["key"]
    for _ in range(1, int(preview.text("#position").split()[-1])):
        yield preview.press_and_see("n", "front")["key"]


def find_faults(preview: Preview) -> list[Any]:
    """Return what is wrong with the card that is shown."""
    return [fault for frame in preview.frames for fault in frame.evaluate(FAULTS)]


def find_barriers(preview: Preview, key: str) -> list[Any]:
    """Return what is wrong with a card's back, by day and by night."""
    preview.page.goto(f"{preview.address}#card={key}&side=back")
    preview.wait_until(lambda: preview.painted["key"] == key and preview.painted["side"] == "back")
    barriers = [fault for frame in preview.frames for fault in frame.evaluate(BARRIERS)]
    return barriers + find_faults(preview)


def test_every_card_of_the_shipped_deck_is_faultless(shipped: Preview) -> None:
    """It turns over; formulas and pictures are there; nothing is too wide, or is fetched afar."""
    faults: dict[str, list[Any]] = {}
    for key in cards(shipped):
        faults[f"{key} front"] = find_faults(shipped)
        shipped.turn_over()
        faults[f"{key} back"] = find_faults(shipped)
    assert len(faults) > 300
    shipped.press("t", "t")
    shipped.wait_until(lambda: len(shipped.frames) == 2)
    for frame in shipped.frames:
        frame.evaluate(AXE)
    for side in list(faults)[1 :: 2 * SAMPLE]:
        faults[side] += find_barriers(shipped, side.removesuffix(" back"))
    assert {key: found for key, found in faults.items() if found} == {}
    address = shipped.address
    assert [url for url in shipped.asked if not url.startswith((address, "data:"))] == []
    assert shipped.said == []
