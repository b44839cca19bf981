"""On which side of a card a text stands, in a browser: that at which its own language begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deckpress.anki import PackageNote
from deckpress.anki.card_sides import render_card
from deckpress.anki.package_reader import read_package
from deckpress.note_types import field_names, note_type
from deckpress.notes import Kind
from deckpress.project import Deck
from tests.support.browser import BROWSER, read
from tests.support.builds import build_at
from tests.support.projects import NOON, config, write

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium: apt-get install chromium")

WIDTH = 420
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
ENGLISH, ARABIC = "The source", "منبع النهر"
PAGE = """<!doctype html><html dir="{page}"><meta charset="utf-8"><style>{css}
body {{ width: {width}px }}</style>
<body class="card">{side}<pre id="seen"></pre><script>
document.querySelectorAll("details").forEach(each => each.open = true);
const seen = [...document.querySelectorAll("[data-at]")]
  .filter(each => each.offsetParent).map(each => {{
  const range = document.createRange();
  range.selectNodeContents(each);
  const text = (each.matches("img") ? each : range).getBoundingClientRect();
  const card = each.closest("body > .card-body").getBoundingClientRect();
  return {{ at: each.dataset.at, left: text.left - card.left, right: card.right - text.right }};
}});
document.getElementById("seen").textContent = JSON.stringify(seen);
</script>"""
"""Tells how far each marked text is from the left and from the right of a card."""


def mark(name: str, text: str) -> str:
    """Return a text in a paragraph, a list, a table as wide as the card, and a quotation."""
    spans = [f'<span data-at="{name} {at}">{text}</span>' for at in ("p", "li", "td", "quote")]
    return (
        '<p>{}</p><ul><li>{}</li></ul><div class="scroll"><table style="width: 100%"><tr><td>{}'
        "</td></tr></table></div><blockquote><p>{}</p></blockquote>"
    ).format(*spans)


def show(language: str, kind: Kind, texts: dict[str, str], folder: Path, page: str = "ltr") -> Any:
    """Return where the texts of a card's two sides stand, by their names."""
    type_ = note_type(kind, Deck("demo", "Demo", "1.0.0", language, "A deck."))
    fields = tuple(texts.get(name, "") for name in field_names(kind))
    card = render_card(PackageNote("guid", type_, fields, (), 0, "Demo", (0,)), 0)
    file = folder / "card.html"
    side = card.front + card.back
    html = PAGE.format(css=type_.css, width=WIDTH, side=side, page=page)
    file.write_text(html, encoding="utf-8")
    return read(file, folder)


@pytest.mark.parametrize("page", ["ltr", "rtl"])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("text", [ENGLISH, ARABIC])
def test_each_text_stands_where_its_language_begins(
    text: str, language: str, page: str, tmp_path: Path
) -> None:
    """Arabic stands at the right and English at the left, whichever way the deck and Anki run."""
    names = ("Question", "Answer", "Hint", "Extra", "Source")
    texts = {name: mark(name, text) for name in names}
    seen = show(language, Kind.BASIC, texts, tmp_path, page)
    assert len(seen) == 4 * (len(names) + 1)
    for place in seen:
        near, far = ("left", "right") if text == ENGLISH else ("right", "left")
        assert place[near] < 120 < 160 < place[far], place


@pytest.mark.parametrize(("language", "near"), [("en", "left"), ("ar", "right")])
def test_a_figure_stands_where_the_deck_begins(language: str, near: str, tmp_path: Path) -> None:
    """What has no letters, as a year, is on the side of the deck's language."""
    texts = {name: mark(name, "1998") for name in ("Question", "Answer")}
    for place in show(language, Kind.BASIC, texts, tmp_path):
        assert place[near] < 60, place


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_picture_alone_stands_in_the_middle(language: str, tmp_path: Path) -> None:
    """It does so in a deck of either direction, with no room below that a text would not have."""
    picture = f'<img data-at="" width="100" height="40" src="{PIXEL}">'
    for place in show(language, Kind.BASIC, {"Question": picture}, tmp_path):
        assert place["left"] == pytest.approx(place["right"], abs=2), place


@pytest.mark.parametrize("begin", ["LSTM", "$x^2$"])
def test_a_mark_tells_how_a_text_runs(begin: str, project: Path, tmp_path: Path) -> None:
    """Arabic that begins with a Latin word or a formula stands at the right behind `&rlm;`."""
    notes = f"1. &rlm;{begin} {ARABIC}\n\n   {begin} {ARABIC}\n"
    write(project, {"source/deck.toml": config(language='"ar"'), "source/notes.md": notes})
    (note,) = read_package(build_at(project, NOON).package).notes
    fields = zip(("Question", "Answer"), note.fields[:2], strict=True)
    texts = {name: f'<span data-at="{name}">{field}</span>' for name, field in fields}
    for place in show("ar", Kind.BASIC, texts, tmp_path):
        near, far = ("right", "left") if place["at"] == "Question" else ("left", "right")
        assert place[near] < 60 < place[far], place


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("text", [ENGLISH, ARABIC])
def test_code_runs_from_left_to_right(text: str, language: str, tmp_path: Path) -> None:
    """A block of code begins at the left in any text and any deck."""
    code = '<pre><code data-at="code">if (a) { b; }</code></pre>'
    texts = {"Question": "?", "Answer": f"<p>{text}</p>{code}"}
    (place,) = show(language, Kind.BASIC, texts, tmp_path)
    assert place["left"] < 60 < place["right"]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("text", "near"), [(ENGLISH, "left"), (ARABIC, "right")])
def test_a_typed_answer_stands_where_its_language_begins(
    text: str, near: str, language: str, tmp_path: Path
) -> None:
    """What Anki shows of a typed answer is no code, though it stands in the tag of code."""
    typed = (
        f'<div class="typed"><code id="typeans"><span data-at="typed">{text}</span></code></div>'
    )
    (place,) = show(language, Kind.BASIC, {"Question": "?", "Answer": typed}, tmp_path)
    assert place[near] < 60, place
