"""Rendered notes → what goes into the package and into the lock: with ID, tags, deck and date."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from deckpress.anki import NoteType, PackageNote, card_numbers
from deckpress.lock import LockedNote
from deckpress.lock.dates import date_note
from deckpress.lock.matching import Identity
from deckpress.notes import Kind
from deckpress.notes.attributes import deck_name, file_name, subdeck_name, tags
from deckpress.project import Deck
from deckpress.render import RenderedNote

Types = Mapping[Kind, NoteType]


class FinishedNote(NamedTuple):
    """A note as learners get it, and what the lock has of it."""

    note: PackageNote
    entry: LockedNote


Finish = Callable[
    [Sequence[RenderedNote], Sequence[Identity], Types, Deck, int], list[FinishedNote]
]
"""Finishes notes, of which each has an identity; the last argument is the time, in seconds since
1970."""


def finish_notes(
    rendered: Sequence[RenderedNote],
    identities: Sequence[Identity],
    types: Types,
    deck: Deck,
    now: int,
) -> list[FinishedNote]:
    """Give each note its ID, tags, deck and date."""
    return [
        _finish(note, identity, types[note.note.kind], deck, now)
        for note, identity in zip(rendered, identities, strict=True)
    ]


def _finish(
    rendered: RenderedNote, identity: Identity, note_type: NoteType, deck: Deck, now: int
) -> FinishedNote:
    note, old = rendered.note, identity.entry
    fields = rendered.stored(identity.id)
    stored = {name: fields.get(name, "") for name, _ in note_type.fields}
    news = {"added": old.added, "changed": old.changed} if old else {}
    note_tags = tags(note, deck, **news)
    entry = date_note(
        note,
        identity,
        stored,
        note_tags,
        file=file_name(note.location.file, note.folders),
        deck=subdeck_name(note, deck),
        now=now,
    )
    values = tuple(stored.values())
    finished = PackageNote(
        guid=entry.guid,
        note_type=note_type,
        fields=values,
        tags=note_tags,
        mod=entry.mod,
        deck=deck_name(note, deck),
        card_numbers=card_numbers(note_type, values),
    )
    return FinishedNote(finished, entry)


class Finisher:
    """Finishes the notes of a deck again and again; one that nothing changed is finished already.

    It is when it was rendered once and is the note that it was, and then has no new date.
    """

    def __init__(self) -> None:
        self._settings: tuple[Types, Deck] | None = None
        self._known: dict[int, tuple[RenderedNote, Identity, FinishedNote]] = {}
        """The notes that kept their dates, by the `id` of what was rendered, which lives on."""

    def finish(
        self,
        rendered: Sequence[RenderedNote],
        identities: Sequence[Identity],
        types: Types,
        deck: Deck,
        now: int,
    ) -> list[FinishedNote]:
        """Return what `finish_notes` does."""
        known = self._known if self._settings == (types, deck) else {}
        self._settings, self._known = (types, deck), {}
        finished = []
        for note, identity in zip(rendered, identities, strict=True):
            former = known.get(id(note))
            if former and former[0] is note and former[1] == identity:
                done = former[2]
            else:
                done = _finish(note, identity, types[note.note.kind], deck, now)
            if identity.entry and identity.entry.mod == done.entry.mod:
                self._known[id(note)] = (note, identity, done)
            finished.append(done)
        return finished
