"""A diff as JSON, for other programs: the keys are told in docs/diff.md and stay as they are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from deckpress.anki import NoteType
from deckpress.diff import Diff, FieldChange, MediaChange, NoteChange, NoteTypeChange, ReadNote
from deckpress.diff.word_changes import Words, word_diff

FORM = 1
"""Rises when a key changes its meaning or goes; new keys may come without."""

_Record = dict[str, Any]


def as_json(diff: Diff) -> str:
    """Return a diff as an object of JSON."""
    record = {
        "form": FORM,
        "unchanged": diff.unchanged,
        "added": [_note(note) for note in diff.added],
        "changed": [_change(change) for change in diff.changed],
        "retired": [_note(note) for note in diff.retired],
        "remade": [{"old": _note(pair.old), "new": _note(pair.new)} for pair in diff.recreated],
        "note_types": {
            "added": _names(diff.note_types_added),
            "retired": _names(diff.note_types_gone),
            "changed": [_note_type(each) for each in diff.note_types],
        },
        "descriptions": [
            {"deck": each.deck, "old": each.old, "new": each.new} for each in diff.descriptions
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _note(note: ReadNote) -> _Record:
    return {
        **_known(note),
        "answer": "".join(note.answer),
        "deck": note.packed.deck,
        "tags": list(note.packed.tags),
        "note_type": note.packed.note_type.name,
    }


def _known(note: ReadNote) -> _Record:
    return {"guid": note.packed.guid, "id": note.id or None, "question": "".join(note.question)}


def _change(change: NoteChange) -> _Record:
    record: _Record = {
        **_known(change.new),
        "reworded": _field(change.question),
        "answer": _field(change.answer),
        "fields": {field.name: _field(field) for field in change.fields},
        "clozes": {each.number: {"old": each.old, "new": each.new} for each in change.clozes},
        "tags": {"added": list(change.tags_added), "gone": list(change.tags_gone)},
        "media": [_media(each) for each in change.media],
        "deck": _pair(change.deck),
        "note_type": _pair(change.note_type),
        "cards": {"added": _numbers(change.cards_added), "gone": _numbers(change.cards_gone)},
    }
    return record


def _field(field: FieldChange | None) -> _Record | None:
    if field is None:
        return None
    old, new = "".join(field.old), "".join(field.new)
    words = _pieces(field.old, field.new)
    return {"old": old, "new": new, "formatting_only": field.is_formatting, "words": words}


def _pieces(old: Words, new: Words) -> list[list[str]]:
    """Return pairs of `same`, `gone` or `added`, and a text."""
    return [[piece.how.value, piece.text] for piece in word_diff(old, new)]


def _media(change: MediaChange) -> _Record:
    names = {"old": change.old, "new": change.new}
    return {**names, "renamed_only": change.is_renamed, "missing": change.is_missing}


def _pair(names: tuple[str, str] | None) -> _Record | None:
    return {"old": names[0], "new": names[1]} if names else None


def _numbers(cards: Iterable[int]) -> list[int]:
    """Return the numbers of cards as Anki's browser shows them, from 1."""
    return [number + 1 for number in cards]


def _names(note_types: Iterable[NoteType]) -> list[str]:
    return [each.name for each in note_types]


def _note_type(change: NoteTypeChange) -> _Record:
    return {
        "name": change.new.name,
        "schema_changed": change.is_schema_changed,
        "parts": {part.name: {"old": part.old, "new": part.new} for part in change.parts},
    }
