"""An .apkg, by whatever tool it was made → its notes, as values; nothing is written to disk."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from operator import itemgetter
from pathlib import Path

from deckpress.errors import quote
from deckpress.package import limits, schema11, tables
from deckpress.package.archive import TOO_NEW, Archive, open_archive
from deckpress.package.database import SEPARATOR, Database, open_database
from deckpress.package.limits import TOO_LARGE, RefusedError
from deckpress.package.listing import digest_media
from deckpress.package.packed import Package, PackedDeck, PackedNote, PackedNoteType

_SCHEMA = 18
_SCHEMA_WITH_TABLES = 15
"""From this schema on, note types and decks are tables; before it they are JSON."""

_TAG_SEPARATORS = re.compile("[ \u3000]+")

_EMPTY = "has no notes: export a deck that has some"


def read_package(package: Path | bytes, *, media: bool = False) -> Package:
    """Return the notes of an .apkg (or .colpkg), made by any tool or exported by Anki itself.

    `package` is its path, or the bytes of one that was just built. With `media`, the media files
    are unpacked as well, to know what each holds. Raises DeckError if there is no such file, if it
    is no package or a damaged one, if it is made for a newer Anki, if it has no notes, and if it
    takes more than the `limits` of any measure.
    """
    with open_archive(package) as archive:
        digests = digest_media(archive) if media else {}
        return _read_collection(archive, digests)


def _read_collection(archive: Archive, media: dict[str, str | None]) -> Package:
    with open_database(archive.read(archive.collection), archive.clock) as database:
        types, decks = _read_what_notes_hang_on(database)
        notes, first_note_id = _read_notes(database, types, decks)
    return Package(
        notes=notes,
        first_note_id=first_note_id,
        note_types=tuple(types[key] for key in sorted(types)),
        decks=tuple(sorted(decks.values(), key=lambda deck: deck.name)),
        media=media,
    )


def _read_what_notes_hang_on(
    database: Database,
) -> tuple[dict[int, PackedNoteType], dict[int, PackedDeck]]:
    """Return the note types and the decks by their ids."""
    (schema,) = database.row("col", {"ver": int})
    if schema > _SCHEMA:
        raise RefusedError(TOO_NEW)
    if schema >= _SCHEMA_WITH_TABLES:
        return tables.read_note_types(database), tables.read_decks(database)
    models, decks = database.row("col", {"models": str, "decks": str})
    return schema11.parse_note_types(models), schema11.parse_decks(decks)


def _read_notes(
    database: Database, types: Mapping[int, PackedNoteType], decks: Mapping[int, PackedDeck]
) -> tuple[tuple[PackedNote, ...], int]:
    """Return the notes by their ids, and the smallest of these."""
    columns = {"id": int, "mid": int, "guid": str, "flds": str, "tags": str, "mod": int}
    found = sorted(database.rows("notes", columns, limits.MAX_NOTES), key=itemgetter(0))
    if not found:
        raise RefusedError(_EMPTY)
    cards = _read_cards(database, {note[0] for note in found}, decks)
    notes: list[PackedNote] = []
    texts_left = limits.MAX_TEXTS
    for note, type_id, guid, text, tags, mod in found:
        # Counted first, since 500 MB of separators would be split into 4 GB.
        note_type = _check_note_type(note, types.get(type_id), text.count(SEPARATOR) + 1)
        texts_left -= len(note_type.fields) + len(tags) // 2
        if texts_left < 0:
            raise RefusedError(f"has more than {limits.MAX_TEXTS:,} fields and tags: {TOO_LARGE}")
        fields = tuple(text.split(SEPARATOR))
        own = cards.get(note, {})
        deck = next(iter(own.values()), "")
        notes.append(PackedNote(guid, note_type, fields, _split(tags), mod, deck, tuple(own)))
    return tuple(notes), found[0][0]


def _split(tags: str) -> tuple[str, ...]:
    return tuple(tag for tag in _TAG_SEPARATORS.split(tags) if tag)


def _check_note_type(note: int, note_type: PackedNoteType | None, fields: int) -> PackedNoteType:
    """Return a note's type, if it has one, with as many fields as the note."""
    if note_type is None:
        message = f"note nid:{note} has no note type"
    elif len(note_type.fields) != fields:
        message = (
            f"note nid:{note} has {fields} fields, "
            f"its note type {quote(note_type.name)} has {len(note_type.fields)}"
        )
    else:
        return note_type
    raise RefusedError(f"{message}: run Check Database in Anki, then export it again")


def _read_cards(
    database: Database, notes: Collection[int], decks: Mapping[int, PackedDeck]
) -> dict[int, dict[int, str]]:
    """Return, by each note's id, the names of its cards' decks, by the cards' numbers in order."""
    columns = dict.fromkeys(("ord", "id", "nid", "did", "odid"), int)
    found = [card for card in database.rows("cards", columns, limits.MAX_CARDS) if card[2] in notes]
    found.sort(key=itemgetter(0, 1))
    cards: dict[int, dict[int, str]] = defaultdict(dict)
    names = {key: deck.name for key, deck in decks.items()}
    for number, _, note, deck, home in found:
        # A filtered deck only borrows its cards, and odid says where they belong.
        cards[note].setdefault(number, names.get(home or deck, ""))
    return cards
