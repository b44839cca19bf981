"""Note types and decks of a collection: JSON of schema 11, tables with protobuf of 15 to 18."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, TypeVar

from deckpress.anki import IMAGE_OCCLUSION, CardTemplate, NoteType, PackageDeck
from deckpress.anki.archive import (
    MAX_KINDS,
    TOO_LARGE,
    LimitError,
    bytes_in,
    parse_message,
    text_in,
    whole_in,
)
from deckpress.anki.database import SEPARATOR, Database

_T = TypeVar("_T")
_KIND, _SORT_FIELD, _CSS, _STOCK_KIND = 1, 2, 3, 9
_FIELD_ID = 9
_FRONT, _BACK, _TEMPLATE_ID = 1, 2, 8
_NORMAL_DECK, _DESCRIPTION = 1, 4


def clamp(sort_field: int, fields: int) -> int:
    """Return the number of the sort field, or of the first where there is no such field."""
    return sort_field if 0 <= sort_field < fields else 0


def parse_note_types(text: str) -> dict[int, NoteType]:
    """Return the note types by their ids. Raises ValueError or LookupError for other JSON."""
    types = map(_parse_note_type, _parse_entries(text, "note types"))
    return {note_type.id: note_type for note_type in types}


def _parse_entries(text: str, what: str) -> Iterable[Any]:
    """Return the values of a JSON object. Raises LimitError if they are too many."""
    entries = _check(json.loads(text), dict)
    if len(entries) > MAX_KINDS:
        raise LimitError(f"has more than {MAX_KINDS:,} {what}: {TOO_LARGE}")
    return entries.values()


def _parse_note_type(entry: object) -> NoteType:
    fields = tuple(
        (_take(field, "name", str), _parse_id(field)) for field in _take(entry, "flds", list)
    )
    return NoteType(
        id=_parse_key(entry),
        name=_take(entry, "name", str),
        is_cloze=_take(entry, "type", int) == 1,
        sort_field=clamp(_take(entry, "sortf", int), len(fields)),
        fields=fields,
        templates=tuple(map(_parse_template, _take(entry, "tmpls", list))),
        css=_take(entry, "css", str, ""),
        mod=_take(entry, "mod", int),
        stock_kind=_parse_stock_kind(_check(entry, dict).get("originalStockKind")),
    )


def _parse_stock_kind(value: object) -> int:
    """Return which of Anki's own note types a note type is like; other tools may write anything."""
    return value if type(value) is int and value == IMAGE_OCCLUSION else 0


def _parse_template(entry: object) -> CardTemplate:
    return CardTemplate(
        name=_take(entry, "name", str),
        id=_parse_id(entry),
        front=_take(entry, "qfmt", str),
        back=_take(entry, "afmt", str, ""),
    )


def parse_decks(text: str) -> dict[int, PackageDeck]:
    """Return the decks by their ids. Raises ValueError or LookupError for other JSON."""
    entries = _parse_entries(text, "decks")
    return {_parse_key(entry): _parse_deck(entry) for entry in entries}


def _parse_deck(entry: object) -> PackageDeck:
    return PackageDeck(_take(entry, "name", str), _take(entry, "desc", str, ""))


def _parse_key(entry: object) -> int:
    """Return the id of a note type or a deck, which genanki, like old Anki, writes as a text."""
    return _check(int(str(_check(entry, dict)["id"])), int)


def _parse_id(entry: object) -> int | None:
    """Return the id of a field or a template; Anki too ignores one that is no 64-bit number."""
    value = _check(entry, dict).get("id")
    return value if type(value) is int and _is_64_bit(value) else None


def _is_64_bit(value: int) -> bool:
    return -(2**63) <= value < 2**63


def _take(entry: object, key: str, kind: type[_T], default: _T | None = None) -> _T:
    return _check(_check(entry, dict).get(key, default), kind)


def _check(value: object, kind: type[_T]) -> _T:
    """Return the value if it is of a kind, and raise ValueError if it is not."""
    if type(value) is not kind:
        raise ValueError(f"not {kind.__name__}: {value!r:.100}")
    if isinstance(value, int) and not _is_64_bit(value):
        raise ValueError("a number that Anki cannot store")
    if isinstance(value, str):
        value.encode()  # JSON can hold half a surrogate pair, which nothing could write again
    return value


def read_note_types(database: Database) -> dict[int, NoteType]:
    """Return the note types by their ids. Raises ValueError or LookupError if they are damaged."""
    fields, templates = _read_fields(database), _read_templates(database)
    types: dict[int, NoteType] = {}
    columns = {"id": int, "name": str, "mtime_secs": int, "config": bytes}
    for key, name, mod, config in database.rows("notetypes", columns, MAX_KINDS, "note types"):
        message = parse_message(config)
        types[key] = NoteType(
            id=key,
            name=name,
            is_cloze=whole_in(message, _KIND) == 1,
            sort_field=clamp(whole_in(message, _SORT_FIELD) or 0, len(fields[key])),
            fields=tuple(fields[key]),
            templates=tuple(templates[key]),
            css=text_in(message, _CSS),
            mod=mod,
            stock_kind=_parse_stock_kind(whole_in(message, _STOCK_KIND)),
        )
    return types


def _read_fields(database: Database) -> dict[int, list[tuple[str, int | None]]]:
    """Return the fields of each note type, by its id."""
    fields: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    for note_type, name, config in _read_parts(database, "fields"):
        fields[note_type].append((name, whole_in(parse_message(config), _FIELD_ID)))
    return fields


def _read_templates(database: Database) -> dict[int, list[CardTemplate]]:
    """Return the templates of each note type, by its id."""
    templates: dict[int, list[CardTemplate]] = defaultdict(list)
    for note_type, name, config in _read_parts(database, "templates"):
        message = parse_message(config)
        front, back = text_in(message, _FRONT), text_in(message, _BACK)
        template = CardTemplate(name, whole_in(message, _TEMPLATE_ID), front, back)
        templates[note_type].append(template)
    return templates


def _read_parts(database: Database, table: str) -> Iterator[tuple[int, str, bytes]]:
    """Yield note type, name and config of each field or template, in their order."""
    columns = {"ord": int, "ntid": int, "name": str, "config": bytes}
    for _, *part in sorted(database.rows(table, columns, MAX_KINDS), key=itemgetter(0)):
        note_type, name, config = part
        yield note_type, name, config


def read_decks(database: Database) -> dict[int, PackageDeck]:
    """Return the decks by their ids. Raises ValueError or LookupError if they are damaged."""
    rows = database.rows("decks", {"id": int, "name": str, "kind": bytes}, MAX_KINDS)
    return {
        key: PackageDeck(name.replace(SEPARATOR, "::"), _description(kind))
        for key, name, kind in rows
    }


def _description(kind: bytes) -> str:
    """Return a deck's description; a filtered deck has none."""
    return text_in(parse_message(bytes_in(parse_message(kind), _NORMAL_DECK)), _DESCRIPTION)
