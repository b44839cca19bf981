"""Many jobs, done by several processes at once.

This process imports none of the libraries that the work needs, and survives whatever befalls the
others.
"""

from __future__ import annotations

import pickle
import threading
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from deckpress.scratch import temporary_folder
from deckpress.signals import deferred
from deckpress.workers.process import Failure, Reason, WorkerProcess

_PATIENCE = 0.5
"""Seconds between two looks for a Ctrl-C, of which Windows does not tell those who wait."""


def work_all(
    jobs: Sequence[object], work: str, count: int, seconds: float
) -> Generator[Any, None, None]:
    """Yield the answer to each job, in order; `count` processes work, or less for fewer jobs.

    `work` names a function that takes a job and returns its answer, as module:function; both can be
    pickled. A job whose process dies, or takes more than `seconds`, comes back as a Failure, and
    another process takes on the rest. All processes have ended, and their files are gone, when the
    last answer has been yielded, or the iterator is closed, or an exception goes through it.
    """
    if not jobs:
        return
    with temporary_folder() as folder:
        pool = _Pool(jobs, work, seconds, str(folder))
        try:
            pool.start(min(count, len(jobs)))
            yield from pool.collect(len(jobs))
        finally:
            with deferred():  # a Ctrl-C that comes now would leave processes behind
                pool.dismiss()


class _Pool:
    """Threads that each have a process, and give it the next job as soon as it is free."""

    def __init__(self, jobs: Sequence[object], work: str, seconds: float, folder: str) -> None:
        self._waiting = deque((index, pickle.dumps(job)) for index, job in enumerate(jobs))
        self._answers: SimpleQueue[tuple[int, Any] | BaseException] = SimpleQueue()
        self._work, self._seconds, self._folder = work, seconds, folder
        self._threads: list[threading.Thread] = []
        self._workers: set[WorkerProcess] = set()
        self._is_dismissed = False
        self._lock = threading.Lock()

    def start(self, count: int) -> None:
        """Begin to work by so many processes."""
        for _ in range(count):
            thread = threading.Thread(target=self._run, daemon=True)
            thread.start()
            self._threads.append(thread)

    def collect(self, count: int) -> Generator[Any, None, None]:
        """Yield so many answers in the order of their jobs, each as soon as it is there."""
        early: dict[int, Any] = {}
        for index in range(count):
            while index not in early:
                with suppress(Empty):
                    early.update([self._next()])
            yield early.pop(index)

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

    def _next(self) -> tuple[int, Any]:
        result = self._answers.get(timeout=_PATIENCE)
        if isinstance(result, BaseException):
            raise result
        return result

    def _run(self) -> None:
        """Work, in a thread of its own, until nothing waits any more."""
        try:
            self._do_what_waits()
        except BaseException as problem:  # a fault of ours, for the thread that waits for answers
            self._answers.put(problem)

    def _do_what_waits(self) -> None:
        worker: WorkerProcess | None = None
        try:
            while (waiting := self._take()) is not None:
                index, job = waiting
                try:
                    worker = worker or self._hire()
                except OSError as problem:
                    self._answers.put((index, Failure(Reason.NOT_STARTED, str(problem))))
                    continue
                self._answers.put((index, worker.do(job, self._seconds)))
                if worker.is_spent:
                    self._let_go(worker)
                    worker = None
        finally:
            if worker:
                self._let_go(worker)

    def _take(self) -> tuple[int, bytes] | None:
        """Return the next job, or None if there is no other, or nobody wants it any more."""
        with self._lock:
            return self._waiting.popleft() if self._waiting and not self._is_dismissed else None

    def _hire(self) -> WorkerProcess:
        with self._lock:
            worker = WorkerProcess(self._work, self._folder)
            self._workers.add(worker)
            if self._is_dismissed:  # in the meantime, and so by nobody who knew of this one
                worker.ask_to_end()
        return worker

    def _let_go(self, worker: WorkerProcess) -> None:
        worker.close()
        with self._lock:
            self._workers.discard(worker)
