"""What this process may take of the machine from now on, as far as the system holds it to that."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path


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
