"""Which form a file has, and that no edit takes from learners what they have in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deckpress.diagnostics import Severity
from deckpress.formulas import skip_formula_check
from deckpress.lock.lock_file import format_lock
from deckpress.notes.builder import parse_notes
from deckpress.pipeline import Prepared
from deckpress.pipeline.prepare import prepare
from deckpress.project import Dialect, NoteStyle, Reading
from deckpress.project.opening import open_project
from tests.support.cases import CASES
from tests.support.observed_builds import draw_nothing
from tests.support.projects import DECK_TOML, write

QUESTIONS = "1. What is a source?\n\n   A beginning.\n\n2. What is a mouth?\n\n   An end.\n"
CHAPTERS = "\n".join(f"## What is river {number}?\n\nA long one.\n" for number in range(9))


def build(project: Path) -> Prepared:
    """Prepare a project, and write its lock."""
    prepared = prepare(
        *open_project(project), 1_760_000_000, typeset=skip_formula_check, draw=draw_nothing
    )
    assert not prepared.has_errors(strict=False)
    (project / "source/deck.lock").write_text(format_lock(prepared.after), encoding="utf-8")
    return prepared


def style_of(prepared: Prepared) -> NoteStyle:
    """Return the form of the only file."""
    (account,) = prepared.accounts
    return account.style


def test_a_form_that_learners_know_stays(project: Path) -> None:
    """However much else a file asks later, the notes that learners have stay what they are."""
    write(project, {"source/notes.md": QUESTIONS})
    first = build(project)
    write(project, {"source/notes.md": f"{QUESTIONS}\n{CHAPTERS}"})
    after = build(project)
    assert (style_of(first), style_of(after)) == (NoteStyle.LIST, NoteStyle.LIST)
    assert not after.retired
    hints = [
        diagnostic.message
        for diagnostic in after.diagnostics
        if diagnostic.severity is Severity.HINT
    ]
    assert hints[0].startswith("took 2 list items; 9 headings look like questions: ")


def test_a_form_that_nobody_knows_is_found_anew(project: Path) -> None:
    """A file that learners have nothing of is read for itself."""
    write(project, {"source/notes.md": f"{QUESTIONS}\n{CHAPTERS}"})
    assert style_of(build(project)) is NoteStyle.HEADINGS


def test_the_author_settles_the_form(project: Path) -> None:
    """What deck.toml says counts for all files, and what a file says for more."""
    settings = DECK_TOML + 'notes = "headings"\nlevel = 2\n'
    write(project, {"source/deck.toml": settings, "source/notes.md": f"# T\n\n{CHAPTERS}"})
    assert len(build(project).notes) == 9
    write(project, {"source/notes.md": f"---\nnotes: list\n---\n{QUESTIONS}\n{CHAPTERS}"})
    prepared = build(project)
    assert (style_of(prepared), len(prepared.notes)) == (NoteStyle.LIST, 2)


@pytest.mark.parametrize("style", [known for known in NoteStyle if known is not NoteStyle.AUTO])
def test_each_form_can_be_said(style: NoteStyle, project: Path) -> None:
    """A form that the author says is taken, also where another would give more notes."""
    dialect = "dialect: obsidian\n" if style.is_of_obsidian else ""
    write(project, {"source/notes.md": f"---\n{dialect}notes: {style}\n---\n{QUESTIONS}"})
    prepared = prepare(
        *open_project(project), 1_760_000_000, typeset=skip_formula_check, draw=draw_nothing
    )
    assert style_of(prepared) is style


BULLETS = "# Cells\n\n- What is a cell?\n  - A unit.\n- What is a nucleus?\n  - A place.\n"
EDITS = {
    "a line above a list": ("1. Alpha\n\n   a\n\n2. Beta\n\n   b\n", "Terms used:\n\n{}"),
    "a title of answers": ("1. Alpha\n\n   a\n\n2. Beta\n\n   b\n", "# Answers\n\n{}"),
    "numbers of headings": ("## Alpha\n\na\n\n### Origin\n\nb\n\n## Beta\n\nc\n", None),
    "headings that ask": (
        "## Alpha\n\na\n\n### Origin\n\nb\n",
        "{}\n## What is c?\n\nc\n\n## Why d?\n\nd\n",
    ),
    "a title with a text": ("# Topic\n\nText.\n", "{}\n## What is c?\n\nc\n\n## What is d?\n\nd\n"),
    "a bold line that asks": (
        "**Alpha**\n\na\n\n**Beta:**\n\nb\n",
        "{}\n**What is delta?**\n\nd\n",
    ),
    "a page": ("Text one.\n", "{}\n## What is x?\n\ny\n\n## What is z?\n\ny\n"),
    "a reading list": (BULLETS, "{}\n## Further reading\n\n1. Alberts\n2. Campbell\n"),
    "a numbered question": (BULLETS, "{}\n## More\n\n1. What is a tissue?\n\n   Cells.\n"),
    "steps above bullets": (BULLETS, "In this order:\n\n1. read\n2. learn\n\n{}"),
    "headings that do not ask": (
        "## What is a?\n\na\n\n### Form\n\nb\n\n## What is c?\n\nd\n",
        "{}\n## Glossary\n\nWords.\n\n## Sources\n\nBooks.\n\n## Thanks\n\nTo all.\n",
    ),
    "an overview by bullets": (
        "# T\n\n**What is a cat?**\n\nAn animal.\n\n**What is a dog?**\n\nA friend.\n",
        "In this file:\n\n- What is a cat?\n- What is a dog?\n\n{}",
    ),
    "a list above definitions": (
        "- What is a cat?\n  : An animal.\n- What is a dog?\n  : A friend.\n",
        "1. Read slowly\n2. Answer aloud\n\n{}",
    ),
    "a chapter on solutions": (
        "# Mixtures\n\n1. What is a?\n\n   b\n\n2. What is c?\n\n   d\n",
        "{}\n# Solutions\n\n1. What is e?\n\n   f\n\n2. What is g?\n\n   h\n",
    ),
    "a term that is a label": (
        "# T\n\n## Mixture\n\na\n\n## Suspension\n\nb\n",
        "{}\n## Solution\n\nc\n",
    ),
    "a question without its answer in the key": (
        "1. What is a?\n2. What is b?\n\n## Answers\n\n1. c\n2. d\n",
        "1. What is a?\n2. What is b?\n3. What is e?\n\n## Answers\n\n1. c\n2. d\n",
    ),
    "an overview": (
        "**What is JSX?**\n\nMarkup.\n\n**What is a hook?**\n\nA function.\n",
        "1. What is JSX?\n2. What is a hook?\n\n{}",
    ),
    "equal summaries": (
        "<details><summary>Alpha</summary>a</details>\n\n<details><summary>Beta</summary>b</details>\n",
        "{}\n## Two\n\n<details><summary>Alpha</summary>c</details>\n",
    ),
}
"""A file, and what it becomes."""


@pytest.mark.parametrize("name", EDITS)
def test_no_edit_of_other_lines_retires_a_note(name: str, project: Path) -> None:
    """What learners know as a question of a file asks for good, whatever else is written there."""
    before, edit = EDITS[name]
    after = edit.format(before) if edit else before.replace("## Alpha", "## 1. Alpha")
    write(project, {"source/notes.md": before})
    build(project)
    write(project, {"source/notes.md": after})
    prepared = build(project)
    assert not prepared.retired
    assert not any(
        "part of its answer" in diagnostic.message for diagnostic in prepared.diagnostics
    )


def test_a_page_that_becomes_questions_is_reported(project: Path) -> None:
    """Where a page keeps its only note, its author reads how to get the others."""
    write(project, {"source/notes.md": "# Rivers\n\nTo be filled.\n"})
    build(project)
    write(project, {"source/notes.md": f"# Rivers\n\n{QUESTIONS}"})
    (hint,) = (
        diagnostic
        for diagnostic in build(project).diagnostics
        if diagnostic.severity is Severity.HINT
    )
    assert hint.message.startswith("took 1 heading; 2 list items look like questions: write notes:")


def test_a_file_that_is_renamed_keeps_its_form(project: Path) -> None:
    """A new name is known by the notes of the old one, however much is added with it."""
    write(project, {"source/notes.md": QUESTIONS})
    build(project)
    (project / "source/notes.md").unlink()
    write(project, {"source/rivers.md": f"{QUESTIONS}\n{CHAPTERS}"})
    assert not build(project).retired


CASE_FILES = sorted(CASES.rglob("*.md"))


@pytest.mark.parametrize("path", CASE_FILES, ids=lambda path: path.relative_to(CASES).as_posix())
def test_a_second_build_loses_no_note(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked when nothing was known is asked again, now that learners have it."""
    monkeypatch.chdir(path.parent)  # whose files are looked through for what the notes name
    text = path.read_text(encoding="utf-8")
    for dialect in Dialect:
        first = parse_notes(text, "x.md", Reading(dialect=dialect)).notes
        known = sorted(note.question_text for note in first)
        second = parse_notes(text, "x.md", Reading(dialect=dialect), known).notes
        assert [note.question_text for note in second] == [note.question_text for note in first]
