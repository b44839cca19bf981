"""Plots: blocks of Python that draw a picture, and whose Python may be run."""

from __future__ import annotations

import hashlib
import json
import os
import select
import shutil
import signal
import stat
import struct
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

from deckpress.diagnostics import PARSER_ERRORS, Diagnostic, Location, Severity, has_errors
from deckpress.diagrams import Drawn, Plot, plot_sandbox, png
from deckpress.diagrams.plot_errors import LOST, explain_end
from deckpress.diagrams.plot_sandbox import LIMITS, Limits
from deckpress.filesystem import read_regular, write_whole
from deckpress.worker_program import retire

_LENGTHS = struct.Struct(">II")
"""What a child sends first: how many bytes of JSON follow, and how many of PNG after them."""
_MOST_BYTES = 2**28
"""That a child may send; no picture within the limits is as large."""
NAME = "trusted.json"
"""The file's name in the folder for settings."""

__all__ = ["LIMITS", "Limits", "Plot", "run_plot"]


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
    from deckpress.diagrams.plot_runner import warm_up

    warm_up()


def _run_here(plot: Plot, limits: Limits, folder: str) -> Drawn:
    from deckpress.diagrams.plot_runner import execute

    retire()
    plot_sandbox.refuse_all_but_drawing(Path(folder))
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
        from deckpress.diagrams.plot_runner import execute

        os.setsid()
        os.chdir(folder)
        _cut_off(writing)
        plot_sandbox.confine(limits)
        plot_sandbox.refuse_all_but_drawing(Path(folder))
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
    facts = json.dumps(list(map(_to_json, drawn.diagnostics))).encode()
    message = memoryview(_LENGTHS.pack(len(facts), len(drawn.png)) + facts + drawn.png)
    while message:
        message = message[os.write(writing, message) :]


def _to_json(diagnostic: Diagnostic) -> list[str | int]:
    where = diagnostic.location
    return [
        where.line,
        where.column,
        diagnostic.message,
        int(diagnostic.severity),
        diagnostic.code_frame,
    ]


def _decode(message: bytes, plot: Plot, limits: Limits) -> Drawn | None:
    """Return what a child says it has drawn, or None if it does not say it as it should."""
    if len(message) < _LENGTHS.size or len(message) != _length(message):
        return None
    middle = _LENGTHS.size + _LENGTHS.unpack_from(message)[0]
    try:
        diagnostics = tuple(_read_problems(message[_LENGTHS.size : middle], plot.where.file))
    except (TypeError, *PARSER_ERRORS):
        return None
    picture = message[middle:]
    is_sound = _is_within(picture, limits) if picture else has_errors(diagnostics)
    return Drawn(picture, diagnostics) if is_sound else None


def _read_problems(text: bytes, file: str) -> Iterator[Diagnostic]:
    for line, column, message, level, shown in json.loads(text):
        place = Location(file, int(line), int(column))
        yield Diagnostic(place, str(message), Severity(level), str(shown))


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


def trusted_plots(settings: Path, folder: Path) -> frozenset[str]:
    """Return the `digest_of` each plot that the user trusts in a deck's folder."""
    return frozenset(_read(settings).get(_key(folder), ()))


def trust_plots(settings: Path, folder: Path, plots: Iterable[Plot]) -> None:
    """Remember that the user trusts these plots of a deck's folder, and no others.

    Raises DeckError if that cannot be written.
    """
    known = _read(settings) | {_key(folder): sorted({digest_of(plot) for plot in plots})}
    # escapes hold any path, also one that is not UTF-8
    text = json.dumps(known, indent=1, sort_keys=True)
    write_whole({settings / NAME: text.encode()}, settings)


def digest_of(plot: Plot) -> str:
    """Return what a plot is trusted by."""
    return hashlib.sha256(plot.code.encode()).hexdigest()


def _key(folder: Path) -> str:
    return os.path.realpath(folder)


def _read(settings: Path) -> dict[str, list[str]]:
    """Return what is trusted; a file that is damaged trusts nothing."""
    with suppress(OSError, *PARSER_ERRORS):
        known = json.loads(read_regular(settings / NAME))
        if isinstance(known, dict):
            return {
                folder: [str(digest) for digest in digests]
                for folder, digests in known.items()
                if isinstance(digests, list)
            }
    return {}
