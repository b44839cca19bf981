"""Many formulas → their verdicts, by several processes at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING

from deckpress.signals import interrupts_ignored, interrupts_put_off
from deckpress.typeset.engine import Engine
from deckpress.typeset.verdict import Formula, Verdict

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

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
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
    from multiprocessing import get_context

    shares = [formulas[at : at + _SHARE] for at in range(0, len(formulas), _SHARE)]
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        with interrupts_put_off():
            promises = list(_submit(pool, shares))
        ending = interrupts_ignored  # a second Ctrl-C would leave processes behind
        try:
            for share, promise in zip_longest(shares, promises):
                try:
                    verdicts = promise.result() if promise else None
                except BrokenExecutor:  # a process was killed, and the pool gives up
                    verdicts = None
                yield from _typeset_share(share) if verdicts is None else verdicts
            ending = interrupts_put_off  # a first one is not to be lost
        finally:  # whoever is interrupted does not wait for the shares that nobody has begun
            with ending():
                pool.shutdown(cancel_futures=True)


def _submit(
    pool: ProcessPoolExecutor, shares: Iterable[Sequence[Formula]]
) -> Iterator[Future[list[Verdict]]]:
    """Yield the verdicts to come, up to where the pool gives up since a process was killed."""
    from concurrent.futures import BrokenExecutor

    with suppress(BrokenExecutor):
        for share in shares:
            yield pool.submit(_typeset_share, share)


def _typeset_share(formulas: Sequence[Formula]) -> list[Verdict]:
    return list(map(_engine().typeset, formulas))
