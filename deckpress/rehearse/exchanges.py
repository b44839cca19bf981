"""Progress that passes to another question: Anki keeps it by GUID and card number, not by text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from deckpress.anki.field_text import read_field
from deckpress.rehearse.state import NoteRow, State
from deckpress.rehearse.update import Update


def exchanged_notes(update: Update) -> list[NoteRow]:
    """Return updated notes that now ask what another note asked, whose GUID is another one."""
    old, new = _askers(update.imported), _askers(update.trial.state)
    found: list[NoteRow] = []
    for key in _updated(update):
        before, now = update.imported.notes[key], update.arriving[key]
        asked_before = old.get((now.note_type, now.checksum))
        is_asked_once = (now.note_type, now.checksum) in new
        if is_asked_once and asked_before not in (None, before.guid):
            found.append(now)
    return found


def _askers(state: State) -> Mapping[tuple[int, int], str]:
    """Return the GUID of the note that asks something, where only one of its type asks it."""
    asked = [(note.note_type, note.checksum) for note in state.notes.values()]
    counts = Counter(asked)
    return {
        (note.note_type, note.checksum): note.guid
        for note in state.notes.values()
        if counts[note.note_type, note.checksum] == 1
    }


def moved_clozes(update: Update) -> list[NoteRow]:
    """Return updated notes in which a cloze has the number that another one had, or none had."""
    types = update.note_types[1]
    pairs = ((update.imported.notes[key], update.arriving[key]) for key in _updated(update))
    return [
        now
        for before, now in pairs
        if now.guid in types
        and types[now.guid].is_cloze
        and _has_moved(_clozes(before), _clozes(now))
    ]


def _clozes(note: NoteRow) -> Mapping[str, str]:
    return read_field(note.fields.replace("\x1f", " "), is_ours=False)[1]


def _has_moved(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Say whether a text that had one number now has another instead."""
    homes = {text: number for number, text in old.items()}
    return any(
        text in homes and old.get(number) != text and new.get(homes[text]) != text
        for number, text in new.items()
    )


def _updated(update: Update) -> list[int]:
    """Return the ids of the notes that the new release changed, in the order of their ids."""
    return [
        key
        for key in sorted(update.division.changed)
        if update.after.notes[key].content != update.lived.notes[key].content
    ]
