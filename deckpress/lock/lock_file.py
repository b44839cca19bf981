"""The lock file as text and as a value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from itertools import chain, compress
from pathlib import Path
from typing import Any, get_args, get_type_hints

from deckpress.diagnostics import DeckError, Diagnostics, Location, error, reason_of
from deckpress.filesystem import read_regular
from deckpress.lock import UNRELEASED, DamagedLockError, Lock, LockedNote, LockedNoteType, Release
from deckpress.notes import Kind
from deckpress.project.names import is_version, read_version

FORMAT = 5
"""The latest version of the file's form. Form 1 had neither sketches of answers, nor note types'
parts, nor clozes and places of notes; form 2 knew no releases, and named the versions of builds.
Both are read as locks that do not know these yet. Form 4 knows what stands above the questions of
twins; a lock without any is written in form 3, which earlier versions of deckpress can read. Form 5
knows pictures that ask; a lock without any is written in an earlier one."""
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
_JSON = json.JSONDecoder()
_Row = dict[str, Any]


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
            raise DeckError([error(where._replace(line=index), message)])
    return tuple(settled[version] for version in sorted(settled, key=read_version))


def settle_notes(
    entries: Mapping[int, LockedNote], where: Location, remedy: str
) -> tuple[LockedNote, ...]:
    """Return one entry for each note, the later of two lines with what only the earlier one knew.

    `entries` are known by their lines in the file `where`. Raises DamagedLockError, with the
    `remedy`, for two notes with one GUID or ID, which no merge can have made.
    """
    by_date = sorted(entries.items(), key=lambda item: item[1].mod)
    if _all_differ(entries.values()):
        return tuple(_merge(entry, entry) if entry.gone_clozes else entry for _, entry in by_date)
    settled: dict[str, tuple[int, LockedNote]] = {}
    by_id: dict[str, int] = {}
    diagnostics: Diagnostics = []
    for index, entry in by_date:
        same, earlier = settled.get(entry.guid, (index, entry))
        same = by_id.get(entry.id.casefold(), same)
        if (entries[same].guid, entries[same].id) != (entry.guid, entry.id):
            first, second = sorted((same, index))
            message = f"has the guid or id of line {first}, which is another note: {remedy}"
            diagnostics.append(error(where._replace(line=second), message))
        settled[entry.guid] = (index, _merge(earlier, entry))
        by_id[entry.id.casefold()] = index
    if diagnostics:
        raise DamagedLockError(diagnostics)
    return tuple(entry for _, entry in settled.values())


def _all_differ(entries: Collection[LockedNote]) -> bool:
    """Return whether no two lines are of one note, as they are only after a merge."""
    guids, ids = {entry.guid for entry in entries}, {entry.id.casefold() for entry in entries}
    return len(guids) == len(ids) == len(entries)


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
    lines = {index: line for index, line in enumerate(text.split("\n"), 1) if line.strip()}
    _check_no_conflict(lines, where)
    rows = {index: _parse_line(line, index, where) for index, line in lines.items()}
    head = rows.pop(1, {})
    _check_head(head, where._replace(line=1), deck_id)
    by_form = _sort_rows(rows, head)
    if not all(_are_sound(form, rows.values()) for form, rows in by_form.items()):
        _report_damage(by_form, where)
    types = [LockedNoteType(**row) for row in by_form[LockedNoteType].values()]
    releases = {index: Release(**row) for index, row in by_form[Release].items()}
    blank = dict.fromkeys(LockedNote._fields) | LockedNote._field_defaults
    notes = {
        index: LockedNote._make((blank | row).values())
        for index, row in by_form[LockedNote].items()
    }
    return Lock(
        head["deck"],
        head["created"],
        head.get("name", ""),
        settle_types(types),
        settle_notes(notes, where, _RESTORE),
        settle_releases(releases, where),
    )


def _check_no_conflict(lines: Mapping[int, str], where: Location) -> None:
    for index, line in lines.items():
        if line.startswith(_CONFLICT_MARKS):
            raise DeckError([error(where._replace(line=index), _CONFLICT)])


def _parse_line(line: str, index: int, where: Location) -> _Row:
    try:
        row = _JSON.decode(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        message = f"damaged, this line is not JSON: {_RESTORE}"
        raise DamagedLockError([error(where._replace(line=index), message)])
    return row


def _sort_rows(rows: Mapping[int, _Row], head: _Row) -> Mapping[Any, Mapping[int, _Row]]:
    """Return the lines by the form of the entry that each is; a merge may have doubled the head."""
    form = head["deckpress_lock"]
    by_form: dict[Any, dict[int, _Row]] = {LockedNoteType: {}, Release: {}, LockedNote: {}}
    for index, row in rows.items():
        if "note_type" in row:
            by_form[LockedNoteType][index] = _migrate_type(row, form)
        elif "contents" in row:
            by_form[Release][index] = row
        elif row.keys() != head.keys() or row["deck"] != head["deck"]:
            by_form[LockedNote][index] = _migrate_note(row, form)
    return by_form


def _check_head(head: Mapping[str, Any], where: Location, deck_id: str | None) -> None:
    known = {"deckpress_lock": int, "deck": str, "created": int}
    if any(type(head.get(name)) is not kind for name, kind in known.items()):
        raise DamagedLockError([error(where, f"damaged, its first line is lost: {_RESTORE}")])
    if head["deckpress_lock"] > FORMAT:
        message = f"written by a later deckpress (form {head['deckpress_lock']}): upgrade deckpress"
        raise DeckError([error(where, message)])
    is_sound = _is_date(head["created"]) and _are_texts([head.get("name", "")])
    if head["deckpress_lock"] < 1 or not is_sound or not _are_texts([head["deck"]]):
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


def _are_sound(form: Any, rows: Iterable[_Row]) -> bool:
    """Return whether lines have just the names of a form, and values that make sense.

    It looks at all values of a name together, in few steps.
    """
    types, required = _names_of(form)
    if not all(required <= names <= types.keys() for names in set(map(frozenset, rows))):
        return False
    columns = ([row[name] for row in rows if name in row] for name in types)
    return all(
        _make_sense(name, column, types[name]) for name, column in zip(types, columns, strict=True)
    )


def _report_damage(by_form: Mapping[Any, Mapping[int, _Row]], where: Location) -> None:
    """Raise DamagedLockError for the first line that is not sound."""
    lines = {index: (form, row) for form, rows in by_form.items() for index, row in rows.items()}
    for index, (form, row) in sorted(lines.items()):
        types, required = _names_of(form)
        invalid = [
            name
            for name, value in row.items()
            if name not in types or not _make_sense(name, [value], types[name])
        ]
        if names := invalid + [name for name in types if name in required - row.keys()]:
            message = f"damaged, look at {', '.join(names)}: {_RESTORE}"
            raise DamagedLockError([error(where._replace(line=index), message)])


@cache
def _names_of(form: Any) -> tuple[Mapping[str, Any], Set[str]]:
    """Return the type of each of a form's values by its name, and the names that must be."""
    types = get_type_hints(form)
    return types, types.keys() - form._field_defaults


