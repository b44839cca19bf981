"""When each note and note type last changed, and what of a note type must stay as it is."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

from deckpress.anki import NoteType, equal_parts
from deckpress.diagnostics import Diagnostic, Diagnostics, Location, error, warning
from deckpress.lock import (
    UNRELEASED,
    Lock,
    LockedNote,
    LockedNoteType,
    digest,
    digest_note,
    digest_note_in_form_1,
)
from deckpress.lock.cloze_numbers import clozes_of, removed_clozes
from deckpress.lock.matching import Identity
from deckpress.lock.similarity import sketch
from deckpress.notes import Kind, NoteText

MAX_SKEW = 3600
"""How far, in seconds, one computer's clock may be behind another's that built the deck before."""
_LEAP = 2 * 365 * 24 * 3600
"""So many seconds after the last change, another one may be due to a clock that is ahead."""
_FIRST_DATE = 10**9
"""Anki cannot repair notes whose ids, made of this time, are near 1970 (`dbcheck.rs`)."""


def check_clock(before: Lock, after: Lock, where: Location, now: int) -> Iterator[Diagnostic]:
    """Yield what is wrong if a change cannot be dated by this computer's clock, `now` in seconds.

    A date must be later than the last one, or learners would not get the change; so it follows one
    of the future, though Anki takes what they edit themselves for older than that. Where nothing
    changed the clock does not matter.
    """
    known = {entry.guid: entry.mod for entry in before.notes}
    types = {entry.note_type: entry.mod for entry in before.note_types}
    risen = [entry.mod for entry in after.notes if entry.mod != known.get(entry.guid)]
    risen += [entry.mod for entry in after.note_types if entry.mod != types.get(entry.note_type)]
    last = max(risen, default=0) - 1
    if risen and now < _FIRST_DATE:
        yield error(where, f"this computer's clock says {format_date(now)}: set it right")
    elif last - now > MAX_SKEW:
        message = (
            f"has a change of {format_date(last)}, and this computer's clock says "
            f"{format_date(now)}: set it right; if it is right, restore the lock from before that "
            "change, or build on if learners have it: what changes now is dated a second later"
        )
        yield warning(where, message)
    elif risen and not before.is_new and now - last_date(before) > _LEAP:
        message = (
            f"was last changed {format_date(last_date(before))}, and this computer's clock says "
            f"{format_date(now)}: if it is ahead, set it right and restore the lock; learners of "
            "this build get no other one that is dated earlier"
        )
        yield warning(where, message)


def date_anew(lock: Lock, where: Location, now: int, diagnostics: Diagnostics) -> Lock:
    """Return a lock without dates of the future that no release has.

    If it had any, a warning is added to `diagnostics`. They come from a clock that was ahead. Of a
    deck that was never released nobody can tell which builds learners have: all dates stay.
    """
    if lock.last_release is None:
        return lock
    future = [note.mod for note in lock.notes if _is_never_released_future(note, now)]
    if not future:
        return lock
    notes = (
        note._replace(mod=max(now, note.released_mod + 1))
        if _is_never_released_future(note, now)
        else note
        for note in lock.notes
    )
    message = (
        f"has changes of {format_date(max(future))} that no release has, and this computer's clock "
        f"says {format_date(now)}: they are dated by this one; if it is wrong, set it right"
    )
    diagnostics.append(warning(where, message))
    return lock._replace(notes=tuple(notes))


def _is_never_released_future(note: LockedNote, now: int) -> bool:
    return note.mod - now > MAX_SKEW >= note.released_mod - now


def last_date(lock: Lock) -> int:
    """Return when something last changed, in seconds since 1970; when it began if nothing has."""
    dates = [*(note.mod for note in lock.notes), *(note_type.mod for note_type in lock.note_types)]
    return max(dates, default=lock.created)


def format_date(seconds: float) -> str:
    """Return a time in seconds since 1970 as messages tell it: day, hour and minute, in UTC."""
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))


def date_note(
    note: NoteText,
    identity: Identity,
    fields: Mapping[str, str],
    tags: Sequence[str],
    *,
    file: str,
    deck: str,
    now: int,
) -> LockedNote:
    """Return what learners will have of a note; its date moves only if its fields or tags did.

    `file` and `deck` say where it is filed (`LockedNote`). `now` is in seconds since 1970. The date
    rises by a second at least, so that Anki, which takes only the newer, takes it.
    """
    stored = digest_note(fields.values(), tags)
    old = identity.entry
    same = old is not None and (
        old.fields == stored or old.fields == digest_note_in_form_1(fields, tags)
    )
    clozes = clozes_of(note)
    return LockedNote(
        guid=identity.guid,
        id=identity.id,
        kind=note.kind.value,
        question=old.question if old and same and note.asks(old.question) else note.question_text,
        answer=old.answer if old and old.answer and same else _sketch_of(note),
        fields=stored,
        mod=old.mod if old and same else _bump(old, now),
        added=old.added if old else "",
        changed=old.changed if old else "",
        released=old.released if old else "",
        released_mod=old.released_mod if old else 0,
        file=file,
        deck=deck,
        clozes=clozes,
        gone_clozes=removed_clozes(old, clozes),
        key=identity.key,
        context=identity.context,
    )


def _sketch_of(note: NoteText) -> str:
    return note.sketch or sketch(note.answer_text)


def date_note_type(lock: Lock, now_entry: LockedNoteType, now: int) -> LockedNoteType:
    """Return what learners will have of a note type; its date moves only if it changed.

    The `mod` of `now_entry` is not looked at. `now` is in seconds since 1970.
    """
    old = lock.note_type(now_entry.note_type)
    same = old is not None and old.style == now_entry.style
    return now_entry._replace(mod=old.mod if old and same else _bump(old, now))


def _bump(old: LockedNote | LockedNoteType | None, now: int) -> int:
    return max(now, old.mod + 1) if old else now


def update_lock(
    lock: Lock, name: str, note_types: Iterable[LockedNoteType], notes: Iterable[LockedNote]
) -> Lock:
    """Return the lock after a build; notes that are gone stay in it as retired.

    `name` is the deck's name.
    """
    types = {entry.note_type: entry for entry in (*lock.note_types, *note_types)}
    now = {entry.guid: entry for entry in notes}
    gone = {
        entry.guid: entry._replace(retired=entry.retired or UNRELEASED)
        for entry in lock.notes
        if entry.guid not in now
    }
    return lock._replace(
        name=name, note_types=tuple(types.values()), notes=tuple((gone | now).values())
    )


def describe_note_type(kind: Kind, note_type: NoteType, mod: int = 0) -> LockedNoteType:
    """Return what the lock keeps of a note type that last changed at `mod` (seconds since 1970)."""
    templates = [
        (template.name, template.id, template.front, template.back)
        for template in note_type.templates
    ]
    shown = (note_type.name, [*note_type.fields], templates, note_type.css, note_type.sort_field)
    return LockedNoteType(
        note_type=kind.value,
        id=note_type.id,
        fields={name: id_ or 0 for name, id_ in note_type.fields},
        templates={template.name: template.id or 0 for template in note_type.templates},
        sort_field=note_type.sort_field,
        is_cloze=note_type.is_cloze,
        style=digest(repr(shown)),
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
