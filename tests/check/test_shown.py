"""A card on which nobody sees anything is refused, and text that nobody sees is reported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from deckpress.check import check_rendered
from deckpress.check.shown_html import check_hidden
from deckpress.diagnostics import Location
from deckpress.formulas.macros import expand_all
from deckpress.media import Media
from deckpress.notes import Note
from deckpress.notes.builder import parse_notes
from deckpress.project.opening import open_standalone
from deckpress.render import render_note

NOTHING = [
    "<template>words</template>",
    "<title>words</title>",
    "<noscript>words</noscript>",
    "<datalist><option>words</option></datalist>",
    "<dialog>words</dialog>",
    "<p hidden>words</p>",
    "<p hidden>words",
    '<div style="color: red; display: none">words</div>',
    "<span style='visibility:hidden'>words</span>",
    "<div hidden>\n\nMarkdown, and ![a picture](a.png)\n\n</div>",
    "<![CDATA[ words ]]>",
    "<?php words ?>",
    "<b></b>",
    "<wbr>",
    "<style>p { color: red }</style>",
    '<input type="hidden" value="words">',
    "<img hidden src=a.png>",
    "&nbsp;",
    "&ZeroWidthSpace;",
    "\u200b",
    "\u00ad",
    "\u2800",
    "\u3164",
    "[](http://a.b)",
    "<ruby><rp>(</rp></ruby>",
]
EMPTY = ["&nbsp;", "[](http://a.b)", NOTHING[9]]
"""What is no question even to Markdown, or none of one line."""
SOMETHING = [
    "words",
    "<dialog open>words</dialog>",
    "<p hidden>a\n\nwords",
    "<p hidden>a<p>words",
    "<table><tr hidden><td>a<tr><td>words</table>",
    "<div hidden>a</div>\n\nwords",
    "<ul><li hidden>a<li>words</ul>",
    "42.",
    "-",
    "` `",
    "$x$",
    "![](a.png)",
    "<img src=a.png>",
    "<audio src=a.mp3></audio>",
    "<video src=a.mp4></video>",
    "<input>",
    "<hr>",
    "<svg><title>a</title></svg>",
    "<details></details>",
    "<textarea></textarea>",
    "<div style='background: red; height: 1em'></div>",
    "<script>write()</script>",
    "<x",
    "😀",
    "\u0301",
]


def read_note(question: str, answer: str) -> Note:
    """Return the note of a question and an answer."""
    answer = answer.replace("\n", "\n   ")
    notes, *_ = parse_notes(f"1. {question}\n\n   {answer}\n", "a.md")
    return notes[0]


def said_of(note: Note) -> list[str]:
    """Return what is said of the fields of a note."""
    fields = render_note(note, Media(), expand_all([note], {}), "en", [])
    return [diagnostic.message for diagnostic in check_rendered(note, fields)]


@pytest.mark.parametrize("piece", NOTHING)
def test_an_answer_that_shows_nothing_is_refused(piece: str) -> None:
    """Nobody publishes a card whose answer a browser does not show."""
    assert said_of(read_note("What?", piece)) == [
        "answer shows nothing: write it, or remove the item"
    ]


@pytest.mark.parametrize("piece", [text for text in NOTHING if text not in EMPTY])
def test_a_question_that_shows_nothing_is_refused(piece: str) -> None:
    """Nobody publishes a card that asks nothing."""
    assert said_of(read_note(piece, "Yes.")) == [
        "question shows nothing: write it, or remove the item"
    ]


@pytest.mark.parametrize("piece", SOMETHING)
def test_what_shows_something_is_taken(piece: str) -> None:
    """An answer of which anything is seen is no matter."""
    assert said_of(read_note("What?", piece)) == []


def test_scripts_that_are_allowed_may_show_what_is_hidden(tmp_path: Path) -> None:
    """Where deck.toml allows scripts, text that one of them shows later is no matter."""
    source = tmp_path / "a.md"
    source.write_text("1. What?\n\n   Yes. <b hidden>More</b>\n", encoding="utf-8")
    project, _ = open_standalone(source)
    note = read_note("What?", "Yes. <b hidden>More</b>")
    assert [str(diagnostic) for diagnostic in check_hidden([note], project)] == [
        "a.md:3:9: warning: <b hidden> shows nothing of what is in it: "
        "remove it, or write what it holds as text"
    ]
    allowed = replace(project, scripts=Location("deck.toml", 9))
    assert list(check_hidden([note], allowed)) == []
