"""The lock of a deck without deck.toml: whose it is, and what it says of the deck's names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from deckpress.anki.packages import packages_like
from deckpress.errors import DeckError, Location, Problem, error, warning
from deckpress.filesystem import list_folder
from deckpress.lock import Lock
from deckpress.lock.lock_file import read_lock
from deckpress.lock.similarity import has_most_of
from deckpress.notes import Note
from deckpress.project import Project
from deckpress.project.names import StandaloneName
from deckpress.project.opening import rename_standalone
from deckpress.project.sources import MARKDOWN

_FOLDERS_LOCK = "deck.lock"


def stand_apart(project: Project, notes: Sequence[Note]) -> Project:
    """Return a project that, having no lock, takes no id that another source's lock beside it has.

    So a new file may have the name that another one, which was renamed with its lock, had before.
    """
    if not project.standalone or project.lock.exists():
        return project
    taken = _ids_of_others(project, notes)
    deck_id = next(each for each in project.standalone.ids() if each not in taken)
    return replace(project, deck=replace(project.deck, id=deck_id))


def _ids_of_others(project: Project, notes: Sequence[Note]) -> set[str]:
    """Return the ids in other sources' locks, in the folders of the lock and of packages."""
    folders = map(Path, {os.path.realpath(each) for each in (project.lock.parent, project.output)})
    ids: set[str] = set()
    for folder in folders:
        own = {Path(os.path.realpath(project.lock)), project.own_lock(folder)}
        found = _list(folder)
        for path in (each for each in found if each.suffix == ".lock" and each not in own):
            lock = _read(path)
            if lock and (_has_source(path, found) or not has_most_of(lock.notes, notes)):
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


def _has_source(lock: Path, found: Sequence[Path]) -> bool:
    """Return whether what a lock is of lies beside it: if not, it may have been moved."""
    stems = _stems(found)
    return bool(stems) if lock.name == _FOLDERS_LOCK else lock.stem in stems


def _stems(paths: Iterable[Path]) -> set[str]:
    """Return what the Markdown files among these are called, without their endings."""
    return {path.stem for path in paths if path.suffix.lower() in MARKDOWN}


def with_locked_names(project: Project, lock: Lock, *, allow_rename: bool) -> Project:
    """Return a project with the id that its lock has, and the name if the place alone gave one.

    A folder may be called otherwise on another computer, and a repository may move: that is no
    other name of the deck.
    """
    project = replace(project, deck=replace(project.deck, id=lock.deck))
    standalone = project.standalone
    if standalone and standalone.is_by_place and lock.name and not allow_rename:
        return rename_standalone(project, lock.name)
    return project


def check_place(project: Project, standalone: StandaloneName, lock: Lock) -> Iterator[Problem]:
    """Yield a warning if a deck that is called after its place has another name in its lock."""
    if standalone.is_by_place and lock.name not in ("", standalone.title, standalone.former_title):
        message = (
            f'is of the deck "{lock.name}", so this is that deck: if it is a copy that became '
            f"another deck, remove {project.lock.name}; if the deck is called "
            f'"{standalone.title}" now, build once with --allow-deck-rename'
        )
        yield warning(Location(str(project.lock)), message)


def check_whose(project: Project, lock: Lock, notes: Sequence[Note]) -> Iterator[Problem]:
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
    project: Project, standalone: StandaloneName, notes: Sequence[Note]
) -> Path | None:
    """Return a package of this very deck, under an id that a build without its lock does not give.

    It has the deck's name, and most of its notes. A package that cannot be read is none, nor is one
    that another source's lock knows.
    """
    packages = packages_like(project.output, standalone.id_pattern)
    if not packages:
        return None
    from deckpress.lock.rebuild import rebuild_lock  # here because most builds need none of it

    others = _ids_of_others(project, notes)
    for package in reversed(packages):
        try:
            lock = rebuild_lock(package, project.deck, any_deck=True)
        except DeckError:
            continue
        names = (standalone.title, standalone.former_title)
        is_named_so = lock.deck not in others and lock.name in names
        if is_named_so and has_most_of(lock.notes, notes):
            return package
    return None


def find_left_behind(project: Project, notes: Sequence[Note]) -> Path | None:
    """Return a lock beside a Markdown file whose own file is gone, as after a rename."""
    if not project.settings.is_file():
        return None
    found = list_folder(project.root, project.root)
    stems = _stems(found)
    locks = (path for path in found if path.suffix == ".lock" and path.stem not in stems)
    return next((path for path in locks if _was_left(path, notes)), None)


def _was_left(path: Path, notes: Sequence[Note]) -> bool:
    """Return whether a lock may have been the file's; a folder's lock has notes of many files."""
    lock = _read(path)
    if lock is None:
        return False
    if path.name == _FOLDERS_LOCK:
        is_of_one_file = len({entry.file for entry in lock.notes}) == 1
        return is_of_one_file and has_most_of(lock.notes, notes)
    return not lock.is_new
