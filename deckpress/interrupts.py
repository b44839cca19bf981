"""Ctrl-C, put off while processes start or end, so that none is left behind."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """Hear no Ctrl-C, and let processes that start now leave it to this one, which ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only there may it be asked for
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
