"""Every block knows its line, and no text is too odd or too long to be read."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.formulas.macros import expand_all
from deckpress.markdown import SourceSpan, Token, location_in_text, plain_text, walk
from deckpress.markdown.reader import read_markdown
from deckpress.media import Media
from deckpress.notes.builder import parse_notes
from deckpress.render import render_note
from tests.support.projects import ROOT

Lines = list[str]

LEAVES: tuple[Lines, ...] = (
    ["WORD of a paragraph"],
    ["WORD of a paragraph", "over two lines"],
    ["## WORD of a heading"],
    ["WORD underlined", "---"],
    ["```python", "WORD = 1", "## WORD", "```"],
    ["~~~", "", "WORD", "~~~"],
    ["    WORD indented"],
    ["| WORD | b |", "|---|---|", "| WORD | d |"],
    ["above a table", "WORD | b", "--|--", "WORD | d"],
    ["$$", "WORD = x", "$$"],
    ["above a formula", "$$ WORD $$", "below it WORD"],
    ["<div>", "WORD", "</div>"],
    ["***"],
)
leaves = st.sampled_from(LEAVES)
marks = st.sampled_from(["- ", "* ", "1. ", "7) ", "10. ", "-    ", "> "])
gaps = st.sampled_from([[""], ["", ""]])


def join(blocks: list[tuple[Lines, Lines]]) -> Lines:
    """Return the lines of blocks and of the blank lines behind each."""
    return [line for block, gap in blocks for line in block + gap]


def within(mark: str, block: Lines) -> Lines:
    """Return a block as a list item, or as a quote."""
    first, *more = block
    indent = mark if mark == "> " else " " * len(mark)
    return [mark + first, *((indent + line).rstrip() for line in more)]


blocks = st.recursive(
    leaves,
    lambda inner: st.builds(
        within, marks, st.lists(st.tuples(inner, gaps), min_size=1, max_size=3).map(join)
    ),
    max_leaves=6,
)
documents = st.lists(st.tuples(blocks, gaps), max_size=6).map(join)


def numbered(lines: Lines) -> Lines:
    """Return the lines with each WORD made unlike all others."""
    numbers = count()
    parts = "\n".join(lines).split("WORD")
    text = "".join(f"{part}word{next(numbers)}w" for part in parts[:-1]) + parts[-1]
    return text.split("\n")


TEXTS = ("paragraph", "block_text", "heading", "table_cell")
WITH_FENCES = ("block_code", "block_math", "block_html")


@settings(max_examples=200)
@given(documents, st.integers(1, 50))
def test_a_block_stands_on_the_line_of_its_first_word(document: Lines, first: int) -> None:
    """However deep in lists and quotes, a message about a block leads to it."""
    lines = numbered(document)
    tree = read_markdown("\n".join(lines), "f.md", [], first)
    for token in walk(tree.blocks):
        text = plain_text([token])
        words = [word for word in text.split() if word.endswith("w")]
        index = token.line - first
        if words and token.type in TEXTS and text.startswith("word"):
            assert words[0] in lines[index]
        if words and token.type in WITH_FENCES and text.startswith("word"):
            assert words[0] in "".join(lines[index : index + 3])


@settings(max_examples=300)
@given(documents)
def test_every_word_is_kept(document: Lines) -> None:
    """Nothing that stands in a file is lost between its blocks."""
    lines = numbered(document)
    tree = read_markdown("\n".join(lines), "f.md", [])
    seen = plain_text(tree.blocks)
    assert [
        word for word in "\n".join(lines).split() if word.endswith("w") and word not in seen
    ] == []


def misplaced(tokens: Iterable[Token], lines: Lines) -> list[str]:
    """Return the characters of texts that do not stand where they say, as such or escaped."""
    seen = []
    of_this_file = (
        token for token in walk(tokens) if token.passage and type(token.passage) is SourceSpan
    )
    for token in of_this_file:
        for index, char in enumerate(token.raw if token.origins else ""):
            where = location_in_text(token, index, "f.md")
            written = lines[where.line - 1][where.column - 1 :]
            if not written.startswith((char, "&", "\\|", "#")):
                seen.append(f"{where}: {char!r}, not {written!r}")
    return seen


SAMPLES = sorted((ROOT / "tests").rglob("*.md"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_text_knows_where_its_characters_stand(path: Path) -> None:
    """A message about a character leads to it, through escapes, entities, marks and tables."""
    text = path.read_text("utf-8-sig")
    notes, *_ = parse_notes(text, "f.md")
    assert misplaced((block for note in notes for block in note.blocks()), text.split("\n")) == []
    headings = (token for note in notes for heading in note.context for token in heading)
    assert misplaced(headings, text.split("\n")) == []


def test_cells_that_are_equal_stand_in_different_places() -> None:
    """A message about the second of two equal cells does not lead to the first."""
    table = ["1. Q?", "", "   a | a \\| b | b", "   --|--|--", "   b | a | b"]
    notes, *_ = parse_notes("\n".join(table), "f.md")
    texts = [token for token in walk(notes[0].answer) if token.type == "text"]
    assert [location_in_text(token, 0, "f.md").column for token in texts] == [4, 8, 17, 4, 8, 12]
    assert location_in_text(texts[1], 4, "f.md").column == 13, "behind the backslash"


def test_a_line_of_no_ink_is_where_it_is() -> None:
    """A letter that shows nothing, such as U+2028, is no indentation."""
    text = "1. Q?\n\n   \u2028\n   1. "
    notes, *_ = parse_notes(text, "f.md")
    assert misplaced(walk(notes[0].answer), text.split("\n")) == []


def test_an_address_in_a_links_text_is_text() -> None:
    """An address that is no link, since it stands in one, is read like the words around it."""
    notes, diagnostics, *_ = parse_notes("1. Q?\n\n   [a https://a.b c](https://d.e)", "f.md")
    assert (plain_text(notes[0].answer), diagnostics) == ("a https://a.b c", [])


MARKUP = [
    *"\n|\n\n|\n   | |  |1. |2. |- |> |# |```|~~~|$|$$|\\(|\\)|\\[|\\]|\\|\\\\|{{c1::".split("|"),
    *"}}|::|==|~~|*|**|_|`|``|[|]|(|)|![|](a.png)|](a b.png)|[^1]|[^1]: |<|>|<b>|</b>".split("|"),
    *"<!-- |-->|id=x|<details>|&lt;|&|---|===|&#124;-|https://a.b|www.|[!TIP]|a|b|%|=".split("|"),
    *"中|（|）|。|é|\u0301|\x00|\x0b|\t|\u2028|\ufeff|😀".split("|"),
    *["|", "|-|", "|a|b|\n|-|-|\n"],
]


@settings(max_examples=250)
@given(st.lists(st.sampled_from(MARKUP), max_size=60).map("".join), st.booleans())
def test_any_text_is_read(text: str, is_item: bool) -> None:
    """Nonsense gives notes or messages, never a traceback, and no more output than input."""
    text = "1. Q?\n\n   " + text.replace("\n", "\n   ") if is_item else text
    notes, diagnostics, *_ = parse_notes(text, "f.md")
    tokens = [token for note in notes for token in walk(note.blocks())]
    assert len(tokens) + len(diagnostics) <= 4 * len(text) + 10
    last = text.count("\n") + text.count("\r") + 2
    assert all(0 <= diagnostic.location.line <= last for diagnostic in diagnostics)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert misplaced((token for token in tokens if token.type == "text"), lines) == []
    for note in notes:
        fields = render_note(note, Media(), expand_all([note], {"R": r"\mathbb{R}"}), "zh-CN", [])
        assert not set("\x00\x0b\x1f") & set("".join(fields.values()))


UNITS = [
    *"**a |*a_ |[|![|![a](|[a](|` |`` `|$|$$|$$ |$a |$`|\\(|\\[|\\( |{{c1::|{{c1::a}}".split("|"),
    *'==a |==a== |~~a |<a |<a b="|<!-- |<!--|<?|a |\\|&|&a;|https://|(|_a|***|}}|::'.split("|"),
    *"[^a]|<b>|</b>|**中（|- |> |1. |#|~~~|\t|<details>|\\frac{|\\begin{a}|![a](b c".split("|"),
    *"www.|{{|中\n   |a  \n   |\\[\n   |$$\n   |- $$\n   |[a]: b\n   |[^a]: b\n   ".split("|"),
    *"> [!TIP]\n   |```\n   |a\n\n   |- a\n   |1. a\n   |<b>\n\n   |---\n   ".split("|"),
    *["|", "|a", "a|b\n   ", "|a|\n   |-|\n   "],
]


def calls(text: str) -> int:
    """Count the calls that it takes to turn a text into fields, whatever the machine's speed."""
    number = 0

    def note_call(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    sys.setprofile(note_call)
    try:
        notes, *_ = parse_notes(text, "f.md")
        for note in notes:
            render_note(note, Media(), expand_all([note], {}), "en", [])
    finally:
        sys.setprofile(None)
    return number


@pytest.mark.parametrize("unit", UNITS)
def test_twice_the_text_takes_twice_the_work(unit: str) -> None:
    """A long file is slow in proportion to its length only, however odd it is."""
    once, twice = (calls("1. Q?\n\n   " + unit * (size // len(unit))) for size in (2_000, 4_000))
    assert twice <= 2.3 * once + 500


@pytest.mark.parametrize("unit", UNITS)
def test_long_texts_are_read(unit: str) -> None:
    """No depth of nesting ends in a RecursionError."""
    notes, *_ = parse_notes("1. Q?\n\n   " + unit * (20_000 // len(unit)), "f.md")
    for note in notes:
        render_note(note, Media(), expand_all([note], {}), "en", [])


@pytest.mark.parametrize("space", ["", " ", "\t", "\xa0", "\u3000", "\u2003"])
def test_an_item_may_begin_below_its_marker(space: str) -> None:
    """Whatever spaces stand behind a marker, what stands below it has its own line."""
    notes, *_ = parse_notes(f"1. {space}\n   One?\n\n   Yes.\n", "notes.md")
    assert [block.line for block in notes[0].question] == [2]
