"""The page can be read and used by everybody: contrast, names, keys, and narrow windows."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, ViewportSize

from tests.support.preview_page import MadeUpPreview

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN = """async () => {
    const found = await axe.run(document, { iframes: false, resultTypes: ["violations"] });
    return found.violations.map(
        each => [each.id, each.nodes.slice(0, 3).map(node => node.html + node.failureSummary)]);
}"""
NARROW = ViewportSize(width=360, height=740)
WORDS = "AVeryLongWordThatCannotBeBrokenAnywhereSinceItHasNoBlanks" * 2


@pytest.fixture
def full(preview: MadeUpPreview) -> MadeUpPreview:
    """A page that is not yet open, of a deck with everything that a page can show."""
    rows = [*preview.deck.rows.values()]
    rows[0] |= {"severity": "error", "changed": "changed", "old": True, "title": WORDS}
    rows[1] |= {"severity": "warning", "changed": "new"}
    rows[2] |= {"severity": "hint"}
    parts = [["same", "Where "], ["del", "did"], ["ins", "does"]]
    preview.deck.sides["river-1.1"]["difference"] = [{"field": "Question", "parts": parts}]
    preview.deck.sides["river-1.1"]["place"] = f"source/{WORDS}.md:1"
    preview.deck.problems = [
        {"severity": severity, "place": f"source/{WORDS}.md:1:1", "message": WORDS, "count": 2}
        | {"frame": f"1 | {WORDS}{WORDS}", "card": "river-1.1", "open": "vscode://file/1.md"}
        for severity in ("error", "warning", "hint")
    ]
    return preview


def find_faults(where: Page | Frame) -> list[Any]:
    """Return what axe-core finds in a document."""
    where.evaluate(AXE)
    found: list[Any] = where.evaluate(RUN)
    return found


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 360)])
def test_axe_finds_nothing(scheme: Any, width: int, full: MadeUpPreview) -> None:
    """Names, roles, order and contrast are right: all parts open, by day and night."""
    full.page.emulate_media(color_scheme=scheme)
    full.page.set_viewport_size({"width": width, "height": 740})
    full.open()
    full.press("x", "d")
    assert find_faults(full.page) == []
    full.press("l")
    full.page.wait_for_timeout(200)
    assert find_faults(full.page) == []
    full.press("?")
    assert find_faults(full.page) == []


def test_nothing_is_wider_than_a_small_phone(full: MadeUpPreview) -> None:
    """A window of 360 pixels is not scrolled sideways, whatever is open."""
    full.page.set_viewport_size(NARROW)
    full.open()
    wide = "document.documentElement.scrollWidth"
    for keys in ["", "x", "d", "t", "t", "w", "w", "c", "?"]:
        full.press(*keys)
        assert full.state(wide) == 360, keys
    full.press("Escape", "l")
    assert full.state(wide) == 360


def test_every_button_is_whole_at_any_width(full: MadeUpPreview) -> None:
    """None is cut off, broken in its word, or covered by another, however narrow the window is."""
    full.open()
    faults = """[...document.querySelectorAll(".bar button")].filter(each => {
        const { left, top, width, height } = each.getBoundingClientRect();
        return width > 0 && (height > 40
            || document.elementFromPoint(left + 2, top + height / 2)?.closest("button") !== each
            || document.elementFromPoint(left + width - 3, top + 5)?.closest("button") !== each);
    }).map(each => each.textContent)"""
    for width in (280, 360, 480, 560, 561, 820, 821, 1100, 1101, 1400):
        full.page.set_viewport_size({"width": width, "height": 600})
        full.page.wait_for_timeout(200)  # the list slides away
        assert full.state(faults) == [], width


def test_the_list_is_a_drawer_in_a_narrow_window(preview: MadeUpPreview) -> None:
    """It opens by its button, and closes when a card is chosen, by Escape, and beside it."""
    preview.page.set_viewport_size(NARROW)
    preview.open()
    visible = "getComputedStyle(document.getElementById('drawer')).visibility"
    assert preview.state(visible) == "hidden"
    preview.page.click("#open-drawer")
    preview.page.click("[data-key='river-3.1']")
    preview.wait_for_card("river 3 rise")
    preview.wait_until(lambda: preview.state(visible) == "hidden")
    preview.page.click("#open-drawer")
    preview.press("Escape")
    preview.wait_until(lambda: preview.state(visible) == "hidden")
    preview.page.click("#open-drawer")
    preview.page.click("#scrim", position={"x": 350, "y": 400})
    preview.wait_until(lambda: preview.state(visible) == "hidden")


def test_the_keyboard_reaches_everything(full: MadeUpPreview) -> None:
    """Tab goes through every button, box and list that is seen, and shows where it is."""
    full.open()
    full.press("x")
    wanted = """[...document.querySelectorAll("button, select, input, summary, a[href]")]
        .filter(each => each.checkVisibility({ visibilityProperty: true })).length"""
    here = "document.activeElement.outerHTML + [...document.querySelectorAll('*')].indexOf("
    seen = set()
    for _ in range(60):
        full.press("Tab")
        name = full.state("document.activeElement.tagName")
        if name not in ("BODY", "IFRAME"):
            outline = full.state("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            if name in ("BUTTON", "SELECT", "INPUT", "SUMMARY", "A"):
                seen.add(full.state(f"{here}document.activeElement)"))
    assert len(seen) == full.state(wanted)
