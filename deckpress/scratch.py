"""Temporary files: each process removes its own, and those of processes that have died."""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deckpress.guards import ForeignError, hold
from deckpress.signals import deferred

_OURS = re.compile(r"(\.deckpress-[0-9a-f]{16})(?:\.(?:guard|[0-9]+))?")


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Yield a path in a folder for temporary files: they are named so, with a suffix or without.

    They are removed afterwards. While this process lives it holds a guard beside them; what lies
    there without one was left by a process that was killed, and is removed first. Raises OSError if
    nothing can be written into the folder.
    """
    sweep(folder)
    guard = None
    while not guard:  # or another process swept it away when it was made and not yet held
        path = folder / f".deckpress-{secrets.token_hex(8)}"
        guard = hold(_guard_of(path))
    try:
        yield path
    finally:
        with deferred():
            _remove_all(path)
            guard.release()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a new folder that only this user can read; it is removed afterwards."""
    with scratch(Path(tempfile.gettempdir())) as path:
        path.mkdir(mode=0o700)
        yield path


def sweep(folder: Path) -> None:
    """Remove the temporary files that processes which have died left in a folder."""
    for path in {folder / found[1] for found in map(_OURS.fullmatch, _names(folder)) if found}:
        with suppress(OSError, ForeignError):  # what is another user's, or on a read-only disk
            if guard := hold(_guard_of(path)):
                try:
                    _remove_all(path)
                finally:
                    guard.release()


def _names(folder: Path) -> list[str]:
    with suppress(OSError):  # not there yet, or not to be listed
        return [path.name for path in folder.iterdir()]
    return []


def _guard_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.guard")


def _remove_all(path: Path) -> None:
    """Remove the temporary files of a name; its guard stays for the moment."""
    for name in _names(path.parent):
        found, each = _OURS.fullmatch(name), path.with_name(name)
        if found and found[1] == path.name and each != _guard_of(path):
            _remove(each)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
