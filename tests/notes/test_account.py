"""No word of a file is lost in silence: it is on a card, or on a line that is reported."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deckpress.diagnostics import has_errors
from deckpress.markdown import walk
from deckpress.notes.builder import parse_notes
from deckpress.notes.coverage import words_on_cards
from deckpress.project import NoteStyle
from tests.support.cases import CASES, NAMES
from tests.support.lost_words import BLOCKS, WORD, build, fields_of, lost_words, reported_lines


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
@settings(max_examples=100)
def test_each_word_is_on_a_card_or_reported(text: str) -> None:
    """Whatever a file consists of, each word is in a field or on a line that is reported."""
    assert lost_words(text) == []


@given(documents())
@settings(max_examples=100)
def test_no_word_is_on_a_card_and_left_out(text: str) -> None:
    """The account counts each word once: those on cards, and those that are left out."""
    file = parse_notes(text, "x.md")
    assume(not has_errors(file.diagnostics))  # such as a footnote that is defined twice
    blocks = [block for note in file.notes for field in note.fields() for block in field]
    shown = set(WORD.findall(" ".join(token.raw for token in walk(blocks))))
    whole = set(WORD.findall(text))
    left_out = sum(omission.words for omission in file.account.omissions)
    assert left_out >= len(whole - shown)
    assert words_on_cards(file.notes) >= len(shown)


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
        text = _OF_OBSIDIAN.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    return _MARKUP.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
