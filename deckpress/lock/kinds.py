"""Which entry of the lock a note was before it became a cloze note, or a cloze became a note."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from deckpress.lock.entries import NoteEntry
from deckpress.lock.likeness import fold
from deckpress.notes import Kind, Note

_BEGINNING = 6
"""So many characters at least must be the same."""


def find_beginnings(
    notes: Mapping[int, Note], entries: Iterable[NoteEntry]
) -> dict[int, NoteEntry]:
    """Return for each note the entry that it may be, become a cloze note or no longer one."""
    by_beginning: dict[str, list[NoteEntry]] = defaultdict(list)
    for entry in entries:
        by_beginning[_beginning(entry.question)].append(entry)
    return {
        at: entry
        for at, note in notes.items()
        for entry in by_beginning.get(_beginning(note.question_text), ())
        if _begins_alike(entry, note)
    }


def _beginning(question: str) -> str:
    return fold(question)[:_BEGINNING]


def _begins_alike(entry: NoteEntry, note: Note) -> bool:
    old, new = sorted((fold(entry.question), fold(note.question_text)), key=len)
    is_cloze = Kind.CLOZE in (entry.kind, note.kind)
    return old == new or (is_cloze and len(old) >= _BEGINNING and new.startswith(old))
