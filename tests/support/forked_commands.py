"""The command in a process of its own, forked from one that has imported its modules already.

To import them takes most of the time of a short command. Such a process has a folder, streams, an
environment and an exit code of its own as any other has. What Python reads when it starts, such as
the encoding of its output, it has from a server that was started so; the server is this module.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import NoReturn

import deckpress
from tests.support.projects import ROOT

PROGRAM = ROOT / "build_deck.py"
ENDLESS = 120
"""Seconds after which a command is ended, as one that hangs."""
_NOT_HERE = frozenset(["deckpress.__main__", "deckpress.diagrams.plot_runner"])
"""What no command imports in its own process: a script, and what imports all of Matplotlib."""

_ALONE = frozenset(["PYTHONPATH", "PYTHONHASHSEED"])
"""Variables with which a command is run by a start of Python of its own."""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: bytes
    err: bytes


def run_alone(
    arguments: Sequence[str], environment: Mapping[str, str], program: Path = PROGRAM
) -> Done:
    """Run the command in the current folder by another start of Python."""
    command = [sys.executable, str(program), *arguments]
    done = subprocess.run(
        command,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=environment,
        timeout=ENDLESS,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


class Commands:
    """Runs commands, each in a process of its own."""

    def __init__(self) -> None:
        self._servers: dict[tuple[tuple[str, str], ...], _Server] = {}
        """By the variables that Python reads when it starts."""

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], program: Path = PROGRAM
    ) -> Done:
        """Run the command in the current folder with an environment, and with pipes for output.

        `program` is what runs it. With a PYTHONPATH other modules may be imported, and few commands
        have the same hash seed: Python starts for such a command alone.
        """
        if _ALONE & environment.keys() or not hasattr(os, "fork"):
            return run_alone(arguments, environment, program)
        names = sorted(key for key in environment if key.startswith(("PYTHON", "LC_", "LANG")))
        key = tuple((name, environment[name]) for name in names)
        if key not in self._servers:
            self._servers[key] = _Server(environment)
        return self._servers[key].run([str(program), *arguments], environment)

    def close(self) -> None:
        """Let the servers end."""
        for server in self._servers.values():
            server.close()


class _Server:
    """A process that forks a child for each command; it ends with the one that started it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                cwd=ROOT,
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,  # as that of the commands, so that Python buffers alike
                stderr=subprocess.PIPE,
            )

    def run(self, arguments: Sequence[str], environment: Mapping[str, str]) -> Done:
        assert self._process.stdin
        variables = [f"{name}={value}" for name, value in environment.items()]
        order = json.dumps([_to_bytes(part) for part in ([str(Path.cwd())], variables, arguments)])
        self._process.stdin.write(order.encode() + b"\n")
        self._process.stdin.flush()
        readings, writings = zip(os.pipe(), os.pipe(), strict=True)
        socket.send_fds(self._ours, [b"!"], writings)
        for writing in writings:
            os.close(writing)
        with ThreadPoolExecutor() as readers:
            out, err = readers.map(_read, readings)
        return Done(int(self._ours.recv(8)), out, err)

    def close(self) -> None:
        self._process.communicate()
        self._ours.close()


def _to_bytes(texts: Iterable[str]) -> list[str]:
    """Return texts as the system has them, a letter for a byte."""
    return [os.fsencode(text).decode("latin-1") for text in texts]


def _read(pipe: int) -> bytes:
    with os.fdopen(pipe, "rb") as file:
        return file.read()


def serve(tests: socket.socket) -> None:
    """Run each command that the tests ask for in a child of this process; return there."""
    for module in walk_packages(deckpress.__path__, "deckpress."):
        if module.name not in _NOT_HERE:
            import_module(module.name)
    gc.freeze()  # else each child would look through all of that, and so copy it
    while order := sys.stdin.buffer.readline():
        _, streams, *_ = socket.recv_fds(tests, 1, 2)
        child = os.fork()
        if not child:
            tests.close()
            return become(json.loads(order), streams)
        for stream in streams:
            os.close(stream)
        tests.send(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())
    return None


def become(order: list[list[str]], streams: list[int]) -> None:
    """Be the command from here to the end of this process."""
    (folder,), variables, arguments = ([text.encode("latin-1") for text in part] for part in order)
    for number, stream in enumerate([os.open(os.devnull, os.O_RDONLY), *streams]):
        os.dup2(stream, number)
        os.close(stream)
    os.environb.clear()
    os.environb.update(dict(variable.split(b"=", 1) for variable in variables))
    os.chdir(folder)
    signal.alarm(ENDLESS)
    sys.argv = [*map(os.fsdecode, arguments)]
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        _exit_soon(int(end.code or 0))


def _exit_soon(code: int) -> NoReturn:
    """End as Python does, but free nothing before: that takes longer than most commands."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
