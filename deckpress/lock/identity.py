"""Which note of the lock each note is, however its author moved or edited it."""

from __future__ import annotations

import base64
import hashlib
import itertools
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from deckpress.errors import Problem
from deckpress.lock.digests import short_digest
from deckpress.lock.doubts import is_declared_new, kind_changed, tell_doubts
from deckpress.lock.entries import Lock, NoteEntry
from deckpress.lock.likeness import fold, question_likeness, sketch
from deckpress.lock.resemblance import SURE, clear_winners, find_pairs
from deckpress.notes import Kind, Note, plain_text

_TELLING_LENGTH = 12
"""An answer of fewer characters may well be the answer to another question."""
_SOMEWHAT_ALIKE = 0.6
"""How alike two questions of one short answer must be, to be one question reworded."""


class Found(StrEnum):
    """How a note was found in the lock."""

    ID = "id"
    QUESTION = "question"
    ANSWER = "answer"
    LIKENESS = "likeness"


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


def identify(lock: Lock, notes: Sequence[Note]) -> tuple[tuple[Identity, ...], list[Problem]]:
    """Return which note of the lock each note is, and what is not sure about it.

    Each entry goes to one note at most. A note is found, in this order, by

    1. its id, whatever it asks;
    2. an equal question;
    3. an equal answer that no other note has, if the answer is long enough to tell, or the question
       is somewhat alike;
    4. the question that it had when it was new;
    5. likeness, if one candidate clearly wins (`resemblance.clear_winners`).

    Retired entries are found by the first four, where no other entry is. A note that is like an
    entry, but not clearly, is an error that names the candidates, with the id that makes it a new
    note whatever it is like. So is one that is clearly like an entry but has an id that the lock
    does not know, and a changed kind: Anki does not put a note under another note type
    (`rslib/src/import_export/package/apkg/import/notes.rs`). Any other note is new, and its GUID
    hangs on the deck's id and its own id, or the question that it has now.
    """
    finder = _Finder(lock, notes)
    for step in (
        *(finder.by_id, finder.by_question, finder.by_answer, finder.by_question),
        finder.by_first_question,
    ):
        step()
    doubts = [*finder.by_likeness(), *finder.by_other_kind()]
    return finder.identities(), doubts


def find_retired(lock: Lock, identities: Iterable[Identity]) -> list[NoteEntry]:
    """Return the notes of the last build that are none of these."""
    kept = {identity.guid for identity in identities}
    return [entry for entry in lock.notes if entry.guid not in kept and not entry.retired]


