"""The page works from files, without a server: opened from a disk, it is the same page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.preview_page import MadeUpPreview
from tests.support.preview_server import MadeUpDeck, write_files

CARD = r"""<p>\(x^2 + \mathfrak{g}\)</p><img src="pixel.png"><script>
window.reached = "nothing";
try { reached = parent.document.title } catch {}
fetch("../../data/deck.js").then(() => { reached = "a file" }, () => {});
fetch("http://127.0.0.1:9/").then(() => { reached = "the network" }, () => {});
</script>"""


@pytest.fixture
def files(preview: MadeUpPreview, tmp_path: Path) -> MadeUpPreview:
    """A page of files, which is open, of 2,000 cards."""
    deck = preview.server.deck = MadeUpDeck(2_000)
    deck.sides["river-1.1"]["front"] = CARD
    write_files(deck, tmp_path / "out")
    preview.open(address=(tmp_path / "out/index.html").as_uri())
    return preview


def test_a_page_of_files_shows_cards(files: MadeUpPreview) -> None:
    """Formulas have fonts, pictures are there, cards turn over, and the address names them."""
    files.wait_until(lambda: files.frame.evaluate("document.fonts.status") == "loaded")
    fonts = "[...document.fonts].filter(each => each.status == 'loaded').length"
    assert files.frame.evaluate(f"[{fonts}, document.images[0].naturalWidth]") == [4, 1]
    files.turn_over()
    assert "In mountain 1." in files.card
    files.press("l", "End")
    files.wait_for_card("river 2000 rise")
    assert files.page.url.endswith("index.html#card=river-2000.1&side=front")


def test_a_page_of_files_asks_for_little(files: MadeUpPreview) -> None:
    """It reads the cards that are seen, and those beside them, so that a large deck opens fast."""
    assert [url[-10:] for url in files.asked if "cards-" in url] == ["cards-0.js"]
    files.press("l", "End")
    files.wait_for_card("river 2000 rise")
    assert [url[-12:] for url in files.asked if "cards-" in url][1:] == ["cards-199.js"]
    assert all(url.startswith(("file:", "data:")) for url in files.asked)


def test_a_card_of_files_stays_in_its_frame(files: MadeUpPreview) -> None:
    """Its script reads neither the page nor another file, and reaches no network."""
    files.page.wait_for_timeout(100)
    assert files.frame.evaluate("reached") == "nothing"
