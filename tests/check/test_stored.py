"""What is packed is what Anki stores: no field, tag, deck or note type changes at import."""

from __future__ import annotations

import bisect
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deckpress.diagnostics import has_errors
from deckpress.formulas import skip_formula_check
from deckpress.pipeline import Prepared, pack
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_standalone
from tests.support.anki_collection import import_package, open_collection

NOON = 1_760_000_000
"""A time to build at, in seconds since 1970."""

Row = tuple[tuple[str, ...], tuple[str, ...], str, str]
"""A note's fields, tags, deck and note type."""


def prepare_text(text: str, folder: Path) -> Prepared:
    """Return a file's notes, ready to be packed."""
    source = folder / "notes.md"
    source.write_bytes(text.encode())
    project, diagnostics = open_standalone(source)
    return prepare(project, diagnostics, NOON, typeset=skip_formula_check)


def packed_rows(prepared: Prepared) -> dict[str, Row]:
    """Return each note as it is packed, by its GUID."""
    return {
        note.guid: (note.fields, tuple(sorted(note.tags)), note.deck, note.note_type.name)
        for note in prepared.notes
    }


def imported_rows(prepared: Prepared, folder: Path) -> dict[str, Row]:
    """Return each note as it stands in an empty collection once its package is imported."""
    package = folder / "notes.apkg"
    package.write_bytes(pack(prepared).data)
    rows: dict[str, Row] = {}
    with open_collection(folder / "anki") as collection:
        import_package(collection, package)
        for note_id in collection.find_notes(""):
            note = collection.get_note(note_id)
            note_type, deck = note.note_type(), collection.decks.name(note.cards()[0].did)
            assert note_type
            tags = tuple(sorted(note.tags))
            rows[note.guid] = (tuple(note.fields), tags, deck, note_type["name"])
    return rows


STORED = {
    "a command with a control character in it": (
        "[so\x1fund:x.mp3] [la\x01tex] {\x7f{c1::x}}",
        "&#91;sound:x.mp3] &#91;latex] &#123;{c1::x}}",
    ),
    "a command with a remark in it": (
        "[sou<!-- -->nd:x.mp3] {<!-- -->{c1::x}}",
        "&#91;sound:x.mp3] &#123;{c1::x}}",
    ),
    "a formula with a control character in its sign": (
        "\\\\\x01(x\\\\)",
        '<span class="mathjax_ignore">\\(</span>x\\)',
    ),
    "a command in an attribute": (
        '![[sound:x.mp3] {{y}}](https://a.b/c.png "[latex]")',
        '<img src="https://a.b/c.png" alt="&#91;sound:x.mp3] &#123;{y}}" title="&#91;latex]">',
    ),
    "an overlay behind a tag": (
        "**b**\u0338 `c`\u0301\u0338",
        "<strong>b</strong>&#824; <code>c</code>&#824;\u0301",
    ),
    "an overlay behind a sign": ("a > \u0338 =\u0338 a>\u0338", "a &gt; \u0338 \u2260 a&gt;\u0338"),
    "letters and marks apart": ("e\u0301 \u212b \u304b\u3099", "\u00e9 \u00c5 \u304c"),
}


@pytest.mark.parametrize("name", STORED)
def test_what_anki_would_change_is_changed_before(name: str, tmp_path: Path) -> None:
    """A text that only looks like text, until Anki has made it its own, stays text."""
    text, field = STORED[name]
    prepared = prepare_text(f"1. Question\n\n   {text}\n", tmp_path)
    (note,) = prepared.notes
    assert note.fields[1] == field
    assert imported_rows(prepared, tmp_path) == packed_rows(prepared)


COMMON = [
    *("a", "b ", "word ", "[so", "und:", "x.mp3]", "[sound:y.mp3]", "[latex]", "[[type:", "]]"),
    *("\x01", "\x1f", "\x7f", "\x0b", "\u0085", "\u2028", "\ufeff", "\u200b", "\ufffe", "'"),
    *("e", "\u0301", "\u0338", "\u0327\u0301", "\u212b", "\u037e", "\u1fef", "\u3000", "\xa0"),
    *("**", "*", "_", "`", "~~", "==", "$", "\\(", "\\)", "\\", "&", "&gt;", "&#x338;", "&#1;"),
    *("{{c1::", "{{c2::", "}}", "}}", "::", ":", "}", "{", "[", "](", "](https://a.b/c)", ")"),
    *("<b>", "</b>", "<!--", "-->", "<!-- -->", "<", ">", "https:", "//", "![", "<kbd>", '"'),
]
MEDIA = [
    *("<img src=", '<img src="', '<img src="https:a.png">', '<object data="data:,x">', "![](bc:d)"),
    *("<audio data-src='a*.mp3'></audio>", "![](https://a.b/c)", '<img src="https://a.b/c">'),
]
LINES = [
    "\n   ",
    "\n\n   ",
    "\n   > ",
    "\n   - ",
    "\n   1. ",
    "\n   ```\n   ",
    "\n   | a |\n   |---|\n",
]
KINDS = [
    "",
    "",
    "",
    " <!-- kind=reversed -->",
    " <!-- kind=typed -->",
    ' <!-- tags="a\x7fb e\u0301" -->',
]


def texts(*pieces: str) -> st.SearchStrategy[str]:
    """Return texts of some of the pieces."""
    return st.lists(st.sampled_from(pieces), max_size=12).map("".join)


WITHIN = texts(*COMMON * 4, *MEDIA)
NOTES = st.tuples(WITHIN, WITHIN, st.sampled_from(KINDS), texts(*COMMON * 4, *MEDIA, *LINES * 2))


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NOTES, min_size=1, max_size=25))
def test_fields_packed_are_fields_imported(notes: Sequence[tuple[str, str, str, str]]) -> None:
    """Whatever letters, markup and commands a file holds, Anki stores what was packed."""
    parts = [
        f"# H {heading}\n\n1. Question {index} {question}{kind}\n\n   Answer {answer}\n\n"
        for index, (heading, question, kind, answer) in enumerate(notes)
    ]
    with tempfile.TemporaryDirectory() as name:
        prepared = prepare_text("".join(parts), Path(name))
        imported = imported_rows(prepared, Path(name))
    begins = [0]
    for part in parts:
        begins.append(begins[-1] + part.count("\n"))
    refused = {
        bisect.bisect_left(begins, diagnostic.location.line)
        for diagnostic in prepared.diagnostics
        if has_errors([diagnostic])
    }
    packed = packed_rows(prepared)
    for rendered, note in zip(prepared.rendered, prepared.notes, strict=True):
        if bisect.bisect_left(begins, rendered.note.location.line) not in refused:
            assert imported[note.guid] == packed[note.guid]


HEADINGS = {
    '<a name="rnn"></a>Recurrent <sup>1</sup>nets': "Recurrent-1nets",
    "**Bold** <kbd>`x`</kbd> & [link <b>b</b>](https://a.b)": "Bold-x-&-link-b",
    "a < b and <List<String>>": "a-<-b-and-<List<String>>",
    "what\x7f e\u0301?": "what-é",
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_heading_is_a_tag_without_its_html(heading: str, tmp_path: Path) -> None:
    """A tag has what a reader reads of the heading, joined by dashes."""
    prepared = prepare_text(f"# {heading}\n\n1. Question\n\n   Answer.\n", tmp_path)
    (note,) = prepared.notes
    assert [tag.rpartition("notes::")[2] for tag in note.tags] == [HEADINGS[heading]]
    assert imported_rows(prepared, tmp_path) == packed_rows(prepared)
