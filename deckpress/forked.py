"""One function applied to many things, by this process and copies of it that share the work."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import struct
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, NoReturn, TypeVar

from deckpress.signals import die_with_parent

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_PLACE = struct.Struct(">I")
_MOST = 4_000
"""Numbers of 4 bytes that a pipe takes at once; it holds 16 KiB or more."""


def count_processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def may_fork() -> bool:
    """Return whether a copy of this process would work as it does.

    Other threads are not copied, with whatever they hold; and on macOS what the system has loaded
    may fail in a copy (Python's documentation of `multiprocessing`, start methods).
    """
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def map_forked(
    work: Callable[[_Item], _Result], items: Sequence[_Item], processes: int
) -> Iterator[tuple[int, _Result]]:
    """Yield each item's place and what `work` makes of it, as it is made; results can be pickled.

    As many processes work, this one among them, each taking what is next. What a copy does not
    bring, since it was killed or `work` raised something, this process works out itself. All copies
    have ended when the iterator has, or is closed.
    """
    left = set(range(len(items)))
    for place, result in _share(work, items, processes):
        left.discard(place)
        yield place, result
    for place in sorted(left):
        yield place, work(items[place])


@contextmanager
def done_meanwhile(work: Callable[[], object]) -> Iterator[None]:
    """Let a copy of this process do something meanwhile; where none can be, it is done before.

    It has ended when the block has. Nobody learns what came of it.
    """
    if count_processors() < 2 or not may_fork():
        work()
        yield
        return
    gc.freeze()
    copy = _Copy(work() and None for _ in range(1))
    try:
        yield
        for _ in copy.results():
            pass
    finally:
        copy.end()
        gc.unfreeze()


def _share(
    work: Callable[[_Item], _Result], items: Sequence[_Item], processes: int
) -> Iterator[tuple[int, _Result]]:
    jobs = _Jobs(len(items))
    gc.freeze()  # or the first look for garbage in a copy would copy all memory
    results = ((place, work(items[place])) for place in jobs)
    copies = [_Copy(results) for _ in range(1, processes)]
    try:
        yield from results
        for copy in copies:
            yield from copy.results()
    finally:
        for copy in copies:
            copy.end()
        jobs.close()
        gc.unfreeze()


class _Jobs:
    """The places of so many items, of which each goes to one process.

    They lie in a pipe, of which each process takes the next number: that of an item, or of several
    that follow each other where there are more than a pipe can hold.
    """

    def __init__(self, count: int) -> None:
        self._count, self._step = count, -(-count // _MOST) or 1
        self._pipe, full = os.pipe()
        os.write(full, b"".join(map(_PLACE.pack, range(0, count, self._step))))
        os.close(full)

    def __iter__(self) -> Iterator[int]:
        while number := os.read(self._pipe, _PLACE.size):
            (first,) = _PLACE.unpack(number)
            yield from range(first, min(first + self._step, self._count))

    def close(self) -> None:
        os.close(self._pipe)


class _Copy:
    """A copy of this process that works, and leaves its results in a file without a name."""

    def __init__(self, results: Iterable[object]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # `end` closes it
        self._process = os.fork()
        if not self._process:
            _work_and_end(results, self._file)

    def results(self) -> Iterator[Any]:
        """Yield what it left; nothing if it did not come to its end."""
        _, status = os.waitpid(self._process, 0)
        self._process = 0
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(0)
        while not status and self._file.tell() < size:
            yield pickle.load(self._file)

    def end(self) -> None:
        """End it, if it has not ended."""
        self._file.close()
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
            self._process = 0


def _work_and_end(results: Iterable[object], file: IO[bytes]) -> NoReturn:
    """Work in a copy, which runs nothing else: it has no output, and nothing of its own to tidy."""
    try:
        die_with_parent()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        for result in results:  # one by one, since what is pickled together is held together
            pickle.dump(result, file, pickle.HIGHEST_PROTOCOL)
        file.flush()
        os._exit(0)
    except BaseException:  # which the first process will meet as well
        os._exit(1)
