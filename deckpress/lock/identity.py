"""Which note of the lock each note is, however its author moved or edited it."""

from __future__ import annotations

import base64
import hashlib
import itertools
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial

from deckpress.errors import Problem
from deckpress.lock.digests import short_digest
from deckpress.lock.entries import Lock, NoteEntry
from deckpress.lock.finder import Finder, Found
from deckpress.lock.renewal import renew
from deckpress.lock.twins import id_under_headings
from deckpress.notes import Note


@dataclass(frozen=True)
class Identity:
    """Which note a note is."""

    guid: str
    id: str
    key: str
    entry: NoteEntry | None
    """What learners have of it; None for a new note."""
    found: Found | None = None
    """How it was found; None for a new note."""
    like: tuple[NoteEntry, ...] = ()
    """The retired notes that a new note is most like."""
    context: str = ""
    """What stands above its question, if that tells it from another one (`NoteEntry.context`)."""


def identify(lock: Lock, notes: Sequence[Note]) -> tuple[tuple[Identity, ...], list[Problem]]:
    """Return which note of the lock each note is, and what is not sure about it.

    Each entry goes to one note at most. A note is found, in this order, by

    1. its id, whatever it asks;
    2. an equal question: of several, the one under the same headings, or with the same answer;
    3. an equal answer that no other note has, and no other entry, living or retired, if the answer
       is long enough to tell, or the question is somewhat alike;
    4. the question that it had when it was new;
    5. likeness, if one candidate clearly wins (`resemblance.clear_winners`).

    Retired entries are found by the first four, where no other entry is. These are errors that name
    the candidates, with the id that makes it a new note whatever it is like:

    - a note that is like an entry, but not clearly, or that has an id that the lock does not know;
    - a note that is like a retired entry, in question and answer;
    - a note that has the question of one entry, and the answer of another that is asked no more;
    - a note that has the question of an entry of which the lock knows that it stood under other
      headings, and not its answer, unless it is clearly like it;
    - a note that has the id of an entry whose own note, without that id, is unchanged;
    - a changed kind: Anki does not put a note under another note type
      (`rslib/src/import_export/package/apkg/import/notes.rs`).

    Any other note is new, and its GUID depends on the deck's id and its own id, or the question
    that it has now, with the headings above if other notes ask the same.
    """
    finder = Finder(renew(lock, notes), notes)
    for step in (
        *(finder.by_id, finder.by_question, finder.by_answer, finder.by_question),
        finder.by_first_question,
    ):
        step()
    doubts = [*finder.by_likeness(), *finder.by_other_kind(), *finder.tell_claims()]
    names, as_written = _Names(lock, finder.twins), {entry.guid: entry for entry in lock.notes}
    found = {at: (as_written[entry.guid], how) for at, (entry, how) in finder.found.items()}
    identities = (
        _known(note, *found[at]) if at in found else names.make_new(note, finder.like.get(at, ()))
        for at, note in enumerate(notes)
    )
    twins = finder.twins | {entry.question for entry in lock.notes if entry.context}
    return tuple(map(partial(_with_context, twins), notes, identities)), doubts


def _with_context(twins: Set[str], note: Note, identity: Identity) -> Identity:
    """Return an identity with the note's place, if it has a twin, or once had one."""
    has_twin = note.question_text in twins or (identity.entry and identity.entry.context)
    return replace(identity, context=note.place) if has_twin else identity


def find_retired(lock: Lock, identities: Iterable[Identity]) -> list[NoteEntry]:
    """Return the notes of the last build that are none of these."""
    kept = {identity.guid for identity in identities}
    return [entry for entry in lock.notes if entry.guid not in kept and not entry.retired]


class _Names:
    """Gives new notes the IDs and GUIDs that no other note of the deck has, or had."""

    def __init__(self, lock: Lock, twins: Set[str]) -> None:
        self._deck, self._twins = lock.deck, twins
        self._guids = {entry.guid for entry in lock.notes}
        self._ids = {entry.id.casefold() for entry in lock.notes}  # as Anki's search compares them
        self._tried: Counter[tuple[str, str]] = Counter()

    def make_new(self, note: Note, like: tuple[NoteEntry, ...]) -> Identity:
        """Give a new note the first free ID, and GUID, of those its id or question lead to."""
        if note.id and self._is_free(note.id):
            return self._give(note, note.id, like)
        free = next(filter(self._is_free, self._ids_for(note)))
        return self._give(note, free, like)

    def _ids_for(self, note: Note) -> Iterator[str]:
        """Yield the IDs that a note may have, the best first."""
        if note.question_text not in self._twins:
            yield short_digest(self._deck, note.unmarked_question)
        asked = (note.unmarked_question, note.place)
        for at in itertools.count(self._tried[asked]):
            self._tried[asked] = at + 1  # what is taken once, is taken for good
            yield id_under_headings(self._deck, note, f"#{at}" if at else "")

    def _is_free(self, note_id: str) -> bool:
        is_taken = note_id.casefold() in self._ids or _guid(self._deck, note_id) in self._guids
        return not is_taken

    def _give(self, note: Note, note_id: str, like: tuple[NoteEntry, ...]) -> Identity:
        guid = _guid(self._deck, note_id)
        self._ids.add(note_id.casefold())
        self._guids.add(guid)
        return Identity(guid, note_id, _key(note, note_id), None, like=like)


def _known(note: Note, entry: NoteEntry, found: Found) -> Identity:
    """Return the identity of a note that was found; only one that was just adopted has no ID."""
    note_id = entry.id if entry.fields or not note.id else note.id
    return Identity(entry.guid, note_id, _key(note, note_id), entry, found)


def _key(note: Note, note_id: str) -> str:
    """Return the author's id, where it is not the ID that learners have."""
    return note.id if note.id and note.id != note_id else ""


def _guid(deck: str, note_id: str) -> str:
    name = unicodedata.normalize("NFC", "\x1f".join((deck, note_id, "")))
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()[:9]).decode()
