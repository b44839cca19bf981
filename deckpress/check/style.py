"""All notes → matters of style: how Chinese is set, and what the deck calls things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deckpress.check.prose import read_prose
from deckpress.check.terms import check_terms
from deckpress.errors import Problem
from deckpress.notes import Note
from deckpress.project import Project


def check_style(notes: Iterable[Note], project: Project) -> Iterator[Problem]:
    """Yield what a careful author would write otherwise; it stops no build."""
    is_chinese = project.deck.language.lower().partition("-")[0] == "zh"
    if not (is_chinese or project.terms):
        return
    prose = [*read_prose(notes)]
    if is_chinese:
        from deckpress.check.typography import check_typography  # which English decks do not need

        yield from check_typography(prose)
    if project.terms:
        yield from check_terms(prose, project.terms)
