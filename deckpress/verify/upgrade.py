"""A learner of an older release, who has studied it, before and after importing the new one."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from deckpress.anki import NoteType, Package, schema_changes
from deckpress.verify import Checkup, Log, NoteRow, State, check_database
from deckpress.verify.fresh_import import FreshImport

if TYPE_CHECKING:  # at run time it is loaded where it is used, since it is an extra
    from anki.cards import CardId
    from anki.collection import Collection
    from anki.notes import NoteId

_OTHER_ID = "its id is another one"
OWN_WORDS = " (in my own words)"
OWN_TAG = "my-own"
_ANSWERED = 40
"""Cards that are answered one by one; the others are given a due date, which is as good."""
_DUE = (1, 3, 7, 21, 60, 180, 365)
"""Days from today on which cards are due."""
_FLAGS = 7
_RATINGS: tuple[Literal[1, 2, 3, 4], ...] = (1, 2, 3, 4)


@dataclass(frozen=True)
class Division:
    """The notes of an older release by what the new one makes of them; ids in the collection."""

    changed: frozenset[int]
    unchanged: frozenset[int]
    retired: frozenset[int]


def divide(imported: State, fresh: State) -> Division:
    """Divide the notes of an older release, as Anki imported it, by what the new release holds.

    Both states are those of packages in an empty collection, so Anki itself made names and texts
    comparable. A picture with another content under the same name is a change as well.
    """
    redrawn = redrawn_media(imported, fresh)
    known = arriving(imported, fresh)
    changed = {
        key
        for key, new in known.items()
        if new.content != imported.notes[key].content or shows(new, redrawn)
    }
    unchanged, retired = known.keys() - changed, imported.notes.keys() - known.keys()
    return Division(frozenset(changed), frozenset(unchanged), frozenset(retired))


def arriving(imported: State, fresh: State) -> Mapping[int, NoteRow]:
    """Return the notes of a new release that the older one has, by their ids in the older one's.

    Of notes that share a GUID, updates reach only one: the first stands for it here.
    """
    both = ((note, fresh.by_guid.get(note.guid)) for note in imported.by_guid.values())
    return {note.id: new for note, new in both if new}


def redrawn_media(old: State, new: State) -> tuple[str, ...]:
    """Return the names of files that two collections hold with different contents."""
    both = sorted(old.media.keys() & new.media.keys())
    return tuple(name for name in both if old.media[name] != new.media[name])


def shows(note: NoteRow, media: tuple[str, ...]) -> bool:
    """Return whether a note names one of some media files."""
    text = html.unescape(note.fields) if media else ""
    return any(name in text for name in media)


@dataclass(frozen=True)
class Upgrade:
    """All that is known of an update, to be judged."""

    old: Path
    package: Package
    """What the older release holds."""
    fresh: FreshImport
    """The new release in an empty collection."""
    imported: State
    """The older release in an empty collection."""
    after_study: State
    """The same when its learner has studied, marked and written."""
    after: State
    """The same when the new release is imported."""
    written: tuple[int, ...]
    """The ids of the unchanged notes on which the learner has written."""
    log: Log
    empty_before: frozenset[int]
    """The ids of cards that were empty before the new release came."""
    checkup: Checkup

    @cached_property
    def division(self) -> Division:
        """The notes of the older release by what the new one makes of them."""
        return divide(self.imported, self.fresh.state)

    @cached_property
    def arriving(self) -> Mapping[int, NoteRow]:
        """The notes of the new release that the older one has, by their ids in the collection."""
        return arriving(self.imported, self.fresh.state)

    @cached_property
    def note_types(self) -> tuple[Mapping[str, NoteType], Mapping[str, NoteType]]:
        """The note type of each note by GUID, in the older release and in the new one."""
        old, new = (
            {note.guid: note.note_type for note in reversed(package.notes)}
            for package in (self.package, self.fresh.package)
        )
        return old, new

    @cached_property
    def conflicts(self) -> Mapping[int, tuple[str, ...]]:
        """Why Anki sets notes aside, by their ids: what has changed of their note type."""
        old, new = self.note_types
        reasons: dict[tuple[int, int], tuple[str, ...]] = {}
        conflicts: dict[int, tuple[str, ...]] = {}
        for key, note in self.arriving.items():
            if note.guid in old and note.guid in new:
                pair = old[note.guid], new[note.guid]
                ids = pair[0].id, pair[1].id
                if ids not in reasons:
                    reasons[ids] = _conflict(*pair)
                if reasons[ids]:
                    conflicts[key] = reasons[ids]
        return conflicts


def _conflict(old: NoteType, new: NoteType) -> tuple[str, ...]:
    """Return why Anki takes the note type of a note for another one, if it does."""
    return (_OTHER_ID,) if old.id != new.id else schema_changes(old, new)


def simulate_learner(collection: Collection, imported: State, notes: Division) -> tuple[int, ...]:
    """Do all that with the notes of an older release; return the ids of those written on.

    These are all that the next release does not change: on the others, what a learner writes is
    replaced by design.
    """
    study(collection)
    for some in (notes.changed, notes.unchanged, notes.retired):
        mark(collection, imported, some)
    written = sorted(notes.unchanged)
    # As early as can be, when the older release came out: all that the next one dates is later.
    write(collection, written, max(note.mod for note in imported.notes.values()))
    return tuple(written)


def study(collection: Collection) -> None:
    """Give every card a due date, answer some cards, and run Check Database, with FSRS on."""
    collection.set_config("fsrs", True)  # so that cards also have a memory state to lose
    cards = sorted(collection.find_cards(""))
    for index, days in enumerate(_DUE):
        if some := cards[index :: len(_DUE)]:
            collection.sched.set_due_date(some, str(days))
    for index, key in enumerate(cards[:: max(1, len(cards) // _ANSWERED)]):
        card = collection.get_card(key)
        card.start_timer()
        collection.sched.answerCard(card, _RATINGS[index % len(_RATINGS)])
    check_database(collection)


def mark(collection: Collection, state: State, notes: Set[int]) -> None:
    """Suspend and flag some of the cards of these notes, at least one of each."""
    cards = [key for key, card in state.cards.items() if card.note in notes]
    if cards:
        collection.sched.suspend_cards([_card(key) for key in cards[::4]])
    for flag in range(1, _FLAGS + 1):
        if some := [_card(key) for key in cards[flag - 1 :: _FLAGS]]:
            collection.set_user_flag_for_cards(flag, some)


def write(collection: Collection, notes: Sequence[int], now: int) -> None:
    """Add words and a tag to these notes at a time, in seconds since 1970."""
    written = [collection.get_note(_note(key)) for key in notes]
    for note in written:
        # A field that has text already: no card comes or goes by it.
        last = max((index for index, text in enumerate(note.fields) if text.strip()), default=0)
        note.fields[last] += OWN_WORDS
        note.add_tag(OWN_TAG)
    collection.update_notes(written)
    assert collection.db  # Anki itself knows no time but the present
    collection.db.executemany(
        "UPDATE notes SET mod = ? WHERE id = ?", [[now, key] for key in notes]
    )


def _card(key: int) -> CardId:
    from anki.cards import CardId

    return CardId(key)


def _note(key: int) -> NoteId:
    from anki.notes import NoteId

    return NoteId(key)
