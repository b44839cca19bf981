"""Note types and decks of schema 11: JSON, as in `rslib/src/notetype/schema11.rs`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeVar

from deckpress.package.limits import MAX_KINDS, TOO_LARGE, RefusedError
from deckpress.package.packed import PackedDeck, PackedNoteType, PackedTemplate

_T = TypeVar("_T")


def clamp(sort_field: int, fields: int) -> int:
    """Return the number of the sort field, or of the first where there is no such field."""
    return sort_field if 0 <= sort_field < fields else 0


def parse_note_types(text: str) -> dict[int, PackedNoteType]:
    """Return the note types by their ids. Raises ValueError or LookupError for other JSON."""
    types = map(_parse_note_type, _parse_entries(text, "note types"))
    return {each.id: each for each in types}


def _parse_entries(text: str, what: str) -> Iterable[Any]:
    """Return the values of a JSON object. Raises RefusedError if they are too many."""
    entries = _check(json.loads(text), dict)
    if len(entries) > MAX_KINDS:
        raise RefusedError(f"has more than {MAX_KINDS:,} {what}: {TOO_LARGE}")
    return entries.values()


def _parse_note_type(entry: object) -> PackedNoteType:
    fields = tuple(
        (_take(field, "name", str), _parse_id(field)) for field in _take(entry, "flds", list)
    )
    return PackedNoteType(
        id=_parse_key(entry),
        name=_take(entry, "name", str),
        is_cloze=_take(entry, "type", int) == 1,
        sort_field=clamp(_take(entry, "sortf", int), len(fields)),
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


def parse_decks(text: str) -> dict[int, PackedDeck]:
    """Return the decks by their ids. Raises ValueError or LookupError for other JSON."""
    entries = _parse_entries(text, "decks")
    return {_parse_key(entry): _parse_deck(entry) for entry in entries}


def _parse_deck(entry: object) -> PackedDeck:
    return PackedDeck(_take(entry, "name", str), _take(entry, "desc", str, ""))


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
