"""What the back of a card shows again of its front, in a browser."""

from __future__ import annotations

from typing import Any

import pytest

from deckpress.anki import PackageNote
from deckpress.anki.card_sides import render_card
from deckpress.note_types import note_type
from deckpress.notes import Kind
from deckpress.project import Deck, Speech
from tests.support.browser import BROWSER, read

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium: apt-get install chromium")

FIELDS = {
    "Question": '<span>asked</span><sup class="footnote">1</sup>',
    "Answer": '<span>said</span><sup class="footnote">2</sup>',
    "Context": "<span>chapter</span>",
    "Hint": "<span>hint</span>",
    "Spoken question": "asked",
}
PAGE = """<!doctype html><meta charset="utf-8"><style>{css}</style>
<body class="card"><div id="qa">{side}</div><pre id="seen"></pre><script>
document.querySelectorAll("details").forEach(each => each.open = true);
const shown = [...document.querySelectorAll("#qa span, .footnote, .speech")];
document.getElementById("seen").textContent = JSON.stringify(
  shown.filter(each => each.getClientRects().length).map(each => ({{
    text: each.className === "speech" ? "player" : each.textContent,
    left: each.getBoundingClientRect().left,
    colour: getComputedStyle(each).color,
    size: parseFloat(getComputedStyle(each).fontSize),
  }})));
</script>"""
"""Tells which texts are seen, and how."""
Side = list[dict[str, Any]]


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> list[Side]:
    """What is seen on the front and on the back of a card of which the question is read aloud."""
    speech = Speech(("Question",), "en-GB")
    deck = Deck("demo", "Demo", "1.0.0", "en", "A deck.", speech=speech)
    type_ = note_type(Kind.BASIC, deck)
    fields = tuple(FIELDS.get(name, "") for name, _ in type_.fields)
    card = render_card(PackageNote("guid", type_, fields, (), 0, "Demo", (0,)), 0)
    folder = tmp_path_factory.mktemp("sides")
    page = folder / "card.html"
    seen = []
    for side in (card.front, card.back):
        page.write_text(PAGE.format(css=type_.css, side=side), encoding="utf-8")
        seen.append(read(page, folder))
    return seen


def test_the_back_repeats_the_question_and_its_context(sides: list[Side]) -> None:
    """Hints and what was read aloud stay on the front, and sources are told on the back."""
    front, back = ([each["text"] for each in side] for side in sides)
    assert front == ["chapter", "asked", "player", "hint"]
    assert back == ["chapter", "asked", "1", "said", "2"]


def test_the_question_is_small_and_grey_on_the_back(sides: list[Side]) -> None:
    """It steps back behind the answer, and begins where that begins."""
    front, back = ({each["text"]: each for each in side} for side in sides)
    assert back["asked"]["left"] == back["said"]["left"] == front["asked"]["left"]
    assert back["asked"]["size"] < back["said"]["size"] < front["asked"]["size"]
    assert back["asked"]["colour"] == back["chapter"]["colour"] != back["said"]["colour"]
    assert back["chapter"] == front["chapter"]
