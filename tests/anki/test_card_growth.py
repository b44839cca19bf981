"""The cost of a card grows no faster than its fields and templates, whatever they repeat."""

from __future__ import annotations

import time

import pytest

from deckpress.anki.card_sides import render_card
from deckpress.anki.reviewer import show_back
from deckpress.anki.typed_answers import expected_text
from tests.support.card_texts import FILTERS, note_of

REPEATED = (
    *("<", "<!--", "<style", "<style>", "<script>a</style>", "&", "&#x", "&a", "&amp;", "&nbsp;"),
    *("{{c1::", "{{c1::a}}", "{{c1,", "{{c11", "}}", "{{c2::a::", "\\(", "\\(<", "\\(<b>\\)"),
    *(
        "[sound:",
        "[sound:]",
        "[sound:a]",
        "[anki:",
        "[anki:x ",
        "[anki:x a=",
        '[anki:x a="',
        "[anki:x]",
    ),
    *("[anki:tts lang=en]", "[/anki:", "[anki:tts lang=en]a[/anki:tts]", "[anki:x][/anki:y]"),
    *(
        "a[",
        " [",
        ">[",
        "[\n",
        "a[b]",
        "a[b\n",
        " [a]",
        "a ",
        "中",
        "[[type:",
        "[[type:]",
        "[[type:a]]",
    ),
)


@pytest.mark.parametrize("piece", REPEATED)
def test_a_field_takes_time_in_proportion(piece: str) -> None:
    """A tenth of a second; the square of the text's length would take minutes."""
    front = "|".join(f"{{{{{name}:Front}}}}" for name in FILTERS)
    for tail in ("", "]", "-->", "\\)", "]]", "}}"):
        note = note_of(
            front, "{{type:Front}}{{FrontSide}}", (piece * (30_000 // len(piece)) + tail,)
        )
        started = time.process_time()
        card = render_card(note, 0)
        show_back(card, note, 0, str, answer="a" if len(expected_text(note.fields[0])) < 99 else "")
        assert time.process_time() - started < 0.75


@pytest.mark.parametrize(
    "piece", ["{{", "{{x", "<!--", "{{#Front}}", "{{a:", "{{Front}}", "{{=<% %>=}}", "<%", "{", "}"]
)
def test_a_template_takes_time_in_proportion(piece: str) -> None:
    """So it is with templates, however deep they are nested."""
    for tail in ("", "}}", "-->", "{{/Front}}"):
        started = time.process_time()
        render_card(note_of(piece * (60_000 // len(piece)) + tail, "{{FrontSide}}", ("a",)), 0)
        assert time.process_time() - started < 1.5


def test_what_a_front_hides_does_not_grow_with_each_deletion_around_it() -> None:
    """Anki has it in an attribute, each within the next one's: here only up to a limit."""
    text = "{{c1::" * 10 + "x" * 1000 + "}}" * 10
    assert (
        len(render_card(note_of("{{cloze:Front}}", "", (text,), is_cloze=True), 0).front) < 200_000
    )
    assert "data-cloze=" in render_card(note_of("{{cloze:Front}}", "", (text,)), 0).front
