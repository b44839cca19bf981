"""deck.lock, the memory of what learners have: it finds each note again, and says when it changed.

The file has one line of JSON for the deck, one for each note type and one for each note, sorted by
GUID, so that two branches that add notes rarely touch the same place.
"""

from __future__ import annotations

import base64
import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from deckpress.errors import DeckError, Location, error
from deckpress.notes import Kind, Note, plain_text

FORMAT = 1
"""The version of the file's form."""

_RESTORE = "restore deck.lock with git, since learners' progress hangs on it"


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

    def note_type(self, kind: str) -> NoteTypeEntry | None:
        """Return the entry of a kind's note type, or None before its first build."""
        return next((entry for entry in self.note_types if entry.note_type == kind), None)


@dataclass(frozen=True)
class Identity:
    """Which note a note is."""

    guid: str
    id: str
    key: str
    entry: NoteEntry | None
    """What learners have of it; None for a new note."""


def read_lock(path: Path, deck_id: str, now: int) -> Lock:
    """Return the lock of a deck; without a file a new one, made at `now` (seconds since 1970).

    Raises DeckError if the file is damaged, from a later deckpress, or another deck's: a fresh
    start would cost every learner their progress.
    """
    where = Location(str(path))
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Lock(deck_id, created=now)
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
    rows = [head, *(asdict(entry) for entry in types), *map(_row, notes)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _row(entry: NoteEntry) -> dict[str, Any]:
    return {name: value for name, value in asdict(entry).items() if value != ""}


def identify(lock: Lock, notes: Sequence[Note]) -> tuple[Identity, ...]:
    """Return which note of the lock each note is: by its id, then by an equal question.

    A note that the lock does not know is new, and its GUID hangs on the deck's id and its own id,
    or the question that it has now. A note whose kind changed is new as well: Anki would not put it
    under another note type (`rslib/src/import_export/package/apkg/import/notes.rs`).
    """
    finder = _Finder(lock)
    found: dict[int, NoteEntry] = {}
    for find in (finder.by_id, finder.by_question):
        for at, note in enumerate(notes):
            if at not in found and (entry := find(note)):
                found[at] = entry
    return tuple(
        _known(note, found[at]) if at in found else finder.make_new(note)
        for at, note in enumerate(notes)
    )


class _Finder:
    """Gives each entry of the lock to one note at most."""

    def __init__(self, lock: Lock) -> None:
        self._deck = lock.deck
        self._free = {entry.guid: entry for entry in lock.notes}
        self._guids = set(self._free)
        self._ids = {entry.id for entry in lock.notes}
        self._by_id: dict[tuple[str, str], NoteEntry] = {}
        self._by_question: dict[tuple[str, str], list[NoteEntry]] = {}
        for entry in sorted(lock.notes, key=lambda entry: bool(entry.retired)):
            self._by_id.setdefault((entry.key or entry.id, entry.kind), entry)
            self._by_question.setdefault((entry.question, entry.kind), []).append(entry)

    def by_id(self, note: Note) -> NoteEntry | None:
        if note.id is None:
            return None
        return self._take(self._by_id.get((note.id, note.kind.value)))

    def by_question(self, note: Note) -> NoteEntry | None:
        """An entry with an id of the author's own is not found by its question under another id."""
        for entry in self._by_question.get((question_text(note), note.kind.value), ()):
            is_free = note.id is None or not entry.key
            if is_free and (taken := self._take(entry)):
                return taken
        return None

    def _take(self, entry: NoteEntry | None) -> NoteEntry | None:
        return self._free.pop(entry.guid, None) if entry else None

    def make_new(self, note: Note) -> Identity:
        """Give a new note the first free GUID of those that its id or question lead to."""
        for attempt in range(len(self._ids) + 2):
            salt = f"#{attempt}" if attempt else ""
            note_id = note.id or _short_digest(self._deck, question_text(note) + salt)
            guid = _guid(self._deck, note_id, note.kind.value + salt if salt else "")
            if guid not in self._guids and (note.id or note_id not in self._ids):
                break
        self._guids.add(guid)
        self._ids.add(note_id)
        return Identity(guid, note_id, "", None)


def _known(note: Note, entry: NoteEntry) -> Identity:
    key = note.id if note.id and note.id != entry.id else ""
    return Identity(entry.guid, entry.id, key, entry)


def question_text(note: Note) -> str:
    """Return the question that a note is known by."""
    return unicodedata.normalize("NFC", plain_text(note.question))


def digest(*texts: str) -> str:
    """Return a short digest of texts, in order."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]


def _short_digest(deck: str, text: str) -> str:
    return hashlib.sha256(f"{deck}\x1f{text}".encode()).hexdigest()[:8]


def _guid(deck: str, note_id: str, salt: str) -> str:
    name = unicodedata.normalize("NFC", "\x1f".join((deck, note_id, salt)))
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()[:9]).decode()


def date_note(
    note: Note,
    identity: Identity,
    fields: Mapping[str, str],
    tags: Iterable[str],
    version: str,
    now: int,
) -> NoteEntry:
    """Return what learners will have of a note; its date moves only if its fields or tags did.

    `now` is in seconds since 1970. The date rises by a second at least, so that Anki, which
    takes only the newer, takes it.
    """
    stored = digest(*(f"{name}\x1e{text}" for name, text in fields.items()), *tags)
    old = identity.entry
    same = old is not None and old.fields == stored
    return NoteEntry(
        guid=identity.guid,
        id=identity.id,
        kind=note.kind.value,
        question=question_text(note),
        answer=digest(plain_text(note.answer)),
        fields=stored,
        mod=old.mod if old and same else max(now, old.mod + 1 if old else 0),
        added=old.added if old else version,
        changed=old.changed if old and same else version,
        key=identity.key,
    )


def date_note_type(lock: Lock, kind: Kind, schema: str, style: str, now: int) -> NoteTypeEntry:
    """Return what learners will have of a note type; its date moves only if it changed."""
    old = lock.note_type(kind.value)
    if old and (old.schema, old.style) == (schema, style):
        return old
    return NoteTypeEntry(kind.value, schema, style, max(now, old.mod + 1 if old else 0))


def update_lock(
    lock: Lock, note_types: Iterable[NoteTypeEntry], notes: Iterable[NoteEntry], version: str
) -> Lock:
    """Return the lock after a build; notes that are gone stay in it as retired."""
    types = {entry.note_type: entry for entry in (*lock.note_types, *note_types)}
    now = {entry.guid: entry for entry in notes}
    gone = {
        entry.guid: replace(entry, retired=entry.retired or version)
        for entry in lock.notes
        if entry.guid not in now
    }
    return replace(lock, note_types=tuple(types.values()), notes=tuple((gone | now).values()))
