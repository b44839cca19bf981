"""Whether a lock, or what a package tells of one, is the memory of a deck's own notes."""

from __future__ import annotations

from collections.abc import Iterable

from deckpress.lock.digests import short_digest
from deckpress.lock.entries import NoteEntry
from deckpress.lock.likeness import DIGEST_DIGITS, fold
from deckpress.notes import Note, plain_text


def has_most_of(entries: Iterable[NoteEntry], notes: Iterable[Note]) -> bool:
    """Return whether more than half of the fewer notes are among the others, answers and all.

    Two decks may ask the same here and there, but do not answer it alike.
    """
    known = {(fold(entry.question), entry.answer[:DIGEST_DIGITS]) for entry in entries}
    now = {(fold(note.question_text), answer_digest(note)) for note in notes}
    return 2 * len(known & now) > min(len(known), len(now))


def answer_digest(note: Note) -> str:
    """Return the digest that the sketch of a note's answer begins with; empty without an answer."""
    folded = fold(plain_text(note.answer))
    return short_digest(folded) if folded else ""
