"""Finished notes → one .apkg, with the same bytes for the same notes on any machine."""

from __future__ import annotations

import functools
import hashlib
import io
import itertools
import json
import os
import sqlite3
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from deckpress.anki import IMAGE_OCCLUSION, NoteType, PackageContents
from deckpress.anki.database import SEPARATOR
from deckpress.anki.packages import ZIP_DATE
from deckpress.filesystem import temporary_folder
from deckpress.media import MediaFile

# What genanki takes from the package `cached_property` is in functools by now; that package loads
# asyncio, which takes longer than all the rest of genanki. It reads YAML only where the fields of a
# note type are a text, which ours never are.
_STAND_INS = {"cached_property": functools, "yaml": ModuleType("yaml")}
_lent = [
    name for name, module in _STAND_INS.items() if sys.modules.setdefault(name, module) is module
]
import genanki  # noqa: E402

for _name in _lent:
    del sys.modules[_name]

DUE_STEP = 100
"""New cards are learned in the order of `due`; the gap leaves room for notes of later releases."""

_NOTE = "INSERT INTO notes VALUES(?, ?, ?, ?, -1, ?, ?, ?, 0, 0, '')"
"""A note's id, GUID, type, date, tags, fields, and what it is sorted by."""
_CARD = "INSERT INTO cards VALUES(?, ?, ?, ?, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')"
"""A card's id, note, deck, number, date, and place among new cards."""
_TAGGED, _NEEDED = 5, 4
"""How many fields of an image occlusion have tags, and how many of these it cannot do without."""
_LEVEL, _WITHOUT_HEADER = 6, -15
"""What zlib is told: how hard to try, and how a zip file has it."""
_FEW = 20
"""So many files of media are deflated one after the other."""
_MANY = 5_000
"""Notes of which the database takes so much memory that a file is better."""
_CHUNK = 1_000_000
"""Bytes of it that are read at once."""
_COUNTS_AND_VERSION = (slice(24, 28), slice(92, 100))
"""Where a database counts how often it was written, which it does only in a file, and names the
SQLite that did (sqlite.org/fileformat.html, 1.3)."""


class _Deflated(NamedTuple):
    """A file as a zip file holds it."""

    size: int
    """Of what it is made of, in bytes."""
    checksum: int
    pieces: Sequence[bytes]
    """What it becomes, one after the other: to join them would take as much memory again."""


def build_package(contents: PackageContents) -> bytes:
    """Return the bytes of an .apkg in Anki's older form, which every Anki reads.

    The bytes hang on the contents alone (and on the build of zlib).
    """
    names = sorted(contents.media)
    listing = json.dumps(dict(enumerate(names))).encode()
    files = [contents, listing, *(contents.media[name] for name in names)]
    packed = ("collection.anki2", "media", *map(str, range(len(names))))
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive, _mapping(in_threads=len(names) > _FEW) as map_:
        for name, deflated in zip(packed, map_(_deflate, files), strict=True):
            _add(archive, package, name, deflated)
    return package.getvalue()


@contextmanager
def _mapping(*, in_threads: bool) -> Iterator[Callable[..., Iterator[Any]]]:
    """Yield `map`, or what does the same in threads: zlib lets others go on meanwhile."""
    if not in_threads:
        yield map
        return
    from concurrent.futures import ThreadPoolExecutor  # here because few decks need it

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        yield threads.map


def _deflate(file: PackageContents | MediaFile | bytes) -> _Deflated:
    if isinstance(file, PackageContents):
        return _deflate_collection(file)
    return _deflate_chunks([file.read() if isinstance(file, MediaFile) else file])


def _deflate_chunks(chunks: Iterable[bytes]) -> _Deflated:
    compressor = zlib.compressobj(_LEVEL, wbits=_WITHOUT_HEADER)
    size, checksum, deflated = 0, 0, []
    for chunk in chunks:
        size, checksum = size + len(chunk), zlib.crc32(chunk, checksum)
        deflated.append(compressor.compress(chunk))
    return _Deflated(size, checksum, [*deflated, compressor.flush()])


def _add(archive: zipfile.ZipFile, package: io.BytesIO, name: str, deflated: _Deflated) -> None:
    """Add a file that is deflated already, for which `zipfile` itself has no way."""
    info = zipfile.ZipInfo(name, ZIP_DATE)
    info.create_system = 3  # Unix, also when built on Windows
    info.external_attr = 0o600 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    info.file_size, info.CRC = deflated.size, deflated.checksum
    info.compress_size = sum(map(len, deflated.pieces))
    info.header_offset = package.tell()
    package.writelines([info.FileHeader(), *deflated.pieces])
    archive.filelist.append(info)
    archive.start_dir = package.tell()


def _deflate_collection(contents: PackageContents) -> _Deflated:
    """Deflate the database of notes; that of many is written to a file, which takes less memory."""
    if len(contents.notes) >= _MANY:
        with suppress(OSError, sqlite3.OperationalError), temporary_folder() as folder:
            path = folder / "collection.anki2"
            _write_collection(contents, path).close()
            with path.open("rb") as file:
                return _deflate_chunks(_without_version(iter(partial(file.read, _CHUNK), b"")))
    connection = _write_collection(contents, ":memory:")  # also where no file can be written
    database = connection.serialize()
    connection.close()
    return _deflate_chunks(_without_version(iter([database])))


