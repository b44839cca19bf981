"""What is said when it is not sure which note of the lock a note is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from deckpress.errors import Problem, error, quote
from deckpress.lock.digests import short_digest
from deckpress.lock.entries import NoteEntry
from deckpress.lock.resemblance import Pair
from deckpress.lock.twins import name_of
from deckpress.notes import NO_HEADING, Note


def tell_doubts(deck: str, notes: Sequence[Note], pairs: Sequence[Pair]) -> Iterator[Problem]:
    """Yield an error for each note of the pairs, with the comments that settle it.

    `deck` is the deck's id; `pairs` are in doubt, the best first.
    """
    entries_of: dict[int, list[NoteEntry]] = defaultdict(list)
    notes_of: dict[str, list[int]] = defaultdict(list)
    for pair in pairs:
        entries_of[pair.at].append(pair.entry)
        notes_of[pair.entry.guid].append(pair.at)
    for at, entries in entries_of.items():
        candidates = entries[:2]
        rivals = [other for other in notes_of[candidates[0].guid] if other != at]
        if len(candidates) == 1 and rivals:
            message = _say_rivals(candidates[0], notes[rivals[0]], _new_id(deck, notes[at]))
        else:
            message = _say_candidates(candidates, _new_id(deck, notes[at]))
        yield error(notes[at].location, message)


def is_declared_new(deck: str, note: Note) -> bool:
    """Return whether a note has the id that a message offered for a new note.

    Messages of earlier versions offered one that was made of the question alone.
    """
    if note.id is None:
        return False
    return note.id in (_new_id(deck, note), short_digest(deck, note.question_text, "new"))


def _new_id(deck: str, note: Note) -> str:
    """Return an ID that no note has yet, and that twins do not share."""
    under = () if note.place == NO_HEADING else (note.place,)
    return short_digest(deck, note.question_text, "new", *under)


def tell_contradiction(deck: str, note: Note, asks: NoteEntry, answers: NoteEntry) -> Problem:
    """Return the error for a note that asks what one entry asked, and answers what another did."""
    moved = "under other headings" if note.asks(answers.question) else "with another question"
    message = (
        f"not sure which note this was: write <!-- id={asks.author_id} --> if it is {_name(asks)} "
        f"with another answer, <!-- id={answers.author_id} --> if it is {_name(answers)} {moved}, "
        f"or <!-- id={_new_id(deck, note)} --> if it is new"
    )
    return error(note.location, message)


def tell_claim(deck: str, note: Note, entry: NoteEntry, own: Note) -> Problem:
    """Return the error for a note that has the id of an entry whose own note is unchanged."""
    message = (
        f"id {quote(note.id or '')} is that of {name_of(entry)} in {own.location}, which is "
        "unchanged: choose another; or, if this is to go on with the progress of that one, write "
        f"<!-- id={_new_id(deck, own)} --> there, which makes it a new note"
    )
    return error(note.location, message)


def _name(entry: NoteEntry) -> str:
    return f"the retired {name_of(entry)}" if entry.retired else name_of(entry)


def _say_rivals(entry: NoteEntry, rival: Note, new: str) -> str:
    what = "retired" if entry.retired else "note"
    return (
        f"not sure if this or {rival.location} is the {what} {name_of(entry)}: write "
        f"<!-- id={entry.author_id} --> in the one that is, and <!-- id={new} --> here if this is "
        "new"
    )


def _say_candidates(candidates: Sequence[NoteEntry], new: str) -> str:
    choices = ", ".join(
        f"<!-- id={entry.author_id} --> if it is {_name(entry)}" for entry in candidates
    )
    return f"not sure which note this was: write {choices}, or <!-- id={new} --> if it is new"


def kind_changed(deck: str, note: Note, entry: NoteEntry) -> Problem:
    """Return the error for a note that would be an entry, but has another kind."""
    new = f"{note.id}-{note.kind}" if note.id else _new_id(deck, note)
    message = (
        f"kind changed from {entry.kind} to {note.kind}, and Anki moves no note to another note "
        f"type: make it {entry.kind} again; or write <!-- id={new} --> to make it a "
        "new note, which learners start afresh, and whose old one they have to delete"
    )
    return error(note.location, message)
