"""When each note and note type last changed: Anki takes only what is newer than what it has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from deckpress.lock.file import Lock, NoteEntry, NoteTypeEntry
from deckpress.lock.identity import Identity
from deckpress.notes import Kind, Note, plain_text


def digest(*texts: str) -> str:
    """Return a short digest of texts, in order."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]


def date_note(
    note: Note,
    identity: Identity,
    fields: Mapping[str, str],
    tags: Iterable[str],
    version: str,
    now: int,
) -> NoteEntry:
    """Return what learners will have of a note; its date moves only if its fields or tags did.

    `now` is in seconds since 1970. The date rises by a second at least, so that Anki, which
    takes only the newer, takes it.
    """
    stored = digest(*(f"{name}\x1e{text}" for name, text in fields.items()), *tags)
    old = identity.entry
    same = old is not None and old.fields == stored
    return NoteEntry(
        guid=identity.guid,
        id=identity.id,
        kind=note.kind.value,
        question=note.question_text,
        answer=digest(plain_text(note.answer)),
        fields=stored,
        mod=old.mod if old and same else max(now, old.mod + 1 if old else 0),
        added=old.added if old else version,
        changed=old.changed if old and same else version,
        key=identity.key,
    )


def date_note_type(lock: Lock, kind: Kind, schema: str, style: str, now: int) -> NoteTypeEntry:
    """Return what learners will have of a note type; its date moves only if it changed."""
    old = lock.note_type(kind.value)
    if old and (old.schema, old.style) == (schema, style):
        return old
    return NoteTypeEntry(kind.value, schema, style, max(now, old.mod + 1 if old else 0))


def update_lock(
    lock: Lock, note_types: Iterable[NoteTypeEntry], notes: Iterable[NoteEntry], version: str
) -> Lock:
    """Return the lock after a build; notes that are gone stay in it as retired."""
    types = {entry.note_type: entry for entry in (*lock.note_types, *note_types)}
    now = {entry.guid: entry for entry in notes}
    gone = {
        entry.guid: replace(entry, retired=entry.retired or version)
        for entry in lock.notes
        if entry.guid not in now
    }
    return replace(lock, note_types=tuple(types.values()), notes=tuple((gone | now).values()))
