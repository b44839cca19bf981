"""The lock file as text and as a value.

The file has one line of JSON for the deck, one for each note type and one for each note, sorted by
GUID, so that two branches that add notes rarely touch the same place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from deckpress.errors import DeckError, Location, Problem, error
from deckpress.notes import Kind

FORMAT = 2
"""The version of the file's form. Form 1 had neither sketches of answers, nor note types' parts,
nor clozes and places of notes; it is read as a lock that does not know these yet."""

_RESTORE = (
    "restore the file with git, or from a package built with it by --rebuild-lock FROM.apkg, "
    "since learners' progress hangs on it"
)
_CONFLICT = (
    "a git merge left a conflict: remove the lines with <<<<<<<, =======, >>>>>>> and keep all "
    'others (a line "deck.lock merge=union" in .gitattributes lets git do that by itself)'
)
_CONFLICT_MARKS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_NEW_IN_2 = {"id": 0, "fields": {}, "templates": {}, "sort_field": 0, "is_cloze": False}
_CLOZE_NUMBER = re.compile("[1-9][0-9]{0,2}")
_SKETCH = re.compile("[0-9a-f]*")
_TYPES = {"str": str, "int": int, "bool": bool}


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
    """A sketch of the answer (`likeness.sketch`); empty if there is none."""
    fields: str
    """A digest of what Anki stores: the fields and the tags."""
    mod: int
    """When that last changed, in seconds since 1970."""
    added: str
    """The version the note first was in."""
    changed: str
    """The version in which it last changed."""
    file: str = ""
    """The name of its Markdown file, without the ending and the number that orders it."""
    deck: str = ""
    """The deck its cards are in, below the lock's; empty for the lock's deck itself."""
    clozes: Mapping[str, str] = field(default_factory=dict)
    """What each cloze number asks for, in reading order."""
    gone_clozes: Mapping[str, str] = field(default_factory=dict)
    """What cloze numbers that learners may still have asked for."""
    key: str = ""
    """The id the author wrote, where it is not the ID that learners have."""
    retired: str = ""
    """The first version without the note; empty while it is in the deck."""

    @property
    def author_id(self) -> str:
        """What to write as `<!-- id=… -->` to say that a note is this one."""
        return self.key or self.id


@dataclass(frozen=True)
class NoteTypeEntry:
    """What learners have of one note type."""

    note_type: str
    """The kind of note it is for."""
    id: int
    fields: Mapping[str, int]
    """Its fields' ids by their names, in order."""
    templates: Mapping[str, int]
    """Its card templates' ids by their names, in order."""
    sort_field: int
    """Which field the browser sorts by, from 0."""
    is_cloze: bool
    style: str
    """A digest of everything in it."""
    mod: int
    """When that last changed, in seconds since 1970."""


@dataclass(frozen=True)
class Lock:
    """The lock file as a value."""

    deck: str
    """The deck's id."""
    created: int
    """When the deck was first built, in seconds since 1970; note ids count from here."""
    name: str = ""
    """The deck's name with learners; empty before the first build."""
    note_types: tuple[NoteTypeEntry, ...] = ()
    notes: tuple[NoteEntry, ...] = ()
    is_new: bool = False
    """Whether there is no file yet."""

    def note_type(self, kind: str) -> NoteTypeEntry | None:
        """Return the entry of a kind's note type, or None before its first build."""
        return next((entry for entry in self.note_types if entry.note_type == kind), None)


