"""What this process may take of the machine, as far as the system holds it to that."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType


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
