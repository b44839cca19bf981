"""The lock file as text and as a value.

The file has one line of JSON for the deck, one for each note type and one for each note, sorted by
GUID, so that two branches that add notes rarely touch the same place.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from deckpress.errors import DeckError, Location, error

FORMAT = 1
"""The version of the file's form."""

_RESTORE = "restore the file with git, since learners' progress hangs on it"


@dataclass(frozen=True)
class NoteEntry:
    """What learners have of one note."""

    guid: str
    id: str
    """What stands in the note's ID field; it never changes."""
    kind: str
    question: str
    """The question as plain text; an equal question is the same note."""
    answer: str
    """A digest of the answer as the author wrote it."""
    fields: str
    """A digest of what Anki stores: the fields and the tags."""
    mod: int
    """When that last changed, in seconds since 1970."""
    added: str
    """The version the note first was in."""
    changed: str
    """The version in which it last changed."""
    key: str = ""
    """The id the author wrote, where it is not the ID that learners have."""
    retired: str = ""
    """The first version without the note; empty while it is in the deck."""


@dataclass(frozen=True)
class NoteTypeEntry:
    """What learners have of one note type."""

    note_type: str
    """The kind of note it is for."""
    schema: str
    """A digest of the fields and templates that Anki matches it by."""
    style: str
    """A digest of everything in it."""
    mod: int
    """When that last changed, in seconds since 1970."""


@dataclass(frozen=True)
class Lock:
    """The lock file as a value."""

    deck: str
    created: int
    """When the deck was first built, in seconds since 1970; note ids count from here."""
    note_types: tuple[NoteTypeEntry, ...] = ()
    notes: tuple[NoteEntry, ...] = ()
    is_new: bool = False
    """Whether there is no file yet."""

    def note_type(self, kind: str) -> NoteTypeEntry | None:
        """Return the entry of a kind's note type, or None before its first build."""
        return next((entry for entry in self.note_types if entry.note_type == kind), None)


def read_lock(path: Path, deck_id: str, now: int) -> Lock:
    """Return the lock of a deck; without a file a new one, made at `now` (seconds since 1970).

    Raises DeckError if the file is damaged, from a later deckpress, or another deck's: a fresh
    start would cost every learner their progress.
    """
    where = Location(str(path))
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Lock(deck_id, created=now, is_new=True)
    except (OSError, UnicodeDecodeError) as problem:
        raise DeckError([error(where, f"cannot be read ({problem}): {_RESTORE}")]) from problem
    return _parse(text, where, deck_id)


def _parse(text: str, where: Location, deck_id: str) -> Lock:
    rows = [
        _parse_line(line, replace(where, line=at)) for at, line in enumerate(text.splitlines(), 1)
    ]
    head = rows[0] if rows else {}
    if not isinstance(head.get("deckpress_lock"), int) or not isinstance(head.get("created"), int):
        raise DeckError(
            [error(replace(where, line=1), f"damaged, its first line is lost: {_RESTORE}")]
        )
    if head["deckpress_lock"] > FORMAT:
        message = f"written by a later deckpress (form {head['deckpress_lock']}): upgrade deckpress"
        raise DeckError([error(replace(where, line=1), message)])
    if head.get("deck") != deck_id:
        message = (
            f'belongs to the deck "{head.get("deck")}", not "{deck_id}": a deck\'s id never changes'
        )
        raise DeckError([error(replace(where, line=1), message)])
    types, notes = [], []
    for at, row in enumerate(rows[1:], 2):
        place = replace(where, line=at)
        if "note_type" in row:
            types.append(_entry(NoteTypeEntry, row, place))
        else:
            notes.append(_entry(NoteEntry, row, place))
    _check_unique(notes, rows, where)
    return Lock(deck_id, head["created"], tuple(types), tuple(notes))


def _parse_line(line: str, where: Location) -> dict[str, Any]:
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
        raise DeckError([error(where, "a git merge left a conflict: keep the lines of both sides")])
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        row = None
    if not isinstance(row, dict):
        raise DeckError([error(where, f"damaged, this line is not JSON: {_RESTORE}")])
    return row


def _entry(form: Any, row: dict[str, Any], where: Location) -> Any:
    """Return a line as an entry, if it has just the entry's names and types."""
    types = {each.name: int if each.type == "int" else str for each in fields(form)}
    optional = {each.name for each in fields(form) if each.default == ""}
    wrong = [name for name in row if not isinstance(row[name], types.get(name, ()))]
    missing = [name for name in types if name not in row and name not in optional]
    if wrong or missing:
        names = ", ".join(wrong + missing)
        raise DeckError([error(where, f"damaged, look at {names}: {_RESTORE}")])
    return form(**row)


def _check_unique(notes: Sequence[NoteEntry], rows: Sequence[object], where: Location) -> None:
    first_line = len(rows) - len(notes) + 1
    seen: dict[str, int] = {}
    for at, entry in enumerate(notes, first_line):
        if entry.guid in seen:
            message = f"the note of line {seen[entry.guid]} again: remove one of the two lines"
            raise DeckError([error(replace(where, line=at), message)])
        seen[entry.guid] = at


def format_lock(lock: Lock) -> str:
    """Return the text of the lock file."""
    head = {"deckpress_lock": FORMAT, "deck": lock.deck, "created": lock.created}
    types = sorted(lock.note_types, key=lambda entry: entry.note_type)
    notes = sorted(lock.notes, key=lambda entry: entry.guid)
    rows = [head, *map(vars, types), *map(_row, notes)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _row(entry: NoteEntry) -> dict[str, Any]:
    return {name: value for name, value in vars(entry).items() if value != ""}
