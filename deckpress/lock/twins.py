"""Notes that ask the same under other headings, as "Length" of each river does: twins.

Their question does not tell which is which; what stands above it does. The lock knows that only of
notes that had a twin, so that all other locks stay as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass

from deckpress.errors import quote
from deckpress.lock.digests import short_digest
from deckpress.lock.entries import NoteEntry
from deckpress.lock.kinship import answer_digest
from deckpress.lock.likeness import DIGEST_DIGITS, fold, question_likeness
from deckpress.notes import NO_HEADING, Note

_LONG = 60
"""So many characters of headings are told."""


def find_twins(notes: Collection[Note]) -> frozenset[str]:
    """Return the questions that notes ask under different headings."""
    count = Counter(note.question_text for note in notes)
    shared = (note for note in notes if count[note.question_text] > 1)
    places = Counter(asked for asked, _ in {(note.question_text, note.place) for note in shared})
    return frozenset(asked for asked, number in places.items() if number > 1)


def find_shared(notes: Iterable[Note], entries: Collection[NoteEntry]) -> Set[str]:
    """Return the questions that several notes or entries ask, or an entry of a known place."""
    of_notes = Counter(note.question_text for note in notes)
    of_entries = Counter(entry.question for entry in entries)
    counts = (*of_notes.items(), *of_entries.items())
    several = {question for question, count in counts if count > 1}
    return several | {entry.question for entry in entries if entry.context}


def is_known_there(entry: NoteEntry, note: Note) -> bool:
    """Return whether the lock knows that an entry stood where a note stands."""
    return bool(entry.context) and fold(entry.context) == fold(note.place)


def is_known_elsewhere(entry: NoteEntry, note: Note) -> bool:
    """Return whether the lock knows that an entry stood under other headings than a note."""
    return bool(entry.context) and fold(entry.context) != fold(note.place)


def asked_under(note: Note) -> str:
    """Return what a note asks, folded, with what stands above it."""
    return fold(f"{note.question_text} › {note.place}")


def asked_by_entry(entry: NoteEntry) -> str:
    """Return what an entry asks, folded, with what stood above it if the lock knows that."""
    return fold(f"{entry.question} › {entry.context}" if entry.context else entry.question)


def asked_by_note(note: Note, entry: NoteEntry) -> str:
    """Return what a note asks, folded, to be compared with what an entry asks."""
    return asked_under(note) if entry.context else fold(note.question_text)


@dataclass(frozen=True)
class Asked:
    """What an entry or a note asks, folded, to be compared with others."""

    alone: str
    under: str
    """The same with what stands above it; empty for an entry of no known place."""

    @classmethod
    def by_entry(cls, entry: NoteEntry) -> Asked:
        """Return what an entry asks."""
        return cls(fold(entry.question), asked_by_entry(entry) if entry.context else "")

    @classmethod
    def by_note(cls, note: Note) -> Asked:
        """Return what a note asks."""
        return cls(fold(note.question_text), asked_under(note))

    def likeness_to(self, note: Asked) -> float:
        """Return how like a note is to this entry, from 0 to 1.

        The questions alone must be as alike, so that no two are like just because of their place.
        """
        alone = question_likeness(self.alone, note.alone)
        return min(alone, question_likeness(self.under, note.under)) if self.under else alone


def told_by_entry(entry: NoteEntry) -> str:
    """Return what an entry asks and answers."""
    return f"{entry.question} › {entry.answer[:DIGEST_DIGITS]}"


def told_by_note(note: Note) -> str:
    """Return what a note asks and answers."""
    return f"{note.question_text} › {answer_digest(note)}"


def nearest_of_entry(entry: NoteEntry) -> str:
    """Return what an entry asks and answers, with the nearest heading that stood above it."""
    return f"{told_by_entry(entry)} › {_last_of(entry.context)}"


def nearest_of_note(note: Note) -> str:
    """Return what a note asks and answers, with the nearest heading above it."""
    return f"{told_by_note(note)} › {_last_of(note.place)}"


def _last_of(place: str) -> str:
    return place.rpartition(" › ")[2]


def id_under_headings(deck: str, note: Note, count: str = "") -> str:
    """Return the ID of a note whose question alone is none, such as a new twin's.

    It is made of the headings as well, so that twins have the IDs that they have whichever of them
    stands first, or was there first; on two branches, or in a deck whose lock is lost.
    """
    asked = note.unmarked_question + count
    under = () if note.place == NO_HEADING else ("under", note.place)
    return short_digest(deck, asked, *under)


def name_of(entry: NoteEntry) -> str:
    """Return an entry's question in quotes, and where it stood if it has a twin."""
    is_placed = entry.context not in ("", NO_HEADING)
    return quote(entry.question) + (f' under "{_cut(entry.context)}"' if is_placed else "")


def _cut(place: str) -> str:
    """Return headings without their middle, if they are long: twins differ at either end."""
    return place if len(place) <= _LONG else f"{place[: _LONG // 2]}…{place[-_LONG // 2 :]}"
