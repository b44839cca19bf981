"""A process of its own for what could take all memory, or never end."""

from __future__ import annotations

import os
import resource
import select
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn


def run_limited(body: Callable[[], str], seconds: int = 60, memory: int = 10**9) -> str:
    """Return what a body returns that runs in a child of this process.

    The child may take so many bytes more than this process has, and so many seconds. Whatever the
    body raises is returned as its traceback, and how the child ended if it returned nothing.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _be_the_child(body, writing, seconds, memory)
    os.close(writing)
    said = b""
    with os.fdopen(reading, "rb") as pipe:
        while select.select([pipe], [], [], seconds + 5)[0] and (piece := os.read(reading, 2**16)):
            said += piece
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return said.decode() or f"ended with {os.waitstatus_to_exitcode(status)}"


def _be_the_child(body: Callable[[], str], writing: int, seconds: int, memory: int) -> NoReturn:
    statm = Path("/proc/self/statm")
    taken = int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 2**33
    try:
        resource.setrlimit(resource.RLIMIT_AS, (taken + memory, taken + memory))
        signal.alarm(seconds)
        said = body()
    except BaseException:
        said = traceback.format_exc()
    os.write(writing, said.encode(errors="replace")[-(2**16) :])
    os._exit(0)
