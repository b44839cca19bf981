"""Work that processes share: many jobs in, an answer for each of them out.

They run `worker_program`, and end with this process, however that ends.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

from deckpress.filesystem import temporary_folder
from deckpress.signals import defer_sigint
from deckpress.worker_program import FAREWELL, read_message, write_message

_PROGRAM = """
import sys
work, own, *libraries = sys.argv[1:]
sys.path.insert(0, own)
import deckpress
sys.path.remove(own)
sys.path.extend(path for path in (*libraries, own) if path not in sys.path)
from deckpress.worker_program import serve
serve(work)
"""
_LIBRARIES = ("site-packages", "dist-packages")
_KEPT = (
    *("PATH", "HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LD_LIBRARY_PATH"),
    *("DYLD_LIBRARY_PATH", "SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA"),
)
"""What is passed on of the environment; little, so that the same job has the same answer."""
_SET = {
    "MPLBACKEND": "Agg",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "SOURCE_DATE_EPOCH": "315532800",
    "TZ": "UTC",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
_PATIENCE = 0.5
"""Seconds between two looks for a Ctrl-C, of which Windows does not tell those who wait."""


class Reason(Enum):
    """Why a job has no answer."""

    NOT_STARTED = "no process can be started"
    RAISED = "the work raised an exception"
    ENDED = "the process ended"
    LATE = "the work took too long"


@dataclass(frozen=True)
class Failure:
    """Stands for the answer of a job that has none."""

    reason: Reason
    details: str = ""
    """The exception, or how the process ended."""


class WorkerProcess:
    """A process that does one job at a time."""

    def __init__(self, work: str, folder: str) -> None:
        """Start it: `work` is what it does (program.serve), its temporary files go into `folder`.

        Raises OSError if the system starts no process.
        """
        self.is_spent = False
        """Whether it does no job any more, and another process is needed for the next one."""
        self._is_late = False
        self._process = subprocess.Popen(
            # -I would have Python make up a hash seed of its own
            [sys.executable, "-s", "-P", "-c", _PROGRAM, work, *_import_path()],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,  # not the author's, where matplotlib would read its settings
            env=_environment(folder),
            # so that a Ctrl-C of the terminal comes to its owner alone
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def do(self, job: bytes, seconds: float) -> Any:
        """Return the answer to a pickled job, or a Failure.

        The process is ended if it takes longer than some seconds.
        """
        timer = threading.Timer(seconds, self._end_late)
        timer.start()
        try:
            answer = self._ask(job)
        finally:
            timer.cancel()
            timer.join()
        if answer is None:
            self.stop()
            self.is_spent = True
            return self._explain_end()
        (is_done, result), self.is_spent = pickle.loads(answer)
        return result if is_done else Failure(Reason.RAISED, result)

    def ask_to_end(self) -> None:
        """Have it end what it does, and then itself."""
        self._process.terminate()

    def stop(self) -> None:
        """Return when it has ended, on its own or otherwise; any thread may ask for it."""
        self.ask_to_end()
        try:
            self._process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """End it, and give back its pipes; only for the thread that has it work."""
        self.stop()
        for pipe in self._pipes():
            pipe.close()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        jobs, answers = self._process.stdin, self._process.stdout
        assert jobs is not None
        assert answers is not None
        return jobs, answers

    def _ask(self, job: bytes) -> bytes | None:
        jobs, answers = self._pipes()
        with suppress(OSError):  # it has died
            write_message(jobs, job)
            return read_message(answers)
        return None

    def _end_late(self) -> None:
        self._is_late = True
        self.stop()

    def _explain_end(self) -> Failure:
        if self._is_late:
            return Failure(Reason.LATE)
        code = self._process.returncode
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return Failure(Reason.ENDED, how)


def _environment(folder: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, **_SET, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)}


def _import_path() -> list[str]:
    """Return the folder of this package, which is worked with, then those of the libraries here.

    Another deckpress may be installed; and what else lies beside this one is not to be imported.
    """
    libraries = [path for path in sys.path if path.rstrip(os.sep).endswith(_LIBRARIES)]
    return [str(Path(__file__).parents[1]), *libraries]


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
            with defer_sigint():  # a Ctrl-C that comes now would leave processes behind
                pool.shutdown()


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

    def shutdown(self) -> None:
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
                    worker = worker or self._add_worker()
                except OSError as problem:
                    self._answers.put((index, Failure(Reason.NOT_STARTED, str(problem))))
                    continue
                self._answers.put((index, worker.do(job, self._seconds)))
                if worker.is_spent:
                    self._remove_worker(worker)
                    worker = None
        finally:
            if worker:
                self._remove_worker(worker)

    def _take(self) -> tuple[int, bytes] | None:
        """Return the next job, or None if there is no other, or nobody wants it any more."""
        with self._lock:
            return self._waiting.popleft() if self._waiting and not self._is_dismissed else None

    def _add_worker(self) -> WorkerProcess:
        with self._lock:
            worker = WorkerProcess(self._work, self._folder)
            self._workers.add(worker)
            if self._is_dismissed:  # in the meantime, and so by nobody who knew of this one
                worker.ask_to_end()
        return worker

    def _remove_worker(self, worker: WorkerProcess) -> None:
        worker.close()
        with self._lock:
            self._workers.discard(worker)
