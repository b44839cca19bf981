"""The page's scripts are plain, and have no way by which a deck's text could become code."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from deckpress.preview.files import drawn_frame_files, frame_files, page_files
from tests.support.preview_server import PAGE

SCRIPTS = sorted(path.name for path in PAGE.glob("*.js"))
OF_WORKER = {"events.js"}
OF_FRAME = {"card.js", "drawn_formulas.js", "mathjax_settings.js", "typed_answer.js"}
AS_CODE = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser"


class _Loads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str | None] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [name for name, _ in attrs]
        if tag == "script":
            self.scripts.append(dict(attrs).get("src"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_says_what_it_is_for(name: str) -> None:
    """Each is strict, opens with its purpose, and is of a length that is read at once."""
    text = (PAGE / name).read_text(encoding="utf-8")
    assert text.startswith('"use strict";\n/* ')
    assert len(text.splitlines()) < 400


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name not in OF_FRAME])
def test_text_of_a_deck_is_never_html(name: str) -> None:
    """The page makes elements and gives them text; only a card's frame sets HTML."""
    assert not re.search(AS_CODE, (PAGE / name).read_text(encoding="utf-8"))


DOCUMENTS = {
    "index.html": page_files(),
    "card.html": frame_files(),
    "card.html with drawings": drawn_frame_files(),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_hold_no_code(name: str) -> None:
    """Scripts are files, which are there, and no attribute is one: a policy forbids all others."""
    loads, files = _Loads(), DOCUMENTS[name]
    loads.feed(files[name.split()[0]].read().decode())
    own = [script for script in loads.scripts if script != "drawings.js"]  # made with the cards
    assert set(own) == {each for each in files if each.endswith(".js")} - OF_WORKER
    assert not [each for each in loads.attributes if each.startswith("on") or each == "style"]
