"""A project's lock: opened, made again where it was lost, and guarded against costly slips."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deckpress.anki.packages import packages_in
from deckpress.errors import DeckError, Level, Location, Problem, error
from deckpress.filesystem import read_regular
from deckpress.git import find_repository
from deckpress.lock import DamagedLockError, Lock
from deckpress.lock.lock_file import format_lock, read_lock
from deckpress.lock.standalone import (
    check_place,
    check_whose,
    find_left_behind,
    find_lost_package,
    stand_apart,
)
from deckpress.notes import Note
from deckpress.project import Project
from deckpress.versions import read_version

_REMOVE = "if nobody has the deck, remove the package"


@dataclass(frozen=True)
class BuildOptions:
    """What the author asked for, besides a build."""

    locked: bool = False
    """Refuse to build if that would change the lock."""
    allow_deck_rename: bool = False
    adopt: Path | None = None
    """Another tool's package, whose GUIDs live on."""
    prune: bool = False
    """Remove pictures that no block asks for any more."""
    missing_media: Level = Level.ERROR
    """How much it matters that a picture or a sound is not there."""
    rebuild_lock: Path | None = None
    """A package of this deck, from which a lost lock is made again."""


def open_lock(
    project: Project,
    options: BuildOptions,
    notes: Sequence[Note],
    problems: list[Problem],
    now: int,
    peeked: Lock | None = None,
) -> Lock:
    """Return a project's lock, and add to `problems` why a build must not go on with it.

    Where it cannot be had returns an empty one, so that all else can be told. `notes` are the
    project's, `now` is in seconds since 1970, and `peeked` is the lock if it was read already.
    """
    empty = Lock(project.deck.id, now)
    if project.is_made_up:
        return empty
    project = stand_apart(project, notes)
    try:
        rebuilt = _rebuild_lock(project, options, now)
        lock = rebuilt or peeked or _read_lock(project, now)
        problems += _check_not_lost(project, lock, notes)
    except DeckError as wrong:
        problems += wrong.problems
        return empty
    problems += _check_version(project, lock)
    if foreign := list(check_whose(project, lock, notes)):
        problems += foreign
    elif not options.allow_deck_rename:
        problems += _check_deck_kept(project, lock)
    return lock


def peek_lock(project: Project) -> Lock | None:
    """Return a project's lock, if there is one that can be read; `open_lock` reports all else.

    The notes are read in the light of it, so it is read before them.
    """
    if project.is_made_up or not project.lock.exists():
        return None
    try:
        return _read_lock(project, now=0)  # which only a new lock has
    except DeckError:
        return None


def _read_lock(project: Project, now: int) -> Lock:
    return read_lock(project.lock, project.deck.id, now, any_deck=project.is_standalone)


def _rebuild_lock(project: Project, options: BuildOptions, now: int) -> Lock | None:
    """Return the lock made again from a package, if that is wished and there is none that reads."""
    if options.rebuild_lock is None:
        return None
    from deckpress.lock.rebuild import rebuild_lock

    try:
        is_lost = _read_lock(project, now).is_new
    except DamagedLockError:
        is_lost = True
    if not is_lost:
        message = "is whole, and knows more than a package: remove it first if you mean to lose it"
        raise DeckError([error(Location(str(project.lock)), message)])
    return rebuild_lock(options.rebuild_lock, project.deck, any_deck=project.is_standalone)


def _check_not_lost(project: Project, lock: Lock, notes: Sequence[Note]) -> Iterator[Problem]:
    """Yield an error if there is no lock, but something that was built with one."""
    if not lock.is_new:
        return
    where = Location(str(project.lock))
    if (latest := latest_package(project)) and (told := _report_package(latest, project)):
        yield error(where, told)
    elif project.standalone and (lost := find_lost_package(project, project.standalone, notes)):
        yield error(where, _format_lost(lost))
    elif _is_in_git(project.lock):
        yield error(where, f"is lost, though git knows it: git checkout -- {project.lock}")
    elif project.standalone and (left := find_left_behind(project, notes)):
        message = (
            f"is not there, but {left} is: if {project.settings.name} was {left.stem} before, "
            f"rename {left.name} as well; if not, move it away"
        )
        yield error(where, message)


def _report_package(package: Path, project: Project) -> str:
    """Return that the lock of a package is lost; nothing if the package is not of this deck."""
    from deckpress.lock.rebuild import Origin, find_origin

    try:
        if find_origin(package, project.deck) is Origin.OTHER:
            return ""
    except DeckError as unreadable:
        return (
            f"is not there, but {package} is, which may be of this deck and cannot be read "
            f"({unreadable.reason}): restore one of them with git; {_REMOVE}"
        )
    return _format_lost(package)


def _format_lost(package: Path) -> str:
    return (
        f"is lost, though {package} was built with it: restore it with git, or by "
        f"--rebuild-lock {package}; {_REMOVE}"
    )


def latest_package(project: Project) -> Path | None:
    """Return the deck's package with the highest version, where packages go.

    Raises DeckError if a link leads one of these folders out of the project.
    """
    folders = sorted({project.output, project.root / "dist"})
    found = (packages_in(folder, project.deck.id, project.root).items() for folder in folders)
    return max(itertools.chain.from_iterable(found), default=(None, None))[1]


def _is_in_git(path: Path) -> bool:
    """Return whether git tracks a file, there or not."""
    repository = find_repository(path.parent)
    return repository is not None and repository.tracks(path)


def _check_version(project: Project, lock: Lock) -> Iterator[Problem]:
    """Yield an error if learners have a later version than the project says it is."""
    version, last = project.deck.version, lock.last_release
    if last and read_version(version) < read_version(last.version):
        message = f"version {version} goes backwards, {last.version} is released: write that again"
        yield error(Location(str(project.settings)), message)


def _check_deck_kept(project: Project, lock: Lock) -> Iterator[Problem]:
    """Yield an error if the deck has another name; a warning if only its place has one."""
    if project.standalone and project.standalone.is_by_place:
        yield from check_place(project, project.standalone, lock)
    elif lock.is_renamed(project.deck.name):
        message = (
            f'the deck was "{lock.name}" and is now "{project.deck.name}": Anki would leave the '
            "cards that learners have in the old deck, and put new ones into the new. Name it as "
            "before; or build with --allow-deck-rename, and tell learners to rename the deck in "
            "Anki before they import"
        )
        yield error(Location(str(project.settings)), message)


def check_committed(project: Project) -> None:
    """Raise DeckError if git does not have the lock as it is; where there is no git, that is fine.

    A release depends on the lock that it was made with, so that one must be found again.
    """
    if has_uncommitted_lock(project):
        message = "has changes that git does not have: commit it before the release"
        raise DeckError([error(Location(str(project.lock)), message)])


def has_uncommitted_lock(project: Project) -> bool:
    """Return whether there is a git that does not have the lock as it is."""
    repository = find_repository(project.lock.parent)
    if repository is None or not project.lock.exists():
        return False
    held = read_regular(project.lock, project.lock.parent, None)
    return held.splitlines() != (repository.committed(project.lock) or b"").splitlines()


def check_locked(project: Project, after: Lock) -> Iterator[Problem]:
    """Yield an error if the lock on disk is not what a build would write."""
    try:
        text = read_regular(project.lock, project.lock.parent, None).decode()
    except (OSError, UnicodeDecodeError):
        text = ""
    if text.splitlines() != format_lock(after).splitlines():
        message = "would change: build without --locked, and commit it"
        yield error(Location(str(project.lock)), message)
