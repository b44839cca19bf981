"""Builds of random projects, each watched for what must not be: in processes of their own."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import re
import resource
import selectors
import shutil
import signal
import sys
import tempfile
import time
import traceback
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from deckpress.diagnostics import (
    DeckError,
    Diagnostic,
    Diagnostics,
    Location,
    error,
    escape_controls,
    is_control,
)
from deckpress.diagrams.diagram_blocks import DiagramBlock, Place
from deckpress.diagrams.image_store import Picture
from deckpress.formulas import Formula, TypesetResult, skip_formula_check
from deckpress.formulas.engine import Engine
from deckpress.lock.lock_file import format_lock
from deckpress.pipeline import Prepared, build, pack
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project, open_standalone
from tests.support.random_inputs import Input, make_input

NOW = 1_760_000_000
"""When everything is built, in seconds since 1970."""
SECONDS = 10
"""Processor time after which an input counts as endless."""
TYPESETTING = 40
"""The same where MathJax is asked; a formula may take it five, twice, and there are up to four."""
MEMORY = 2_000_000_000
"""Bytes above those of this process that builds may take."""
TWICE = 50
"""Every so manieth input is built twice, and once more over its lock."""
TYPESET = 5
"""Of every so many inputs of formulas, one is typeset by MathJax."""
BATCH = 250
"""Inputs for a process."""


@dataclass(frozen=True)
class Task:
    """Inputs that a process builds."""

    kind: str
    seed: int
    numbers: Sequence[int]
    imports: bool = False
    """Whether what is built is imported into Anki as well."""
    given: Sequence[Input] = ()
    """The inputs, where they are not those of the numbers."""

    def inputs(self) -> Iterator[tuple[int, Input]]:
        """Yield each input under its number."""
        if self.given:
            yield from zip(self.numbers, self.given, strict=True)
        else:
            yield from (
                (number, make_input(self.kind, self.seed, number)) for number in self.numbers
            )


@dataclass(frozen=True)
class Outcome:
    """What came of an input."""

    kind: str
    number: int
    result: str
    """`built`, `refused`, or what ended it: `traceback`, `endless`, `ended`; or `imported`."""
    errors: Sequence[tuple[str, str]] = field(default_factory=tuple)
    """What must not be: its sort, and what was seen."""
    digest: str = ""
    """Of the package, the lock and the messages."""
    notes: int = 0


def observe(tasks: Sequence[Task], jobs: int = 1) -> Iterator[Outcome]:
    """Yield what comes of inputs, built by so many processes at once."""
    waiting, running = deque(tasks), selectors.DefaultSelector()
    gc.freeze()
    with tempfile.TemporaryDirectory(dir=_memory()) as folder, closing(running):
        while waiting or running.get_map():
            while waiting and len(running.get_map()) < jobs:
                child = _Child(waiting.popleft(), Path(folder, str(len(waiting))))
                running.register(child.reading, selectors.EVENT_READ, child)
            ready = [key.data for key, _ in running.select(1)]
            for child in [key.data for key in running.get_map().values()]:
                yield from child.read() if child in ready else ()
                if child.is_stuck():
                    os.kill(child.id, signal.SIGKILL)
                if child.has_ended:
                    running.unregister(child.reading)
                    yield from child.bury(waiting)


def _memory() -> str | None:
    """Return a folder for files that no disk needs to see, where there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class _Child:
    """A process that builds the inputs of a task."""

    def __init__(self, task: Task, folder: Path) -> None:
        self.task, self._folder = task, folder
        self.reading, writing = os.pipe()
        sys.stdout.flush()
        self.id = os.fork()
        if not self.id:
            os.close(self.reading)
            _be_the_builder(task, folder, writing)
        os.close(writing)
        self.has_ended = False
        self._held, self._done, self._seen = b"", 0, time.monotonic()
        self._is_whole = False

    def read(self) -> Iterator[Outcome]:
        """Yield what the process has told by now."""
        piece = os.read(self.reading, 2**16)
        self.has_ended, self._seen = not piece, time.monotonic()
        *lines, self._held = (self._held + piece).split(b"\n")
        for line in map(json.loads, lines):
            if line is None:
                self._is_whole = True
                continue
            number, result, errors, digest, notes = line
            self._done += result != "imported"
            yield Outcome(self.task.kind, number, result, errors, digest, notes)

    def is_stuck(self) -> bool:
        """Return whether nothing has come for long, though this takes no processor time."""
        return time.monotonic() - self._seen > 20 * SECONDS

    def bury(self, waiting: deque[Task]) -> Iterator[Outcome]:
        """Yield at what input the process ended, if too early, and have the rest done."""
        os.close(self.reading)
        code = os.waitstatus_to_exitcode(os.waitpid(self.id, 0)[1])
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._is_whole:
            return
        task, index = self.task, self._done
        number = task.numbers[min(index, len(task.numbers) - 1)]
        result = "endless" if -code in (signal.SIGPROF, signal.SIGKILL) else "ended"
        yield Outcome(task.kind, number, result, [(result, f"exit code {code}")])
        if index + 1 < len(task.numbers):
            rest = Task(
                task.kind,
                task.seed,
                task.numbers[index + 1 :],
                task.imports,
                task.given[index + 1 :],
            )
            waiting.appendleft(rest)


