"""Locks of builds in memory, and the Markdown that these are of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from deckpress.diagnostics import Diagnostics
from deckpress.formulas.macros import expand_all
from deckpress.lock import Lock, LockedNote
from deckpress.lock.cloze_numbers import note_text
from deckpress.lock.dates import date_note, update_lock
from deckpress.lock.matching import Identity, identify
from deckpress.media import Media
from deckpress.notes import Note, NoteText
from deckpress.notes.builder import parse_notes
from deckpress.render import RenderedNote, render_note
from tests.support.projects import NOON

EMPTY = Lock("demo", created=NOON)
"""The lock of a deck that was never built."""


def read_notes(text: str) -> list[Note]:
    """Return the notes of a Markdown text."""
    notes, diagnostics, *_ = parse_notes(text, "notes.md")
    assert not diagnostics, diagnostics
    return notes


def text_of(note: Note) -> NoteText:
    """Return what a note says."""
    return note_text(note)


def fields_of(note: Note, media: Media | None = None) -> Mapping[str, str]:
    """Return the HTML of a new note's fields."""
    fields = render_note(note, media or Media(), expand_all([note], {}), "en", [])
    said = text_of(note)
    return RenderedNote(said, fields).with_numbers(said).fields


def notes_of(text: str) -> list[NoteText]:
    """Return what the notes of a Markdown text say."""
    return [text_of(note) for note in read_notes(text)]


def write_list(*notes: tuple[str, str]) -> str:
    """Return questions and answers as a numbered list; without an answered, a question alone."""
    items = (
        f"{index}. {asked}\n\n     {answered}".rstrip()
        for index, (asked, answered) in enumerate(notes, 1)
    )
    return "\n\n".join(items) + "\n"


def record(
    lock: Lock,
    notes: Sequence[NoteText],
    identities: Sequence[Identity],
    now: int = NOON,
    file: str = "notes",
) -> Lock:
    """Return the lock after a build in which each note has one field, its answer."""
    entries = [
        date_note(
            note, identity, {"Answer": note.answer_text}, note.tags, file=file, deck="", now=now
        )
        for note, identity in zip(notes, identities, strict=True)
    ]
    return update_lock(lock, "Demo", [], entries)


def build(lock: Lock, text: str, now: int = NOON, file: str = "notes") -> Lock:
    """Return the lock after a build of a Markdown text, in which nothing is in doubt."""
    notes = notes_of(text)
    doubts: Diagnostics = []
    identities = identify(lock, notes, doubts)
    assert not doubts, doubts
    return record(lock, notes, identities, now, file)


def entries_of(lock: Lock) -> Mapping[str, LockedNote]:
    """Return the entries of a lock by their questions."""
    return {entry.question: entry for entry in lock.notes}


COMMENT = re.compile(r"<!-- id=(\S+) -->")
"""What a message on a note in doubt says to write."""


def answer(text: str, message: str, note_id: str) -> str:
    """Return a text in which a message is answered by an id, at the line that it names."""
    lines = text.splitlines()
    index = int(message.split(":")[1]) - 1
    lines[index] = COMMENT.sub("", lines[index]) + f" <!-- id={note_id} -->"
    return "\n".join(lines) + "\n"
