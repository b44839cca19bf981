"""What a package holds, as values: known without loading genanki, which takes 100 ms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deckpress.media import MediaFile
from deckpress.note_types import NoteType
from deckpress.notes import CLOZE_OPEN, Kind


@dataclass(frozen=True)
class FinishedNote:
    """A note with all that Anki stores of it."""

    guid: str
    note_type: NoteType
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    deck: str
    """The full name of the deck that its cards go to."""
    mod: int
    """When it last changed, in seconds since 1970."""

    def card_numbers(self) -> list[int]:
        """Return which of its note type's cards it has, from 0, as Anki counts them.

        Source: `rslib/src/notetype/cardgen.rs`; a cloze note has one for each number in its text.
        """
        if self.note_type.kind is not Kind.CLOZE:
            return list(range(len(self.note_type.templates)))
        return sorted({int(number) - 1 for number in CLOZE_OPEN.findall(self.fields[0])})


@dataclass(frozen=True)
class Contents:
    """All that goes into a package."""

    deck: str
    """The name of the deck that holds the others."""
    description: str
    """Markdown, shown when the deck is opened."""
    notes: Sequence[FinishedNote]
    note_type_mods: Mapping[int, int]
    """When each note type last changed, in seconds since 1970, by its id."""
    media: Mapping[str, MediaFile | bytes]
    """What each file holds, or which file on disk it is, by its name on the cards."""
    created: int
    """Ids of notes and cards count from this time, in seconds since 1970."""
