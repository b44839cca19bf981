"""Plots: blocks of Python that draw a picture, each run in a process of its own.

The process is a child of one that has matplotlib at hand, which takes some hundredths of a second.
Nobody but its parent trusts what it says, and it says it in JSON and PNG.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import stat
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

from deckpress.diagrams import cage, png, refusals
from deckpress.diagrams.cage import LIMITS, Limits
from deckpress.diagrams.drawing import Drawn
from deckpress.diagrams.explanations import LOST, explain_end
from deckpress.diagrams.plot import Plot
from deckpress.errors import PARSER_ERRORS, Level, Location, Problem, has_errors
from deckpress.workers.program import retire

__all__ = ["LIMITS", "Limits", "Plot", "run_plot"]

_LENGTHS = struct.Struct(">II")
"""What a child sends first: how many bytes of JSON follow, and how many of PNG after them."""
_MOST_BYTES = 2**28
"""That a child may send; no picture within the limits is as large."""


def run_plot(plot: Plot, limits: Limits = LIMITS) -> Drawn:
    """Return the picture that a plot's code leaves, or what is wrong with the code.

    The code runs in a child of this process. Where the system cannot fork, it runs in this process
    itself, which is good for nothing else then (program.retire), and limits no time.
    Raises OSError if there is no child or no temporary folder to be had.
    """
    _warm_up()
    folder = tempfile.mkdtemp(prefix="plot-")
    try:
        if hasattr(os, "fork"):
            return _run_in_child(plot, limits, folder)
        return _run_here(plot, limits, folder)
    finally:
        _remove(folder)


@cache
def _warm_up() -> None:
    from deckpress.diagrams.execution import warm_up

    warm_up()


def _run_here(plot: Plot, limits: Limits, folder: str) -> Drawn:
    from deckpress.diagrams.execution import execute

    retire()
    refusals.refuse_all_but_drawing(Path(folder))
    before = Path.cwd()
    os.chdir(folder)
    try:
        return execute(plot, limits, folder)
    finally:
        os.chdir(before)


def _run_in_child(plot: Plot, limits: Limits, folder: str) -> Drawn:
    deadline = time.monotonic() + limits.seconds
    reading, writing = os.pipe()
    try:
        child = os.fork()
        if not child:
            _be_the_child(plot, limits, folder, writing)
        try:
            os.close(writing)
            writing = -1
            sent = _receive(reading, deadline)
            drawn = _decode(sent, plot, limits)
            code = None if drawn else _wait(child, deadline)
        finally:
            _end(child)
    finally:
        for descriptor in {reading, writing} - {-1}:
            os.close(descriptor)
    return drawn or Drawn(b"", (explain_end(code, plot, limits),))


def _receive(reading: int, deadline: float) -> bytes:
    """Return what a child sends: one whole message, or less if it ends or its time is up."""
    received = bytearray()
    while len(received) < _length(received):
        patience = max(0.0, deadline - time.monotonic())
        if not select.select([reading], [], [], patience)[0]:
            break
        piece = os.read(reading, 2**16)
        if not piece:
            break
        received += piece
    return bytes(received)


def _length(received: bytes | bytearray) -> int:
    """Return how long a message is in bytes, as far as can be told from its beginning."""
    if len(received) < _LENGTHS.size:
        return _LENGTHS.size
    facts, picture = _LENGTHS.unpack_from(received)
    return min(_LENGTHS.size + int(facts) + int(picture), _MOST_BYTES)


def _wait(child: int, deadline: float) -> int | None:
    """Return the exit code of a child that is about to end, or None if its time is up."""
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.005)


def _end(child: int) -> None:
    """End a child with all that it has started, and take it off the system's books."""
    for kill in (os.killpg, os.kill):  # it may have died before it led a group
        with suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(child, 0)


def _be_the_child(plot: Plot, limits: Limits, folder: str, writing: int) -> NoReturn:
    code = LOST
    try:
        from deckpress.diagrams.execution import execute

        os.setsid()
        os.chdir(folder)
        _cut_off(writing)
        cage.confine(limits)
        refusals.refuse_all_but_drawing(Path(folder))
        _send(writing, execute(plot, limits, folder))
        code = 0
    finally:
        os._exit(code)


def _cut_off(writing: int) -> None:
    """Leave a plot no pipe of this process but one; what it prints goes nowhere.

    Files stay open: fonts are among them.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    for entry in list(Path("/dev/fd").iterdir()):
        with suppress(OSError):  # of the list itself, which is closed by now
            kind = os.fstat(int(entry.name)).st_mode
            if (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)) and int(entry.name) != writing:
                os.close(int(entry.name))


def _send(writing: int, drawn: Drawn) -> None:
    facts = json.dumps(list(map(_to_json, drawn.problems))).encode()
    message = memoryview(_LENGTHS.pack(len(facts), len(drawn.png)) + facts + drawn.png)
    while message:
        message = message[os.write(writing, message) :]


def _to_json(problem: Problem) -> list[str | int]:
    where = problem.location
    return [where.line, where.column, problem.message, int(problem.level), problem.excerpt]


def _decode(message: bytes, plot: Plot, limits: Limits) -> Drawn | None:
    """Return what a child says it has drawn, or None if it does not say it as it should."""
    if len(message) < _LENGTHS.size or len(message) != _length(message):
        return None
    middle = _LENGTHS.size + _LENGTHS.unpack_from(message)[0]
    try:
        problems = tuple(_read_problems(message[_LENGTHS.size : middle], plot.where.file))
    except (TypeError, *PARSER_ERRORS):
        return None
    picture = message[middle:]
    is_sound = _is_within(picture, limits) if picture else has_errors(problems)
    return Drawn(picture, problems) if is_sound else None


def _read_problems(text: bytes, file: str) -> Iterator[Problem]:
    for line, column, message, level, shown in json.loads(text):
        place = Location(file, int(line), int(column))
        yield Problem(place, str(message), Level(level), str(shown))


def _is_within(picture: bytes, limits: Limits) -> bool:
    header = png.read_header(picture)
    return header is not None and max(header.width, header.height) <= limits.pixels


def _remove(folder: str) -> None:
    """Remove a folder, whatever the plot has done to the rights of what is in it."""
    shutil.rmtree(folder, ignore_errors=True)
    if os.path.lexists(folder):
        for inside, _, _ in os.walk(folder):
            with suppress(OSError):
                Path(inside).chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
