"""Which files of a deck were written, as soon as they are."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event

from watchfiles import BaseFilter, Change, watch
from watchfiles._rust_notify import WatchfilesRustInternalError

from deckpress.filesystem import FileStatus, is_inside, status_of
from deckpress.media import Media
from deckpress.project import Project

_QUIET = 5
"""Milliseconds without a change after which a save is taken as done."""
_LONGEST = 200
"""Milliseconds after which changes are told though more come."""
_BEGIN = 100
"""Milliseconds that it may take to begin."""
_POLL = 300
"""Milliseconds between two looks where the system does not tell of changes."""


def watched_folders(project: Project, media: Media, *, below: bool) -> frozenset[Path]:
    """Return the folders in which a deck's files lie, and its pictures, or would lie if they were.

    With `below`, those in subfolders count. Of a lone file, which may lie in somebody's home, only
    the folder itself counts (`is_lone`).
    """
    own = project.settings if project.is_standalone and below else project.settings.parent
    missing = {path.parent for path in media.passed if "\0" not in str(path)}
    folders = {own.resolve(), project.pictures.parent.resolve()}
    folders |= {folder.resolve() for folder in missing if is_inside(folder, project.root)}
    folders |= _folders_of(source.path for source in project.sources)
    folders |= _folders_of([project.deck.style.path] if project.deck.style else [])
    folders |= _folders_of(file.path for file in media.files.values())
    if not below:
        return frozenset(folders)
    return frozenset(folder for folder in folders if folders.isdisjoint(folder.parents))


def _folders_of(paths: Iterable[Path]) -> frozenset[Path]:
    """Return the folders that files lie in, and those that links among them lead to."""
    known = list(paths)
    links = {path.resolve().parent for path in known if path.is_symlink()}
    return frozenset({folder.resolve() for folder in {path.parent for path in known}} | links)


def is_lone(project: Project) -> bool:
    """Return whether a deck is a single file."""
    return not project.is_whole


def changed_files(
    folders: Collection[Path], stop: Event, *, below: bool, polls: bool
) -> Iterator[set[Path] | None]:
    """Yield the files that were written, added or removed, until `stop` is set.

    It ends as well when a folder comes that was not there, goes, or is another one by now, as when
    a branch without it is checked out. The first time None is yielded: what was written before this
    began is not known. With `below`, files in subfolders count. `polls` looks at all of them again
    and again, for places where the system tells of nothing (network mounts, containers); so it is
    done as well where the system refuses to tell, since other programs follow too many files.
    """
    places = _places(folders)
    look = _look if polls else _hear
    try:
        for changed in look(places, stop, below):
            if changed is None or changed:
                yield changed
            if (changed and changed & places.keys()) or _places(folders) != places:
                return
    except (OSError, WatchfilesRustInternalError):
        if polls:
            raise
        yield from changed_files(folders, stop, below=below, polls=True)


def _hear(places: Iterable[Path], stop: Event, below: bool) -> Iterator[set[Path] | None]:
    """Yield which files the system tells of, perhaps none, and None at first."""
    is_first = True
    for changes in watch(
        *places,
        watch_filter=_Filter(),
        debounce=_LONGEST,
        step=_QUIET,
        stop_event=stop,
        rust_timeout=_BEGIN,
        yield_on_timeout=True,
        raise_interrupt=False,
        recursive=below,
    ):
        yield None if is_first else {Path(path) for _, path in changes}
        is_first = False


def _look(places: Iterable[Path], stop: Event, below: bool) -> Iterator[set[Path] | None]:
    """Yield which files are others than at the last look, and None at first.

    A save is seen though another one was made in the same second, of which watchfiles sees one.
    """
    before = _statuses(places, below)
    yield None
    while not stop.wait(_POLL / 1000):
        now = _statuses(places, below)
        yield {path for path in {*before, *now} if before.get(path) != now.get(path)}
        before = now


def _statuses(places: Iterable[Path], below: bool) -> dict[Path, FileStatus]:
    """Return what tells that each file in folders was not written since."""
    found = {}
    for place in places:
        for folder, subfolders, names in os.walk(place):
            subfolders[:] = filter(_may_be_ours, subfolders) if below else ()
            paths = (Path(folder, name) for name in names if _may_be_ours(name))
            found.update({path: status_of(path) for path in paths})
    return found


def _places(folders: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Return the folders that are there, each with what tells it from one that takes its place."""
    found = {}
    for folder in folders:
        with suppress(OSError):
            status = folder.stat()
            found[folder] = (status.st_dev, status.st_ino)
    return found


def _may_be_ours(name: str) -> bool:
    """Return whether a file may be one of the deck's, and not what a program has for itself."""
    return not name.startswith(".") and not name.endswith("~")


class _Filter(BaseFilter):
    """Leaves out what is not the deck's."""

    def __call__(self, change: Change, path: str) -> bool:
        """Return whether a file may be one of the deck's."""
        return _may_be_ours(Path(path).name)
