"""Files that keep processes apart: each is held by one process at a time, and gone afterwards.

A guard is an empty file that its process holds locked; the system lets go of it when the process
ends, however it ends. It is removed while it is held, so that who waits for it sees that it is
gone, and makes a new one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from deckpress.diagnostics import DeckError, Location, error, reason_of
from deckpress.signals import defer_sigint

_PATIENCE = 1.0
"""After so many seconds a build that waits for another one says so."""
_INTERVAL = 0.05
"""Seconds between two attempts to hold a guard."""
_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_LOCKS = (errno.EBADF, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""What file systems say that know no locks, or none on such files."""
_HELD = (errno.EACCES, errno.EAGAIN)
"""What they say of a file that another process has locked."""
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""No link is followed, and a pipe is not waited for."""


class ForeignError(Exception):
    """What lies where a guard should be is none, and stays."""


class Guard(NamedTuple):
    """A guard that this process holds."""

    path: Path
    descriptor: int

    def release(self) -> None:
        """Remove it, and let the next process have its turn."""
        with defer_sigint():
            if os.name == "nt":  # where what is open cannot be removed
                os.close(self.descriptor)
            with suppress(OSError):
                self.path.unlink()
            if os.name != "nt":
                os.close(self.descriptor)


def hold(path: Path) -> Guard | None:
    """Return a guard, or None if another process holds it.

    Raises ForeignError if something else lies there, and OSError if it cannot be made or locked.
    """
    guard = None
    try:
        with defer_sigint():  # a signal that comes now finds a guard that can be removed again
            guard = _hold(path)
    except BaseException:
        if guard:
            guard.release()
        raise
    return guard


def _hold(path: Path) -> Guard | None:
    try:
        descriptor = os.open(path, _FLAGS, 0o600)
    except OSError as problem:
        if not os.path.lexists(path):
            raise
        if problem.errno != errno.EACCES or not _is_guard(path.lstat()):
            raise ForeignError from problem
        if not os.access(path.parent, os.W_OK):
            raise
        return None  # another user's
    is_held = False
    try:
        is_held = _lock(descriptor, path)
    finally:
        if not is_held:
            os.close(descriptor)
    return Guard(path, descriptor) if is_held else None


def _lock(descriptor: int, path: Path) -> bool:
    """Return whether the open file is locked now, and is still the one at its path."""
    opened = os.fstat(descriptor)
    if not _is_guard(opened):
        raise ForeignError
    if not _is_locked(descriptor):
        return False
    if hasattr(os, "fchmod") and opened.st_uid == os.getuid():
        os.fchmod(descriptor, _mode_in(path.parent))
    try:
        return os.path.samestat(path.lstat(), opened)
    except FileNotFoundError:
        return False


def _is_locked(descriptor: int) -> bool:
    """Return whether an open file is locked now, by this process and no other one."""
    if sys.platform == "win32":
        from filelock import lock_descriptor

        return lock_descriptor(descriptor, blocking=False)
    import fcntl  # what filelock calls as well, which takes 8 ms to import

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        if problem.errno in _HELD:
            return False
        raise
    return True


def _is_guard(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and not status.st_size


def _mode_in(folder: Path) -> int:
    """Return the mode of a guard: who may remove it may hold it, and nobody else."""
    mode = folder.stat().st_mode
    shared = 0 if mode & stat.S_ISVTX else mode & 0o022
    return 0o600 | shared | shared << 1


@contextmanager
def only_one_build(
    lock: Path, tell: Callable[[], object], private: Path | None = None, wait: float = 60
) -> Iterator[None]:
    """Run the body while no other process is in it for the same deck.

    `lock` is the deck's lock file, there or not. The guard lies beside it or, where nothing can be
    held there, in `private`, a folder of the user's own. If another build is at work, waits for up
    to `wait` seconds, and calls `tell` once if that takes longer than a second. Raises DeckError if
    the other build is still at work then, or if builds cannot be kept apart.
    """
    with _made(lock.parent):
        guard = _hold_one(_places(lock, private), lock, tell, wait)
        try:
            yield
        finally:
            if guard:
                guard.release()


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder, if it can be made; those that were missing are removed again if empty."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        with suppress(OSError):
            for parent in missing:
                parent.rmdir()


def _places(lock: Path, private: Path | None) -> Iterator[Path]:
    """Yield where the guard of a deck may lie, the better place first."""
    yield lock.with_name(f".deckpress-{lock.name}")
    with suppress(OSError):
        if private and _is_private(private):
            place = os.path.normcase(Path(os.path.realpath(lock.parent), lock.name))
            yield private / hashlib.sha256(os.fsencode(place)).hexdigest()[:32]


def _is_private(folder: Path) -> bool:
    """Return whether a folder, which is made if need be, is one where only this user writes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    is_own = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return stat.S_ISDIR(status.st_mode) and is_own and not status.st_mode & 0o022


def _hold_one(
    places: Iterator[Path], lock: Path, tell: Callable[[], object], wait: float
) -> Guard | None:
    """Return the guard at the first place where one can be held.

    Returns None if there is none since nothing may be written there: then the lock cannot be
    written either, and builds do each other no harm.
    """
    for place in places:
        try:
            return _wait_for(place, tell, wait)
        except TimeoutError as late:
            message = "another build of this deck is running: wait until it is done"
            raise DeckError([error(Location(str(lock)), message)]) from late
        except ForeignError as foreign:
            message = "lies where builds of this deck keep each other out: remove it"
            raise DeckError([error(Location(str(place)), message)]) from foreign
        except OSError as problem:
            failed, reason = problem.errno, reason_of(problem)
            if failed not in (*_READ_ONLY, *_NO_LOCKS):
                break
    if failed in _READ_ONLY:
        return None
    remedy = ": give the notes' file a shorter name" if failed == errno.ENAMETOOLONG else ""
    message = f"cannot keep other builds out: {reason}{remedy}"
    raise DeckError([error(Location(str(lock)), message)])


def _wait_for(path: Path, tell: Callable[[], object], wait: float) -> Guard:
    """Return a guard as soon as no other process holds it. Raises TimeoutError if that is late."""
    started, is_reported = time.monotonic(), False
    while not (guard := hold(path)):
        waited = time.monotonic() - started
        if waited >= min(_PATIENCE, wait) and not is_reported:
            tell()
            is_reported = True
        if waited >= wait:
            raise TimeoutError
        time.sleep(_INTERVAL)
    return guard
