"""An update: what a learner of an older release has before and after importing the new one."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deckpress.anki import NoteType, Package
from deckpress.anki.schema import schema_changes
from deckpress.rehearse.state import Checkup, Log, NoteRow, State
from deckpress.rehearse.trial import Trial


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
    """Say whether a note names one of some media files."""
    text = html.unescape(note.fields) if media else ""
    return any(name in text for name in media)


@dataclass(frozen=True)
class Update:
    """All that is known of an update, to be judged."""

    old: Path
    package: Package
    """What the older release holds."""
    trial: Trial
    """The new release in an empty collection."""
    imported: State
    """The older release in an empty collection."""
    lived: State
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
        return divide(self.imported, self.trial.state)

    @cached_property
    def arriving(self) -> Mapping[int, NoteRow]:
        """The notes of the new release that the older one has, by their ids in the collection."""
        return arriving(self.imported, self.trial.state)

    @cached_property
    def note_types(self) -> tuple[Mapping[str, NoteType], Mapping[str, NoteType]]:
        """The note type of each note by GUID, in the older release and in the new one."""
        old, new = (
            {note.guid: note.note_type for note in reversed(package.notes)}
            for package in (self.package, self.trial.package)
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


_OTHER_ID = "its id is another one"
