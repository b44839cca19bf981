"""What a deck calls otherwise than it wants to is told of, wherever a learner reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import run, without_counts
from tests.support.projects import DECK_TOML, PIXEL, write

TERMS = """
[terms]
"隐藏状态" = ["隐状态", "状态向量", "隐层  状态"]
"隐藏状态向量" = ["隐向量"]
"word vector" = ["word embedding", "vector of a word"]
LSTM = ["lstm", "C++"]
"""

AVOIDED = {
    "隐状态": [(1, "隐状态", "隐藏状态")],
    "旧的**隐**状态与状态向量": [(5, "隐状态", "隐藏状态"), (11, "状态向量", "隐藏状态")],
    "隐藏状态向量与隐藏状态": [],
    "隐藏状态（隐状态）与隐藏状态（如隐状态）": [(17, "隐状态", "隐藏状态")],
    "a word vector (word embedding)": [],
    "隐层\n   状态": [],
    "隐层 状态": [(1, "隐层 状态", "隐藏状态")],
    "a word\n   embedding": [(3, "word embedding", "word vector")],
    "sword embedding, word embeddings, Word embedding": [],
    "word_embedding `word embedding` $lstm$ https://lstm.org <lstm@a.org>": [],
    "an lstm, LSTM; lstms": [(4, "lstm", "LSTM")],
    "用lstm吗": [(2, "lstm", "LSTM")],
    "C++ and C+++": [(1, "C++", "LSTM"), (9, "C++", "LSTM")],
    "[an lstm](https://lstm.org) ![lstm](a.png)": [(5, "lstm", "LSTM")],
    "{{c1::a::the lstm}}": [(14, "lstm", "LSTM")],
    "a \\*lstm&amp;lstm": [(5, "lstm", "LSTM"), (14, "lstm", "LSTM")],
}
"""By the text: column, word and term of each hint."""


@pytest.mark.parametrize("text", AVOIDED)
def test_an_avoided_word_is_told_of(text: str, project: Path) -> None:
    """The hint has its place and the term; code, addresses and parts of terms are spared."""
    write(project, {"source/deck.toml": DECK_TOML + TERMS, "source/a.png": PIXEL})
    write(project, {"source/notes.md": f"1. One?\n\n   Yes.\n\n   {text}\n"})
    done = run("check")
    assert done.exit_code == 0
    assert without_counts(done.stderr) == "".join(
        f'source/notes.md:5:{column + 3}: hint: "{word}": this deck says "{term}"\n'
        for column, word, term in AVOIDED[text]
    )


def test_every_field_is_looked_at(project: Path) -> None:
    """Headings, questions, tables, hints, extras and footnotes are read, and each once."""
    notes = (
        "# An lstm\n\n1. What is an lstm?[^1]\n\n   | lstm | b |\n   |---|---|\n   | c | lstm |\n\n"
        "   > [!TIP]\n   > lstm\n\n   > [!NOTE]\n   > - lstm\n\n2. And this?[^1]\n\n   Yes.\n\n"
        "[^1]: lstm\n"
    )
    write(project, {"source/deck.toml": DECK_TOML + TERMS, "source/notes.md": notes})
    rest = ': hint: "lstm": this deck says "LSTM"'
    assert without_counts(run("check").stderr) == (
        f"source/notes.md:1:6{rest}\nsource/notes.md:3:15{rest}\n"
        f"source/notes.md:5:6{rest} (and 4 more like it, in lines 7, 10, 13, 19)\n"
    )


def test_a_build_tells_of_terms_only_if_strict(project: Path) -> None:
    """What the deck calls things is a matter of style, and stops no build."""
    write(project, {"source/deck.toml": DECK_TOML + TERMS})
    write(project, {"source/notes.md": "1. One?\n\n   An lstm.\n"})
    assert (run("--quiet").stderr, run("--quiet").exit_code) == ("", 0)
    strict = run("--quiet", "--strict")
    assert (
        without_counts(strict.stderr)
        == 'source/notes.md:3:7: hint: "lstm": this deck says "LSTM"\n'
    )
    assert strict.exit_code == 0
