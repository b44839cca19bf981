"""An .apkg, by whatever tool it was made → its notes, as values; nothing is written to disk."""

from __future__ import annotations

import json
import re
import sqlite3
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from deckpress.errors import DeckError, Location, error
from deckpress.files import did_you_mean_file

MAX_SIZE = 500_000_000
"""The bytes that a collection may unpack to: a bomb is refused before it fills the memory."""

_COLLECTIONS = ("collection.anki21b", "collection.anki21", "collection.anki2")
"""The best first: beside a newer one, the older ones hold a single note that says to update."""
_META_VERSION = 3
"""The newest form of a package that is known here: `Latest` in `rslib/…/package/meta.rs`."""
_SCHEMA = 18
_SCHEMA_WITH_TABLES = 15
"""From this schema on, note types and decks are tables; before it they are JSON."""

_PIECE = 1 << 20
_FILE_FORMAT = slice(18, 20)
_WAL, _ROLLBACK = b"\2\2", b"\1\1"
_SEPARATOR = "\x1f"
"""Between fields, and between the parts of a deck's name in the newer schema."""
_TAG_SEPARATORS = re.compile("[ \u3000]+")

_NO_PACKAGE = "not an Anki package: export it from Anki as .apkg"
_DAMAGED = "the package is damaged: export or download it again"
_UNSOUND = "the collection in it is damaged: run Check Database in Anki, then export it again"
_TOO_BIG = "its collection is bigger than 500 MB: export fewer decks at once"
_TOO_NEW = 'made for a newer Anki: export it with "Support older Anki versions" ticked'
_EMPTY = "has no notes: export a deck that has some"

_ZIP_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError),
    *(RuntimeError, LookupError),
)
"""What `zipfile` raises for damaged archives."""
_DATA_ERRORS = (sqlite3.Error, MemoryError, ValueError, LookupError, RecursionError)
"""What damaged databases raise; SQLite asks for the memory that a damaged length says it needs."""

_T = TypeVar("_T")


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
class Package:
    """All notes of a package."""

    notes: tuple[PackedNote, ...]
    """In the order of their ids, which is the order in which they were made."""
    first_note_id: int
    """The smallest of the notes' ids; Anki makes ids of the time, in milliseconds since 1970."""


def read_package(path: Path) -> Package:
    """Return the notes of an .apkg (or .colpkg), made by any tool or exported by Anki itself.

    Raises DeckError if there is no such file, if it is no package or a damaged one, if it is made
    for a newer Anki, if it unpacks to more than MAX_SIZE, or if it has no notes.
    """
    try:
        return _read_collection(_unpack(path))
    except _RefusedError as refused:
        raise DeckError([error(Location(str(path)), str(refused))]) from refused


class _RefusedError(Exception):
    """What is wrong with a package, and what to do about it."""


def _unpack(path: Path) -> bytearray:
    """Return the SQLite database in a package."""
    try:
        with path.open("rb") as file:
            is_zip = file.read(2) == b"PK"
    except FileNotFoundError as problem:
        raise _RefusedError(f"no such file{did_you_mean_file(path)}") from problem
    except OSError as problem:
        message = f"cannot be read: {(problem.strerror or str(problem)).lower()}"
        raise _RefusedError(message) from problem
    try:
        with zipfile.ZipFile(path) as archive:
            return _unpack_collection(archive)
    except _ZIP_ERRORS as problem:
        raise _RefusedError(_DAMAGED if is_zip else _NO_PACKAGE) from problem


def _unpack_collection(archive: zipfile.ZipFile) -> bytearray:
    names = archive.namelist()
    found = [name for name in _COLLECTIONS if name in names]
    if "meta" in names:
        version = _whole(_parse_message(_extract(archive, "meta")), 1) or 0
        if not 1 <= version <= _META_VERSION:
            raise _RefusedError(_TOO_NEW)
    if not found:
        raise _RefusedError(_NO_PACKAGE)
    data = _extract(archive, found[0])
    return _decompress(data) if found[0] == "collection.anki21b" else data


def _extract(archive: zipfile.ZipFile, name: str) -> bytearray:
    info = archive.getinfo(name)
    # Anki knows no other methods, and zipfile unpacks them without bounds.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _RefusedError(_DAMAGED)
    with archive.open(info) as stream:
        return _read_bounded(stream)


def _decompress(data: bytearray) -> bytearray:
    import zstandard  # here because it takes 40 ms to import, and older packages need none of it

    try:
        reader = zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True)
        return _read_bounded(reader)
    except zstandard.ZstdError as problem:
        raise _RefusedError(_DAMAGED) from problem


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _read_bounded(stream: _Stream) -> bytearray:
    """Return all of a stream, whatever its header says of its size."""
    data = bytearray()
    while piece := stream.read(_PIECE):
        data += piece
        if len(data) > MAX_SIZE:
            raise _RefusedError(_TOO_BIG)
    return data


