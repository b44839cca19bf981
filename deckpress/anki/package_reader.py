"""Any package, however it was made → its notes, as values; nothing is written to disk."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import itemgetter
from pathlib import Path

from deckpress.anki import NoteType, Package, PackageDeck, PackageNote, archive, note_type_tables
from deckpress.anki.archive import (
    DAMAGED,
    TOO_LARGE,
    TOO_NEW,
    Archive,
    LimitError,
    open_archive,
    parse_fields,
    parse_message,
    text_in,
)
from deckpress.anki.database import SEPARATOR, Database, open_database
from deckpress.diagnostics import quote

_LISTING = "media"
_ENTRY, _NAME = 1, 1
"""`MediaEntries.entries` and `MediaEntry.name` in `proto/anki/import_export.proto`."""
_SCHEMA = 18
_SCHEMA_WITH_TABLES = 15
"""From this schema on, note types and decks are tables; before it they are JSON."""
_TAG_SEPARATORS = re.compile("[ \u3000]+")
_EMPTY = "has no notes: export a deck that has some"


def read_media(package: Path | bytes, names: Iterable[str]) -> dict[str, bytes]:
    """Return what the named media files of a package hold; those that it lacks are left out.

    Raises DeckError as `read_package` does.
    """
    wanted = set(names)
    with open_archive(package) as zip_file:
        return {
            name: bytes(zip_file.read(member))
            for name, member in list_media(zip_file).items()
            if name in wanted and member in zip_file.names
        }


def held_media(package: Path | bytes) -> dict[str, bool]:
    """Return the name of each media file that a package lists, and whether the package holds it.

    Raises DeckError as `read_package` does; no file is unpacked.
    """
    with open_archive(package) as zip_file:
        return {name: member in zip_file.names for name, member in list_media(zip_file).items()}


def digest_media(zip_file: Archive) -> dict[str, str | None]:
    """Return the SHA-256 of each listed file by its name; None where the file is not there."""
    left = archive.MAX_MEDIA
    digests: dict[str, str | None] = {}
    for name, member in list_media(zip_file).items():
        digest, size = zip_file.digest(member) if member in zip_file.names else (None, 0)
        digests[name], left = digest, left - size
        if left < 0:
            raise LimitError(f"its media files are bigger than 8 GB: {TOO_LARGE}")
    return digests


def list_media(zip_file: Archive) -> dict[str, str]:
    """Return, by the name of each media file on the cards, its name in the zip file.

    A package without a list has no media. Raises LimitError if the list is damaged.
    """
    if _LISTING not in zip_file.names:
        return {}
    data = zip_file.read_structure(_LISTING)
    entries = _newest_entries(data) if zip_file.is_newest else _older_entries(data)
    return {name: member for member, name in _counted(entries)}


def _counted(entries: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the entries. Raises LimitError if there are more than a collection can have."""
    for count, entry in enumerate(entries, 1):
        if count > archive.MAX_FILES:
            raise LimitError(f"lists more than {archive.MAX_FILES:,} media files: {TOO_LARGE}")
        yield entry


def _newest_entries(data: bytearray) -> Iterator[tuple[str, str]]:
    """Yield file and name of each entry; the files are numbered as the entries stand."""
    entries = (value for number, value in parse_fields(data) if number == _ENTRY)
    for index, entry in enumerate(entries):
        if isinstance(entry, int):
            raise LimitError(DAMAGED)
        yield str(index), text_in(parse_message(entry), _NAME)


def _older_entries(data: bytearray) -> Iterator[tuple[str, str]]:
    """Yield file and name of each entry of the JSON object that older packages hold."""
    entries = json.loads(data)
    if not isinstance(entries, dict):
        raise LimitError(DAMAGED)
    for member, name in entries.items():
        if not isinstance(name, str):
            raise LimitError(DAMAGED)
        name.encode()  # JSON can hold half a surrogate pair, which nothing could write again
        yield member, name


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
) -> tuple[dict[int, NoteType], dict[int, PackageDeck]]:
    """Return the note types and the decks by their ids."""
    (schema,) = database.row("col", {"ver": int})
    if schema > _SCHEMA:
        raise LimitError(TOO_NEW)
    if schema >= _SCHEMA_WITH_TABLES:
        return note_type_tables.read_note_types(database), note_type_tables.read_decks(database)
    models, decks = database.row("col", {"models": str, "decks": str})
    return note_type_tables.parse_note_types(models), note_type_tables.parse_decks(decks)


def _read_notes(
    database: Database, types: Mapping[int, NoteType], decks: Mapping[int, PackageDeck]
) -> tuple[tuple[PackageNote, ...], int]:
    """Return the notes by their ids, and the smallest of these."""
    columns = {"id": int, "mid": int, "guid": str, "flds": str, "tags": str, "mod": int}
    rows = sorted(database.rows("notes", columns, archive.MAX_NOTES), key=itemgetter(0))
    if not rows:
        raise LimitError(_EMPTY)
    cards = _read_cards(database, {note[0] for note in rows}, decks)
    notes: list[PackageNote] = []
    texts_left = archive.MAX_TEXTS
    for note, type_id, guid, text, tags, mod in rows:
        # Counted first, since 500 MB of separators would be split into 4 GB.
        note_type = _check_note_type(note, types.get(type_id), text.count(SEPARATOR) + 1)
        texts_left -= len(note_type.fields) + len(tags) // 2
        if texts_left < 0:
            raise LimitError(f"has more than {archive.MAX_TEXTS:,} fields and tags: {TOO_LARGE}")
        fields = tuple(text.split(SEPARATOR))
        own = cards.get(note, {})
        deck = next(iter(own.values()), "")
        notes.append(PackageNote(guid, note_type, fields, _split(tags), mod, deck, tuple(own)))
    return tuple(notes), rows[0][0]


def _split(tags: str) -> tuple[str, ...]:
    return tuple(tag for tag in _TAG_SEPARATORS.split(tags) if tag)


def _check_note_type(note: int, note_type: NoteType | None, fields: int) -> NoteType:
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
    raise LimitError(f"{message}: run Check Database in Anki, then export it again")


def _read_cards(
    database: Database, notes: Collection[int], decks: Mapping[int, PackageDeck]
) -> dict[int, dict[int, str]]:
    """Return, by each note's id, the names of its cards' decks, by the cards' numbers in order."""
    columns = dict.fromkeys(("ord", "id", "nid", "did", "odid"), int)
    rows = [card for card in database.rows("cards", columns, archive.MAX_CARDS) if card[2] in notes]
    rows.sort(key=itemgetter(0, 1))
    cards: dict[int, dict[int, str]] = defaultdict(dict)
    names = {key: deck.name for key, deck in decks.items()}
    for number, _, note, deck, home in rows:
        # A filtered deck only borrows its cards, and odid says where they belong.
        cards[note].setdefault(number, names.get(home or deck, ""))
    return cards
