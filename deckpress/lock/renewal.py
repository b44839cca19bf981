"""A lock with questions as they were read once → the same lock in the words of today's notes.

The first locks have "What happened?" for a question that is the list `2019. What happened?`, and
later ones the first block of a question that has several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from deckpress.lock.entries import Lock, NoteEntry
from deckpress.lock.likeness import fold, sketch
from deckpress.notes import Note, has_markers, plain_text


def renew(lock: Lock, notes: Sequence[Note]) -> Lock:
    """Return a lock in which entries have the markers that their notes have.

    An entry's note is the only one that had its text; any other entry stays as it is.
    """
    questions, answers = _new_questions(notes), _new_answers(notes)
    if not questions and not answers:
        return lock
    asked = {fold(note.question_text): note for note in notes}
    entries = []
    for entry in lock.notes:
        question = questions.get(entry.question, entry.question)
        answer, of_note = answers.get(entry.answer, (entry.answer, None))
        is_its_own = asked.get(fold(question), of_note) is of_note
        entries.append(_with(entry, question, answer if is_its_own else entry.answer))
    return replace(lock, notes=tuple(entries))


def _new_questions(notes: Sequence[Note]) -> Mapping[str, str]:
    """Return questions as they are now by what they were in earlier locks."""
    asked = {note.question_text for note in notes}
    pairs = [(former, note) for note in notes for former in note.former_questions]
    count = Counter(former for former, _ in pairs)
    return {
        former: note.question_text
        for former, note in pairs
        if count[former] == 1 and former not in asked
    }


def _new_answers(notes: Sequence[Note]) -> Mapping[str, tuple[str, Note]]:
    """Return sketches of answers with their markers by what they were without them."""
    marked = [
        (sketch(plain_text(note.answer, markers=False)), note)
        for note in notes
        if has_markers(note.answer)
    ]
    count = Counter(drawn for drawn, _ in marked)
    return {
        drawn: (sketch(plain_text(note.answer)), note)
        for drawn, note in marked
        if drawn and count[drawn] == 1
    }


def _with(entry: NoteEntry, question: str, answer: str) -> NoteEntry:
    if (question, answer) == (entry.question, entry.answer):
        return entry
    return replace(entry, question=question, answer=answer)
