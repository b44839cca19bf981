"""What of a note type must stay as learners have it, or Anki takes it for another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deckpress.anki import NoteType
from deckpress.anki.schema import equal_parts
from deckpress.lock import Lock, LockedNoteType, digest
from deckpress.notes import Kind


def describe_note_type(kind: Kind, each: NoteType, mod: int = 0) -> LockedNoteType:
    """Return what the lock keeps of a note type that last changed at `mod` (seconds since 1970)."""
    templates = [(one.name, one.id, one.front, one.back) for one in each.templates]
    return LockedNoteType(
        note_type=kind.value,
        id=each.id,
        fields={name: id_ or 0 for name, id_ in each.fields},
        templates={one.name: one.id or 0 for one in each.templates},
        sort_field=each.sort_field,
        is_cloze=each.is_cloze,
        style=digest(repr((each.name, [*each.fields], templates, each.css, each.sort_field))),
        mod=mod,
    )


def check_schema(lock: Lock, now: LockedNoteType) -> Iterator[str]:
    """Yield what a note type has otherwise than learners have it; names alone may change.

    Where Anki takes it for another one (`equal_parts`), it sets every note aside as conflicting. A
    sort field that moved gives every note of the learner a new date, so that no update arrives.
    """
    old = lock.note_type(now.note_type)
    if old is None or not old.fields:  # new, or from a lock of form 1
        return
    for what in _differences(old, now):
        yield (
            f'note type "{now.note_type}": {what} since the last build. Learners would get none of '
            'these notes\' updates, unless they import with "Merge note types" on and "Update '
            'notes: Always" after a backup, and sync in full: build with the deckpress of the last '
            "build, or give the deck a new id, which makes it a new deck"
        )


def _differences(old: LockedNoteType, now: LockedNoteType) -> Iterator[str]:
    if old.id != now.id:
        yield f"its id is {now.id} and was {old.id}"
    if old.is_cloze != now.is_cloze:
        yield "it " + ("became" if now.is_cloze else "is no longer") + " a cloze note type"
    yield from _compare("field", old.fields, now.fields)
    yield from _compare("card template", old.templates, now.templates)
    if old.sort_field != now.sort_field:
        yield f"its sort field is number {now.sort_field + 1} and was number {old.sort_field + 1}"


def _compare(what: str, old: Mapping[str, int], now: Mapping[str, int]) -> Iterator[str]:
    if equal_parts([*old.items()], [*now.items()]):
        return
    gone = [name for name, id_ in old.items() if id_ not in now.values()]
    added = [name for name, id_ in now.items() if id_ not in old.values()]
    for name in gone:
        yield f'its {what} "{name}" was removed'
    for name in added:
        yield f'its {what} "{name}" was added'
    if not gone and not added:
        yield f"the order of its {what}s changed"
