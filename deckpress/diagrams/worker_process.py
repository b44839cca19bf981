"""A worker process, as whoever gives it its jobs sees it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from deckpress.diagrams.drawing import Drawn
from deckpress.diagrams.worker import read_message, write_message
from deckpress.errors import Location, error

_FAREWELL = 1.0
"""Seconds for a process that is asked to end, before it is killed."""
_PROGRAM = """
import sys
drawer, own, *libraries = sys.argv[1:]
sys.path.insert(0, own)
import deckpress
sys.path.remove(own)
sys.path.extend(path for path in (*libraries, own) if path not in sys.path)
from deckpress.diagrams.worker import serve
serve(drawer)
"""
_LIBRARIES = ("site-packages", "dist-packages")
_KEPT = (
    *("PATH", "HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LD_LIBRARY_PATH"),
    *("DYLD_LIBRARY_PATH", "SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA"),
)
"""What is passed on of the environment; little, so that the same code draws the same."""
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


class WorkerProcess:
    """A process that draws one picture at a time."""

    def __init__(self, drawer: str, folder: str) -> None:
        """Start it: `drawer` is the module that draws, its temporary files go into `folder`.

        Raises OSError if the system starts no process.
        """
        self.is_spent = False
        """Whether it draws nothing any more, and another process is needed for the next picture."""
        self._is_late = False
        self._process = subprocess.Popen(
            # -I would have Python make up a hash seed of its own
            [sys.executable, "-s", "-P", "-c", _PROGRAM, drawer, *_import_path()],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(folder),
            # so that a Ctrl-C of the terminal comes to its owner alone
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def draw(self, job: bytes, where: Location, seconds: float) -> Drawn:
        """Return what comes of a pickled job; an error at a place if the process does not survive.

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
            return Drawn(b"", (error(where, self._explain_end(seconds)),))
        drawn: Drawn
        drawn, self.is_spent = pickle.loads(answer)
        return drawn

    def ask_to_end(self) -> None:
        """Have it end what it does, and then itself."""
        self._process.terminate()

    def stop(self) -> None:
        """Return when it has ended, on its own or otherwise; any thread may ask for it."""
        self.ask_to_end()
        try:
            self._process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """End it, and give back its pipes; only for the thread that has it draw."""
        self.stop()
        for pipe in self._pipes():
            pipe.close()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        jobs, pictures = self._process.stdin, self._process.stdout
        assert jobs is not None
        assert pictures is not None
        return jobs, pictures

    def _ask(self, job: bytes) -> bytes | None:
        jobs, pictures = self._pipes()
        with suppress(OSError):  # it has died
            write_message(jobs, job)
            return read_message(pictures)
        return None

    def _end_late(self) -> None:
        self._is_late = True
        self.stop()

    def _explain_end(self, seconds: float) -> str:
        if self._is_late:
            return f"picture did not get drawn within {seconds:g} seconds: make it simpler"
        code = self._process.returncode
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return f"process that draws ended {how}, perhaps for want of memory: build again"


def _environment(folder: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, **_SET, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)}


def _import_path() -> list[str]:
    """Return the folder of this package, which is drawn with, then those of the libraries here.

    Another deckpress may be installed; and what else lies beside this one is not to be imported.
    """
    libraries = [path for path in sys.path if path.rstrip(os.sep).endswith(_LIBRARIES)]
    return [str(Path(__file__).parents[2]), *libraries]
