"""Finished notes → one .apkg, with the same bytes for the same notes on any machine."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import sqlite3
import zipfile
from typing import Any

import genanki

from deckpress.anki import NoteType, PackageContents, PackageNote
from deckpress.anki.packages import ZIP_DATE

DUE_STEP = 100
"""New cards are learned in the order of `due`; the gap leaves room for notes of later releases."""

_SQLITE_VERSION = slice(96, 100)
"""Where a database names the SQLite that wrote it (sqlite.org/fileformat.html, 1.3.19)."""


def build_package(contents: PackageContents) -> bytes:
    """Return the bytes of an .apkg in Anki's older form, which every Anki reads.

    The bytes hang on the contents alone (and on the build of zlib).
    """
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        _add(archive, "collection.anki2", _build_collection(contents))
        names = sorted(contents.media)
        _add(archive, "media", json.dumps(dict(enumerate(names))).encode())
        for index, name in enumerate(names):
            media = contents.media[name]
            _add(archive, str(index), media if isinstance(media, bytes) else media.read())
    return package.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, ZIP_DATE)
    info.create_system = 3  # Unix, also when built on Windows
    info.external_attr = 0o600 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def _build_collection(contents: PackageContents) -> bytes:
    connection = sqlite3.connect(":memory:")
    ids = itertools.count(contents.created * 1000)
    genanki.Package(_DeckTree(contents)).write_to_db(connection.cursor(), contents.created, ids)
    connection.commit()
    database = bytearray(connection.serialize())
    connection.close()
    database[_SQLITE_VERSION] = bytes(4)
    return bytes(database)


class _DeckTree(genanki.Deck):  # type: ignore[misc]  # genanki has no types
    """A deck and its subdecks, written at once; genanki would write all of them once a deck."""

    def __init__(self, contents: PackageContents) -> None:
        super().__init__(_deck_id(contents.deck), contents.deck, contents.description)
        self._contents = contents

    def write_to_db(self, cursor: Any, timestamp: float, id_gen: Any) -> None:
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
        for position, note in enumerate(notes, 1):
            row = _Note(note, models[note.note_type.id], position * DUE_STEP)
            row.write_to_db(cursor, note.mod, _deck_id(note.deck), id_gen)

    def _deck(self, name: str) -> dict[str, Any]:
        description = self.description if name == self.name else ""
        deck: dict[str, Any] = genanki.Deck(_deck_id(name), name, description).to_json()
        return deck | {"md": True}


class _Model(genanki.Model):  # type: ignore[misc]
    """A note type whose fields and templates carry their ids."""

    _req: tuple[()] = ()  # Anki works it out by itself

    def __init__(self, note_type: NoteType) -> None:
        super().__init__(
            note_type.id,
            note_type.name,
            fields=[{"name": name, "id": field_id} for name, field_id in note_type.fields],
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
        )


class _Note(genanki.Note):  # type: ignore[misc]
    """A note whose cards are those that Anki itself would make."""

    def __init__(self, note: PackageNote, model: _Model, due: int) -> None:
        super().__init__(model, list(note.fields), tags=note.tags, guid=note.guid, due=due)
        self.cards = [genanki.Card(number) for number in note.card_numbers]

    def _check_invalid_html_tags_in_fields(self) -> None:
        """Skip genanki's search for unescaped `<`: it takes the square of a line's length."""


def _deck_id(name: str) -> int:
    """Return an id for a deck; Anki knows decks by name and throws the id away."""
    digest = hashlib.sha256(name.casefold().encode()).digest()
    return 2**30 + int.from_bytes(digest[:8], "big") % 2**30
