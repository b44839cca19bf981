"""What any package holds, as values; `contents` is what our own are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PackedTemplate:
    """What one card of a note type looks like."""

    name: str
    id: int | None
    """None where the tool that made the package gives templates no ids."""
    front: str
    back: str


@dataclass(frozen=True)
class PackedNoteType:
    """A note type as a package holds it."""

    id: int
    name: str
    is_cloze: bool
    sort_field: int
    """The number of the field that the browser sorts by, from 0; always one that there is."""
    fields: tuple[tuple[str, int | None], ...]
    """Each field's name, and its id if it carries one."""
    templates: tuple[PackedTemplate, ...]
    css: str
    mod: int
    """When it last changed, in seconds since 1970."""


@dataclass(frozen=True)
class PackedNote:
    """A note as a package holds it, with as many fields as its note type."""

    guid: str
    note_type: PackedNoteType
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    mod: int
    """When it last changed, in seconds since 1970."""
    deck: str
    """The full name, `A::B`, of the deck that its first card belongs to; empty if there is none."""
    card_numbers: tuple[int, ...]
    """Which of its note type's cards it has, from 0, in this order."""


@dataclass(frozen=True)
class PackedDeck:
    """A deck as a package holds it, whether or not it has cards."""

    name: str
    """The full name, `A::B`."""
    description: str
    """What Anki shows on the deck's page: Markdown or HTML, as its author had it."""


@dataclass(frozen=True)
class Package:
    """All notes of a package, and what they hang on."""

    notes: tuple[PackedNote, ...]
    """In the order of their ids, which is the order in which they were made."""
    first_note_id: int
    """The smallest of the notes' ids; Anki makes ids of the time, in milliseconds since 1970."""
    note_types: tuple[PackedNoteType, ...] = ()
    """By their ids; also those without notes, of which a whole collection has many."""
    decks: tuple[PackedDeck, ...] = ()
    """By their names."""
    media: Mapping[str, str | None] = field(default_factory=dict)
    """The SHA-256 of what each media file holds, by its name; None where the file is listed and not
    there. Empty unless the package was read with its media."""
