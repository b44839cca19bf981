"""Ctrl-C, and the signals that end a process: each ends it silently, and tidily where it matters.

A command ends with the exit code 128 plus the signal's number, as a shell tells it: 130 for Ctrl-C.
This module is imported before all others, so that it imports little.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import NoReturn

_ENDING = tuple(
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_PR_SET_PDEATHSIG = 1
"""From linux/prctl.h."""


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
def defer_sigint() -> Iterator[None]:
    """Hear of a signal when the body is done: what is begun in it is finished.

    Signals come to the main thread; in any other one this does nothing.
    """
    import threading  # here because it takes as long to import as all that comes before it

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


def _handle_by(handler: Callable[[int, FrameType | None], object]) -> None:
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _exit_at_once(number: int, _: FrameType | None) -> NoReturn:
    os._exit(128 + number)


def _exit_tidily(number: int, _: FrameType | None) -> NoReturn:
    ignore()
    raise SystemExit(128 + number)


def die_with_parent() -> None:
    """Have Linux kill this process when the thread that started it ends (prctl(2)).

    Elsewhere this does nothing. A process that it starts has to ask for itself.
    """
    if sys.platform == "linux":
        import ctypes  # here because few processes need it

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
