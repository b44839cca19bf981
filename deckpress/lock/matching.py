"""Which note of the lock each note is, however its author moved or edited it."""

from __future__ import annotations

import base64
import hashlib
import itertools
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from deckpress.diagnostics import Diagnostic, Diagnostics
from deckpress.lock import Lock, LockedNote, digest, short_digest
from deckpress.lock.match_steps import MatchedBy, Matcher
from deckpress.lock.similarity import DIGEST_DIGITS, fold, id_under_headings, sketch, text_digest
from deckpress.notes import Kind, Note, NoteText


def renew(lock: Lock, notes: Sequence[NoteText]) -> Lock:
    """Return a lock in which entries have the markers that their notes have.

    An entry's note is the only one that had its text; any other entry stays as it is.
    """
    questions, answers = _new_questions(notes), _new_answers(lock, notes)
    if not any(entry.question in questions or entry.answer in answers for entry in lock.notes):
        return lock
    asked = {fold(note.question_text): note for note in notes}
    entries = []
    for entry in lock.notes:
        question = questions.get(entry.question, entry.question)
        answer, of_note = answers.get(entry.answer, (entry.answer, None))
        is_its_own = asked.get(fold(question), of_note) is of_note
        entries.append(_with(entry, question, answer if is_its_own else entry.answer))
    return lock._replace(notes=tuple(entries))


def _new_questions(notes: Sequence[NoteText]) -> Mapping[str, str]:
    """Return questions as they are now by what they were in earlier locks."""
    pairs = [(former, note) for note in notes for former in note.former_questions]
    asked = {note.question_text for note in notes} if pairs else set()
    count = Counter(former for former, _ in pairs)
    return {
        former: note.question_text
        for former, note in pairs
        if count[former] == 1 and former not in asked
    }


def _new_answers(lock: Lock, notes: Sequence[NoteText]) -> Mapping[str, tuple[str, NoteText]]:
    """Return sketches of answers with their markers by what they were without them in a lock."""
    known = {entry.answer[:DIGEST_DIGITS] for entry in lock.notes}
    marked = [
        (sketch(note.unmarked_answer), note)
        for note in notes
        if note.unmarked_answer != note.answer_text and text_digest(note.unmarked_answer) in known
    ]
    count = Counter(drawn for drawn, _ in marked)
    return {
        drawn: (sketch(note.answer_text), note)
        for drawn, note in marked
        if drawn and count[drawn] == 1
    }


def _with(entry: LockedNote, question: str, answer: str) -> LockedNote:
    if (question, answer) == (entry.question, entry.answer):
        return entry
    return entry._replace(question=question, answer=answer)


class Identity(NamedTuple):
    """Which note a note is."""

    guid: str
    id: str
    key: str
    entry: LockedNote | None
    """What learners have of it; None for a new note."""
    matched_by: MatchedBy | None = None
    """How it was found; None for a new note."""
    like: tuple[LockedNote, ...] = ()
    """The retired notes that a new note is most like."""
    context: str = ""
    """What stands above its question, if that tells it from another one (`LockedNote.context`)."""


def identify(
    lock: Lock, notes: Sequence[NoteText], diagnostics: Diagnostics
) -> tuple[Identity, ...]:
    """Return which note of the lock each note is; add to `diagnostics` what is not sure about it.

    Each entry goes to one note at most. A note is found, in this order, by

    1. its id, whatever it asks;
    2. an equal question: of several, the one under the same headings, or with the same answer;
    3. an equal answer that no other note has, and no other entry, living or retired, if the answer
       is long enough to tell, or the question is somewhat alike;
    4. the question that it had when it was new;
    5. all but the text of one deletion, of a cloze note, if no other note says all but that;
    6. likeness, if one candidate clearly wins (`candidates.unambiguous_matches`).

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
    finder = Matcher(renew(lock, notes), notes)
    if lock.notes:
        diagnostics += _match(finder)
    names, as_written = _Names(lock, finder.twins), {entry.guid: entry for entry in lock.notes}
    twins = finder.twins | {entry.question for entry in lock.notes if entry.context}
    identities = []
    for index, note in enumerate(notes):
        if index in finder.matches:
            entry, how = finder.matches[index]
            identity = _known(note, as_written[entry.guid], how)
        else:
            identity = names.make_new(note, finder.like.get(index, ()))
        identities.append(_with_context(twins, note, identity))
    return tuple(identities)


def _match(finder: Matcher) -> Iterator[Diagnostic]:
    """Take one step after the other, and yield what is not sure."""
    for step in (
        *(finder.by_id, finder.by_question, finder.by_answer, finder.by_question),
        *(finder.by_first_question, finder.by_correction),
    ):
        step()
    yield from (*finder.by_similarity(), *finder.by_other_kind(), *finder.report_claims())


def _with_context(twins: Set[str], note: NoteText, identity: Identity) -> Identity:
    """Return an identity with the note's place, if it has a twin, or once had one."""
    has_twin = note.question_text in twins or (identity.entry and identity.entry.context)
    return identity._replace(context=note.place) if has_twin else identity


