"""Ctrl-C, put off while processes start and ignored while they end, so that none is left behind."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


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
