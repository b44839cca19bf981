"""What learners have of a deck, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deckpress.errors import DeckError

UNRELEASED = "unreleased"
"""What stands for the version of a release that is still to come."""


class DamagedLockError(DeckError):
    """A lock of which not all can be read."""


@dataclass(frozen=True)
class NoteEntry:
    """What learners have of one note."""

    guid: str
    id: str
    """What stands in the note's ID field; it never changes."""
    kind: str
    question: str
    """The question as plain text; an equal question is the same note."""
    answer: str
    """A sketch of the answer (`likeness.sketch`); empty if there is none."""
    fields: str
    """A digest of what Anki stores: the fields and the tags."""
    mod: int
    """When that last changed, in seconds since 1970."""
    added: str = ""
    """The release that brought it to learners who had the deck; empty if the first one did."""
    changed: str = ""
    """The release that last changed it."""
    released: str = ""
    """What `fields` was in the last release; empty if no release had the note."""
    released_mod: int = 0
    """What `mod` was there."""
    file: str = ""
    """The path of its Markdown file below the sources, without ending and numbers that order."""
    deck: str = ""
    """The deck its cards are in, below the lock's; empty for the lock's deck itself."""
    clozes: Mapping[str, str] = field(default_factory=dict)
    """What each cloze number asks for, in reading order."""
    gone_clozes: Mapping[str, str] = field(default_factory=dict)
    """What cloze numbers that learners may still have asked for."""
    key: str = ""
    """The id the author wrote, where it is not the ID that learners have."""
    context: str = ""
    """What stands above the question (`Note.place`), for a note that has, or had, a twin: another
    one of the same question. Empty if that is not known."""
    retired: str = ""
    """The first release without the note, or UNRELEASED; empty while it is in the deck."""

    @property
    def author_id(self) -> str:
        """What to write as `<!-- id=… -->` to say that a note is this one."""
        return self.key or self.id

    @property
    def is_pending(self) -> bool:
        """Whether the next release brings learners something new of it, or drops it."""
        if self.retired:
            return self.retired == UNRELEASED and bool(self.released)
        return self.fields != self.released


@dataclass(frozen=True)
class NoteTypeEntry:
    """What learners have of one note type."""

    note_type: str
    """The kind of note it is for."""
    id: int
    fields: Mapping[str, int]
    """Its fields' ids by their names, in order."""
    templates: Mapping[str, int]
    """Its card templates' ids by their names, in order."""
    sort_field: int
    """Which field the browser sorts by, from 0."""
    is_cloze: bool
    style: str
    """A digest of everything in it."""
    mod: int
    """When that last changed, in seconds since 1970."""


@dataclass(frozen=True)
class Release:
    """A package that learners were given."""

    version: str
    sha256: str
    """Of the package's bytes."""
    contents: str
    """A digest of what is in the package, however that was compressed."""


@dataclass(frozen=True)
class Lock:
    """The lock file as a value."""

    deck: str
    """The deck's id."""
    created: int
    """When the deck was first built, in seconds since 1970; note ids count from here."""
    name: str = ""
    """The deck's name with learners; empty before the first build."""
    note_types: tuple[NoteTypeEntry, ...] = ()
    notes: tuple[NoteEntry, ...] = ()
    releases: tuple[Release, ...] = ()
    """Sorted by version."""
    is_new: bool = False
    """Whether there is no file yet."""

    def is_renamed(self, name: str) -> bool:
        """Say whether learners know the deck by another name; Anki ignores case in deck names."""
        return bool(self.name) and self.name.casefold() != name.casefold()

    @property
    def last_release(self) -> Release | None:
        """The release with the highest version; None before the first."""
        return self.releases[-1] if self.releases else None

    @property
    def is_pending(self) -> bool:
        """Whether a note is not as the last release has it."""
        return any(entry.is_pending for entry in self.notes)

    def note_type(self, kind: str) -> NoteTypeEntry | None:
        """Return the entry of a kind's note type, or None before its first build."""
        return next((entry for entry in self.note_types if entry.note_type == kind), None)
