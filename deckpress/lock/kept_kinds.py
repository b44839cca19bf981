"""What learners have says how notes are to be read that may be read in two ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deckpress.lock.entries import Lock
from deckpress.lock.likeness import fold
from deckpress.notes import Kind, Note


def questions_by_file(lock: Lock, files: Iterable[str]) -> dict[str, list[str]]:
    """Return the questions of the last build for each file, by its name, sorted.

    A file that had none may be a new name of one that is gone, and has those of all that are.
    """
    questions: dict[str, list[str]] = {file: [] for file in files}
    gone: list[str] = []
    for entry in lock.notes:
        if not entry.retired:
            questions.get(entry.file, gone).append(entry.question)
    gone.sort()
    return {file: sorted(asked) or gone for file, asked in questions.items()}


def keep_kinds(lock: Lock, notes: Iterable[Note]) -> list[Note]:
    """Return the notes, as cloze notes where learners have them so.

    That is for notes with a mark in the answer, which was a deletion once (Note.as_cloze): Anki
    moves no note to another note type.
    """
    clozes = [entry for entry in lock.notes if entry.kind == Kind.CLOZE and not entry.retired]
    ids = {each.casefold() for entry in clozes for each in (entry.id, entry.author_id)}
    asked = {fold(entry.question) for entry in clozes}
    return [_keep(note, note.as_cloze, ids, asked) for note in notes]


def _keep(note: Note, cloze: Note | None, ids: set[str], asked: set[str]) -> Note:
    if cloze is None:
        return note
    is_known = (note.id or "").casefold() in ids or fold(cloze.question_text) in asked
    return replace(cloze, folders=note.folders) if is_known else replace(note, as_cloze=None)
