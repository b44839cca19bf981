"""Real Anki as the judge of a package: what learners get by importing it, and what they lose.

Here is what a collection holds, as values. `collection` is Anki's library, `fresh` judges a
package by itself, `upgrade` has a learner study the old one and import the new one, and
`upgrade_checks` says what is lost by that. `verification` is the whole, and `isolated` runs it
where it can be stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class NoteRow:
    """A note as a collection keeps it."""

    id: int
    guid: str
    note_type: int
    """Its note type's id."""
    mod: int
    """When it last changed, in seconds since 1970."""
    tags: str
    fields: str
    """All its fields, as the database holds them."""
    question: str
    """Its sort field without HTML, as Anki's browser shows it."""
    checksum: int
    """Anki's own checksum of the first field, by which its editor finds doubles."""

    @property
    def content(self) -> tuple[str, str]:
        """What its author, or its learner, wrote; Anki keeps tags in the case that it met first."""
        return self.fields, self.tags.casefold()


@dataclass(frozen=True)
class CardRow:
    """A card as a collection keeps it."""

    note: int
    number: int
    """Which of its note type's cards it is, from 0."""
    deck: str
    """The full name of the deck that it belongs to."""
    progress: tuple[object, ...]
    """Place, queue, due date, interval, ease, repetitions, lapses, flag, memory state."""


@dataclass(frozen=True)
class Look:
    """What the cards of a note type look like."""

    name: str
    css: str
    templates: tuple[tuple[str, str], ...]
    """The front and the back of each card."""


@dataclass(frozen=True)
class State:
    """All that a collection holds at some moment."""

    notes: Mapping[int, NoteRow]
    cards: Mapping[int, CardRow]
    reviews: frozenset[tuple[object, ...]]
    media: Mapping[str, str]
    """The digest of each file in its media folder, by its name."""
    looks: Mapping[int, Look]
    """Each note type's look, by its id."""

    @cached_property
    def by_guid(self) -> Mapping[str, NoteRow]:
        """The notes by their GUIDs; the first of those that share one."""
        notes: dict[str, NoteRow] = {}
        for note in self.notes.values():
            notes.setdefault(note.guid, note)
        return notes


@dataclass(frozen=True)
class Log:
    """How many notes Anki's import says it took, and how."""

    new: int
    updated: int
    untouched: int
    """Known notes that Anki left as they were, since their date is not newer."""
    conflicting: int
    """Known notes that Anki set aside, since their note type differs."""


@dataclass(frozen=True)
class Checkup:
    """What Anki's own checks find in a collection."""

    missing: tuple[str, ...]
    """Media files that notes show and that are not there."""
    missing_in: tuple[int, ...]
    """The ids of the notes that show them."""
    empty: tuple[int, ...]
    """The ids of cards whose front shows nothing."""
    repairs: tuple[str, ...]
    """What Check Database says that it had to repair."""
    added: tuple[int, ...]
    """For each card that Check Database had to add, the id of its note."""
    future: tuple[int, ...]
    """The ids of notes that were dated in the future until Check Database put them to today."""
