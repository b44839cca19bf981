"""Lines that a merge by git doubled: of two for one note or note type, which one counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from deckpress.errors import DeckError, Location, Problem, error
from deckpress.lock.entries import (
    UNRELEASED,
    DamagedLockError,
    NoteEntry,
    NoteTypeEntry,
    Release,
)
from deckpress.versions import is_version, read_version


def settle_types(entries: Iterable[NoteTypeEntry]) -> tuple[NoteTypeEntry, ...]:
    """Return the later of two lines for one note type."""
    latest = {entry.note_type: entry for entry in sorted(entries, key=lambda entry: entry.mod)}
    return tuple(latest.values())


def settle_releases(entries: Mapping[int, Release], where: Location) -> tuple[Release, ...]:
    """Return the releases by version; equal lines are one.

    `entries` are known by their lines in the file `where`. Raises DeckError for two releases of one
    version, made on two branches: no rule can tell which of them learners have.
    """
    settled: dict[str, Release] = {}
    for at, entry in sorted(entries.items()):
        if settled.setdefault(entry.version, entry) != entry:
            message = (
                f"a second release {entry.version} with other bytes: keep the line of the one that "
                "learners have"
            )
            raise DeckError([error(replace(where, line=at), message)])
    return tuple(settled[version] for version in sorted(settled, key=read_version))


def settle_notes(
    entries: Mapping[int, NoteEntry], where: Location, remedy: str
) -> tuple[NoteEntry, ...]:
    """Return one entry for each note, the later of two lines with what only the earlier one knew.

    `entries` are known by their lines in the file `where`. Raises DamagedLockError, with the
    `remedy`, for two notes with one GUID or ID, which no merge can have made.
    """
    settled: dict[str, tuple[int, NoteEntry]] = {}
    by_id: dict[str, int] = {}
    problems: list[Problem] = []
    for at, entry in sorted(entries.items(), key=lambda item: item[1].mod):
        other, earlier = settled.get(entry.guid, (at, entry))
        other = by_id.get(entry.id.casefold(), other)
        if (entries[other].guid, entries[other].id) != (entry.guid, entry.id):
            first, second = sorted((other, at))
            message = f"has the guid or id of line {first}, which is another note: {remedy}"
            problems.append(error(replace(where, line=second), message))
        settled[entry.guid] = (at, _merge(earlier, entry))
        by_id[entry.id.casefold()] = at
    if problems:
        raise DamagedLockError(problems)
    return tuple(entry for _, entry in settled.values())


def _merge(earlier: NoteEntry, later: NoteEntry) -> NoteEntry:
    """Return the later entry with what only the earlier one has: id, place, gaps, a release."""
    numbers = {**earlier.gone_clozes, **earlier.clozes, **later.gone_clozes}
    gone = {number: text for number, text in numbers.items() if number not in later.clozes}
    key, context = later.key or earlier.key, later.context or earlier.context
    merged = replace(later, key=key, context=context, gone_clozes=gone)
    if _last_known_release(earlier) > _last_known_release(later):
        return _as_released(merged, earlier)
    return merged


def _last_known_release(entry: NoteEntry) -> tuple[tuple[int, ...], int]:
    """Return what grows with each release that a line knows to have changed its note."""
    versions = (entry.added, entry.changed, entry.retired)
    last = max((read_version(each) for each in versions if is_version(each)), default=())
    return last, entry.released_mod


def _as_released(entry: NoteEntry, known: NoteEntry) -> NoteEntry:
    """Return an entry that knows of releases what another line of its note does."""
    return replace(
        entry,
        added=known.added,
        changed=known.changed,
        released=known.released,
        released_mod=known.released_mod,
        retired=known.retired or (UNRELEASED if entry.retired else ""),
    )
