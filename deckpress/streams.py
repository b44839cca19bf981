"""Standard streams that are closed, full or read by nobody: what is written there is lost.

What a command does depends on that as little as it does on whether anybody looks at the terminal.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys
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
