"""Which note of the lock each note is, however its author moved or edited it."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deckpress.lock.file import Lock, NoteEntry
from deckpress.notes import Note


@dataclass(frozen=True)
class Identity:
    """Which note a note is."""

    guid: str
    id: str
    key: str
    entry: NoteEntry | None
    """What learners have of it; None for a new note."""


def identify(lock: Lock, notes: Sequence[Note]) -> tuple[Identity, ...]:
    """Return which note of the lock each note is: by its id, then by an equal question.

    A note that the lock does not know is new, and its GUID hangs on the deck's id and its own id,
    or the question that it has now. A note whose kind changed is new as well: Anki would not put it
    under another note type (`rslib/src/import_export/package/apkg/import/notes.rs`).
    """
    finder = _Finder(lock)
    found: dict[int, NoteEntry] = {}
    for find in (finder.by_id, finder.by_question):
        for at, note in enumerate(notes):
            if at not in found and (entry := find(note)):
                found[at] = entry
    return tuple(
        _known(note, found[at]) if at in found else finder.make_new(note)
        for at, note in enumerate(notes)
    )


def find_retired(lock: Lock, identities: Iterable[Identity]) -> list[NoteEntry]:
    """Return the notes of the last build that are none of these."""
    kept = {identity.guid for identity in identities}
    return [entry for entry in lock.notes if entry.guid not in kept and not entry.retired]


class _Finder:
    """Gives each entry of the lock to one note at most."""

    def __init__(self, lock: Lock) -> None:
        self._deck = lock.deck
        self._free = {entry.guid: entry for entry in lock.notes}
        self._guids = set(self._free)
        self._ids = {entry.id for entry in lock.notes}
        self._by_id: dict[tuple[str, str], NoteEntry] = {}
        self._by_question: dict[tuple[str, str], list[NoteEntry]] = {}
        for entry in sorted(lock.notes, key=lambda entry: bool(entry.retired)):
            self._by_id.setdefault((entry.key or entry.id, entry.kind), entry)
            self._by_question.setdefault((entry.question, entry.kind), []).append(entry)

    def by_id(self, note: Note) -> NoteEntry | None:
        if note.id is None:
            return None
        return self._take(self._by_id.get((note.id, note.kind.value)))

    def by_question(self, note: Note) -> NoteEntry | None:
        """An entry with an id of the author's own is not found by its question under another id."""
        for entry in self._by_question.get((note.question_text, note.kind.value), ()):
            is_free = note.id is None or not entry.key
            if is_free and (taken := self._take(entry)):
                return taken
        return None

    def _take(self, entry: NoteEntry | None) -> NoteEntry | None:
        return self._free.pop(entry.guid, None) if entry else None

    def make_new(self, note: Note) -> Identity:
        """Give a new note the first free GUID of those that its id or question lead to."""
        for attempt in range(len(self._ids) + 2):
            salt = f"#{attempt}" if attempt else ""
            note_id = note.id or _short_digest(self._deck, note.question_text + salt)
            guid = _guid(self._deck, note_id, note.kind.value + salt if salt else "")
            if guid not in self._guids and (note.id or note_id not in self._ids):
                break
        self._guids.add(guid)
        self._ids.add(note_id)
        return Identity(guid, note_id, "", None)


def _known(note: Note, entry: NoteEntry) -> Identity:
    key = note.id if note.id and note.id != entry.id else ""
    return Identity(entry.guid, entry.id, key, entry)


def _short_digest(deck: str, text: str) -> str:
    return hashlib.sha256(f"{deck}\x1f{text}".encode()).hexdigest()[:8]


def _guid(deck: str, note_id: str, salt: str) -> str:
    name = unicodedata.normalize("NFC", "\x1f".join((deck, note_id, salt)))
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()[:9]).decode()
