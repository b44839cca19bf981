"""Which version a release should have, judged by what it may cost a learner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deckpress.diff import Diff, NoteChange
from deckpress.lock import is_still_the_same


@dataclass(frozen=True)
class Suggestion:
    """Which number of the version should go up, and why."""

    part: str
    """`major` if a learner could lose progress, `minor` if notes were added, else `patch`."""
    reasons: tuple[str, ...]


def suggest(diff: Diff) -> Suggestion:
    """Return what two packages' difference means to learners."""
    for part, find in (("major", _losses), ("minor", _news), ("patch", _corrections)):
        if reasons := tuple(find(diff)):
            return Suggestion(part, reasons)
    return Suggestion("patch", ("nothing that learners see has changed",))


def _losses(diff: Diff) -> Iterator[str]:
    changed = diff.changed
    counts = {
        "made anew, so that learners start anew": len(diff.remade),
        "of another note type, which Anki does not update": _count(changed, "note_type"),
        "without a card that learners have": sum(bool(each.cards_gone) for each in changed),
        "with a cloze that takes over the progress of another": sum(map(_has_other_cloze, changed)),
    }
    yield from (f"{_notes(number)} {what}" for what, number in counts.items() if number)
    for each in diff.note_types:
        if each.is_schema_changed:
            yield f'the note type "{each.new.name}" has other fields or cards'
    moved = {each.deck for each in changed if each.deck}
    if moved and not diff.unchanged and len(moved) == 1 and all(each.deck for each in changed):
        ((old, new),) = moved
        yield f'the deck "{old}" is called "{new}", and cards that learners have stay behind'


def _has_other_cloze(change: NoteChange) -> bool:
    pairs = ((each.old, each.new) for each in change.clozes)
    return any(old and new and not is_still_the_same(old, new) for old, new in pairs)


def _news(diff: Diff) -> Iterator[str]:
    counts = {
        "added": len(diff.added),
        "with new cards": _count(diff.changed, "cards_added"),
        "in another deck": _count(diff.changed, "deck"),
        "retired": len(diff.retired),
    }
    yield from (f"{_notes(number)} {what}" for what, number in counts.items() if number)


def _corrections(diff: Diff) -> Iterator[str]:
    if diff.changed:
        yield f"{_notes(len(diff.changed))} corrected"
    if diff.note_types:
        yield "cards look otherwise"
    if diff.descriptions:
        yield "the deck's page says something else"


def _count(changes: tuple[NoteChange, ...], what: str) -> int:
    return sum(bool(getattr(each, what)) for each in changes)


def _notes(number: int) -> str:
    return "1 note" if number == 1 else f"{number} notes"