def _make_sense(name: str, values: Sequence[Any], type_: Any) -> bool:
    """Return whether all values that lines have under a name make sense."""
    if type_ not in _CHECKS:  # a mapping
        _, inner = get_args(type_)
        return all(_is_sound_mapping(name, value, inner) for value in values)
    check = _CHECKS_BY_NAME.get(name)
    return _CHECKS[type_](values) and (check is None or all(map(check, set(values))))


def _is_sound_mapping(name: str, value: object, inner: type) -> bool:
    if type(value) is not dict or not _CHECKS[inner]([*value.values()]):
        return False
    return _are_texts(value) if "clozes" not in name else all(map(_CLOZE_NUMBER.fullmatch, value))


def _are_texts(values: Iterable[Any]) -> bool:
    """Return whether values are texts that can be written; JSON can hold halves of letters."""
    try:
        "".join(values).encode()
    except (TypeError, UnicodeEncodeError):
        return False
    return True


def _are_numbers(values: Iterable[object]) -> bool:
    return all(type(value) is int and abs(value) < 2**63 for value in values)


def _are_bool(values: Iterable[object]) -> bool:
    return all(isinstance(value, bool) for value in values)


def _is_date(value: object) -> bool:
    """Return whether a value is in seconds since 1970, and before the year 10000."""
    return type(value) is int and 0 < value < 253_402_300_800


_CHECKS: Mapping[type, Callable[[Sequence[Any]], bool]] = {
    str: _are_texts,
    int: _are_numbers,
    bool: _are_bool,
}


_CHECKS_BY_NAME: Mapping[str, Callable[[Any], bool]] = {
    "guid": bool,
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
    return "".join(format_lines(lock))


def format_lines(lock: Lock) -> Iterator[str]:
    """Yield the lines of the lock file."""
    head = {
        "deckpress_lock": _form_for(lock),
        "deck": lock.deck,
        "name": lock.name,
        "created": lock.created,
    }
    types = sorted(lock.note_types, key=lambda entry: entry.note_type)
    notes = sorted(lock.notes, key=lambda entry: entry.guid)
    values = (map(LockedNoteType._asdict, types), map(Release._asdict, lock.releases))
    rows = chain([head], *values, map(_row, notes))
    encode = json.JSONEncoder(ensure_ascii=False).encode
    yield from (f"{encode(row)}\n" for row in rows)


def _form_for(lock: Lock) -> int:
    """Return the earliest form in which a lock can be written, for earlier versions to read."""
    if any(entry.note_type == Kind.OCCLUSION for entry in lock.note_types):
        return FORMAT
    return 4 if any(entry.context for entry in lock.notes) else 3


def _row(entry: LockedNote) -> _Row:
    """Return what is written of a note: what must be, which comes first, and what is not empty."""
    _, required = _names_of(LockedNote)
    is_written = (*[True] * len(required), *entry[len(required) :])
    return dict(compress(zip(LockedNote._fields, entry, strict=True), is_written))
