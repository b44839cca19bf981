"""The Obsidian dialect: no word is lost in it, nothing breaks it, and none but its files has it."""

from __future__ import annotations

import re
import tempfile
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.diagnostics import Severity
from deckpress.formulas import skip_formula_check
from deckpress.lock.store import BuildOptions
from deckpress.pipeline.prepare import prepare
from deckpress.project import Dialect, NoteStyle
from deckpress.project.opening import open_project, open_standalone
from tests.support.lost_words import BLOCKS, build, lost_words
from tests.support.observed_builds import draw_nothing
from tests.support.projects import PIXEL

DIALECT = "---\ndialect: obsidian\n---\n"

OBSIDIAN_BLOCKS = (
    *("[[{}]] {}", "[[note|{}]] {}", "[[note#{}]]", "[[#{}]]", "![[{}]]", "{} ![[{}#{}]] {}"),
    *("![[{}.png|300]]", "![[{}.png|{}|20]]", "![{}|20](https://a.example/b.png)", "![[#{}]]"),
    *("> [!question]- {}?\n> {}", "> [!faq] {}", "> [!help]\n> {}\n>\n> {}", "> [!question]"),
    *("> [!info] {}\n> {}", "> [!tip] {}", "> [!quote] {}\n> {}", "> [!my-kind|wide]+ {}\n> {}"),
    *("> [!question] {}\n> > [!success]- {}\n> > {}", "> [!todo]\n> > [!question] {}\n> > {}"),
    *("{}::{}", "{} ::: {}", "{}\n{}::{}\n{}", "- {}::{}\n  - {}\n- {}", "::{}", "{}::"),
    *("{}\n?\n{}", "{}\n??\n- {}\n- {}", "?\n{}", "{}\n?", "?", "{}\n\n?\n\n{}", "{}\n?\n{}\n---"),
    *("#{}", "#{}/{} {}", "{} #{}", "#card", "#flashcards/{}\n{}::{}", "## {} #card", "- #{}"),
    *("{} #card\n{}", "{} #card", "- {} #card\n  - {}\n  - {}", "> [!note] {} #card\n> {}"),
    *("{} ^id", "^id", "{}\n^id", "{} %%hidden%% {}", "{} 100%% {}"),
    *("- {}::{}\n- ## {}\n\n  {}",),
    *("| {}::{} | [[a\\|{}]] |\n|-|-|\n| #{} | ![[{}]] |", "1. {}::{}\n\n   ?\n\n   {}"),
)


_COMMENT = "%%\nhidden\n\nhidden\n%%"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Return a document of random blocks in the dialect, in which each word stands once."""
    number = count(1)
    between = draw(st.sampled_from(["\n\n", "\n\n", "\n"]))
    known = OBSIDIAN_BLOCKS if between == "\n" else (*OBSIDIAN_BLOCKS, *BLOCKS, _COMMENT)
    blocks = draw(st.lists(st.sampled_from(known), min_size=1, max_size=10))
    texts = [block.format(*(f"w{next(number)}" for _ in range(8))) for block in blocks]
    style = draw(st.sampled_from(["", *(f"notes: {style}\n" for style in NoteStyle)]))
    return f"---\ndialect: obsidian\n{style}---\n{between.join(texts)}\n"


@given(documents())
@settings(max_examples=150)
def test_each_word_of_the_dialect_is_on_a_card_or_reported(text: str) -> None:
    """Whatever a vault's file consists of, each word is on a card, a tag, or reported."""
    assert [word for line, word in lost_words(text) if not _is_only_tags(line)] == []


def _is_only_tags(line: str) -> bool:
    """Return whether a line is nothing but tags, which are those of the notes below, if any."""
    return re.fullmatch(r"(?:[->|\s]*#[\w/]+)+[\s|]*", line) is not None


PIECES = (
    *("[[", "]]", "![[", "|", "#", "^", "%%", "::", ":::", "?", "??", "[!question]", "[!", "]-"),
    *("> ", "- ", "1. ", "## ", "\n", "\n\n", " ", "a", "b", "a.png", "x.md", "300", "300x200"),
    *("![[#a]]", "![[x]]", "## a\n", "[^a]: ![[x#a]]\n", "^id", "![[#^id]]", "a [^a]"),
    *("#card", "#a/b", "\\", "`", "```", "$", "$$", "{{c1::", "}}", "==", "<b>", "<!--", "-->"),
    *(
        "![",
        "](",
        ")",
        "[",
        "]",
        "<!--SR:!2023-09-19,3,250-->",
        "[^a]",
        "[^a]: ",
        "| a | b |\n|-|-|",
    ),
)


