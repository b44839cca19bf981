"""Two packages → what they differ in, known by the notes' GUIDs as Anki knows them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from deckpress.anki import CardTemplate, NoteType, Package, PackageNote, equal_schema
from deckpress.diff import (
    DescriptionChange,
    Diff,
    NoteChange,
    NoteTypeChange,
    PartChange,
    ReadNote,
    Recreated,
)
from deckpress.diff.note_changes import PackageView, compare_notes, media_in, open_view, own_tags
from deckpress.languages.i18n import phrase
from deckpress.project.names import WORKING

_NOTHING = Package((), 0)
_VERSION = re.compile(rf"\d+\.\d+\.\d+(?:{re.escape(WORKING)})?")
_SHOWN = re.compile(r"\[(?:picture|sound)\]")
"""What stands in a text for media without a name of their own."""


def compare_note_types(old: NoteType, new: NoteType) -> NoteTypeChange | None:
    """Return what a note type differs in; None if it is nothing."""
    is_schema_changed = not is_same_schema(old, new)
    parts = tuple(part for part in _parts(old, new) if part.old != part.new)
    if not parts and not is_schema_changed:
        return None
    return NoteTypeChange(old, new, parts, is_schema_changed)


def is_same_schema(old: NoteType, new: NoteType) -> bool:
    """Return whether Anki updates notes of the old note type by those of the new.

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
    yield PartChange(phrase("sort_field"), _sort_field(old), _sort_field(new))
    for old_template, new_template in zip_longest(old.templates, new.templates):
        keys = ("card_name", "card_front", "card_back")
        sides = (_sides(old_template), _sides(new_template))
        for key, old_side, new_side in zip(keys, *sides, strict=True):
            yield PartChange(
                phrase(key, card=(new_template or old_template).name), old_side, new_side
            )
    yield PartChange(phrase("style_sheet"), old.css, new.css)


def _kind(note_type: NoteType) -> str:
    return "cloze" if note_type.is_cloze else "standard"


def _field_list(note_type: NoteType) -> str:
    return "\n".join(name for name, _ in note_type.fields)


def _sort_field(note_type: NoteType) -> str:
    return note_type.fields[note_type.sort_field][0] if note_type.fields else ""


def _sides(template: CardTemplate | None) -> tuple[str, str, str]:
    """Return a template's name, front and back; empty where there is none."""
    return (template.name, template.front, template.back) if template else ("", "", "")


def compare(old: Package | None, new: Package) -> Diff:
    """Return what the new package has that the old one has not, and the other way round.

    Without an old one, as at a first release, all is added. Pictures that changed under one name
    are seen only if both packages were read with their media.
    """
    before, after = open_view(old or _NOTHING), open_view(new)
    was, now = _by_guid(before), _by_guid(after)
    gone = [before.read(note) for guid, note in was.items() if guid not in now]
    come = [after.read(note) for guid, note in now.items() if guid not in was]
    recreated = tuple(_find_recreated(gone, come))
    changed = tuple(_find_changed(was, now, before, after))
    old_types, new_types = _types(before.package), _types(after.package)
    return Diff(
        added=_without(come, {pair.new.packed.guid for pair in recreated}),
        changed=changed,
        retired=_without(gone, {pair.old.packed.guid for pair in recreated}),
        recreated=recreated,
        unchanged=len(now) - len(come) - len(changed),
        note_types=tuple(
            change
            for key in new_types
            if key in old_types and (change := compare_note_types(old_types[key], new_types[key]))
        ),
        note_types_added=_used_beyond(after.package, old_types) if old else (),
        note_types_gone=_used_beyond(before.package, new_types),
        descriptions=tuple(_find_descriptions(before.package, after.package)),
    )


def _by_guid(side: PackageView) -> dict[str, PackageNote]:
    """Return the notes by their GUIDs; of two that share one, Anki updates the last."""
    return {note.guid: note for note in side.package.notes}


def _types(package: Package) -> dict[int, NoteType]:
    """Return the note types by their ids."""
    return {note_type.id: note_type for note_type in package.note_types}


def _used_beyond(package: Package, other_types: Mapping[int, NoteType]) -> tuple[NoteType, ...]:
    """Return the note types that have notes and are not among others."""
    used = {note.note_type.id for note in package.notes}
    return tuple(
        note_type for note_type in package.note_types if note_type.id in used - other_types.keys()
    )


def _without(notes: Sequence[ReadNote], guids: set[str]) -> tuple[ReadNote, ...]:
    return tuple(note for note in notes if note.packed.guid not in guids)


def _find_recreated(gone: Sequence[ReadNote], come: Sequence[ReadNote]) -> Iterator[Recreated]:
    """Yield notes that are gone, each with the one that came with the same question."""
    waiting: dict[str, list[ReadNote]] = defaultdict(list)
    for note in reversed(gone):
        waiting[_asked(note)].append(note)
    for note in come:
        if (asked := _asked(note)) and waiting[asked]:
            yield Recreated(waiting[asked].pop(), note)


def _asked(note: ReadNote) -> str:
    """Return what tells a question from others; nothing where it is but a picture or a sound."""
    return note.title if any(map(str.isalnum, _SHOWN.sub("", note.title))) else ""


def _find_changed(
    was: Mapping[str, PackageNote],
    now: Mapping[str, PackageNote],
    before: PackageView,
    after: PackageView,
) -> Iterator[NoteChange]:
    other_media = _find_other_media(before.package, after.package)
    for guid, new in now.items():
        old = was.get(guid)
        if old is None or _is_same(old, new, other_media):
            continue
        change = compare_notes(old, new, before, after)
        if not change.is_empty:
            yield change


def _find_other_media(old: Package, new: Package) -> frozenset[str]:
    """Return the names under which the packages hold different things."""
    names = old.media.keys() | new.media.keys()
    return frozenset(name for name in names if old.media.get(name) != new.media.get(name))


def _is_same(old: PackageNote, new: PackageNote, other_media: frozenset[str]) -> bool:
    return (
        old.fields == new.fields
        and old.note_type.id == new.note_type.id
        and (old.deck, old.card_numbers) == (new.deck, new.card_numbers)
        and (old.tags == new.tags or own_tags(old).keys() == own_tags(new).keys())
        and not (other_media and other_media & media_in(new.fields))
    )


def _find_descriptions(old: Package, new: Package) -> Iterator[DescriptionChange]:
    """Yield what the pages of decks say that both packages have, if not only of which version."""
    before = {deck.name: deck.description for deck in old.decks}
    for deck in new.decks:
        was = before.get(deck.name, deck.description)
        if _VERSION.sub("", was) != _VERSION.sub("", deck.description):
            yield DescriptionChange(deck.name, was, deck.description)
