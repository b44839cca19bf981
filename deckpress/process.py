"""Standard streams that are closed or that nobody reads, and what a process may take."""

from __future__ import annotations

import errno
import io
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, TextIO


class _LossyStream(io.RawIOBase):
    """A stream that can always be written to."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        super().__init__()
        self._stream = stream  # or it would be closed when nobody knows it any more
        self._raw: Any = getattr(stream.buffer, "raw", stream.buffer)
        self.failure: OSError | None = None
        """Why what was written last could not be."""

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def write(self, data: Any, /) -> int:
        """Write some of the data, and return how many bytes; all of them where they are lost."""
        try:
            while (written := self._raw.write(data)) is None:  # a pipe that is full for a moment
                select.select([], [self], [])
        except OSError as problem:
            self.failure = problem
            return len(data)
        return int(written)


def lose_what_cannot_be_written() -> None:
    """Have this process's standard output and error take all that is written to them."""
    _open_closed()
    sys.stdout, sys.stderr = _lossy(sys.stdout), _lossy(sys.stderr)


def _open_closed() -> None:
    """Open streams that are closed; else the next file that is opened would be in their place."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)  # the system takes the lowest number
            setattr(sys, name, os.fdopen(nowhere, "w" if number else "r", closefd=False))


def _lossy(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(_LossyStream(stream)),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def reason_of_loss() -> str:
    """Return why some of standard output is lost; nothing if none is, or if nobody reads it."""
    failure = None
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.flush()
        failure = getattr(getattr(sys.stdout.buffer, "raw", None), "failure", None)
    if failure is None or failure.errno == errno.EPIPE:
        return ""
    return (failure.strerror or str(failure)).lower()


def limit(name: str, soft: int, hard: int | None = None) -> None:
    """Lower a limit, which `getrlimit` knows by a name such as FSIZE; never raise it.

    Where the system has no such limit, or none at all (Windows), nothing happens.
    """
    if sys.platform == "win32":
        return
    import resource

    kind = getattr(resource, f"RLIMIT_{name}")
    _, present = resource.getrlimit(kind)
    most = sys.maxsize if present == resource.RLIM_INFINITY else present
    with suppress(OSError, ValueError):
        resource.setrlimit(kind, (min(soft, most), min(soft if hard is None else hard, most)))


def limit_memory(more: int) -> None:
    """Let this process take so many bytes of address space more than it has, where Linux tells."""
    statm = Path("/proc/self/statm")
    if sys.platform == "win32" or not statm.exists():
        return
    import resource

    pages = int(statm.read_text().split()[0])
    limit("AS", pages * resource.getpagesize() + more)


@contextmanager
def processor_time(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the body when it has taken so many seconds of the processor.

    Also a regular expression is interrupted: CPython looks for signals while it matches one. Where
    there is no such timer (Windows), and in any thread but the main one, nothing happens.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _raise_timeout)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _raise_timeout(number: int, frame: FrameType | None) -> None:
    raise TimeoutError
