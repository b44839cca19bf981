"""A diff as one page of HTML that needs no network: for reading a change before it goes out."""

from __future__ import annotations

from importlib.resources import files
from string import Template

from deckpress.diff import Diff
from deckpress.diff.diff_html import DiffHtml, Files, escape_text
from deckpress.diff.sections import sections, summarise
from deckpress.languages import guess_language


def as_html(diff: Diff, title: str, language: str, shown: Files | None = None) -> str:
    """Return a diff as a page by itself; `language` is the notes', a BCP 47 tag."""
    page, parts = DiffHtml(language, shown), sections(diff)
    return Template(_read("page.html")).substitute(
        title=escape_text(title),
        style=f"{_read('page.css').strip()}\n{diff_style()}",
        glyphs=page.glyphs(),
        summary=escape_text(summarise(parts, diff.unchanged)),
        sections="\n".join(map(page.section, parts)),
    )


def diff_style() -> str:
    """Return the style sheet of what `DiffHtml` writes."""
    return _read("diff.css").strip()


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def language_of(diff: Diff) -> str:
    """Return the BCP 47 tag of the language that most of the notes are in, told by letters."""
    notes = (*diff.added, *diff.retired, *(change.new for change in diff.changed))
    return guess_language("\n".join(note.title for note in notes))
