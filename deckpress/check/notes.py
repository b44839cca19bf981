"""All notes → everything that is wrong with them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deckpress.check.lists import check_lists
from deckpress.check.shown import shows_anything
from deckpress.errors import Problem, error, quote
from deckpress.filing import check_deck, check_tags, deck_name
from deckpress.notes import Note
from deckpress.project import Project
from deckpress.render import RenderedNote


def check_notes(notes: Sequence[Note], project: Project) -> Iterator[Problem]:
    """Yield each problem that shows only in a note as a whole, or between notes."""
    yield from _check_ids(notes)
    yield from _check_questions(notes)
    yield from _check_deck_names(notes, project)
    for note in notes:
        yield from check_deck(note, project.deck)
        yield from check_tags(note, project.deck)
        yield from check_lists(note)


def check_rendered(rendered: RenderedNote) -> Iterator[Problem]:
    """Yield what shows only in the finished fields: one of which a browser shows nothing."""
    note = rendered.note
    if not shows_anything(rendered.fields["Question"]):
        yield error(note.location, "question shows nothing: write it, or remove the item")
    if note.answer and not shows_anything(rendered.fields["Answer"]):
        yield error(note.location, "answer shows nothing: write it, or remove the item")


def _check_ids(notes: Sequence[Note]) -> Iterator[Problem]:
    first: dict[str, Note] = {}
    for note in notes:
        if note.id is None:
            continue
        other = first.setdefault(note.id.casefold(), note)
        if other is not note:
            yield error(
                note.location, f"id {quote(note.id)} is taken by {other.location}: choose another"
            )


def _check_questions(notes: Sequence[Note]) -> Iterator[Problem]:
    """Two notes may look the same on their fronts only if an id tells each of them apart.

    The headings above are on the front; the file, which is not, does not tell them apart.
    """
    first: dict[tuple[str, str], Note] = {}
    for note in notes:
        other = first.setdefault((note.place, note.question_text), note)
        if other is not note and (note.id is None or other.id is None):
            message = (
                f"the same question as in {other.location}: "
                "reword one, or give each an id, <!-- id=… -->"
            )
            yield error(note.location, message)


def _check_deck_names(notes: Sequence[Note], project: Project) -> Iterator[Problem]:
    """Anki takes deck names that differ only in case for one (`rslib/src/decks/name.rs`)."""
    first: dict[str, str] = {}
    for note in notes:
        name = deck_name(note, project.deck)
        other = first.setdefault(name.casefold(), name)
        if other != name:
            message = f"deck {quote(name)} is the same to Anki as {quote(other)}: write both alike"
            yield error(note.location, message)