def _be_the_builder(task: Task, folder: Path, writing: int) -> NoReturn:
    code = 1
    try:
        most = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (most + MEMORY, most + MEMORY))
        builder = Builder(folder, imports=task.imports)
        builder.watch()
        for number, given in task.inputs():
            signal.setitimer(signal.ITIMER_PROF, _limit(task.kind, number))
            outcome = builder.build(task.kind, number, given)
            os.write(writing, json.dumps(outcome).encode() + b"\n")
        signal.setitimer(signal.ITIMER_PROF, 0)
        for outcome in builder.import_all():
            os.write(writing, json.dumps(outcome).encode() + b"\n")
        os.write(writing, b"null\n")
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _limit(kind: str, number: int) -> int:
    return TYPESETTING if _is_typeset(kind, number) else SECONDS


def _is_typeset(kind: str, number: int) -> bool:
    return kind == "formulas" and number % TYPESET == 0


Told = tuple[int, str, list[tuple[str, str]], str, int]
"""An outcome on its way through a pipe."""

_WRITES = "rename remove mkdir rmdir link symlink truncate chmod chown utime"
_PROGRAMS = (
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.startfile"),
    *("socket.connect", "socket.bind", "socket.getaddrinfo", "urllib.Request", "ctypes.dlopen"),
)
_GIT = shutil.which("git")
"""What may be asked whether it knows a lock that is lost (tests/project/test_git.py holds how)."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Builder:
    """Builds inputs one after the other in a folder, and watches what is done meanwhile."""

    def __init__(self, folder: Path, *, imports: bool = False) -> None:
        self._folder = folder
        self._project, self._outside = folder / "project", folder / "outside"
        self._imports = imports
        self._built: list[tuple[int, Prepared, dict[str, bytes]]] = []
        self._seen: list[tuple[str, str]] = []
        self._writable = ""
        """Where may be written just now: nowhere, or in the project."""
        self._is_watching = False
        (folder / "temporary").mkdir(parents=True)
        self._outside.mkdir()
        (self._outside / "secret.png").write_bytes(b"secret")
        (self._outside / "notes.md").write_bytes(b"1. secret\n\n   secret\n")
        tempfile.tempdir = str(folder / "temporary")

    def watch(self) -> None:
        """Have Python report what is opened, written and started, for the rest of the process."""
        sys.dont_write_bytecode = True
        sys.addaudithook(self._hear)

    def build(self, kind: str, number: int, given: Input) -> Told:
        """Return what comes of an input."""
        self._seen, digest, notes = [], "", 0
        self._lay_out(given)
        self._is_watching = True
        try:
            prepared = self._prepare(kind, number, given)
            diagnostics: Sequence[Diagnostic] = prepared.diagnostics
            result = "refused" if prepared.has_errors(strict=False) else "built"
            digest = self._digest(kind, number, given, prepared, is_built=result == "built")
            notes = len(prepared.notes)
        except DeckError as problem:
            diagnostics, result = problem.diagnostics, "refused"
        except OSError as problem:  # as deckpress.cli.report.errors_reported has it
            where = Location(str(problem.filename or "disk"))
            diagnostics, result = [error(where, str(problem.strerror))], "refused"
        except Exception:
            diagnostics, result = (), "traceback"
            self._seen.append(("traceback", traceback.format_exc()))
        finally:
            self._is_watching = False
        if result == "refused" and not diagnostics:
            self._seen.append(("message", "refused without a message"))
        self._seen += [("message", fault) for fault in _faults_of(diagnostics, given)]
        report = "\n".join([digest, *map(str, diagnostics)]).encode(errors="surrogatepass")
        return number, result, self._seen, hashlib.sha256(report).hexdigest()[:16], notes

    def _lay_out(self, given: Input) -> None:
        os.chdir(self._folder)
        shutil.rmtree(self._project, ignore_errors=True)
        self._project.mkdir()
        os.chdir(self._project)
        for name, data in given.files.items():
            with suppress(OSError):  # such as a name that is too long
                Path(name).parent.mkdir(parents=True, exist_ok=True)
                Path(name).write_bytes(data)
        for name, target in given.links.items():
            with suppress(OSError):
                Path(name).parent.mkdir(parents=True, exist_ok=True)
                Path(name).symlink_to(target)

    def _prepare(self, kind: str, number: int, given: Input) -> Prepared:
        opened = (
            open_standalone(Path(given.standalone)) if given.standalone else open_project(Path())
        )
        typeset = _typeset if _is_typeset(kind, number) else skip_formula_check
        return prepare(*opened, NOW, typeset=typeset, draw=draw_nothing)

    def _digest(
        self, kind: str, number: int, given: Input, prepared: Prepared, *, is_built: bool
    ) -> str:
        """Return a digest of what a build writes; build twice at times, and compare."""
        if not is_built:
            return ""
        is_twice = number % TWICE == 0
        if not (is_twice or self._imports):
            return format_lock(prepared.after)
        packed, lock = pack(prepared).data, format_lock(prepared.after)
        if self._imports:
            files = prepared.media.contents().items()
            media = {
                name: content if isinstance(content, bytes) else content.read()
                for name, content in files
            }
            self._built.append((number, prepared, media))
        if is_twice:
            again = self._prepare(kind, number, given)
            if (pack(again).data, format_lock(again.after)) != (packed, lock):
                self._seen.append(("other bytes", "a second build differs from the first"))
            self._build_over(kind, number, given, prepared, lock)
        return lock + hashlib.sha256(packed).hexdigest()

    def _build_over(
        self, kind: str, number: int, given: Input, prepared: Prepared, lock: str
    ) -> None:
        """Build in earnest, and then over the lock, which must stay as it is."""
        self._writable = str(self._project)
        build(prepared, prepared.project.output)
        self._writable = ""
        again = self._prepare(kind, number, given)
        if again.has_errors(strict=False) and not prepared.has_errors(strict=False):
            diagnostic = next(
                diagnostic for diagnostic in again.diagnostics if diagnostic.severity.value == 0
            )
            self._seen.append(("other bytes", f"refused over its own lock: {diagnostic}"))
        elif format_lock(again.after) != lock:
            self._seen.append(("other bytes", "the lock changes, though the notes do not"))

    def import_all(self) -> Iterator[Told]:
        """Import what was built, and yield what Anki makes of it."""
        if not self._built:
            return
        from tests.support.imported_inputs import import_inputs

        os.chdir(self._folder)
        for number, notes, errors in import_inputs(self._built, self._folder / "anki"):
            yield (
                number,
                "imported",
                [("difference", difference) for difference in errors],
                "",
                notes,
            )

    def _hear(self, event: str, values: tuple[Any, ...]) -> None:
        if not self._is_watching:
            return
        if event in _PROGRAMS and values[0] != _GIT:
            self._seen.append(("outside", f"{event} {values!r}"[:300]))
        elif event == "open":
            self._hear_open(*values[:3])
        elif event.startswith("os.") and event[3:] in _WRITES.split():
            for path in values[:2]:
                if isinstance(path, str | bytes | os.PathLike):
                    self._hear_write(event, os.fsdecode(path))

    def _hear_open(self, path: object, mode: object, flags: object) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return
        is_written = any(letter in str(mode or "") for letter in "wax+") or (
            isinstance(flags, int) and flags & _WRITING
        )
        name = os.fsdecode(path)
        if is_written:
            self._hear_write("open", name)
        elif "\0" not in name and os.path.realpath(name).startswith(str(self._outside)):
            self._seen.append(("outside", f"reads {name!r}"))

    def _hear_write(self, event: str, name: str) -> None:
        real = "" if "\0" in name else os.path.realpath(name)
        allowed = [str(self._folder / "temporary"), os.devnull]
        allowed += [self._writable] if self._writable else []
        if real and not any(real.startswith(path) for path in allowed):
            self._seen.append(("outside", f"{event} {name!r}"))


def draw_nothing(
    blocks: Sequence[DiagramBlock], folder: Path, root: Path, diagnostics: Diagnostics
) -> dict[Place, Picture]:
    """Take the blocks, and draw none of them: one that asks cannot, which is an error."""
    message = "picture is not drawn, and so cannot ask"
    diagnostics += [error(block.where, message) for block in blocks if block.occlusion]
    return {}


def _typeset(formulas: Sequence[Formula]) -> list[TypesetResult]:
    """Return what MathJax in this process says of each formula."""
    return [*map(_engine(os.getpid()).typeset, formulas)]


@cache
def _engine(process: int) -> Engine:
    """Return the engine of a process; one whose parent had it has no thread to run it."""
    return Engine()


def _faults_of(diagnostics: Sequence[Diagnostic], given: Input) -> Iterator[str]:
    """Yield what is wrong with messages: no place, one that is not there, or more than a line."""
    for diagnostic in diagnostics:
        shown = escape_controls(str(diagnostic))
        if not diagnostic.location.file or not diagnostic.message.strip():
            yield f"no place or no words: {diagnostic!r}"[:400]
        elif shown.count("\n") > 2 or (shown.count("\n") and not diagnostic.code_frame):
            yield f"more than a line: {diagnostic!r}"[:400]
        elif any(is_control(char) for char in shown):
            yield f"controls: {shown!r}"[:400]
        elif len(shown) > 11_000:  # a thousand characters, each of them escaped
            yield f"a long message: {len(shown)} characters, {diagnostic!r}"[:400]
        elif not _is_there(diagnostic.location, given):
            yield f"at a place that is not there: {diagnostic!r}"[:400]


def _is_there(where: Location, given: Input) -> bool:
    """Return whether a file has a line, and that a column, give or take its end."""
    data = given.files.get(where.file)
    if data is None or not where.line:  # such as a link
        return True
    text = data.decode("utf-8-sig", "surrogateescape")
    lines = re.split(r"\r\n|\r|\n" if where.file.endswith(".md") else r"\r\n|\n", text)
    if not 0 < where.line <= len(lines) + 1:
        return False
    line = lines[where.line - 1] if where.line <= len(lines) else ""
    most = max(len(line), len(unicodedata.normalize("NFC", line)))
    return 0 <= where.column <= most + 1


def warm_up(inputs: Iterable[Input]) -> None:
    """Build inputs in this process, so that those forked from it find all modules loaded."""
    here = Path.cwd()
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        builder = Builder(Path(folder))
        for given in inputs:
            builder.build("", TWICE, given)
        os.chdir(here)
    tempfile.tempdir = before
