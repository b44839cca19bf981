"""Two packages → what they differ in, known by the notes' GUIDs as Anki knows them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from deckpress.anki import NoteType, Package, PackageNote
from deckpress.diff.design import compare_note_types
from deckpress.diff.media import media_in
from deckpress.diff.notes import Side, compare_notes, open_side, own_tags
from deckpress.diff.values import DescriptionChange, Diff, NoteChange, ReadNote, Remade
from deckpress.versions import WORKING

_NOTHING = Package((), 0)
_VERSION = re.compile(rf"\d+\.\d+\.\d+(?:{re.escape(WORKING)})?")
_SHOWN = re.compile(r"\[(?:picture|sound)\]")
"""What stands in a text for media without a name of their own."""


def compare(old: Package | None, new: Package) -> Diff:
    """Return what the new package has that the old one has not, and the other way round.

    Without an old one, as at a first release, all is added. Pictures that changed under one name
    are seen only if both packages were read with their media.
    """
    before, after = open_side(old or _NOTHING), open_side(new)
    was, now = _by_guid(before), _by_guid(after)
    gone = [before.read(note) for guid, note in was.items() if guid not in now]
    come = [after.read(note) for guid, note in now.items() if guid not in was]
    remade = tuple(_find_remade(gone, come))
    changed = tuple(_find_changed(was, now, before, after))
    old_types, new_types = _types(before.package), _types(after.package)
    return Diff(
        added=_without(come, {pair.new.packed.guid for pair in remade}),
        changed=changed,
        retired=_without(gone, {pair.old.packed.guid for pair in remade}),
        remade=remade,
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


def _by_guid(side: Side) -> dict[str, PackageNote]:
    """Return the notes by their GUIDs; of two that share one, Anki updates the last."""
    return {note.guid: note for note in side.package.notes}


def _types(package: Package) -> dict[int, NoteType]:
    """Return the note types by their ids."""
    return {each.id: each for each in package.note_types}


def _used_beyond(package: Package, others: Mapping[int, NoteType]) -> tuple[NoteType, ...]:
    """Return the note types that have notes and are not among others."""
    used = {note.note_type.id for note in package.notes}
    return tuple(each for each in package.note_types if each.id in used - others.keys())


def _without(notes: Sequence[ReadNote], guids: set[str]) -> tuple[ReadNote, ...]:
    return tuple(note for note in notes if note.packed.guid not in guids)


def _find_remade(gone: Sequence[ReadNote], come: Sequence[ReadNote]) -> Iterator[Remade]:
    """Yield notes that are gone, each with the one that came with the same question."""
    waiting: dict[str, list[ReadNote]] = defaultdict(list)
    for note in reversed(gone):
        waiting[_asked(note)].append(note)
    for note in come:
        if (asked := _asked(note)) and waiting[asked]:
            yield Remade(waiting[asked].pop(), note)


def _asked(note: ReadNote) -> str:
    """Return what tells a question from others; nothing where it is but a picture or a sound."""
    return note.title if any(map(str.isalnum, _SHOWN.sub("", note.title))) else ""


def _find_changed(
    was: Mapping[str, PackageNote], now: Mapping[str, PackageNote], before: Side, after: Side
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
