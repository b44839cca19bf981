"""What a learner does with a deck between two releases: studies, suspends, flags, writes, tags."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import TYPE_CHECKING, Literal

from deckpress.rehearse.collection import check_database
from deckpress.rehearse.state import State
from deckpress.rehearse.update import Division

if TYPE_CHECKING:  # at run time it is loaded where it is used, since it is an extra
    from anki.cards import CardId
    from anki.collection import Collection
    from anki.notes import NoteId

OWN_WORDS = " (in my own words)"
OWN_TAG = "my-own"

_ANSWERED = 40
"""Cards that are answered one by one; the others are given a due date, which is as good."""
_DUE = (1, 3, 7, 21, 60, 180, 365)
"""Days from today on which cards are due."""
_FLAGS = 7
_RATINGS: tuple[Literal[1, 2, 3, 4], ...] = (1, 2, 3, 4)


def live(collection: Collection, imported: State, notes: Division) -> tuple[int, ...]:
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
    for at, days in enumerate(_DUE):
        if some := cards[at :: len(_DUE)]:
            collection.sched.set_due_date(some, str(days))
    for at, key in enumerate(cards[:: max(1, len(cards) // _ANSWERED)]):
        card = collection.get_card(key)
        card.start_timer()
        collection.sched.answerCard(card, _RATINGS[at % len(_RATINGS)])
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
        last = max((at for at, text in enumerate(note.fields) if text.strip()), default=0)
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