def read_lock(path: Path, deck_id: str, now: int, *, any_deck: bool = False) -> Lock:
    """Return the lock of a deck; without a file a new one, made at `now` (seconds since 1970).

    With `any_deck` the lock may be of a deck with another id, which then is the deck's id.
    A note that stands on two lines, as after a merge by `merge=union`, is taken from the line with
    the later date. Raises DeckError if the file is damaged, from a later deckpress, or another
    deck's: a fresh start would cost every learner their progress.
    """
    where = Location(str(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Lock(deck_id, created=now, is_new=True)
    except UnicodeDecodeError as problem:
        raise DeckError([error(where, f"damaged, it is not UTF-8: {_RESTORE}")]) from problem
    return _parse(text, where, None if any_deck else deck_id)


def _parse(text: str, where: Location, deck_id: str | None) -> Lock:
    lines = text.split("\n")
    _check_no_conflict(lines, where)
    rows = {at: _parse_line(line, at, where) for at, line in enumerate(lines, 1) if line.strip()}
    head = rows.pop(1, {})
    _check_head(head, replace(where, line=1), deck_id)
    notes: dict[int, NoteEntry] = {}
    types: dict[int, NoteTypeEntry] = {}
    for at, row in rows.items():
        place = replace(where, line=at)
        if "note_type" in row:
            types[at] = _entry(NoteTypeEntry, _migrate_type(row, head["deckpress_lock"]), place)
        elif (
            "deckpress_lock" not in row or row["deck"] != head["deck"]
        ):  # a merge may double the head
            notes[at] = _entry(NoteEntry, _migrate_note(row, head["deckpress_lock"]), place)
    return Lock(
        head["deck"],
        head["created"],
        head.get("name", ""),
        _settle_types(types.values()),
        _settle_notes(notes, where),
    )


def _check_no_conflict(lines: Sequence[str], where: Location) -> None:
    for at, line in enumerate(lines, 1):
        if line.startswith(_CONFLICT_MARKS):
            raise DeckError([error(replace(where, line=at), _CONFLICT)])


def _parse_line(line: str, at: int, where: Location) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        row = None
    if not isinstance(row, dict):
        message = f"damaged, this line is not JSON: {_RESTORE}"
        raise DeckError([error(replace(where, line=at), message)])
    return row


def _check_head(head: Mapping[str, Any], where: Location, deck_id: str | None) -> None:
    known = {"deckpress_lock": int, "deck": str, "created": int}
    if any(type(head.get(name)) is not kind for name, kind in known.items()):
        raise DeckError([error(where, f"damaged, its first line is lost: {_RESTORE}")])
    if head["deckpress_lock"] > FORMAT:
        message = f"written by a later deckpress (form {head['deckpress_lock']}): upgrade deckpress"
        raise DeckError([error(where, message)])
    if head["deckpress_lock"] < 1 or not isinstance(head.get("name", ""), str):
        raise DeckError([error(where, f"damaged, look at its first line: {_RESTORE}")])
    if deck_id not in (None, head["deck"]):
        message = (
            f'belongs to the deck "{head["deck"]}", not "{deck_id}": a deck\'s id never changes'
        )
        raise DeckError([error(where, message)])


def _migrate_type(row: dict[str, Any], form: int) -> dict[str, Any]:
    """Form 1 had a digest of the note type's parts, which tells nothing about them."""
    if form > 1:
        return row
    return {name: value for name, value in row.items() if name != "schema"} | _NEW_IN_2


def _migrate_note(row: dict[str, Any], form: int) -> dict[str, Any]:
    """Form 1 had a digest of the answer, which cannot be compared with a sketch."""
    return row | {"answer": ""} if form == 1 else row


def _entry(form: Any, row: dict[str, Any], where: Location) -> Any:
    """Return a line as an entry, if it has just the entry's names, and values that make sense."""
    types, required = _form(form)
    wrong = [name for name in row if name not in types or not _makes_sense(name, row, types[name])]
    missing = [name for name in required if name not in row]
    if wrong or missing:
        names = ", ".join(wrong + missing)
        raise DeckError([error(where, f"damaged, look at {names}: {_RESTORE}")])
    return form(**row)


@cache
def _form(form: Any) -> tuple[Mapping[str, str], Sequence[str]]:
    """Return the type of each of an entry's fields by its name, and the fields that must be."""
    types = {each.name: str(each.type) for each in fields(form)}
    free = {each.name for each in fields(form) if _has_default(each)}
    return types, [name for name in types if name not in free]


def _has_default(each: Field[Any]) -> bool:
    return each.default is not MISSING or each.default_factory is not MISSING


def _makes_sense(name: str, row: Mapping[str, Any], type_name: str) -> bool:
    value = row[name]
    if type_name.startswith("Mapping"):
        inner = _TYPES[type_name.removeprefix("Mapping[str, ").removesuffix("]")]
        if type(value) is not dict or any(type(each) is not inner for each in value.values()):
            return False
        return not name.endswith("clozes") or all(map(_CLOZE_NUMBER.fullmatch, value))
    if type(value) is not _TYPES[type_name]:
        return False
    if name == "answer":
        return _SKETCH.fullmatch(row["answer"]) is not None
    if name == "mod":
        return int(row["mod"]) > 0
    if name in ("kind", "note_type"):
        return value in Kind.__members__.values()
    return bool(value) or not (name == "guid" or (name == "id" and "guid" in row))


def _settle_types(entries: Iterable[NoteTypeEntry]) -> tuple[NoteTypeEntry, ...]:
    latest: dict[str, NoteTypeEntry] = {}
    for entry in sorted(entries, key=lambda entry: entry.mod):
        latest[entry.note_type] = entry
    return tuple(latest.values())


def _settle_notes(entries: Mapping[int, NoteEntry], where: Location) -> tuple[NoteEntry, ...]:
    """Return the later of two lines with one GUID; refuse what no merge can have made."""
    by_guid: dict[str, int] = {}
    by_id: dict[str, int] = {}
    problems: list[Problem] = []
    for at, entry in sorted(entries.items(), key=lambda item: item[1].mod):
        other = by_guid.get(entry.guid, by_id.get(entry.id, at))
        if (entries[other].guid, entries[other].id) != (entry.guid, entry.id):
            first, second = sorted((other, at))
            message = f"has the guid or id of line {first}, which is another note: {_RESTORE}"
            problems.append(error(replace(where, line=second), message))
        by_guid[entry.guid] = by_id[entry.id] = at
    if problems:
        raise DeckError(problems)
    return tuple(entries[at] for at in by_guid.values())


def format_lock(lock: Lock) -> str:
    """Return the text of the lock file."""
    head = {
        "deckpress_lock": FORMAT,
        "deck": lock.deck,
        "name": lock.name,
        "created": lock.created,
    }
    types = sorted(lock.note_types, key=lambda entry: entry.note_type)
    notes = sorted(lock.notes, key=lambda entry: entry.guid)
    rows = [head, *map(vars, types), *map(_row, notes)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _row(entry: NoteEntry) -> dict[str, Any]:
    return {name: value for name, value in vars(entry).items() if name == "answer" or value}
