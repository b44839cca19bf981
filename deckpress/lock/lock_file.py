"""The lock file as text and as a value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from deckpress.diagnostics import DeckError, Diagnostics, Location, error, reason_of
from deckpress.filesystem import read_regular
from deckpress.lock import UNRELEASED, DamagedLockError, Lock, LockedNote, LockedNoteType, Release
from deckpress.notes import Kind
from deckpress.project.names import is_version, read_version

FORMAT = 4
"""The latest version of the file's form. Form 1 had neither sketches of answers, nor note types'
parts, nor clozes and places of notes; form 2 knew no releases, and named the versions of builds.
Both are read as locks that do not know these yet. Form 4 knows what stands above the questions of
twins; a lock without any is written in form 3, which earlier versions of deckpress can read."""
_MOST_BYTES = 1_000_000_000
"""Of a lock; a note takes some 500."""
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
_ID = re.compile("[^\x00-\x1f\x7f]+")
"""Without what Anki takes out of a field, or separates fields by."""
_HALF_LETTER = re.compile("[\ud800-\udfff]")


def settle_types(entries: Iterable[LockedNoteType]) -> tuple[LockedNoteType, ...]:
    """Return the later of two lines for one note type."""
    latest = {entry.note_type: entry for entry in sorted(entries, key=lambda entry: entry.mod)}
    return tuple(latest.values())


def settle_releases(entries: Mapping[int, Release], where: Location) -> tuple[Release, ...]:
    """Return the releases by version; equal lines are one.

    `entries` are known by their lines in the file `where`. Raises DeckError for two releases of one
    version, made on two branches: no rule can tell which of them learners have.
    """
    settled: dict[str, Release] = {}
    for index, entry in sorted(entries.items()):
        if settled.setdefault(entry.version, entry) != entry:
            message = (
                f"a second release {entry.version} with other bytes: keep the line of the one that "
                "learners have"
            )
            raise DeckError([error(replace(where, line=index), message)])
    return tuple(settled[version] for version in sorted(settled, key=read_version))


def settle_notes(
    entries: Mapping[int, LockedNote], where: Location, remedy: str
) -> tuple[LockedNote, ...]:
    """Return one entry for each note, the later of two lines with what only the earlier one knew.

    `entries` are known by their lines in the file `where`. Raises DamagedLockError, with the
    `remedy`, for two notes with one GUID or ID, which no merge can have made.
    """
    settled: dict[str, tuple[int, LockedNote]] = {}
    by_id: dict[str, int] = {}
    diagnostics: Diagnostics = []
    for index, entry in sorted(entries.items(), key=lambda item: item[1].mod):
        same, earlier = settled.get(entry.guid, (index, entry))
        same = by_id.get(entry.id.casefold(), same)
        if (entries[same].guid, entries[same].id) != (entry.guid, entry.id):
            first, second = sorted((same, index))
            message = f"has the guid or id of line {first}, which is another note: {remedy}"
            diagnostics.append(error(replace(where, line=second), message))
        settled[entry.guid] = (index, _merge(earlier, entry))
        by_id[entry.id.casefold()] = index
    if diagnostics:
        raise DamagedLockError(diagnostics)
    return tuple(entry for _, entry in settled.values())


def _merge(earlier: LockedNote, later: LockedNote) -> LockedNote:
    """Return the later entry with what only the earlier one has: id, place, gaps, a release."""
    numbers = {**earlier.gone_clozes, **earlier.clozes, **later.gone_clozes}
    gone = {number: text for number, text in numbers.items() if number not in later.clozes}
    key, context = later.key or earlier.key, later.context or earlier.context
    merged = later._replace(key=key, context=context, gone_clozes=gone)
    if _last_known_release(earlier) > _last_known_release(later):
        return _as_released(merged, earlier)
    return merged


def _last_known_release(entry: LockedNote) -> tuple[tuple[int, ...], int]:
    """Return what grows with each release that a line knows to have changed its note."""
    versions = (entry.added, entry.changed, entry.retired)
    last = max((read_version(version) for version in versions if is_version(version)), default=())
    return last, entry.released_mod


def _as_released(entry: LockedNote, known: LockedNote) -> LockedNote:
    """Return an entry that knows of releases what another line of its note does."""
    return entry._replace(
        added=known.added,
        changed=known.changed,
        released=known.released,
        released_mod=known.released_mod,
        retired=known.retired or (UNRELEASED if entry.retired else ""),
    )


def read_lock(path: Path, deck_id: str, now: int, *, any_deck: bool = False) -> Lock:
    """Return the lock of a deck; without a file a new one, made at `now` (seconds since 1970).

    With `any_deck` the lock may be of a deck with another id, which then is the deck's id.
    A note that stands on two lines, as after a merge by `merge=union`, is taken from the line with
    the later date. Raises DamagedLockError if not all can be read, and DeckError if there is a
    merge conflict in it, or if it is from a later deckpress or another deck's: a fresh start would
    cost every learner their progress. The file must lie in its folder itself, and not be a link out
    of it, since the next lock takes its place.
    """
    where = Location(str(path))
    try:
        text = read_regular(path, path.parent, _MOST_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        return Lock(deck_id, created=now, is_new=True)
    except OSError as problem:
        raise DeckError([error(where, f"cannot be read: {reason_of(problem)}")]) from problem
    except UnicodeDecodeError as problem:
        raise DamagedLockError([error(where, f"damaged, it is not UTF-8: {_RESTORE}")]) from problem
    return _parse(text, where, None if any_deck else deck_id)


def _parse(text: str, where: Location, deck_id: str | None) -> Lock:
    lines = text.split("\n")
    _check_no_conflict(lines, where)
    rows = {
        index: _parse_line(line, index, where)
        for index, line in enumerate(lines, 1)
        if line.strip()
    }
    head = rows.pop(1, {})
    _check_head(head, replace(where, line=1), deck_id)
    notes: dict[int, LockedNote] = {}
    types: dict[int, LockedNoteType] = {}
    releases: dict[int, Release] = {}
    for index, row in rows.items():
        place, form = replace(where, line=index), head["deckpress_lock"]
        if "note_type" in row:
            types[index] = _entry(LockedNoteType, _migrate_type(row, form), place)
        elif "contents" in row:
            releases[index] = _entry(Release, row, place)
        elif row.keys() != head.keys() or row["deck"] != head["deck"]:  # a merge may double it
            notes[index] = _entry(LockedNote, _migrate_note(row, form), place)
    return Lock(
        head["deck"],
        head["created"],
        head.get("name", ""),
        settle_types(types.values()),
        settle_notes(notes, where, _RESTORE),
        settle_releases(releases, where),
    )


def _check_no_conflict(lines: Sequence[str], where: Location) -> None:
    for index, line in enumerate(lines, 1):
        if line.startswith(_CONFLICT_MARKS):
            raise DeckError([error(replace(where, line=index), _CONFLICT)])


def _parse_line(line: str, index: int, where: Location) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        message = f"damaged, this line is not JSON: {_RESTORE}"
        raise DamagedLockError([error(replace(where, line=index), message)])
    return row


def _check_head(head: Mapping[str, Any], where: Location, deck_id: str | None) -> None:
    known = {"deckpress_lock": int, "deck": str, "created": int}
    if any(type(head.get(name)) is not kind for name, kind in known.items()):
        raise DamagedLockError([error(where, f"damaged, its first line is lost: {_RESTORE}")])
    if head["deckpress_lock"] > FORMAT:
        message = f"written by a later deckpress (form {head['deckpress_lock']}): upgrade deckpress"
        raise DeckError([error(where, message)])
    is_sound = _is_date(head["created"]) and _is_text(head.get("name", ""))
    if head["deckpress_lock"] < 1 or not is_sound or not _is_text(head["deck"]):
        raise DamagedLockError([error(where, f"damaged, look at its first line: {_RESTORE}")])
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
    known = row if form > 2 else row | {"added": "", "changed": ""}
    return known | {"answer": ""} if form == 1 else known


def _entry(form: Any, row: dict[str, Any], where: Location) -> Any:
    """Return a line as an entry, if it has just the entry's names, and values that make sense."""
    types, required = _form(form)
    invalid = [
        name for name in row if name not in types or not _makes_sense(name, row, types[name])
    ]
    missing = [name for name in required if name not in row]
    if invalid or missing:
        names = ", ".join(invalid + missing)
        raise DamagedLockError([error(where, f"damaged, look at {names}: {_RESTORE}")])
    return form(**row)


