"""Worker processes that go on from one build to the next, and so import their libraries once."""

from __future__ import annotations

import pickle
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from deckpress.workers import WorkerProcess


class KeptWorkers:
    """A process for each sort of work; `work_all` is as that of deckpress.workers."""

    def __init__(self, folder: Path) -> None:
        """Begin without a process; their temporary files go into a folder."""
        self._folder = folder
        self._workers: dict[str, WorkerProcess] = {}

    def work_all(
        self, jobs: Sequence[object], work: str, count: int, seconds: float
    ) -> Generator[Any, None, None]:
        """Yield the answer to each job, in order; there is one process, whatever the count is."""
        for job in jobs:
            yield self._hired(work).do(pickle.dumps(job), seconds)

    def close(self) -> None:
        """End the processes."""
        for worker in self._workers.values():
            worker.close()

    def _hired(self, work: str) -> WorkerProcess:
        worker = self._workers.get(work)
        if worker and worker.is_spent:
            worker.close()
            worker = None
        self._workers[work] = worker or WorkerProcess(work, str(self._folder))
        return self._workers[work]
