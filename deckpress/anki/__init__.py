"""All that is Anki's: what a package holds, as values, and when a note type is another one.

`package_reader` opens any package, and `package_writer` makes ours: `archive` is the zip file,
`database` its collection, with note types and decks from `note_type_tables`. A package may come
from anybody, so there are limits to what it may take. `packages` finds those of a deck in a folder.
`field_text` reads a field, and `connect` speaks to the Anki that is running.

`card_sides` renders a card as Anki does: `templates` parses a template, `template_filters` shows a
field in it, with `cloze_filter` for deletions and `strip_html` for text, and `card_sounds` takes
out what is played. `reviewer` puts players and `typed_answers` into what is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from deckpress.diagnostics import quote
from deckpress.markdown import CLOZE_OPEN
from deckpress.media import MediaFile

IMAGE_OCCLUSION = 6
"""What Anki calls its note type for pictures that ask (`proto/anki/notetypes.proto`)."""
Part = tuple[str, int | None]
"""The name of a field or a template, and its id if it carries one."""


class CardTemplate(NamedTuple):
    """What one card of a note type looks like."""

    name: str
    id: int | None
    """None where the tool that made the package gives templates no ids."""
    front: str
    back: str


class NoteType(NamedTuple):
    """A note type as a package holds it."""

    id: int
    name: str
    is_cloze: bool
    sort_field: int
    """The number of the field that the browser sorts by, from 0; always one that there is."""
    fields: tuple[tuple[str, int | None], ...]
    """Each field's name, and its id if it carries one."""
    templates: tuple[CardTemplate, ...]
    css: str
    mod: int = 0
    """When it last changed, in seconds since 1970; 0 where that is not known yet."""
    stock_kind: int = 0
    """IMAGE_OCCLUSION where it is that to Anki; of its other own note types nothing is known."""


class PackageNote(NamedTuple):
    """A note as a package holds it, with as many fields as its note type."""

    guid: str
    note_type: NoteType
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    mod: int
    """When it last changed, in seconds since 1970."""
    deck: str
    """The full name, `A::B`, of the deck that its first card belongs to; empty if there is none."""
    card_numbers: tuple[int, ...]
    """Which of its note type's cards it has, from 0, in this order."""


class PackageDeck(NamedTuple):
    """A deck as a package holds it, whether or not it has cards."""

    name: str
    """The full name, `A::B`."""
    description: str
    """What Anki shows on the deck's page: Markdown or HTML, as its author had it."""


@dataclass(frozen=True)
class Package:
    """All notes of a package, and what they hang on."""

    notes: tuple[PackageNote, ...]
    """In the order of their ids, which is the order in which they were made."""
    first_note_id: int
    """The smallest of the notes' ids; Anki makes ids of the time, in milliseconds since 1970."""
    note_types: tuple[NoteType, ...] = ()
    """By their ids; also those without notes, of which a whole collection has many."""
    decks: tuple[PackageDeck, ...] = ()
    """By their names."""
    media: Mapping[str, str | None] = field(default_factory=dict)
    """The SHA-256 of what each media file holds, by its name; None where the file is listed and not
    there. Empty unless the package was read with its media."""


def card_numbers(note_type: NoteType, fields: Sequence[str]) -> tuple[int, ...]:
    """Return which of its note type's cards a note has, from 0, as Anki counts them.

    Source: `rslib/src/notetype/cardgen.rs`; a cloze note has one for each number in its text.
    """
    if not note_type.is_cloze:
        return tuple(range(len(note_type.templates)))
    return tuple(sorted({int(number) - 1 for number in CLOZE_OPEN.findall(fields[0])}))


class PackageContents(NamedTuple):
    """All that goes into a package."""

    deck: str
    """The name of the deck that holds the others."""
    description: str
    """Markdown, shown when the deck is opened."""
    notes: Sequence[PackageNote]
    note_type_mods: Mapping[int, int]
    """When each note type last changed, in seconds since 1970, by its id."""
    media: Mapping[str, MediaFile | bytes]
    """What each file holds, or which file on disk it is, by its name on the cards."""
    created: int
    """Ids of notes and cards count from this time, in seconds since 1970."""


def equal_schema(old: NoteType, new: NoteType) -> bool:
    """Return whether Anki takes two note types of one id for the same."""
    return all(map(equal_parts, _parts(old), _parts(new)))


def equal_parts(old: Sequence[Part], new: Sequence[Part]) -> bool:
    """Return whether Anki takes the fields, or the templates, of two note types for the same."""
    return len(old) == len(new) and all(map(_match, old, new))


def schema_changes(old: NoteType, new: NoteType) -> tuple[str, ...]:
    """Return what Anki takes for a change of schema, none if it takes the types for the same."""
    parts = zip(("field", "card"), _parts(old), _parts(new), strict=True)
    return tuple(change for part in parts for change in _changes(*part))


def _parts(note_type: NoteType) -> tuple[Sequence[Part], Sequence[Part]]:
    templates = [(template.name, template.id) for template in note_type.templates]
    return note_type.fields, templates


def _match(old: Part, new: Part) -> bool:
    """Return whether Anki takes two parts for the same: by id if both have one, else by name."""
    has_ids = old[1] is not None and new[1] is not None
    return old[1] == new[1] if has_ids else old[0] == new[0]


def _changes(part: str, old: Sequence[Part], new: Sequence[Part]) -> Iterator[str]:
    before, after = ([name for name, _ in parts] for parts in (old, new))
    if len(old) == len(new):
        differing = [pair for pair in zip(old, new, strict=True) if not _match(*pair)]
        if differing and before != after and sorted(before) == sorted(after):
            yield f"{part}s are in another order"
            return
        for (was, _), (now, _) in differing:
            its_id = f"{part} {quote(now)} has another id"
            yield its_id if was == now else f"{part} {quote(was)} is now {quote(now)}"
        return
    yield from (f"{part} {quote(name)} is new" for name in after if name not in before)
    yield from (f"{part} {quote(name)} is gone" for name in before if name not in after)
