"""Note types and decks of schemas 15 to 18: tables with protobuf in them.

The numbers are those of `proto/anki/notetypes.proto` and `decks.proto`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from operator import itemgetter

from deckpress.package.database import SEPARATOR, Database
from deckpress.package.limits import MAX_KINDS
from deckpress.package.messages import bytes_in, parse_message, text_in, whole_in
from deckpress.package.packed import PackedDeck, PackedNoteType, PackedTemplate
from deckpress.package.schema11 import clamp

_KIND, _SORT_FIELD, _CSS = 1, 2, 3
_FIELD_ID = 9
_FRONT, _BACK, _TEMPLATE_ID = 1, 2, 8
_NORMAL_DECK, _DESCRIPTION = 1, 4


def read_note_types(database: Database) -> dict[int, PackedNoteType]:
    """Return the note types by their ids. Raises ValueError or LookupError if they are damaged."""
    fields, templates = _read_fields(database), _read_templates(database)
    types: dict[int, PackedNoteType] = {}
    columns = {"id": int, "name": str, "mtime_secs": int, "config": bytes}
    for key, name, mod, config in database.rows("notetypes", columns, MAX_KINDS, "note types"):
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


def _read_fields(database: Database) -> dict[int, list[tuple[str, int | None]]]:
    """Return the fields of each note type, by its id."""
    fields: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    for note_type, name, config in _read_parts(database, "fields"):
        fields[note_type].append((name, whole_in(parse_message(config), _FIELD_ID)))
    return fields


def _read_templates(database: Database) -> dict[int, list[PackedTemplate]]:
    """Return the templates of each note type, by its id."""
    templates: dict[int, list[PackedTemplate]] = defaultdict(list)
    for note_type, name, config in _read_parts(database, "templates"):
        message = parse_message(config)
        front, back = text_in(message, _FRONT), text_in(message, _BACK)
        template = PackedTemplate(name, whole_in(message, _TEMPLATE_ID), front, back)
        templates[note_type].append(template)
    return templates


def _read_parts(database: Database, table: str) -> Iterator[tuple[int, str, bytes]]:
    """Yield note type, name and config of each field or template, in their order."""
    columns = {"ord": int, "ntid": int, "name": str, "config": bytes}
    for _, *part in sorted(database.rows(table, columns, MAX_KINDS), key=itemgetter(0)):
        note_type, name, config = part
        yield note_type, name, config


def read_decks(database: Database) -> dict[int, PackedDeck]:
    """Return the decks by their ids. Raises ValueError or LookupError if they are damaged."""
    found = database.rows("decks", {"id": int, "name": str, "kind": bytes}, MAX_KINDS)
    return {
        key: PackedDeck(name.replace(SEPARATOR, "::"), _description(kind))
        for key, name, kind in found
    }


def _description(kind: bytes) -> str:
    """Return a deck's description; a filtered deck has none."""
    return text_in(parse_message(bytes_in(parse_message(kind), _NORMAL_DECK)), _DESCRIPTION)