@cache
def _form(form: Any) -> tuple[Mapping[str, str], Sequence[str]]:
    """Return the type of each of an entry's fields by its name, and the fields that must be."""
    types = {field.name: str(field.type) for field in fields(form)}
    free = {field.name for field in fields(form) if _has_default(field)}
    return types, [name for name in types if name not in free]


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _makes_sense(name: str, row: Mapping[str, Any], type_name: str) -> bool:
    value = row[name]
    if type_name.startswith("Mapping"):
        inner = _CHECKS[type_name.removeprefix("Mapping[str, ").removesuffix("]")]
        if type(value) is not dict or not all(map(inner, value.values())):
            return False
        return all(map(_is_text if "clozes" not in name else _CLOZE_NUMBER.fullmatch, value))
    if not _CHECKS[type_name](value):
        return False
    if name in _CHECKS_BY_NAME:
        return _CHECKS_BY_NAME[name](value)
    return bool(value) or not (name == "guid" or (name == "id" and "guid" in row))


def _is_text(value: object) -> bool:
    """Return whether a value is a text that can be written; JSON can hold halves of letters."""
    return isinstance(value, str) and not _HALF_LETTER.search(value)


def _is_number(value: object) -> bool:
    return type(value) is int and abs(value) < 2**63


def _is_date(value: object) -> bool:
    """Return whether a value is in seconds since 1970, and before the year 10000."""
    return type(value) is int and 0 < value < 253_402_300_800


_CHECKS: Mapping[str, Callable[[object], bool]] = {
    "str": _is_text,
    "int": _is_number,
    "bool": lambda value: isinstance(value, bool),
}


_CHECKS_BY_NAME: Mapping[str, Callable[[Any], bool]] = {
    "id": lambda value: not isinstance(value, str) or _ID.fullmatch(value) is not None,
    "answer": lambda value: _SKETCH.fullmatch(value) is not None,
    "mod": _is_date,
    "released_mod": lambda value: value == 0 or _is_date(value),
    "added": lambda value: not value or is_version(value),
    "changed": lambda value: not value or is_version(value),
    "version": is_version,
    "kind": lambda value: value in Kind.__members__.values(),
    "note_type": lambda value: value in Kind.__members__.values(),
}


def format_lock(lock: Lock) -> str:
    """Return the text of the lock file."""
    head = {
        "deckpress_lock": FORMAT if any(entry.context for entry in lock.notes) else FORMAT - 1,
        "deck": lock.deck,
        "name": lock.name,
        "created": lock.created,
    }
    types = sorted(lock.note_types, key=lambda entry: entry.note_type)
    notes = sorted(lock.notes, key=lambda entry: entry.guid)
    rows = [head, *map(vars, types), *map(vars, lock.releases), *map(_row, notes)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _row(entry: LockedNote) -> dict[str, Any]:
    _, required = _form(LockedNote)
    return {name: value for name, value in vars(entry).items() if value or name in required}
