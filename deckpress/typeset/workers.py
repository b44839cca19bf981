"""Many formulas → their verdicts, by several processes at once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cache

from deckpress.typeset.engine import Engine
from deckpress.typeset.verdict import Formula, Verdict

WORTH_A_PROCESS = 100
"""Formulas; to start a process with an engine takes as long as to typeset about so many."""
_SHARE = 20
"""Formulas that a process is given at a time."""
_SECONDS = 300.0
"""That a share may take; the engine gives up each formula before (engine.SECONDS)."""


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
    from deckpress.workers import Failure, work_all  # here because most builds need none of it

    shares = [formulas[start : start + _SHARE] for start in range(0, len(formulas), _SHARE)]
    work = f"{__name__}:{typeset_share.__name__}"
    with closing(work_all(shares, work, count, _SECONDS)) as answers:
        for share, verdicts in zip(shares, answers, strict=True):
            # this process does what others could not do
            yield from typeset_share(share) if isinstance(verdicts, Failure) else verdicts


def typeset_share(formulas: Sequence[Formula]) -> list[Verdict]:
    """Return what MathJax says of each formula."""
    return list(map(_engine().typeset, formulas))
