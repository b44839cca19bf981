"""The lock of a project or of a lone file: opened, made again where it was lost, and guarded."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from deckpress.anki.packages import packages_in, packages_like
from deckpress.diagnostics import (
    DeckError,
    Diagnostic,
    Diagnostics,
    Location,
    Severity,
    error,
    warning,
)
from deckpress.filesystem import MARKDOWN, list_folder, read_regular
from deckpress.git import find_repository
from deckpress.lock import DamagedLockError, Lock
from deckpress.lock.lock_file import format_lock, read_lock
from deckpress.lock.similarity import has_most_of
from deckpress.notes import NoteText
from deckpress.project import Project
from deckpress.project.names import StandaloneName, read_version
from deckpress.project.opening import rename_standalone

_FOLDERS_LOCK = "deck.lock"
_REMOVE = "if nobody has the deck, remove the package"


def stand_apart(project: Project, notes: Sequence[NoteText]) -> Project:
    """Return a project that, having no lock, takes no id that another source's lock beside it has.

    So a new file may have the name that another one, which was renamed with its lock, had before.
    """
    if not project.standalone or project.lock.exists():
        return project
    taken = _ids_of_others(project, notes)
    deck_id = next(candidate for candidate in project.standalone.ids() if candidate not in taken)
    return replace(project, deck=project.deck._replace(id=deck_id))


def _ids_of_others(project: Project, notes: Sequence[NoteText]) -> set[str]:
    """Return the ids in other sources' locks, in the folders of the lock and of packages."""
    folders = map(Path, {os.path.realpath(path) for path in (project.lock.parent, project.output)})
    ids: set[str] = set()
    for folder in folders:
        own = {Path(os.path.realpath(project.lock)), project.own_lock(folder)}
        paths = _list(folder)
        stems = _stems(paths)
        for path in {path for path in paths if path.suffix == ".lock"} - own:
            lock = _read(path)
            if lock and (_has_source(path, stems) or not has_most_of(lock.notes, notes)):
                ids.add(lock.deck)
    return ids


def _list(folder: Path) -> list[Path]:
    try:
        return list_folder(folder, folder)
    except OSError:  # what reads or writes there reports why
        return []


def _read(path: Path) -> Lock | None:
    """Return a deck's lock, whichever deck's; None if it cannot be read, or is another tool's."""
    try:
        return read_lock(path, "", 0, any_deck=True)
    except DeckError:
        return None


def _has_source(lock: Path, stems: Set[str]) -> bool:
    """Return whether what a lock is of lies beside it: if not, it may have been moved."""
    return bool(stems) if lock.name == _FOLDERS_LOCK else lock.stem in stems


def _stems(paths: Iterable[Path]) -> set[str]:
    """Return what the Markdown files among these are called, without their endings."""
    return {path.stem for path in paths if path.suffix.lower() in MARKDOWN}


def with_locked_names(project: Project, lock: Lock, *, allow_rename: bool) -> Project:
    """Return a project with the id that its lock has, and the name if the place alone gave one.

    A folder may be called otherwise on another computer, and a repository may move: that is no
    other name of the deck.
    """
    project = replace(project, deck=project.deck._replace(id=lock.deck))
    standalone = project.standalone
    if standalone and standalone.is_by_place and lock.name and not allow_rename:
        return rename_standalone(project, lock.name)
    return project


def check_place(project: Project, standalone: StandaloneName, lock: Lock) -> Iterator[Diagnostic]:
    """Yield a warning if a deck that is called after its place has another name in its lock."""
    if standalone.is_by_place and lock.name not in ("", standalone.title, standalone.former_title):
        message = (
            f'is of the deck "{lock.name}", so this is that deck: if it is a copy that became '
            f"another deck, remove {project.lock.name}; if the deck is called "
            f'"{standalone.title}" now, build once with --allow-deck-rename'
        )
        yield warning(Location(str(project.lock)), message)


def check_whose(project: Project, lock: Lock, notes: Sequence[NoteText]) -> Iterator[Diagnostic]:
    """Yield an error if a lock that does not lie beside its source may be another deck's."""
    folder, root = map(os.path.realpath, (project.lock.parent, project.root))
    is_beside = not project.is_standalone or folder == root
    if is_beside or lock.is_new or has_most_of(lock.notes, notes):
        return
    own = project.own_lock(project.lock.parent).name
    message = (
        f'is of a deck "{lock.name}" that has other notes: name another folder by --output; if it '
        f"is the lock of {project.settings}, call it {own}"
    )
    if project.lock.name != own:
        yield error(Location(str(project.lock)), message)


