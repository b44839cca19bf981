"""A worker process, as whoever gives it its jobs sees it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any

from deckpress.workers.program import FAREWELL, read_message, write_message

_PROGRAM = """
import sys
work, own, *libraries = sys.argv[1:]
sys.path.insert(0, own)
import deckpress
sys.path.remove(own)
sys.path.extend(path for path in (*libraries, own) if path not in sys.path)
from deckpress.workers.program import serve
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
    return [str(Path(__file__).parents[2]), *libraries]
