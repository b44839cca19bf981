"""Commands as processes of their own, and what they took.

The memory of a process counts from its beginning, when it still is its parent: who measures others
must be small, and so imports little.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

ROOT = Path(__file__).parent.parent
_CACHEGRIND = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--trace-children=yes")
_COUNT = re.compile(r"I\s+refs:\s+([\d,]+)")


class Usage(NamedTuple):
    """What a command took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of all its processes."""
    memory: float = 0
    """The most that one of its processes had, in megabytes."""


def run(command: Sequence[str], environment: Mapping[str, str]) -> Usage:
    """Run a command and return what it took, with all processes that it waited for."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        _check(process, command, said)
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)


def _check(process: subprocess.Popen[bytes], command: Sequence[str], said: IO[bytes]) -> None:
    if process.returncode:
        said.seek(0)
        errors = said.read().decode(errors="replace")
        raise SystemExit(f"{errors}exit code {process.returncode}: {shlex.join(command)}")


def median_of(usages: Sequence[Usage]) -> Usage:
    """Return the medians of what several runs took."""
    return Usage(*map(statistics.median, zip(*usages, strict=True)))


def count_instructions(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Return how many instructions a command's processes run, by valgrind; that takes long."""
    counted = subprocess.run(
        [*_CACHEGRIND, "--cachegrind-out-file=/dev/null", *command],
        env={**os.environ, **environment, "PYTHONHASHSEED": "0"},
        check=True,
        capture_output=True,
        text=True,
    )
    return sum(int(count.replace(",", "")) for count in _COUNT.findall(counted.stderr))


def ask(module: str, *arguments: str) -> Any:
    """Return what a module of ours prints as JSON when it is run."""
    command = [sys.executable, "-m", module, *arguments]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return json.loads(said.stdout)
