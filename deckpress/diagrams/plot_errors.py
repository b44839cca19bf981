"""What went wrong with a plot, said in its author's words and at its author's line."""

from __future__ import annotations

import builtins
import errno
import re
import signal
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from types import TracebackType

from deckpress.diagnostics import Diagnostic, Location, code_frame, did_you_mean
from deckpress.diagrams import Plot
from deckpress.diagrams.plot_sandbox import ForbiddenError, Limits

LOST = 70
"""Exit code of a process that could not even say what went wrong with its plot."""

_LONGEST = 240
"""Characters of Python's own message that the author is shown."""
_IMPORTS = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "plt": "import matplotlib.pyplot as plt",
    "mpl": "import matplotlib as mpl",
    "matplotlib": "import matplotlib",
    "math": "import math",
    "random": "import random",
}
_FORMULA = re.compile(r"(.*)\n *\^\nParse\w*: (.+?)(?:, found .*)?\s+\(at char ")
"""What matplotlib says of a formula: the line, below it a caret, and the reason."""
_KILLED = "plot was ended from outside (%s), perhaps for want of memory: build again"


class FigureError(Exception):
    """A figure of which no picture can be made; its text says why, and what to do."""


@dataclass(frozen=True)
class _Place:
    """A place in the code of a plot; both numbers count from 0."""

    line: int
    column: int


def explain(problem: BaseException, plot: Plot, limits: Limits) -> Diagnostic:
    """Return what an exception means that the code of a plot, or drawing its figure, has raised."""
    message = _explain_message(problem, limits)
    formula = _FORMULA.search(str(problem)) if isinstance(problem, ValueError) else None
    if formula:
        text, reason = formula.group(1), formula.group(2)
        reason = f"{reason[:1].lower()}{reason[1:]}"
        return place(f"plot has a formula that matplotlib cannot set: {reason}", text, plot)
    if isinstance(problem, SyntaxError) and problem.filename == plot.where.file:
        return diagnostic_at(_place_of_syntax_error(problem, plot), message, plot)
    return diagnostic_at(_place_of_error(problem.__traceback__, plot), message, plot)


def place(message: str, about: str, plot: Plot) -> Diagnostic:
    """Return a problem at the first place of the code that contains a text, or at its start."""
    for number, line in enumerate(plot.code.splitlines()):
        if about and about in line:
            return diagnostic_at(_Place(number, line.index(about)), message, plot)
    return diagnostic_at(None, message, plot)


def diagnostic_at(spot: _Place | None, message: str, plot: Plot) -> Diagnostic:
    """Return a problem at a place of the code, with the line shown; or at the code as a whole."""
    lines = plot.code.splitlines()
    if spot is None or spot.line >= len(lines):
        return Diagnostic(plot.where, message)
    where = Location(
        plot.where.file, plot.where.line + spot.line, max(plot.where.column, 1) + spot.column
    )
    return Diagnostic(where, message, code_frame=code_frame(lines[spot.line], spot.column))


def explain_end(code: int | None, plot: Plot, limits: Limits) -> Diagnostic:
    """Return why a process left no picture: its exit code, the signal as a negative number.

    None stands for one that ran too long.
    """
    return Diagnostic(plot.where, _explain_end(code, limits))


def _explain_end(code: int | None, limits: Limits) -> str:
    if code is None:
        return f"plot did not finish within {limits.seconds:g} seconds: compute less"
    if code == LOST:
        return "plot breaks Python so that nothing can be saved: draw it another way"
    if code >= 0:
        return _ended_itself(code)
    if -code == signal.SIGXCPU:
        return f"plot computes for more than {limits.cpu_seconds} seconds: compute less"
    if -code in (signal.SIGKILL, signal.SIGTERM):
        return _KILLED % signal.Signals(-code).name
    name = signal.strsignal(-code) or f"signal {-code}"
    return f"plot crashes Python ({name}): draw it another way"


