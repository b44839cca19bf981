"""Many pictures, drawn by several processes that have matplotlib at hand."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Protocol

from deckpress.diagrams.drawing import Drawn
from deckpress.errors import Location, error
from deckpress.workers import Failure, Reason, work_all

DRAWER = "deckpress.diagrams.draw"
"""The module whose `draw` makes a picture of a job."""
SECONDS = 60.0
"""That a picture may take, before its process is ended."""
WORTH_A_PROCESS = 3
"""Pictures; to start a process with matplotlib takes as long as to draw about so many."""


class Job(Protocol):
    """Something to draw that can be pickled; the module that draws knows what it is."""

    @property
    def where(self) -> Location:
        """The place for the message that it cannot be drawn."""


def draw_all(
    jobs: Sequence[Job],
    count: int | None = None,
    *,
    drawer: str = DRAWER,
    seconds: float = SECONDS,
) -> Iterator[Drawn]:
    """Yield what comes of each job, in order; `count` processes draw, or as many as are worth it.

    A job whose process dies, or takes more than `seconds`, comes back with an error. All processes
    have ended when the last picture has been yielded, or the iterator is closed (work_all).
    """
    count = _worthwhile(len(jobs)) if count is None else count
    with closing(work_all(jobs, f"{drawer}:draw", count, seconds)) as answers:
        for job, answer in zip(jobs, answers, strict=True):
            if isinstance(answer, Failure):
                answer = Drawn(b"", (error(job.where, _explain(answer, seconds)),))
            yield answer


def _worthwhile(jobs: int) -> int:
    return min(os.cpu_count() or 1, -(-jobs // WORTH_A_PROCESS))


def _explain(failure: Failure, seconds: float) -> str:
    details = failure.details
    ended = f"process that draws ended {details}, perhaps for want of memory: build again"
    return {
        Reason.NOT_STARTED: f"picture cannot be drawn: no process can be started ({details})",
        Reason.RAISED: f"picture cannot be drawn: {details}",
        Reason.LATE: f"picture did not get drawn within {seconds:g} seconds: make it simpler",
        Reason.ENDED: ended,
    }[failure.reason]
