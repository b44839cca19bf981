"""A note type before and after: its schema, its templates, its style sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from deckpress.diff.values import NoteTypeChange, PartChange
from deckpress.package.packed import PackedNoteType, PackedTemplate
from deckpress.phrases import phrase

_NamedPart = tuple[str, int | None]
"""A field or a template: its name, and its id if it carries one."""


def compare_note_types(old: PackedNoteType, new: PackedNoteType) -> NoteTypeChange | None:
    """Return what a note type differs in; None if it is nothing."""
    is_schema_changed = not is_same_schema(old, new)
    parts = tuple(part for part in _parts(old, new) if part.old != part.new)
    if not parts and not is_schema_changed:
        return None
    return NoteTypeChange(old, new, parts, is_schema_changed)


def is_same_schema(old: PackedNoteType, new: PackedNoteType) -> bool:
    """Say whether Anki updates notes of the old note type by those of the new.

    Source: `equal_schema` in `rslib/src/import_export/package/apkg/import/notes.rs`. A note type
    that has become one for clozes, or is none any more, is another one to whoever learns by it.
    """
    templates = [[(each.name, each.id) for each in one.templates] for one in (old, new)]
    return (
        old.is_cloze == new.is_cloze
        and old.sort_field == new.sort_field
        and _match(old.fields, new.fields)
        and _match(*templates)
    )


def _match(old: Sequence[_NamedPart], new: Sequence[_NamedPart]) -> bool:
    return len(old) == len(new) and all(map(_is_same_part, old, new))


def _is_same_part(old: _NamedPart, new: _NamedPart) -> bool:
    """Compare by id where both have one, as Anki does, and else by name."""
    has_ids = old[1] is not None and new[1] is not None
    return old[1] == new[1] if has_ids else old[0] == new[0]


def _parts(old: PackedNoteType, new: PackedNoteType) -> Iterator[PartChange]:
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


def _kind(note_type: PackedNoteType) -> str:
    return "cloze" if note_type.is_cloze else "standard"


def _field_list(note_type: PackedNoteType) -> str:
    return "\n".join(name for name, _ in note_type.fields)


def _sort_field(note_type: PackedNoteType) -> str:
    return note_type.fields[note_type.sort_field][0] if note_type.fields else ""


def _sides(template: PackedTemplate | None) -> tuple[str, str, str]:
    """Return a template's name, front and back; empty where there is none."""
    return (template.name, template.front, template.back) if template else ("", "", "")
