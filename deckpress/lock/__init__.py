"""deck.lock, the memory of what learners have: its notes, note types and releases, as values.

`lock_file` reads and writes it, and settles what a merge by git doubled. `matching` says which note
of it each note is, by `match_steps`: `similarity` measures two texts, and `candidates` chooses
among pairs, or says what cannot be settled.
`cloze_numbers` keeps a cloze number with its text, `dates` says when something last changed, and
`changes` what an edit did. `store` opens the lock of a project and guards it, `standalone` that of
a deck without deck.toml. `rebuild` makes it again from a package of this deck, and `adopt` takes
over the notes of another tool's package.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from deckpress.diagnostics import DeckError

UNRELEASED = "unreleased"
"""What stands for the version of a release that is still to come."""


class DamagedLockError(DeckError):
    """A lock of which not all can be read."""


class LockedNote(NamedTuple):
    """What learners have of one note."""

    guid: str
    id: str
    """What stands in the note's ID field; it never changes."""
    kind: str
    question: str
    """The question as plain text; an equal question is the same note."""
    answer: str
    """A sketch of the answer (`similarity.sketch`); empty if there is none."""
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
    clozes: Mapping[str, str] = {}
    """What each cloze number asks for, in reading order."""
    gone_clozes: Mapping[str, str] = {}
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


class LockedNoteType(NamedTuple):
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


class Release(NamedTuple):
    """A package that learners were given."""

    version: str
    sha256: str
    """Of the package's bytes."""
    contents: str
    """A digest of what is in the package, however that was compressed."""


class Lock(NamedTuple):
    """The lock file as a value."""

    deck: str
    """The deck's id."""
    created: int
    """When the deck was first built, in seconds since 1970; note ids count from here."""
    name: str = ""
    """The deck's name with learners; empty before the first build."""
    note_types: tuple[LockedNoteType, ...] = ()
    notes: tuple[LockedNote, ...] = ()
    releases: tuple[Release, ...] = ()
    """Sorted by version."""
    is_new: bool = False
    """Whether there is no file yet."""

    def is_renamed(self, name: str) -> bool:
        """Return whether learners know the deck by another name; Anki ignores case in them."""
        return bool(self.name) and self.name.casefold() != name.casefold()

    @property
    def last_release(self) -> Release | None:
        """The release with the highest version; None before the first."""
        return self.releases[-1] if self.releases else None

    @property
    def is_pending(self) -> bool:
        """Whether a note is not as the last release has it."""
        return any(entry.is_pending for entry in self.notes)

    def note_type(self, kind: str) -> LockedNoteType | None:
        """Return the entry of a kind's note type, or None before its first build."""
        return next((entry for entry in self.note_types if entry.note_type == kind), None)


def digest(*texts: str) -> str:
    """Return a short digest of texts, in order."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]


def digest_note(fields: Iterable[str], tags: Iterable[str]) -> str:
    """Return a digest of what Anki stores of a note: the texts of its fields, and its tags.

    The fields' names are no part of it, so that a field can be renamed without a change of notes;
    nor is the case of tags, which Anki does not tell.
    """
    return digest(*fields, "\x1e", *sorted(map(str.casefold, tags)))


def digest_note_in_form_1(fields: Mapping[str, str], tags: Iterable[str]) -> str:
    """Return the digest that the lock's first form had of a note: with the fields' names in it."""
    return digest(*(f"{name}\x1e{text}" for name, text in fields.items()), *tags)


def short_digest(*texts: str) -> str:
    """Return the ID of a note that has no id of its author's."""
    return digest(*texts)[:8]
