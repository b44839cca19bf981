"""An .apkg, by whatever tool it was made → its notes, as values; nothing is written to disk."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path

from deckpress.package import schema11, tables
from deckpress.package.archive import TOO_NEW, RefusedError, open_archive
from deckpress.package.listing import digest_media
from deckpress.package.packed import Package, PackedDeck, PackedNote, PackedNoteType
from deckpress.package.rows import SEPARATOR, rows

_SCHEMA = 18
_SCHEMA_WITH_TABLES = 15
"""From this schema on, note types and decks are tables; before it they are JSON."""

_FILE_FORMAT = slice(18, 20)
_WAL, _ROLLBACK = b"\2\2", b"\1\1"
_TAG_SEPARATORS = re.compile("[ \u3000]+")

_UNSOUND = "the collection in it is damaged: run Check Database in Anki, then export it again"
_EMPTY = "has no notes: export a deck that has some"

_DATA_ERRORS = (sqlite3.Error, MemoryError, ValueError, LookupError, RecursionError)
"""What damaged databases raise; SQLite asks for the memory that a damaged length says it needs."""


def read_package(package: Path | bytes, *, media: bool = False) -> Package:
    """Return the notes of an .apkg (or .colpkg), made by any tool or exported by Anki itself.

    `package` is its path, or the bytes of one that was just built. With `media`, the media files
    are unpacked as well, to know what each holds. Raises DeckError if there is no such file, if it
    is no package or a damaged one, if it is made for a newer Anki, if a file in it unpacks to more
    than MAX_SIZE, or if it has no notes.
    """
    with open_archive(package) as archive:
        digests = digest_media(archive) if media else {}
        return _read_collection(archive.read(archive.collection), digests)


def _read_collection(data: bytearray, media: dict[str, str | None]) -> Package:
    """Return the notes of a database, of which `data` is used up."""
    if data[_FILE_FORMAT] == _WAL:  # as Anki leaves it, but no database in memory can have a WAL
        data[_FILE_FORMAT] = _ROLLBACK
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(data)
            return _read_database(database, media)
    except _DATA_ERRORS as problem:
        raise RefusedError(_UNSOUND) from problem


def _read_database(database: sqlite3.Connection, media: dict[str, str | None]) -> Package:
    # Anki makes no views, and one that never ends could pose as a table.
    if list(database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")):
        raise RefusedError(_UNSOUND)
    types, decks = _read_what_notes_hang_on(database)
    notes = _read_notes(database, types, decks)
    ((first_note_id,),) = rows(database, "SELECT min(id) FROM notes", int)
    return Package(
        notes=notes,
        first_note_id=first_note_id,
        note_types=tuple(types[key] for key in sorted(types)),
        decks=tuple(sorted(decks.values(), key=lambda deck: deck.name)),
        media=media,
    )


def _read_what_notes_hang_on(
    database: sqlite3.Connection,
) -> tuple[dict[int, PackedNoteType], dict[int, PackedDeck]]:
    """Return the note types and the decks by their ids."""
    ((schema,),) = rows(database, "SELECT ver FROM col", int)
    if schema > _SCHEMA:
        raise RefusedError(TOO_NEW)
    if schema >= _SCHEMA_WITH_TABLES:
        return tables.read_note_types(database), tables.read_decks(database)
    ((models, decks),) = rows(database, "SELECT models, decks FROM col", str, str)
    return schema11.parse_note_types(models), schema11.parse_decks(decks)


def _read_notes(
    database: sqlite3.Connection, types: dict[int, PackedNoteType], decks: dict[int, PackedDeck]
) -> tuple[PackedNote, ...]:
    cards = _read_cards(database, decks)
    notes: list[PackedNote] = []
    query = "SELECT id, mid, guid, flds, tags, mod FROM notes ORDER BY id"
    found = list(rows(database, query, int, int, str, str, str, int))
    if not found:
        raise RefusedError(_EMPTY)
    for note, type_id, guid, text, tags, mod in found:
        # Counted first, since 500 MB of separators would be split into 4 GB.
        note_type = _check_note_type(note, types.get(type_id), text.count(SEPARATOR) + 1)
        fields = tuple(text.split(SEPARATOR))
        own = cards.get(note, {})
        deck = next(iter(own.values()), "")
        notes.append(PackedNote(guid, note_type, fields, _split(tags), mod, deck, tuple(own)))
    return tuple(notes)


def _split(tags: str) -> tuple[str, ...]:
    return tuple(tag for tag in _TAG_SEPARATORS.split(tags) if tag)


def _check_note_type(note: int, note_type: PackedNoteType | None, fields: int) -> PackedNoteType:
    """Return a note's type, if it has one, with as many fields as the note."""
    if note_type is None:
        message = f"note nid:{note} has no note type"
    elif len(note_type.fields) != fields:
        message = (
            f"note nid:{note} has {fields} fields, "
            f'its note type "{note_type.name}" has {len(note_type.fields)}'
        )
    else:
        return note_type
    raise RefusedError(f"{message}: run Check Database in Anki, then export it again")


def _read_cards(
    database: sqlite3.Connection, decks: dict[int, PackedDeck]
) -> dict[int, dict[int, str]]:
    """Return, by each note's id, the names of its cards' decks, by the cards' numbers in order."""
    cards: dict[int, dict[int, str]] = defaultdict(dict)
    names = {key: deck.name for key, deck in decks.items()}
    query = "SELECT nid, ord, did, odid FROM cards ORDER BY ord, id"
    for note, number, deck, home in rows(database, query, int, int, int, int):
        # A filtered deck only borrows its cards, and odid says where they belong.
        cards[note].setdefault(number, names.get(home or deck, ""))
    return cards