def _write_collection(contents: PackageContents, path: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = OFF")  # nothing of it is ever taken back
    connection.execute("PRAGMA synchronous = OFF")
    ids = itertools.count(contents.created * 1000)
    genanki.Package(_DeckTree(contents)).write_to_db(connection.cursor(), contents.created, ids)
    connection.commit()
    return connection


def _without_version(database: Iterator[bytes]) -> Iterator[bytes]:
    """Yield a database that says neither how often it was written, nor by which SQLite."""
    first = bytearray(next(database))
    for place in _COUNTS_AND_VERSION:
        first[place] = bytes(place.stop - place.start)
    yield bytes(first)
    yield from database


class _DeckTree(genanki.Deck):  # type: ignore[misc]  # genanki has no types
    """A deck and its subdecks, written at once; genanki would write all of them once a deck."""

    def __init__(self, contents: PackageContents) -> None:
        super().__init__(_deck_id(contents.deck), contents.deck, contents.description)
        self._contents = contents

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, id_gen: Iterator[int]) -> None:
        notes = self._contents.notes
        types = {note.note_type.id: note.note_type for note in notes}
        names = dict.fromkeys([self.name, *(note.deck for note in notes)])
        (decks,) = cursor.execute("SELECT decks FROM col").fetchone()
        by_id = json.loads(decks) | {str(_deck_id(name)): self._deck(name) for name in names}
        models = {key: _Model(value) for key, value in types.items()}
        mods = self._contents.note_type_mods
        written = {
            str(key): model.to_json(mods[key], self.deck_id) for key, model in models.items()
        }
        cursor.execute(
            "UPDATE col SET decks = ?, models = ?", (json.dumps(by_id), json.dumps(written))
        )
        _write_rows(cursor, self._contents, id_gen)

    def _deck(self, name: str) -> dict[str, Any]:
        description = self.description if name == self.name else ""
        deck: dict[str, Any] = genanki.Deck(_deck_id(name), name, description).to_json()
        return deck | {"md": True}


def _fields(note_type: NoteType) -> Iterator[dict[str, Any]]:
    """Yield the fields of a note type.

    Anki knows those of its image occlusion by tags, and keeps learners from deleting them. If they
    lacked these, Check Database would add them, and so date the note type
    (`rslib/src/dbcheck.rs`, `add_missing_field_tags`).
    """
    is_stock = note_type.stock_kind == IMAGE_OCCLUSION
    for place, (name, field_id) in enumerate(note_type.fields):
        tag = {"tag": place, "preventDeletion": place < _NEEDED}
        yield {"name": name, "id": field_id} | (tag if is_stock and place < _TAGGED else {})


class _Model(genanki.Model):  # type: ignore[misc]
    """A note type whose fields and templates carry their ids."""

    _req: tuple[()] = ()  # Anki works it out by itself

    def __init__(self, note_type: NoteType) -> None:
        self._stock_kind = note_type.stock_kind
        super().__init__(
            note_type.id,
            note_type.name,
            fields=[*_fields(note_type)],
            templates=[
                {
                    "name": template.name,
                    "id": template.id,
                    "qfmt": template.front,
                    "afmt": template.back,
                }
                for template in note_type.templates
            ],
            css=note_type.css,
            model_type=self.CLOZE if note_type.is_cloze else self.FRONT_BACK,
            sort_field_index=note_type.sort_field,
        )

    def to_json(self, timestamp: float, deck_id: int) -> dict[str, Any]:
        """Return the note type as Anki stores it."""
        model: dict[str, Any] = super().to_json(timestamp, deck_id)
        return model | ({"originalStockKind": self._stock_kind} if self._stock_kind else {})


def _write_rows(cursor: sqlite3.Cursor, contents: PackageContents, ids: Iterator[int]) -> None:
    """Write each note with its cards, which are those that Anki itself would make.

    A note follows the cards of the one before, as genanki writes them: how rows of two tables
    alternate decides which pages of the file each table gets, and so its bytes.
    """
    deck_ids = {name: _deck_id(name) for name in {note.deck for note in contents.notes}}
    for position, note in enumerate(contents.notes, 1):
        note_id, deck_id = next(ids), deck_ids[note.deck]
        tags, fields = f" {' '.join(note.tags)} ", SEPARATOR.join(note.fields)
        sorted_by = note.fields[note.note_type.sort_field]
        own = (note_id, note.guid, note.note_type.id, note.mod, tags, fields, sorted_by)
        cursor.execute(_NOTE, own)
        due = position * DUE_STEP
        for number in note.card_numbers:
            cursor.execute(_CARD, (next(ids), note_id, deck_id, number, note.mod, due))


def _deck_id(name: str) -> int:
    """Return an id for a deck; Anki knows decks by name and throws the id away."""
    digest = hashlib.sha256(name.casefold().encode()).digest()
    return 2**30 + int.from_bytes(digest[:8], "big") % 2**30
