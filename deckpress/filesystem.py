"""Files on disk: written whole or not at all, one build at a time, and found if nearly named."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from deckpress.errors import DeckError, Location, did_you_mean, error

if TYPE_CHECKING:  # at run time it is loaded where it is used, since --help does not need it
    from filelock import BaseFileLock

_PATIENCE = 1.0
"""After so many seconds a build that waits for another one says so."""


def did_you_mean_file(path: Path) -> str:
    """Return `, did you mean "…"?` for the nearest name beside a path that is not there."""
    names = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    return did_you_mean(path.name, names)


@contextmanager
def only_one_build(lock: Path, tell: Callable[[], object], wait: float = 60) -> Iterator[None]:
    """Run the body while no other process on this machine is in it for the same deck.

    `lock` is the deck's lock file, there or not. If another build is at work, waits for up to
    `wait` seconds, and calls `tell` once if that takes longer than a second. Raises DeckError if
    the other build is still at work then, or if builds cannot be kept apart.
    """
    from filelock import FileLock, Timeout

    guard = FileLock(_guard_of(lock), mode=0o666)  # another user may build the same deck
    try:
        _acquire(guard, tell, wait)
    except Timeout as problem:
        message = "another build of this deck is running: wait until it is done"
        raise DeckError([error(Location(str(lock)), message)]) from problem
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        message = f"cannot keep other builds out: {reason}; remove it, or set TMPDIR elsewhere"
        raise DeckError([error(Location(guard.lock_file), message)]) from problem
    try:
        yield
    finally:
        guard.release()


def _guard_of(lock: Path) -> Path:
    """Return the file that stands for a deck's lock: outside its folder, which may be read-only."""
    place = os.path.normcase(lock.parent.resolve() / lock.name)
    digest = hashlib.sha256(os.fsencode(place)).hexdigest()[:32]
    return Path(tempfile.gettempdir(), f"deckpress-{digest}.lock")


def _acquire(guard: BaseFileLock, tell: Callable[[], object], wait: float) -> None:
    from filelock import Timeout

    patience = min(_PATIENCE, wait)
    try:
        guard.acquire(timeout=patience)
    except Timeout:
        tell()
        guard.acquire(timeout=wait - patience)


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Write files beside their targets, then rename them into place, in the order given.

    A target that already has these bytes is left alone; what a killed build left beside a target
    is removed, so nobody else may be writing these targets (see only_one_build). Raises DeckError,
    with nothing written, if one of them cannot be written.
    """
    beside: dict[Path, Path] = {}
    try:
        for target, data in contents.items():
            _remove_left_behind(target)
            if not (target.is_file() and target.read_bytes() == data):
                beside[target] = _write_beside(target, data)
        for target, temporary in beside.items():
            temporary.replace(target)
    except OSError as problem:
        message = f"cannot be written: {(problem.strerror or str(problem)).lower()}"
        raise DeckError([error(Location(str(target)), message)]) from problem
    finally:
        for temporary in beside.values():
            temporary.unlink(missing_ok=True)


def _remove_left_behind(target: Path) -> None:
    """Remove what builds that were killed had written beside a target."""
    temporary = re.compile(rf"\.{re.escape(target.name)}\.[0-9]+")
    try:
        beside = list(target.parent.iterdir())
    except OSError:  # not there yet, or not to be listed
        return
    for path in beside:
        if temporary.fullmatch(path.name):
            with suppress(OSError):  # on a read-only disk it does no harm
                path.unlink()


def _write_beside(target: Path, data: bytes) -> Path:
    if target.is_dir():
        raise DeckError([error(Location(str(target)), "cannot be written: it is a folder")])
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
