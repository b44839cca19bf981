"""Many formulas → their verdicts, by several processes at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from deckpress.typeset.engine import Engine
from deckpress.typeset.verdict import Formula, Verdict

WORTH_A_PROCESS = 100
"""Formulas; to start a process with an engine takes as long as to typeset about so many."""
_SHARE = 20
"""Formulas that a process is given at a time."""


def typeset(formulas: Sequence[Formula]) -> Iterator[Verdict]:
    """Yield what MathJax says of each formula, in order.

    Raises EngineError if the engine cannot be started.
    """
    processes = min(os.cpu_count() or 1, len(formulas) // WORTH_A_PROCESS)
    if processes < 2:
        yield from map(_engine().typeset, formulas)
    else:
        yield from _typeset_in_processes(formulas, processes)


@cache
def _engine() -> Engine:
    """Return the engine of this process."""
    return Engine()


def _typeset_in_processes(formulas: Sequence[Formula], count: int) -> Iterator[Verdict]:
    # here because they take 30 ms to import, and most builds need none of it
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    shares = [formulas[at : at + _SHARE] for at in range(0, len(formulas), _SHARE)]
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        with _interrupts_ignored():
            promises = [pool.submit(_typeset_share, share) for share in shares]
        try:
            for share, promise in zip(shares, promises, strict=True):
                try:
                    yield from promise.result()
                except BrokenProcessPool:  # a process was killed, and the pool gives up
                    yield from map(_engine().typeset, share)
        finally:  # whoever is interrupted does not wait for the shares that nobody has begun
            with _interrupts_ignored():  # a second Ctrl-C would leave processes behind
                pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Hear no Ctrl-C, and let processes that start now leave it to this one, which ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only there may it be asked for
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _typeset_share(formulas: Sequence[Formula]) -> list[Verdict]:
    return list(map(_engine().typeset, formulas))