@given(
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.sampled_from([Dialect.GITHUB, Dialect.OBSIDIAN]),
    st.sampled_from(list(NoteStyle)),
)
@settings(max_examples=150)
def test_nothing_breaks_the_dialect(text: str, dialect: Dialect, style: NoteStyle) -> None:
    """Whatever stands in a file, it is read, and each message has a line of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.md"
        path.write_text(f"---\ndialect: {dialect}\nnotes: {style}\n---\n{text}\n")
        prepared = build(path)
    lines = text.count("\n") + 6
    assert all(0 <= diagnostic.location.line <= lines for diagnostic in prepared.diagnostics)


def test_a_note_is_shown_in_another_with_its_pictures_and_footnotes(tmp_path: Path) -> None:
    """What is embedded is on the card, wherever its files lie, and is reported where it stands."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a/dot.png").write_bytes(PIXEL)
    (tmp_path / "a/other.markdown").write_text("x ![dot](dot.png) $y$[^f] <b>\n\n[^f]: z {{c1:\n")
    (tmp_path / "notes.md").write_text(f"{DIALECT}# Q\n\n![[other]]\n\n# R\n\n![[other]]\n")
    project, diagnostics = open_standalone(tmp_path / "notes.md")
    prepared = prepare(
        project, diagnostics, 1_700_000_000, typeset=skip_formula_check, draw=draw_nothing
    )
    for rendered in prepared.rendered:
        assert '<img src="dot-' in rendered.fields["Answer"]
        assert rendered.fields["Source"] == "z &#123;{c1:"
    messages = [str(diagnostic).removeprefix(f"{tmp_path}/") for diagnostic in prepared.diagnostics]
    assert [message.split(" ")[0] for message in messages] == [
        "a/other.markdown:3:9:",
        "notes.md:6:1:",
        "notes.md:10:1:",
    ]


def test_a_note_that_is_not_there_may_be_done_without(tmp_path: Path) -> None:
    """A missing note stops a build as a missing picture does, unless that only warns."""
    (tmp_path / "notes.md").write_text(f"{DIALECT}# Q\n\na ![[other]]\n")
    for level in (Severity.ERROR, Severity.WARNING):
        project, diagnostics = open_standalone(tmp_path / "notes.md")
        options = BuildOptions(missing_media=level)
        prepared = prepare(
            project, diagnostics, 1_700_000_000, options=options, typeset=skip_formula_check
        )
        assert [diagnostic.severity for diagnostic in prepared.diagnostics] == [level]
        assert prepared.rendered[0].fields["Answer"] == "a other"


def test_texts_that_show_each_other_twice_do_not_grow_for_ever(tmp_path: Path) -> None:
    """Five levels of notes that each show the next one many times are cut at a limit."""
    for level in range(1, 6):
        inner = f"![[n{level + 1}]]\n\n" * 30 if level < 5 else "word " * 500
        (tmp_path / f"n{level}.markdown").write_text(inner)
    (tmp_path / "notes.md").write_text(f"{DIALECT}# Q\n\n![[n1]]\n")
    project, diagnostics = open_standalone(tmp_path / "notes.md")
    prepared = prepare(project, diagnostics, 1_700_000_000, typeset=skip_formula_check)
    assert len(prepared.rendered[0].fields["Answer"]) < 2_000_000
    assert any(
        "more than 1,000,000 characters" in str(diagnostic) for diagnostic in prepared.diagnostics
    )


@pytest.mark.parametrize("style", ["tagged", "cards"])
def test_a_project_may_be_a_vault(project: Path, style: str) -> None:
    """deck.toml says the dialect of all files; files without a note are none of its business."""
    settings_file = project / "source/deck.toml"
    said = f'dialect = "obsidian"\nnotes = "{style}"\n'
    settings_file.write_text(settings_file.read_text().replace("[deck]\n", f"[deck]\n{said}"))
    (project / "source/notes.md").write_text("a::b #card\n")
    (project / "source/prose.md").write_text("Some prose.\n")
    opened, diagnostics = open_project(project)
    prepared = prepare(opened, diagnostics, 1_700_000_000, typeset=skip_formula_check)
    assert [rendered.fields["Question"] for rendered in prepared.rendered] == ["a"]
    assert not [
        diagnostic for diagnostic in prepared.diagnostics if diagnostic.severity is Severity.ERROR
    ]
    assert (style == "tagged") == (not prepared.diagnostics)