def _ended_itself(code: object) -> str:
    return f"plot ends Python itself (exit code {code}): let it run to its end"


def _explain_message(problem: BaseException, limits: Limits) -> str:
    refused = next((link for link in _chain(problem) if isinstance(link, ForbiddenError)), None)
    if refused:
        return str(refused)
    match problem:
        case FigureError():
            return str(problem)
        case SyntaxError():
            return f"plot is not Python: {problem.msg}"
        case SystemExit():
            return _ended_itself(0 if problem.code is None else problem.code)
        case MemoryError():
            size = f"{limits.memory / 2**30:.2g} GiB"
            return f"plot needs more than {size} of memory: compute with fewer numbers"
        case OSError(errno=errno.EFBIG):
            size = f"{limits.file_size / 10**6:g} MB"
            return f"plot writes a file of more than {size}: write less"
        case FileNotFoundError():
            return f"plot reads a file ({problem}): write the numbers into the code"
        case ModuleNotFoundError() if problem.name:
            advice = "install it, or do without"
            return f"plot imports {problem.name}, which is not installed: {advice}"
    return f"plot fails: {_own_words(problem)}{_advise(problem)}"


_SUGGESTION = re.compile(r"\. Did you mean: .*\?$")
"""What newer Pythons add to some messages; said here in our own words."""


def _chain(problem: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception, what it came from, and so on."""
    seen: set[int] = set()
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        yield problem
        problem = problem.__cause__ or problem.__context__


def _own_words(problem: BaseException) -> str:
    """Return Python's message in one line; of many, as of a formula's fault, the first and last."""
    lines = "".join(traceback.format_exception_only(problem)).split("\n")
    lines = [line.strip() for line in lines if line.strip(" ^")]
    shown = lines[0] if len(lines) == 1 else f"{lines[0]} {lines[-1]}"
    shown = _SUGGESTION.sub("", shown)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def _advise(problem: BaseException) -> str:
    """Return what to do about an error, where that can be told."""
    if isinstance(problem, NameError) and problem.name in _IMPORTS:
        return f": add {_IMPORTS[problem.name]}"
    if isinstance(problem, ImportError) and "backend" in str(problem):
        return ": leave out matplotlib.use, the picture is saved and not shown"
    if isinstance(problem, RecursionError):
        return ": a function calls itself without end"
    with suppress(Exception):  # names come from the author's objects, which may do anything
        return _near_name(problem)
    return ""


def _near_name(problem: BaseException) -> str:
    if isinstance(problem, AttributeError) and problem.name:
        return did_you_mean(problem.name, dir(problem.obj))
    if isinstance(problem, NameError) and problem.name:
        frames = [frame.f_locals for frame, _ in traceback.walk_tb(problem.__traceback__)]
        return did_you_mean(problem.name, [*frames[-1], *dir(builtins)])
    return ""


def _place_of_error(trace: TracebackType | None, plot: Plot) -> _Place | None:
    """Return the innermost place of the author's code that an error came through."""
    innermost = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == plot.where.file:
            innermost = trace
        trace = trace.tb_next
    if innermost is None:
        return None
    positions = innermost.tb_frame.f_code.co_positions()
    _, _, offset, _ = next(islice(positions, innermost.tb_lasti // 2, None), (None,) * 4)
    line = innermost.tb_lineno - plot.where.line
    return _Place(line, _characters(plot.code.splitlines(), line, offset or 0))


def _characters(lines: list[str], line: int, offset: int) -> int:
    """Return how many characters the first bytes of a line are, which is what Python counts."""
    text = lines[line] if 0 <= line < len(lines) else ""
    return len(text.encode()[:offset].decode(errors="ignore"))


def _place_of_syntax_error(problem: SyntaxError, plot: Plot) -> _Place | None:
    if problem.lineno is None:
        return None
    return _Place(problem.lineno - plot.where.line, max((problem.offset or 1) - 1, 0))
