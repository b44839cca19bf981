"""How faults are said: numbers with their nouns, notes by their questions."""

from __future__ import annotations

from collections.abc import Iterable

from deckpress.errors import quote
from deckpress.rehearse.state import NoteRow

_EXAMPLES = 3


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number and what is counted: `1 note`, `2 notes`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def examples(texts: Iterable[str]) -> str:
    """Return the first three different texts in quotes."""
    different = list(dict.fromkeys(texts))
    return ", ".join(different[:_EXAMPLES]) + (", …" if len(different) > _EXAMPLES else "")


def names(texts: Iterable[str]) -> str:
    """Return three texts at most, in quotes."""
    return examples(map(quote, texts))


def questions(notes: Iterable[NoteRow]) -> str:
    """Return three notes at most by their questions, cut to some words."""
    return examples(map(question, notes))


def question(note: NoteRow) -> str:
    """Return what a note asks, in quotes; its GUID where it has no text."""
    text = " ".join(note.question.split())
    return quote(text) if text else f"GUID {quote(note.guid)}"
