"""No word of a file is lost in silence: it is on a card, or on a line that is reported."""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deckpress.errors import Level, has_errors
from deckpress.notes import walk
from deckpress.parse import parse_notes
from deckpress.pipeline import Prepared, prepare
from deckpress.project import open_lone_source
from deckpress.reading import NoteStyle
from deckpress.typeset import trust
from tests.support.cases import CASES, NAMES
from tests.support.observed_builds import draw_nothing

WORD = re.compile(r"\bw\d+\b")
"""A word that stands once in a random document."""

BLOCKS = (
    *(f"{'#' * level} {{}} {{}}{mark}" for level in range(1, 7) for mark in ("", "?")),
    *("## 1. {}", "### 2. {}?", "{}\n===", "{}\n---", "#### Answer: {}", "#### Example"),
    *("{} {}", "{}\n{}", "{}:", "{}?", "**{}**", "**{}?**", "**{}?**\n{}", "**{}:** {}", "*{}* {}"),
    *("1. {}?\n\n   {}", "1. {}\n2. {}", "2. {}?\n\n   {}\n\n   - {}", "3. {}\n   {}", "7) {}"),
    *(
        "1. {}?\n\n   {}\n\n   ---\n\n   {}",
        "1. ### {}\n\n   > {}",
        "- {}\n- {}: {}",
        "* {}\n\n  {}",
    ),
    *(
        "- {}?\n  - {}\n- {}?\n\n  {}",
        "- {}\n  : {}\n- {}?\n  :\n- {}?\n  : {}\n  - {}",
        "4 - {}?\n{}",
    ),
    *("<b>{}?</b>\n\n{}", "<b>{}</b>\n<br>\n{}", "> **{}?**\n>\n> {}", "> **{}?**\n> {}", "!!! {}"),
    *("1.{}？", "2、{}", "- [x] {}", "- **{}**: {}", "**{}** (n): {}\n**{}**: {}"),
    *("Q: {}\nA: {}", "Q: {}", "**A:** {}", "问：{}\n答：{}", "Answer", "**Solution:**"),
    *(
        "| {} | {} |\n|---|---|\n| {} | {} |",
        "| {} | {} | {} |\n|-|-|-|\n| {} | {} |",
        "| | {} |\n|-|-|\n| | {} |",
    ),
    *("> {}", "> [!NOTE]\n> {}", "> [!TIP]\n> {}", "> [!WARNING]\n> {}\n>\n> {}", "> {}\n{}"),
    *("```\n{}\n```", "    {}", "~~~ python\n{}\n\n{}\n~~~", "---", "***"),
    *("[{}](#x)", "- [{}](#x)\n- [{}](#y)", "[{}](https://a.example) · [{}](b.md)"),
    *(
        "![{}](https://a.example/b.png)",
        "<div>\n{}\n</div>",
        "<p>{}</p>\n\n{}",
        "<br>",
        "<a name='x'></a>",
    ),
    *(
        "<details><summary>{}</summary>{}</details>",
        "<details>\n<summary>{}?</summary>\n\n{}\n\n</details>",
    ),
    *(
        "<details><summary>Answer</summary>\n\n{}\n</details>",
        "<details>\n\n{}\n\n# {}\n\n</details>",
    ),
    *("<details><summary>{}</summary>\n\n- {}\n</b></details>\n\n{}", "<details>", "</details>"),
    *(
        "<details><summary>Answer</summary>{}</details>\n<details><summary>{}</summary>{}</details>",
    ),
    *(
        "<details><summary>Hint</summary>{}</details>\n\n<details><summary>Answer</summary>\n\n{}"
        "\n\n</details>",
        "<details><summary>Solution 1</summary>{}</details>",
        "<details><summary>{}?</summary>\n\n{}",
        "1. {}?\n\n   {}\n\n   <details><summary>Answer</summary>{}</details>\n\n   "
        "<details><summary>{}</summary>{}</details>",
    ),
    *(
        "{}[^a]\n\n[^a]: {}",
        "[^b]: {}",
        "{} =={}== {}",
        "{{{{c1::{}}}}} {}",
        "<div>\n3. {}\n</div>",
    ),
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Return a document of random blocks, in which each word stands once."""
    number = count(1)
    blocks = draw(st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=12))
    texts = [block.format(*(f"w{next(number)}" for _ in range(8))) for block in blocks]
    style = draw(st.sampled_from(["", *(f"notes: {style}" for style in NoteStyle), "level: 2"]))
    front_matter = f"---\n{style}\n---\n" if style else ""
    return front_matter + "\n\n".join(texts) + "\n"


@given(documents())
@settings(max_examples=200, deadline=None)
def test_each_word_is_on_a_card_or_reported(text: str) -> None:
    """Whatever a file consists of, each word is in a field or on a line that is reported."""
    assert lost_words(text) == []


@given(documents())
@settings(max_examples=100, deadline=None)
def test_no_word_is_on_a_card_and_left_out(text: str) -> None:
    """The account counts each word once: those on cards, and those that are left out."""
    file = parse_notes(text, "x.md")
    assume(not has_errors(file.problems))  # such as a footnote that is defined twice
    blocks = [block for note in file.notes for field in note.fields() for block in field]
    shown = set(WORD.findall(" ".join(str(token.get("raw", "")) for token in walk(blocks))))
    whole = set(WORD.findall(text))
    left_out = sum(omission.words for omission in file.account.omissions)
    assert left_out >= len(whole - shown)
    assert file.account.words >= len(shown)


def lost_words(text: str) -> list[tuple[str, str]]:
    """Return the words of a random document that are in no field and on no reported line.

    Each comes with its line.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.md"
        path.write_text(text, encoding="utf-8")
        prepared = build(path)
    assume("defined twice" not in str(prepared.problems))  # an error: nothing is written
    shown = set(WORD.findall(fields_of(prepared)))
    reported = set(reported_lines(prepared))
    return [
        (line, word)
        for number, line in enumerate(text.split("\n"), 1)
        for word in WORD.findall(line)
        if word not in shown and number not in reported
    ]


def build(path: Path) -> Prepared:
    """Return a file as it is before it is packed, without MathJax and pictures."""
    return prepare(*open_lone_source(path), 1_700_000_000, typeset=trust, draw=draw_nothing)


def fields_of(prepared: Prepared) -> str:
    """Return what Anki stores of all notes, character references decoded, and their own tags."""
    fields = (field for each in prepared.rendered for field in each.fields.values())
    tags = (tag for each in prepared.rendered for tag in each.note.tags)
    return html.unescape(" ".join((*fields, *tags)))


def reported_lines(prepared: Prepared) -> Iterator[int]:
    """Yield the lines that are reported as left out, or as wrong."""
    for account in prepared.accounts:
        for lines in (lines for omission in account.omissions for lines in omission.lines):
            yield from range(lines.first, lines.last + 1)
    wrong = (problem for problem in prepared.problems if problem.level is Level.ERROR)
    yield from (problem.location.line for problem in wrong)


@pytest.mark.parametrize("name", NAMES)
def test_no_word_of_a_case_is_lost(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each word of each case file is in a field or on a line that is reported."""
    path = CASES / f"{name}.md"
    monkeypatch.chdir(path.parent)
    prepared = build(Path(path.name))
    shown, reported = fields_of(prepared).casefold(), set(reported_lines(prepared))
    lines = enumerate(_without_markup(path.read_text(encoding="utf-8-sig")).split("\n"), 1)
    words = [(number, word) for number, line in lines for word in _WORDS.findall(line)]
    lost = [(number, word) for number, word in words if word.casefold() not in shown]
    assert [(number, word) for number, word in lost if number not in reported] == []


_WORDS = re.compile(r"[A-Za-z]{2,}|[\u3040-\u30ff\u4e00-\u9fff]")
_MARKUP = re.compile(
    "|".join(
        (
            r"\A---\n.*?\n(?:---|\.\.\.)\n|\A\+\+\+\n.*?\n\+\+\+\n",  # front matter
            r"<summary>(?:Answer|Show answer|View answer)</summary>",
            r"data:.*?(?:'|\))|\\label\{[^{}]*\}",
            r"<!--.*?-->|</?[A-Za-z][^<>]*>|&#?\w+;?",
            r"(?<=\])\((?:[^()\n]|\([^()]*\))*\)|^ *\[[^\]\n]+\]: *\S.*?$",  # addresses
            r"\[\^[^\]\n]+\]:?|\]\[[^\]\n]*\]|\[!\w+\]",
            r"^[ \t>\-*\d.)]*(?:```+|~~~+)[^\n]*",  # languages of code
            r"^\W*(?:Q|A|Question|Answer|Solution|问|答案|答)\d*\W*[:：]",
            r"^(?:#+ )?(?:Answer|Antwort|Solution)(?: \d+)?$",
        )
    ),
    re.S | re.M,
)


_OF_OBSIDIAN = re.compile(
    r"%%(?:[^%]|%(?!%))*%%|!\[\[[^\]\n]*\]\]|(?<=\[\[)[^\]|\n]*(?=\|)|(?<=\[\[)[^\]#\n]*#\^\w+"
    r"|(?<=\]-) Answer$|(?<=\[!)[\w-]+(?:\|\w+)?|\|\d+(?:x\d+)?(?=\])|^#[\w/]+$",
    re.M,
)
"""Markup of that dialect: comments, embeds, addresses of links, kinds of callouts, sizes."""


def _without_markup(text: str) -> str:
    """Return a text with markup blanked out, line by line as it was."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\ndialect: obsidian\n" in text:
        text = _OF_OBSIDIAN.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    return _MARKUP.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
