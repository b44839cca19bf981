"""A note type before and after: its schema, its templates, its style sheet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from deckpress.anki import CardTemplate, NoteType
from deckpress.anki.schema import equal_schema
from deckpress.diff.values import NoteTypeChange, PartChange
from deckpress.phrases import phrase


def compare_note_types(old: NoteType, new: NoteType) -> NoteTypeChange | None:
    """Return what a note type differs in; None if it is nothing."""
    is_schema_changed = not is_same_schema(old, new)
    parts = tuple(part for part in _parts(old, new) if part.old != part.new)
    if not parts and not is_schema_changed:
        return None
    return NoteTypeChange(old, new, parts, is_schema_changed)


def is_same_schema(old: NoteType, new: NoteType) -> bool:
    """Say whether Anki updates notes of the old note type by those of the new.

    Beyond Anki's own rule (`equal_schema`), a note type that has become one for clozes, or is none
    any more, is another one to whoever learns by it; and a sort field that moved gives every note
    of the learner a new date.
    """
    is_like = old.is_cloze == new.is_cloze and old.sort_field == new.sort_field
    return is_like and equal_schema(old, new)


def _parts(old: NoteType, new: NoteType) -> Iterator[PartChange]:
    yield PartChange(phrase("name"), old.name, new.name)
    yield PartChange(phrase("kind"), _kind(old), _kind(new))
    yield PartChange(phrase("fields"), _field_list(old), _field_list(new))
    yield PartChange(phrase("sort field"), _sort_field(old), _sort_field(new))
    for one, other in zip_longest(old.templates, new.templates):
        labels = ("name of card {card}", "front of {card}", "back of {card}")
        sides = (_sides(one), _sides(other))
        for label, old_side, new_side in zip(labels, *sides, strict=True):
            yield PartChange(phrase(label, card=(other or one).name), old_side, new_side)
    yield PartChange(phrase("style sheet"), old.css, new.css)


def _kind(note_type: NoteType) -> str:
    return "cloze" if note_type.is_cloze else "standard"


def _field_list(note_type: NoteType) -> str:
    return "\n".join(name for name, _ in note_type.fields)


def _sort_field(note_type: NoteType) -> str:
    return note_type.fields[note_type.sort_field][0] if note_type.fields else ""


def _sides(template: CardTemplate | None) -> tuple[str, str, str]:
    """Return a template's name, front and back; empty where there is none."""
    return (template.name, template.front, template.back) if template else ("", "", "")
