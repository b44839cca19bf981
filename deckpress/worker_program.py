"""The program of a worker process: it does one job after the other, and keeps libraries at hand.

Jobs come in and answers go out through pipes, pickled and each with its length before it. Nobody
is left to wait for the answers when the pipe of the jobs comes to its end: then the process ends,
whatever it is doing.
"""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import struct
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import IO, Any, NoReturn

from deckpress.signals import die_with_parent

FAREWELL = 1.0
"""Seconds for a process that is asked to end, before it is killed."""
_LENGTH = struct.Struct(">Q")
_retiring = threading.Event()


def retire() -> None:
    """Have this process do no other job after the one that it is doing."""
    _retiring.set()


def serve(work: str) -> NoReturn:
    """Do what comes through standard input, until nothing more comes.

    `work` names a function that takes a job and returns its answer, as module:function.
    """
    if hasattr(os, "fork"):
        signal.signal(signal.SIGTERM, _leave)
    die_with_parent()
    jobs, answers = _take_over_pipes()
    received: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(jobs, received), daemon=True).start()
    try:
        while True:
            answer = _answer(received.get(), work)
            write_message(answers, pickle.dumps((answer, _retiring.is_set())))
    except BrokenPipeError:  # nobody waits for answers any more
        pass
    finally:
        os._exit(0)


def _leave(*_: object) -> NoReturn:
    """Have the process end after what runs has been ended and tidied up."""
    raise SystemExit


def _listen(jobs: IO[bytes], received: SimpleQueue[bytes]) -> NoReturn:
    """Pass jobs on as they come, and end the process when nobody is left to send any."""
    while (message := read_message(jobs)) is not None:
        received.put(message)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(FAREWELL)
    os._exit(0)


def _take_over_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return standard input and output, and leave in their place what leads nowhere.

    So nothing that is printed gets among the answers.
    """
    jobs, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    return os.fdopen(jobs, "rb", buffering=0), os.fdopen(answers, "wb", buffering=0)


def _answer(message: bytes, work: str) -> tuple[bool, Any]:
    """Return what comes of a job, and that it is one; or why there is none, a fault of ours.

    That costs one answer, and is no end of the others.
    """
    try:
        return True, _find(work)(pickle.loads(message))
    except Exception as problem:
        return False, f"{type(problem).__name__}: {problem}"


def _find(work: str) -> Callable[[Any], Any]:
    module, _, function = work.partition(":")
    work_function: Callable[[Any], Any] = getattr(importlib.import_module(module), function)
    return work_function


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
