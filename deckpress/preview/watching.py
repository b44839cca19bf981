"""Which files of a deck were written, as soon as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from threading import Event

from watchfiles import BaseFilter, Change, watch

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


def watched_folders(project: Project, media: Media) -> frozenset[Path]:
    """Return the folders in which a deck's files lie, those of its pictures as well.

    Of a lone file, which may lie in somebody's home, only the folder itself counts, and not those
    below it (`is_lone`).
    """
    own = project.settings if project.settings.is_dir() else project.settings.parent
    folders = {path.resolve() for path in (own, project.pictures.parent) if path.is_dir()}
    folders |= {file.path.resolve().parent for file in media.files.values()}
    if is_lone(project):
        return frozenset(folders)
    return frozenset(folder for folder in folders if folders.isdisjoint(folder.parents))


def is_lone(project: Project) -> bool:
    """Return whether a deck is a single file."""
    return not project.is_whole


def changed_files(
    folders: Collection[Path], stop: Event, *, below: bool, polls: bool
) -> Iterator[set[Path] | None]:
    """Yield the files that were written, added or removed, until `stop` is set.

    The first time it is None: what was written before this began is not known. With `below`, those
    in subfolders count. `polls` looks at all of them again and again, for places where the system
    tells of nothing (network mounts, containers).
    """
    is_first = True
    for changes in watch(
        *folders,
        watch_filter=_Filter(),
        debounce=_LONGEST,
        step=_QUIET,
        stop_event=stop,
        rust_timeout=_BEGIN,
        yield_on_timeout=True,
        raise_interrupt=False,
        force_polling=polls,
        poll_delay_ms=_POLL,
        recursive=below,
        ignore_permission_denied=True,
    ):
        if changes or is_first:
            yield None if is_first else {Path(path) for _, path in changes}
        is_first = False


class _Filter(BaseFilter):
    """Leaves out what editors and version control write for themselves."""

    def __call__(self, change: Change, path: str) -> bool:
        """Return whether a file may be one of the deck's."""
        name = Path(path).name
        return not name.startswith(".") and not name.endswith("~")