def find_retired(lock: Lock, identities: Iterable[Identity]) -> list[LockedNote]:
    """Return the notes of the last build that are none of these."""
    kept = {identity.guid for identity in identities}
    return [entry for entry in lock.notes if entry.guid not in kept and not entry.retired]


class _Names:
    """Gives new notes the IDs and GUIDs that no other note of the deck has, or had."""

    def __init__(self, lock: Lock, twins: Set[str]) -> None:
        self._deck, self._twins, self._entries = lock.deck, twins, lock.notes
        self._tried: Counter[tuple[str, str]] = Counter()

    @cached_property
    def _guids(self) -> set[str]:
        return {entry.guid for entry in self._entries}

    @cached_property
    def _ids(self) -> set[str]:
        return {entry.id.casefold() for entry in self._entries}  # as Anki's search compares them

    def make_new(self, note: NoteText, like: tuple[LockedNote, ...]) -> Identity:
        """Give a new note the first free ID, and GUID, of those its id or question lead to."""
        if note.id and self._is_free(note.id):
            return self._give(note, note.id, like)
        free = next(filter(self._is_free, self._ids_for(note)))
        return self._give(note, free, like)

    def _ids_for(self, note: NoteText) -> Iterator[str]:
        """Yield the IDs that a note may have, the best first."""
        if note.question_text not in self._twins:
            yield short_digest(self._deck, note.unmarked_question)
        asked = (note.unmarked_question, note.place)
        for index in itertools.count(self._tried[asked]):
            self._tried[asked] = index + 1  # what is taken once, is taken for good
            yield id_under_headings(self._deck, note, f"#{index}" if index else "")

    def _is_free(self, note_id: str) -> bool:
        is_taken = note_id.casefold() in self._ids or _guid(self._deck, note_id) in self._guids
        return not is_taken

    def _give(self, note: NoteText, note_id: str, like: tuple[LockedNote, ...]) -> Identity:
        guid = _guid(self._deck, note_id)
        self._ids.add(note_id.casefold())
        self._guids.add(guid)
        return Identity(guid, note_id, _key(note, note_id), None, like=like)


def _known(note: NoteText, entry: LockedNote, matched_by: MatchedBy) -> Identity:
    """Return the identity of a note that was found; only one that was just adopted has no ID."""
    note_id = entry.id if entry.fields or not note.id else note.id
    return Identity(entry.guid, note_id, _key(note, note_id), entry, matched_by)


def _key(note: NoteText, note_id: str) -> str:
    """Return the author's id, where it is not the ID that learners have."""
    return note.id if note.id and note.id != note_id else ""


def _guid(deck: str, note_id: str) -> str:
    name = unicodedata.normalize("NFC", "\x1f".join((deck, note_id, "")))
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()[:9]).decode()


def questions_by_file(lock: Lock, files: Iterable[str]) -> dict[str, list[str]]:
    """Return the questions of the last build for each file, by its name, sorted.

    A file that had none may be a new name of one that is gone, and has those of all that are.
    """
    questions: dict[str, list[str]] = {file: [] for file in files}
    gone: list[str] = []
    for entry in lock.notes:
        if not entry.retired:
            questions.get(entry.file, gone).append(entry.question)
    gone.sort()
    return {file: sorted(asked) or gone for file, asked in questions.items()}


@dataclass(frozen=True)
class KnownClozes:
    """What tells the cloze notes that learners have."""

    ids: frozenset[str] = frozenset()
    questions: frozenset[str] = frozenset()
    """Folded."""

    @cached_property
    def digest(self) -> str:
        """What is another one for other notes."""
        return digest(*sorted(self.ids), "", *sorted(self.questions))

    @classmethod
    def of(cls, lock: Lock) -> KnownClozes:
        """Return those of a lock."""
        clozes = [entry for entry in lock.notes if entry.kind == Kind.CLOZE and not entry.retired]
        ids = (note_id.casefold() for entry in clozes for note_id in (entry.id, entry.author_id))
        return cls(frozenset(ids), frozenset(fold(entry.question) for entry in clozes))


def keep_kind(known: KnownClozes, note: Note) -> Note:
    """Return a note, as a cloze note where learners have it so.

    That is for notes with a mark in the answer, which was a deletion once (Note.as_cloze): Anki
    moves no note to another note type.
    """
    cloze = note.as_cloze
    if cloze is None:
        return note
    is_known = (note.id or "").casefold() in known.ids or fold(
        cloze.question_text
    ) in known.questions
    return cloze if is_known else replace(note, as_cloze=None)