def find_lost_package(
    project: Project, standalone: StandaloneName, notes: Sequence[NoteText]
) -> Path | None:
    """Return a package of this very deck, under an id that a build without its lock does not give.

    It has the deck's name, and most of its notes. A package that cannot be read is none, nor is one
    that another source's lock knows.
    """
    packages = packages_like(project.output, standalone.id_pattern)
    if not packages:
        return None
    from deckpress.lock.rebuild import rebuild_lock  # here because most builds need none of it

    taken = _ids_of_others(project, notes)
    for package in reversed(packages):
        try:
            lock = rebuild_lock(package, project.deck, any_deck=True)
        except DeckError:
            continue
        names = (standalone.title, standalone.former_title)
        is_named_so = lock.deck not in taken and lock.name in names
        if is_named_so and has_most_of(lock.notes, notes):
            return package
    return None


def find_left_behind(project: Project, notes: Sequence[NoteText]) -> Path | None:
    """Return a lock beside a Markdown file whose own file is gone, as after a rename."""
    if not project.settings.is_file():
        return None
    paths = list_folder(project.root, project.root)
    stems = _stems(paths)
    locks = (path for path in paths if path.suffix == ".lock" and path.stem not in stems)
    return next((path for path in locks if _was_left(path, notes)), None)


def _was_left(path: Path, notes: Sequence[NoteText]) -> bool:
    """Return whether a lock may have been the file's; a folder's lock has notes of many files."""
    lock = _read(path)
    if lock is None:
        return False
    if path.name == _FOLDERS_LOCK:
        is_of_one_file = len({entry.file for entry in lock.notes}) == 1
        return is_of_one_file and has_most_of(lock.notes, notes)
    return not lock.is_new


class BuildOptions(NamedTuple):
    """What the author asked for, besides a build."""

    locked: bool = False
    """Refuse to build if that would change the lock."""
    allow_deck_rename: bool = False
    adopt: Path | None = None
    """Another tool's package, whose GUIDs live on."""
    prune: bool = False
    """Remove pictures that no block asks for any more."""
    missing_media: Severity = Severity.ERROR
    """How much it matters that a picture or a sound is not there."""
    rebuild_lock: Path | None = None
    """A package of this deck, from which a lost lock is made again."""
    tells_all: bool = False
    """Tell matters of style as well, and how many words are on cards."""


def open_lock(
    project: Project,
    options: BuildOptions,
    notes: Sequence[NoteText],
    diagnostics: Diagnostics,
    now: int,
    peeked: Lock | None = None,
) -> Lock:
    """Return a project's lock, and add to `diagnostics` why a build must not go on with it.

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
        diagnostics += _check_not_lost(project, lock, notes)
    except DeckError as problem:
        diagnostics += problem.diagnostics
        return empty
    diagnostics += _check_version(project, lock)
    if foreign := list(check_whose(project, lock, notes)):
        diagnostics += foreign
    elif not options.allow_deck_rename:
        diagnostics += _check_deck_kept(project, lock)
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


def _check_not_lost(
    project: Project, lock: Lock, notes: Sequence[NoteText]
) -> Iterator[Diagnostic]:
    """Yield an error if there is no lock, but something that was built with one."""
    if not lock.is_new:
        return
    where = Location(str(project.lock))
    if (latest := latest_package(project)) and (reason := _report_package(latest, project)):
        yield error(where, reason)
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
    packages = (packages_in(folder, project.deck.id, project.root).items() for folder in folders)
    return max(itertools.chain.from_iterable(packages), default=(None, None))[1]


def _is_in_git(path: Path) -> bool:
    """Return whether git tracks a file, there or not."""
    repository = find_repository(path.parent)
    return repository is not None and repository.tracks(path)


def _check_version(project: Project, lock: Lock) -> Iterator[Diagnostic]:
    """Yield an error if learners have a later version than the project says it is."""
    version, last = project.deck.version, lock.last_release
    if last and read_version(version) < read_version(last.version):
        message = f"version {version} goes backwards, {last.version} is released: write that again"
        yield error(Location(str(project.settings)), message)


def _check_deck_kept(project: Project, lock: Lock) -> Iterator[Diagnostic]:
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


def check_locked(project: Project, after: Lock) -> Iterator[Diagnostic]:
    """Yield an error if the lock on disk is not what a build would write."""
    try:
        text = read_regular(project.lock, project.lock.parent, None).decode()
    except (OSError, UnicodeDecodeError):
        text = ""
    if text.splitlines() != format_lock(after).splitlines():
        message = "would change: build without --locked, and commit it"
        yield error(Location(str(project.lock)), message)
