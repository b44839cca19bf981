"""Random inputs that were built, imported into real Anki, and compared with what it stores."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from anki.collection import Collection
from anki.errors import AnkiException

from deckpress.anki import NoteType, PackageContents, PackageNote
from deckpress.anki.package_writer import build_package
from deckpress.pipeline import Prepared
from tests.support.anki_collection import import_package, open_collection

SOURCE = r"(?is)<(?:img|audio|video|object|source)\b[^>]*?\b(?:src|data)\s*=\s*[\"']?"
"""What stands before what Anki takes for a file's name (`rslib/src/text.rs`)."""
UNREAD = re.compile(
    r"(?is)<(script|style|noscript|textarea|title|plaintext|xmp|iframe|noembed|noframes)\b.*?"
    r"(?:</\1\b|\Z)"
)
"""Elements whose text a browser does not read as HTML, and Anki does; it is left as it is."""

Built = tuple[int, Prepared, dict[str, bytes]]
"""An input's number, its notes, and the files that they show."""
Row = tuple[tuple[str, ...], tuple[str, ...], str, str, int]
"""A note's fields, tags, deck, note type and number of cards."""


def import_inputs(built: Sequence[Built], folder: Path) -> Iterator[tuple[int, int, list[str]]]:
    """Import inputs together; yield the number of each, its notes, and what differs.

    What Anki would mix up (two notes of one GUID, names that differ in case) goes into collections
    of its own.
    """
    rest = list(built)
    while rest:
        together, rest = _choose(rest)
        yield from _import_or_halve(together, folder)


def _import_or_halve(built: Sequence[Built], folder: Path) -> Iterator[tuple[int, int, list[str]]]:
    """Import inputs, and find those whose package Anki refuses."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield from [*_import(built, folder)]
    except AnkiException as refused:
        if len(built) == 1:
            yield built[0][0], 0, [f"Anki refuses the package: {refused}"]
            return
        middle = len(built) // 2
        yield from _import_or_halve(built[:middle], folder)
        yield from _import_or_halve(built[middle:], folder)


def _choose(built: Sequence[Built]) -> tuple[list[Built], list[Built]]:
    """Return inputs that can share a collection, and those that are left."""
    known: dict[str, object] = {}
    together, rest = [], []
    for entry in built:
        claims = dict(_claims(entry[1].notes, entry[0]))
        if all(known.get(name, value) == value for name, value in claims.items()):
            known |= claims
            together.append(entry)
        else:
            rest.append(entry)
    return together, rest


def _claims(notes: Sequence[PackageNote], number: int) -> Iterator[tuple[str, object]]:
    """Yield what only notes that agree on it may share."""
    for note in notes:
        yield f"guid {note.guid}", number
        yield f"type {note.note_type.id}", note.note_type
        yield f"type {note.note_type.name}", note.note_type.id
        for word in (note.deck, *note.tags):
            for index in range(word.count("::") + 1):
                part = "::".join(word.split("::")[: index + 1])
                yield f"name {part.casefold()}", part


def _import(built: Sequence[Built], folder: Path) -> Iterator[tuple[int, int, list[str]]]:
    package = folder.with_suffix(".apkg")
    package.write_bytes(_pack(built))
    owners = {note.guid: number for number, prepared, _ in built for note in prepared.notes}
    errors: dict[int, list[str]] = {number: [] for number, _, _ in built}
    first = built[0][0]
    with open_collection(folder) as collection:
        log = import_package(collection, package)
        if log != ({"new": len(owners)} if owners else {}):
            errors[first].append(f"{len(owners)} notes, but Anki's log says {log}")
        rows = _rows(collection)
        for guid, packed in _packed(built).items():
            if packed != rows.get(guid):
                errors[owners[guid]].append(f"packed: {packed}\nstored: {rows.get(guid)}")
        empty = [note.note_id for note in collection.get_empty_cards().notes]
        for guid in (collection.get_note(note_id).guid for note_id in empty):
            errors[owners.get(guid, first)].append("has an empty card")
        before = collection.card_count(), collection.note_count()
        report, is_sound = collection.fix_integrity()
        if not is_sound or before != (collection.card_count(), collection.note_count()):
            errors[first].append(f"to be repaired: {report}")
        if _rows(collection) != rows:
            errors[first].append("Check Database changes notes")
        media = collection.media.check()
        for name in media.missing:
            source = re.compile(f"{SOURCE}{re.escape(name)}")
            for guid, row in rows.items():
                if source.search(UNREAD.sub("", "\n".join(row[0]))):
                    errors[owners.get(guid, first)].append(f"media check: {name} is missing")
        if media.unused:
            errors[first].append(f"media check: {list(media.unused)} unused")
    for number, prepared, _ in built:
        yield number, len(prepared.notes), errors[number]


def _pack(built: Sequence[Built]) -> bytes:
    notes = [note for _, prepared, _ in built for note in prepared.notes]
    media = {name: data for _, _, files in built for name, data in files.items()}
    types: Mapping[int, NoteType] = {note.note_type.id: note.note_type for note in notes}
    mods = dict.fromkeys(types, built[0][1].before.created)
    created = built[0][1].before.created
    return build_package(PackageContents("fuzz", "", notes, mods, media, created))


def _packed(built: Sequence[Built]) -> dict[str, Row]:
    return {
        note.guid: (
            note.fields,
            tuple(sorted(note.tags)),
            note.deck,
            note.note_type.name,
            len(note.card_numbers),
        )
        for _, prepared, _ in built
        for note in prepared.notes
    }


def _rows(collection: Collection) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for note_id in collection.find_notes(""):
        note = collection.get_note(note_id)
        note_type, cards = note.note_type(), note.cards()
        assert note_type
        deck = collection.decks.name(cards[0].did) if cards else ""
        tags = tuple(sorted(note.tags))
        rows[note.guid] = (tuple(note.fields), tags, deck, note_type["name"], len(cards))
    return rows
