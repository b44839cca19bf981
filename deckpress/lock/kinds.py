"""Which entry of the lock a note was before it became a cloze note, or a cloze became a note."""

from __future__ import annotations

from bisect import bisect_left
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
    entries = tuple(entries)
    all_, clozes = _Questions(entries), _Questions(e for e in entries if e.kind == Kind.CLOZE)
    found: dict[int, NoteEntry] = {}
    for at, note in notes.items():
        question = fold(note.question_text)
        begun = (all_ if note.kind is Kind.CLOZE else clozes).find_beginning(question)
        if entry := all_.find(question) or begun:
            found[at] = entry
    return found


class _Questions:
    """The questions of entries, folded, to be looked up by all of one or by its beginning."""

    def __init__(self, entries: Iterable[NoteEntry]) -> None:
        self._entries = {fold(entry.question): entry for entry in entries}
        self._sorted = sorted(self._entries)
        lengths = {len(question) for question in self._sorted}
        self._lengths = sorted((each for each in lengths if each >= _BEGINNING), reverse=True)

    def find(self, question: str) -> NoteEntry | None:
        """Return the entry of an equal question."""
        return self._entries.get(question)

    def find_beginning(self, question: str) -> NoteEntry | None:
        """Return the entry with which a question begins, or which begins with it; the nearest."""
        for length in self._lengths:
            if length < len(question) and question[:length] in self._entries:
                return self._entries[question[:length]]
        at = bisect_left(self._sorted, question)
        longer = self._sorted[at] if at < len(self._sorted) else ""
        is_begun = len(question) >= _BEGINNING and longer.startswith(question)
        return self._entries[longer] if is_begun else None
