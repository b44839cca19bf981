"""Ctrl-C, and the signals that end a process: each ends it silently, and tidily where it matters.

A command ends with the exit code 128 plus the signal's number, as a shell tells it: 130 for Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_ENDING = tuple(
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


def end_at_once() -> None:
    """Have a signal end this process at once, while there is nothing yet to be tidied up.

    A signal that is ignored stays so: who starts a process by nohup, or in the background of a
    script, wants it to go on.
    """
    _handle_by(_exit_at_once)


def end_tidily() -> None:
    """Have the first signal raise SystemExit in the main thread, and ignore the others then."""
    _handle_by(_exit_tidily)


def ignore() -> None:
    """Hear no signal any more: all is done, and Python takes itself apart."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def deferred() -> Iterator[None]:
    """Hear of a signal when the body is done: what is begun in it is finished.

    Signals come to the main thread; in any other one this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = {number: signal.getsignal(number) for number in _ENDING}
    _handle_by(lambda number, _: heard.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        if heard:
            signal.raise_signal(heard[0])


def _handle_by(handler: signal._HANDLER) -> None:
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _exit_at_once(number: int, _: FrameType | None) -> NoReturn:
    os._exit(128 + number)


def _exit_tidily(number: int, _: FrameType | None) -> NoReturn:
    ignore()
    raise SystemExit(128 + number)


@contextmanager
def interrupts_put_off() -> Iterator[None]:
    """Hear of a Ctrl-C when the body is done; processes that start in it leave it to this one.

    Where signals cannot be put off (Windows), they are ignored.
    """
    if sys.platform == "win32":
        with interrupts_ignored():
            yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """Hear no Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only there may it be asked for
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
