"""Note types and decks of schemas 15 to 18: tables with protobuf in them.

The numbers are those of `proto/anki/notetypes.proto` and `decks.proto`.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from deckpress.package.messages import bytes_in, parse_message, text_in, whole_in
from deckpress.package.packed import PackedDeck, PackedNoteType, PackedTemplate
from deckpress.package.rows import SEPARATOR, rows
from deckpress.package.schema11 import clamp

_KIND, _SORT_FIELD, _CSS = 1, 2, 3
_FIELD_ID = 9
_FRONT, _BACK, _TEMPLATE_ID = 1, 2, 8
_NORMAL_DECK, _DESCRIPTION = 1, 4


def read_note_types(database: sqlite3.Connection) -> dict[int, PackedNoteType]:
    """Return the note types by their ids. Raises ValueError or LookupError if they are damaged."""
    fields, templates = _read_fields(database), _read_templates(database)
    types: dict[int, PackedNoteType] = {}
    query = "SELECT id, name, mtime_secs, config FROM notetypes"
    for key, name, mod, config in rows(database, query, int, str, int, bytes):
        message = parse_message(config)
        types[key] = PackedNoteType(
            id=key,
            name=name,
            is_cloze=whole_in(message, _KIND) == 1,
            sort_field=clamp(whole_in(message, _SORT_FIELD) or 0, len(fields[key])),
            fields=tuple(fields[key]),
            templates=tuple(templates[key]),
            css=text_in(message, _CSS),
            mod=mod,
        )
    return types


def _read_fields(database: sqlite3.Connection) -> dict[int, list[tuple[str, int | None]]]:
    """Return the fields of each note type, by its id."""
    fields: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    query = "SELECT ntid, name, config FROM fields ORDER BY ord"
    for note_type, name, config in rows(database, query, int, str, bytes):
        fields[note_type].append((name, whole_in(parse_message(config), _FIELD_ID)))
    return fields


def _read_templates(database: sqlite3.Connection) -> dict[int, list[PackedTemplate]]:
    """Return the templates of each note type, by its id."""
    templates: dict[int, list[PackedTemplate]] = defaultdict(list)
    query = "SELECT ntid, name, config FROM templates ORDER BY ord"
    for note_type, name, config in rows(database, query, int, str, bytes):
        message = parse_message(config)
        front, back = text_in(message, _FRONT), text_in(message, _BACK)
        template = PackedTemplate(name, whole_in(message, _TEMPLATE_ID), front, back)
        templates[note_type].append(template)
    return templates


def read_decks(database: sqlite3.Connection) -> dict[int, PackedDeck]:
    """Return the decks by their ids. Raises ValueError or LookupError if they are damaged."""
    found = rows(database, "SELECT id, name, kind FROM decks", int, str, bytes)
    return {
        key: PackedDeck(name.replace(SEPARATOR, "::"), _description(kind))
        for key, name, kind in found
    }


def _description(kind: bytes) -> str:
    """Return a deck's description; a filtered deck has none."""
    return text_in(parse_message(bytes_in(parse_message(kind), _NORMAL_DECK)), _DESCRIPTION)
