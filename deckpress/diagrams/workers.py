"""Many pictures, drawn by several processes that have matplotlib at hand.

This process imports neither matplotlib nor numpy nor Pillow, and survives whatever befalls the
others.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Protocol

from deckpress.diagrams.drawing import Drawn
from deckpress.diagrams.worker_process import WorkerProcess
from deckpress.errors import Location, error
from deckpress.scratch import temporary_folder
from deckpress.signals import interrupts_ignored

DRAWER = "deckpress.diagrams.draw"
"""The module whose `draw` makes a picture of a job."""
SECONDS = 60.0
"""That a picture may take, before its process is ended."""
WORTH_A_PROCESS = 3
"""Pictures; to start a process with matplotlib takes as long as to draw about so many."""
_PATIENCE = 0.5
"""Seconds between two looks for a Ctrl-C, of which Windows does not tell those who wait."""


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

    A job whose process dies, or takes more than `seconds`, comes back with an error, and another
    process takes on the rest. All processes have ended, and their files are gone, when the last
    picture has been yielded, or the iterator is closed, or an exception goes through it.
    """
    if not jobs:
        return
    with temporary_folder() as folder:
        crew = _Crew(jobs, drawer, seconds, str(folder))
        try:
            crew.start(_worthwhile(len(jobs)) if count is None else min(count, len(jobs)))
            yield from crew.collect(len(jobs))
        finally:
            with interrupts_ignored():  # a second Ctrl-C would leave processes behind
                crew.dismiss()


def _worthwhile(jobs: int) -> int:
    return min(os.cpu_count() or 1, -(-jobs // WORTH_A_PROCESS))


class _Crew:
    """Threads that each have a process, and give it the next job as soon as it is free."""

    def __init__(self, jobs: Sequence[Job], drawer: str, seconds: float, folder: str) -> None:
        self._waiting = deque((at, job.where, pickle.dumps(job)) for at, job in enumerate(jobs))
        self._drawn: SimpleQueue[tuple[int, Drawn] | BaseException] = SimpleQueue()
        self._drawer, self._seconds, self._folder = drawer, seconds, folder
        self._threads: list[threading.Thread] = []
        self._workers: set[WorkerProcess] = set()
        self._is_dismissed = False
        self._lock = threading.Lock()

    def start(self, count: int) -> None:
        """Begin to draw by so many processes."""
        for _ in range(count):
            thread = threading.Thread(target=self._work, daemon=True)
            thread.start()
            self._threads.append(thread)

    def collect(self, count: int) -> Iterator[Drawn]:
        """Yield so many pictures in the order of their jobs, each as soon as it is there."""
        early: dict[int, Drawn] = {}
        for at in range(count):
            while at not in early:
                with suppress(Empty):
                    early.update([self._next()])
            yield early.pop(at)

    def dismiss(self) -> None:
        """End all processes and threads."""
        with self._lock:
            self._is_dismissed = True
            workers = list(self._workers)
        for worker in workers:
            worker.ask_to_end()
        for worker in workers:
            worker.stop()
        for thread in self._threads:
            thread.join()

    def _next(self) -> tuple[int, Drawn]:
        result = self._drawn.get(timeout=_PATIENCE)
        if isinstance(result, BaseException):
            raise result
        return result

    def _work(self) -> None:
        """Draw, in a thread of its own, until nothing waits any more."""
        try:
            self._draw_what_waits()
        except BaseException as problem:  # a fault of ours, for the thread that waits for pictures
            self._drawn.put(problem)

    def _draw_what_waits(self) -> None:
        worker: WorkerProcess | None = None
        try:
            while (job := self._take()) is not None:
                at, where, pickled = job
                try:
                    worker = worker or self._hire()
                except OSError as problem:
                    message = f"picture cannot be drawn: no process can be started ({problem})"
                    self._drawn.put((at, Drawn(b"", (error(where, message),))))
                    continue
                self._drawn.put((at, worker.draw(pickled, where, self._seconds)))
                if worker.is_spent:
                    self._let_go(worker)
                    worker = None
        finally:
            if worker:
                self._let_go(worker)

    def _take(self) -> tuple[int, Location, bytes] | None:
        """Return the next job, or None if there is no other, or nobody wants it any more."""
        with self._lock:
            return self._waiting.popleft() if self._waiting and not self._is_dismissed else None

    def _hire(self) -> WorkerProcess:
        with self._lock:
            worker = WorkerProcess(self._drawer, self._folder)
            self._workers.add(worker)
            if self._is_dismissed:  # in the meantime, and so by nobody who knew of this one
                worker.ask_to_end()
        return worker

    def _let_go(self, worker: WorkerProcess) -> None:
        worker.close()
        with self._lock:
            self._workers.discard(worker)