class _Finder:
    """Gives each entry of the lock to one note at most, one step after the other."""

    def __init__(self, lock: Lock, notes: Sequence[Note]) -> None:
        self._deck, self._notes = lock.deck, notes
        self._entries = sorted(lock.notes, key=lambda entry: (bool(entry.retired), entry.guid))
        self._taken: set[str] = set()
        self._found: dict[int, tuple[NoteEntry, Found]] = {}

    def _unfound(self) -> Iterator[tuple[int, Note]]:
        return ((at, note) for at, note in enumerate(self._notes) if at not in self._found)

    def _open_notes(self) -> Iterator[tuple[int, Note]]:
        """Yield the notes still to be found, without those that their author says are new."""
        return ((at, one) for at, one in self._unfound() if not is_declared_new(self._deck, one))

    def _open_entries(self) -> Iterator[NoteEntry]:
        return (entry for entry in self._entries if entry.guid not in self._taken)

    def _take(self, at: int, entry: NoteEntry, found: Found) -> None:
        self._taken.add(entry.guid)
        self._found[at] = (entry, found)

    def by_id(self) -> None:
        """Take the entry that has a note's id, or if none has it, the one that had it first."""
        for id_of in (_author_id, _first_id):
            entries: dict[str, NoteEntry] = {}
            for entry in self._entries:
                entries.setdefault(id_of(entry).casefold(), entry)
            for at, note in list(self._unfound()):
                named = entries.get((note.id or "").casefold())
                if named and named.guid not in self._taken and _may_be(named, note):
                    self._take(at, named, Found.ID)

    def by_question(self) -> None:
        """Take the entry that alone asks what a note asks.

        Case, blanks, and the width of letters and marks make no other question.
        """
        self._match(_group(self._unfound(), lambda note: note.question_text), _question)
        folded = _group(self._open_notes(), lambda note: fold(note.question_text))
        self._match(folded, lambda entry: fold(entry.question))

    def by_first_question(self) -> None:
        """Take the entry whose ID was made of the question that a note asks."""
        digest = _group(
            self._open_notes(), lambda note: short_digest(self._deck, note.question_text)
        )
        self._match(digest, _first_id)

    def _match(
        self, notes: Mapping[str, Sequence[int]], text_of: Callable[[NoteEntry], str]
    ) -> None:
        """Take the entries whose text alone is that of a note; `notes` are known by theirs."""
        entries: dict[str, list[NoteEntry]] = defaultdict(list)
        for entry in self._open_entries():
            entries[text_of(entry)].append(entry)
        for text, at in notes.items():
            fitting = [each for each in entries[text] if _may_be(each, self._notes[at[0]])]
            current = [each for each in fitting if not each.retired] or fitting
            if len(at) == len(current) == 1:
                self._take(at[0], current[0], Found.QUESTION)

    def by_answer(self) -> None:
        """Take the entry that alone has a note's answer; a retired one only if no other does."""
        current = [entry for entry in self._entries if not entry.retired]
        retired = [entry for entry in self._entries if entry.retired]
        for pool in (current, retired):
            known = Counter(entry.answer for entry in pool if entry.answer)
            free = {entry.answer: entry for entry in pool if entry.guid not in self._taken}
            for drawn, at in _group(self._open_notes(), _answer).items() if free else ():
                note, same = self._notes[at[0]], free.get(drawn)
                is_sole = len(at) == known[drawn] == 1
                if same and is_sole and _may_be(same, note) and _is_telling(note, same):
                    self._take(at[0], same, Found.ANSWER)

    def by_likeness(self) -> Iterator[Problem]:
        """Take the entries of the last build that are clearly most alike; yield the doubtful."""
        notes = dict(self._open_notes())
        entries = [entry for entry in self._open_entries() if not entry.retired]
        pairs = [
            pair
            for pair in find_pairs(notes, entries, _may_be)
            if notes[pair.at].id is None or pair.score >= SURE
        ]
        clear, doubtful = clear_winners(pairs)
        for pair in clear:
            if notes[pair.at].id is None:
                self._take(pair.at, pair.entry, Found.LIKENESS)
            else:
                doubtful.append(pair)
        yield from tell_doubts(self._deck, self._notes, doubtful)

    def by_other_kind(self) -> Iterator[Problem]:
        """Yield an error for each note that would be an entry but for its kind."""
        by_id = {
            each.casefold(): entry
            for entry in self._entries
            for each in (entry.id, entry.author_id)
        }
        left = [entry for entry in self._open_entries() if not entry.retired]
        open_notes = dict(self._open_notes())
        unnamed = {at: note for at, note in open_notes.items() if note.id is None}
        ids = {at: (note.id or "").casefold() for at, note in open_notes.items()}
        others = {at: by_id[each] for at, each in ids.items() if each in by_id}
        others |= _find_beginnings(unnamed, left)
        for pair in find_pairs(unnamed, left, lambda entry, note: not _may_be(entry, note)):
            if pair.score >= SURE:
                others.setdefault(pair.at, pair.entry)
        for at, entry in others.items():
            if entry.guid not in self._taken and not _may_be(entry, self._notes[at]):
                yield kind_changed(self._deck, self._notes[at], entry)

    def identities(self) -> tuple[Identity, ...]:
        """Return the identity of every note, new ones for those that were not found."""
        guids = {entry.guid for entry in self._entries}
        ids = {entry.id.casefold() for entry in self._entries}  # as Anki's search compares them
        return tuple(
            _known(note, *self._found[at])
            if at in self._found
            else self._make_new(note, guids, ids)
            for at, note in enumerate(self._notes)
        )

    def _make_new(self, note: Note, guids: set[str], ids: set[str]) -> Identity:
        """Give a new note the first free ID, and GUID, of those its id or question lead to."""
        digests = (
            short_digest(self._deck, note.question_text + (f"#{at}" if at else ""))
            for at in itertools.count()
        )
        wanted = itertools.chain([note.id] if note.id else [], digests)
        made = ((note_id, _guid(self._deck, note_id)) for note_id in wanted)
        note_id, guid = next(
            (note_id, guid)
            for note_id, guid in made
            if note_id.casefold() not in ids and guid not in guids
        )
        ids.add(note_id.casefold())
        guids.add(guid)
        return Identity(guid, note_id, _key(note, note_id), None)


def _may_be(entry: NoteEntry, note: Note) -> bool:
    return entry.kind == note.kind or (not entry.kind and note.kind is not Kind.CLOZE)


def _question(entry: NoteEntry) -> str:
    return entry.question


def _author_id(entry: NoteEntry) -> str:
    return entry.author_id


def _first_id(entry: NoteEntry) -> str:
    return entry.id


def _answer(note: Note) -> str:
    return sketch(plain_text(note.answer))


def _group(
    notes: Iterable[tuple[int, Note]], text_of: Callable[[Note], str]
) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for at, note in notes:
        groups[text_of(note)].append(at)
    return groups


def _is_telling(note: Note, entry: NoteEntry) -> bool:
    """Say whether an equal answer is enough to tell that a note is an entry."""
    if len(fold(plain_text(note.answer))) >= _TELLING_LENGTH:
        return True
    return question_likeness(fold(entry.question), fold(note.question_text)) >= _SOMEWHAT_ALIKE


def _find_beginnings(
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
    return fold(question)[: _TELLING_LENGTH // 2]


def _begins_alike(entry: NoteEntry, note: Note) -> bool:
    old, new = sorted((fold(entry.question), fold(note.question_text)), key=len)
    is_cloze = Kind.CLOZE in (entry.kind, note.kind)
    return old == new or (is_cloze and len(old) >= _TELLING_LENGTH // 2 and new.startswith(old))


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
