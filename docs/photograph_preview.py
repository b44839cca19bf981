"""Take the picture of the preview that README begins with, in Chromium.

    pip install -e '.[test]' && python -m docs.photograph_preview

Look at it before you commit it.
"""

from __future__ import annotations

import io
import os
import threading
import time
from pathlib import Path

from PIL import Image

from deckpress.formulas import skip_formula_check
from deckpress.pipeline.workspace import Workspace
from deckpress.preview.live_deck import LiveDeck
from deckpress.preview.page_data import PageData
from deckpress.preview.server import PreviewServer
from deckpress.project.opening import open_project
from tests.support.preview_page import open_browser
from tests.support.projects import ROOT

PICTURE = ROOT / "docs" / "preview.png"
SIZE = (1500, 950)
"""Of the browser's window, in pixels."""
CARD = "lstm-structure.1"
_COLOURS = 192
"""More would take more room than they are seen."""


def photograph(server: PreviewServer) -> Image.Image:
    """Return the page with a card's answer by day and night, on a desktop and on a phone."""
    with open_browser() as browser:
        page = browser.new_page()
        page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
        page.goto(f"{server.address}#card={CARD}&side=back")
        for key in "ttww":
            page.keyboard.press(key)
        time.sleep(3)  # until four frames have loaded MathJax, and pictures are there
        return Image.open(io.BytesIO(page.screenshot()))


def main() -> None:
    """Write the picture."""
    os.chdir(ROOT)  # files are named from here
    workspace = Workspace(lambda: open_project(Path()), typeset=skip_formula_check)
    deck = LiveDeck(lambda changed, early: workspace.update(changed, announce=early))
    assert CARD in deck.edition.view.cards
    with PreviewServer(deck, PageData()) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        picture = photograph(server).convert("RGB")
        server.shutdown()
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