def _read_collection(data: bytearray) -> Package:
    """Return the notes of a database, of which `data` is used up."""
    if data[_FILE_FORMAT] == _WAL:  # as Anki leaves it, but no database in memory can have a WAL
        data[_FILE_FORMAT] = _ROLLBACK
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(data)
            return _read_database(database)
    except _DATA_ERRORS as problem:
        raise _RefusedError(_UNSOUND) from problem


def _read_database(database: sqlite3.Connection) -> Package:
    # Anki makes no views, and one that never ends could pose as a table.
    if list(database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")):
        raise _RefusedError(_UNSOUND)
    ((schema,),) = _rows(database, "SELECT ver FROM col", int)
    if schema > _SCHEMA:
        raise _RefusedError(_TOO_NEW)
    if schema >= _SCHEMA_WITH_TABLES:
        types, decks = _read_note_types(database), _read_decks(database)
    else:
        ((models, deck_json),) = _rows(database, "SELECT models, decks FROM col", str, str)
        types, decks = _parse_note_types(models), _parse_decks(deck_json)
    return _read_notes(database, types, decks)


def _rows(database: sqlite3.Connection, query: str, *types: type) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query; raises ValueError for one whose values are not of the types.

    SQLite keeps any value in any column, whatever type the column has.
    """
    for row in database.execute(query):
        if tuple(map(type, row)) != types:
            raise ValueError(f"{query}: {row!r:.100}")
        yield row


def _read_notes(
    database: sqlite3.Connection, types: dict[int, PackedNoteType], decks: dict[int, str]
) -> Package:
    cards = _read_cards(database, decks)
    notes: list[PackedNote] = []
    query = "SELECT id, mid, guid, flds, tags, mod FROM notes ORDER BY id"
    rows = list(_rows(database, query, int, int, str, str, str, int))
    if not rows:
        raise _RefusedError(_EMPTY)
    for note, type_id, guid, text, tags, mod in rows:
        # Counted first, since 500 MB of separators would be split into 4 GB.
        note_type = _check_note_type(note, types.get(type_id), text.count(_SEPARATOR) + 1)
        fields = tuple(text.split(_SEPARATOR))
        own = cards.get(note, {})
        deck = next(iter(own.values()), "")
        notes.append(PackedNote(guid, note_type, fields, _split(tags), mod, deck, tuple(own)))
    return Package(tuple(notes), rows[0][0])


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
    raise _RefusedError(f"{message}: run Check Database in Anki, then export it again")


def _read_cards(database: sqlite3.Connection, decks: dict[int, str]) -> dict[int, dict[int, str]]:
    """Return, by each note's id, the names of its cards' decks, by the cards' numbers in order."""
    cards: dict[int, dict[int, str]] = defaultdict(dict)
    query = "SELECT nid, ord, did, odid FROM cards ORDER BY ord, id"
    for note, number, deck, home in _rows(database, query, int, int, int, int):
        # A filtered deck only borrows its cards, and odid says where they belong.
        cards[note].setdefault(number, decks.get(home or deck, ""))
    return cards


# Schema 11: note types and decks as JSON, as in `rslib/src/notetype/schema11.rs`.


def _parse_note_types(text: str) -> dict[int, PackedNoteType]:
    types = map(_parse_note_type, _check(json.loads(text), dict).values())
    return {each.id: each for each in types}


def _parse_note_type(entry: object) -> PackedNoteType:
    fields = tuple(
        (_take(field, "name", str), _parse_id(field)) for field in _take(entry, "flds", list)
    )
    return PackedNoteType(
        id=_parse_key(entry),
        name=_take(entry, "name", str),
        is_cloze=_take(entry, "type", int) == 1,
        sort_field=_clamp(_take(entry, "sortf", int), len(fields)),
        fields=fields,
        templates=tuple(map(_parse_template, _take(entry, "tmpls", list))),
        css=_take(entry, "css", str, ""),
        mod=_take(entry, "mod", int),
    )


def _parse_template(entry: object) -> PackedTemplate:
    return PackedTemplate(
        name=_take(entry, "name", str),
        id=_parse_id(entry),
        front=_take(entry, "qfmt", str),
        back=_take(entry, "afmt", str, ""),
    )


def _parse_decks(text: str) -> dict[int, str]:
    """Return the decks' full names by their ids."""
    entries = _check(json.loads(text), dict).values()
    return {_parse_key(entry): _take(entry, "name", str) for entry in entries}


def _parse_key(entry: object) -> int:
    """Return the id of a note type or a deck, which genanki, like old Anki, writes as a text."""
    return int(str(_check(entry, dict)["id"]))


def _parse_id(entry: object) -> int | None:
    """Return the id of a field or a template; Anki too ignores one that is no 64-bit number."""
    value = _check(entry, dict).get("id")
    return value if type(value) is int and -(2**63) <= value < 2**63 else None


def _take(entry: object, key: str, kind: type[_T], default: _T | None = None) -> _T:
    return _check(_check(entry, dict).get(key, default), kind)


def _check(value: object, kind: type[_T]) -> _T:
    """Return the value if it is of a kind, and raise ValueError if it is not."""
    if type(value) is not kind:
        raise ValueError(f"not {kind.__name__}: {value!r:.100}")
    if isinstance(value, str):
        value.encode()  # JSON can hold half a surrogate pair, which nothing could write again
    return value


# Schema 15 to 18: note types and decks as tables, the rest in protobuf messages.
# The numbers are those of `proto/anki/notetypes.proto`.

_KIND, _SORT_FIELD, _CSS = 1, 2, 3
_FIELD_ID = 9
_FRONT, _BACK, _TEMPLATE_ID = 1, 2, 8

_Message = dict[int, int | bytes]
"""The last value of each field of a protobuf message, by the field's number."""


def _read_note_types(database: sqlite3.Connection) -> dict[int, PackedNoteType]:
    fields, templates = _read_fields(database), _read_templates(database)
    types: dict[int, PackedNoteType] = {}
    query = "SELECT id, name, mtime_secs, config FROM notetypes"
    for key, name, mod, config in _rows(database, query, int, str, int, bytes):
        message = _parse_message(config)
        types[key] = PackedNoteType(
            id=key,
            name=name,
            is_cloze=_whole(message, _KIND) == 1,
            sort_field=_clamp(_whole(message, _SORT_FIELD) or 0, len(fields[key])),
            fields=tuple(fields[key]),
            templates=tuple(templates[key]),
            css=_text(message, _CSS),
            mod=mod,
        )
    return types


def _read_fields(database: sqlite3.Connection) -> dict[int, list[tuple[str, int | None]]]:
    """Return the fields of each note type, by its id."""
    fields: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    query = "SELECT ntid, name, config FROM fields ORDER BY ord"
    for note_type, name, config in _rows(database, query, int, str, bytes):
        fields[note_type].append((name, _whole(_parse_message(config), _FIELD_ID)))
    return fields


def _read_templates(database: sqlite3.Connection) -> dict[int, list[PackedTemplate]]:
    """Return the templates of each note type, by its id."""
    templates: dict[int, list[PackedTemplate]] = defaultdict(list)
    query = "SELECT ntid, name, config FROM templates ORDER BY ord"
    for note_type, name, config in _rows(database, query, int, str, bytes):
        message = _parse_message(config)
        front, back = _text(message, _FRONT), _text(message, _BACK)
        template = PackedTemplate(name, _whole(message, _TEMPLATE_ID), front, back)
        templates[note_type].append(template)
    return templates


def _read_decks(database: sqlite3.Connection) -> dict[int, str]:
    """Return the decks' full names by their ids."""
    rows = _rows(database, "SELECT id, name FROM decks", int, str)
    return {key: name.replace(_SEPARATOR, "::") for key, name in rows}


def _clamp(sort_field: int, fields: int) -> int:
    """Return the number of the sort field, or of the first where there is no such field."""
    return sort_field if 0 <= sort_field < fields else 0


def _text(message: _Message, number: int) -> str:
    """Return a text; one that is not there is empty, and what is not a text raises ValueError."""
    value = message.get(number, b"")
    if isinstance(value, int):
        raise ValueError(f"field {number} is a number")
    return value.decode()


def _whole(message: _Message, number: int) -> int | None:
    """Return an int64, or None if it is not there; what is not a number raises ValueError."""
    value = message.get(number)
    if isinstance(value, bytes):
        raise ValueError(f"field {number} is no number")
    return value if value is None or value < 2**63 else value - 2**64


def _parse_message(data: bytes | bytearray) -> _Message:
    """Take a message apart as protobuf.dev/programming-guides/encoding says.

    Raises ValueError or LookupError if it breaks off or is no message.
    """
    message: _Message = {}
    at = 0
    while at < len(data):
        tag, at = _parse_varint(data, at)
        if tag & 7 == 0:
            message[tag >> 3], at = _parse_varint(data, at)
        else:
            size, at = _parse_varint(data, at) if tag & 7 == 2 else ({1: 8, 5: 4}[tag & 7], at)
            message[tag >> 3], at = bytes(data[at : at + size]), at + size
    if at > len(data):
        raise ValueError("the message breaks off")
    return message


def _parse_varint(data: bytes | bytearray, at: int) -> tuple[int, int]:
    """Return the number at a place, and the place after it."""
    value = 0
    for shift in range(0, 64, 7):
        value |= (data[at] & 0x7F) << shift
        at += 1
        if data[at - 1] < 0x80:
            return value % 2**64, at
    raise ValueError("the number is too long")
