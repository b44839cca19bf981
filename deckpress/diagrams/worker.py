"""The program of a worker process: it draws one job after the other, and keeps matplotlib at hand.

Jobs come in and pictures go out through pipes, pickled and each with its length before it.
"""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import struct
from typing import IO, NoReturn

from deckpress.diagrams import refusals
from deckpress.diagrams.drawing import Drawn
from deckpress.errors import Location, error

_LENGTH = struct.Struct(">Q")


def serve(drawer: str) -> NoReturn:
    """Draw what comes through standard input by a module's `draw`, until nothing more comes."""
    if hasattr(os, "fork"):
        signal.signal(signal.SIGTERM, _leave)
    jobs, pictures = _take_over_pipes()
    try:
        while (message := read_message(jobs)) is not None:
            drawn = _draw(message, drawer)
            write_message(pictures, pickle.dumps((drawn, refusals.are_in_force())))
    except BrokenPipeError:  # nobody waits for pictures any more
        pass
    finally:
        os._exit(0)


def _leave(*_: object) -> NoReturn:
    """Have the process end after the plot that runs has been ended and tidied up."""
    raise SystemExit


def _take_over_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return standard input and output, and leave in their place what leads nowhere.

    So nothing that is printed gets among the pictures.
    """
    jobs, pictures = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    return os.fdopen(jobs, "rb", buffering=0), os.fdopen(pictures, "wb", buffering=0)


def _draw(message: bytes, drawer: str) -> Drawn:
    """Return what comes of a job; an exception is a fault of ours, and yet no end of the build."""
    where = Location("")
    try:
        job = pickle.loads(message)
        where = job.where
        drawn: Drawn = importlib.import_module(drawer).draw(job)
    except Exception as problem:
        reason = f"{type(problem).__name__}: {problem}"
        return Drawn(b"", (error(where, f"picture cannot be drawn: {reason}"),))
    return drawn


def write_message(pipe: IO[bytes], message: bytes) -> None:
    """Send a message. Raises OSError if nobody reads any more."""
    rest = memoryview(_LENGTH.pack(len(message)) + message)
    while rest:
        rest = rest[pipe.write(rest) :]


def read_message(pipe: IO[bytes]) -> bytes | None:
    """Return the next message, or None if the other side is gone."""
    head = _read(pipe, _LENGTH.size)
    return None if head is None else _read(pipe, _LENGTH.unpack(head)[0])


def _read(pipe: IO[bytes], size: int) -> bytes | None:
    received = bytearray()
    while len(received) < size:
        piece = pipe.read(size - len(received))
        if not piece:
            return None
        received += piece
    return bytes(received)
