"""A plot is code that somebody else wrote: whatever it does, the deck is built, and says so."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import dedent

import pytest

from deckpress.diagnostics import Location, Severity, error
from deckpress.diagrams import Drawn, Plot
from deckpress.diagrams.plot_sandbox import Limits
from deckpress.diagrams.plots import run_plot
from deckpress.diagrams.png import SMALLEST, WIDTH, read_header
from deckpress.workers import WorkerProcess
from tests.support.cases import read_cases

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows limits no plot")

WHERE = Location("source/notes.md", 40, 4)
LIMITS = Limits(seconds=60, cpu_seconds=30, memory=2**29, file_size=10**6, pixels=3000)
"""With time enough for a plot on a machine that does other things as well."""
LITTLE_WORK = replace(LIMITS, cpu_seconds=1)
LITTLE_TIME = replace(LIMITS, seconds=2)

GOOD = """\
import matplotlib.pyplot as plt
import numpy as np
fig, ax = plt.subplots()
ax.plot(np.random.rand(20), label="激活 $x_1$")
ax.legend()
"""
"""Five lines: what is added to them stands in line 45 of the author's file."""
SIXTH = WHERE.line + 5
SMALL = "import matplotlib.pyplot as plt\nplt.figure(figsize=(3, 1)).text(0.1, 0.5, '激活 $x_1$')"
"""Drawn in a tenth of the time, to see that what came before did no harm."""


@dataclass(frozen=True)
class Trial:
    """A plot with the limits of these tests, for a worker process."""

    code: str
    limits: Limits = LIMITS
    where: Location = field(default=WHERE)


@dataclass(frozen=True)
class Census:
    """Asks a worker process what it has open, and which children it has."""

    where: Location = WHERE


@dataclass(frozen=True)
class WithoutFork:
    """A plot to be run as on Windows."""

    code: str
    where: Location = WHERE


def draw(job: Trial | Census | WithoutFork) -> Drawn:
    """Run a trial; the worker processes of these tests call this."""
    if isinstance(job, Census):
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        folders = os.listdir(os.environ["TMPDIR"])  # noqa: PTH208
        opened = len(os.listdir("/dev/fd"))  # noqa: PTH208
        return Drawn(b"", (error(WHERE, f"{opened} open, {children}, {folders}"),))
    if isinstance(job, WithoutFork):
        del os.fork
        return run_plot(Plot(job.code, job.where))
    return run_plot(Plot(job.code, job.where), job.limits)


def hire(folder: Path) -> WorkerProcess:
    """Start a worker process that draws by this module."""
    return WorkerProcess(f"{__name__}:draw", str(folder))


def ask(worker: WorkerProcess, job: object) -> Drawn:
    """Have a worker process do a job, or a trial of some code."""
    trial = Trial(job) if isinstance(job, str) else job
    drawn: Drawn = worker.do(pickle.dumps(trial), 60)
    return drawn


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    """A worker process that outlives all that these tests do to it."""
    process = hire(tmp_path_factory.mktemp("worker"))
    yield process
    process.close()


@pytest.fixture(scope="module")
def other_worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    """Another worker process."""
    process = hire(tmp_path_factory.mktemp("other"))
    yield process
    process.close()


@pytest.fixture(scope="module")
def good(worker: WorkerProcess) -> bytes:
    """What comes of GOOD."""
    drawn = ask(worker, GOOD)
    assert drawn.diagnostics == ()
    return drawn.png


@pytest.fixture(scope="module")
def small(worker: WorkerProcess) -> bytes:
    """What comes of SMALL."""
    drawn = ask(worker, SMALL)
    assert drawn.diagnostics == ()
    return drawn.png


def only_message(drawn: Drawn) -> str:
    """Return what is wrong with a picture of which nothing came, with its place."""
    assert drawn.png == b""
    (diagnostic,) = drawn.diagnostics
    assert diagnostic.severity is Severity.ERROR
    return f"{diagnostic.location.line}:{diagnostic.location.column} {diagnostic.message}"


HARMLESS = {
    "another": "",
    "show": "plt.show()",
    "prints megabytes": "print('x' * 5_000_000)",
    "prints to stderr": "import sys\nprint('x' * 500_000, file=sys.stderr)",
    "closes stdout": "import sys, os\nsys.stdout.close()\nos.close(1)\nos.close(2)",
    "writes to stdout's pipe": "import os\nfor fd in (0, 1, 2): os.write(fd, b'x' * 100_000)",
    "a thread that goes on": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=(60,)).start()",
    "own file": "open('x.txt', 'w').write('x')\n"
    "import os\nos.mkdir('y')\nos.rename('x.txt', 'y/z.txt')\nos.remove('y/z.txt')",
    "own temporary folder": "import tempfile\n"
    "with tempfile.TemporaryDirectory() as folder:\n    open(f'{folder}/x', 'w').write('x')",
    "locks its folder": "import os\nos.mkdir('x')\nopen('x/y', 'w').close()\nos.chmod('x', 0)",
    "exec and eval": "exec('a = 1')\nassert eval('a + 1') == 2",
    "a module of its own": "from dataclasses import dataclass\n"
    "@dataclass\nclass A:\n    b: int\nassert A(1).b == 1 and __name__ == '__main__'",
    "hides addaudithook": "import sys\nsys.addaudithook = None\nsys.addaudithook is None",
    "Agg": "import matplotlib\nmatplotlib.use('Agg')",
    "another dpi": "fig.set_dpi(30)",
    "warns": "import warnings\nwarnings.simplefilter('error')\nplt.show()",
    "exits later": "import atexit, os\natexit.register(os._exit, 3)",
}


@pytest.mark.parametrize("code", HARMLESS.values(), ids=HARMLESS)
def test_what_does_no_harm_is_allowed(code: str, worker: WorkerProcess, good: bytes) -> None:
    """What a plot prints, shows, or writes into its own folder does not change its picture."""
    assert ask(worker, GOOD + code) == Drawn(good)


HOSTILE = {
    **{
        name: (case["plot.py"].removesuffix("\n"), case["message"].removesuffix("\n"))
        for name, case in read_cases("plots").items()
    },
    "reads": (
        f"open({str(Path(__file__))!r})",
        f"40:4 plot reads a file ({Path(__file__)}): write the numbers into the code",
    ),
    "zero byte": (
        "x = '\0'",
        "40:4 plot fails: ValueError: source code string cannot contain null bytes"
        if sys.version_info < (3, 11, 4)
        else "40:4 plot is not Python: source code string cannot contain null bytes",
    ),
    "nested": ("(" * 5000, "40:204 plot is not Python: too many nested parentheses"),
}
"""Code, and what is said of it, by line and column: the code begins at WHERE."""


@pytest.mark.parametrize(("code", "message"), HOSTILE.values(), ids=HOSTILE)
def test_what_goes_wrong_is_said_at_its_line_and_hurts_no_other_plot(
    code: str, message: str, worker: WorkerProcess, small: bytes
) -> None:
    """A plot that fails comes back with the author's line; the next one is drawn as ever."""
    is_late, is_busy = "within 2 seconds" in message, "than 1 seconds" in message
    limits = LITTLE_TIME if is_late else LITTLE_WORK if is_busy else LIMITS
    assert only_message(ask(worker, Trial(code, limits))) == message
    assert ask(worker, SMALL) == Drawn(small)


def test_the_code_is_shown_with_a_caret(worker: WorkerProcess) -> None:
    """Whoever reads an error sees the line, and the place in it."""
    (diagnostic,) = ask(worker, "x = 1\ny = x + nothing").diagnostics
    assert str(diagnostic) == dedent(
        """\
        source/notes.md:41:12: plot fails: NameError: name 'nothing' is not defined
            y = x + nothing
                    ^"""
    )


def test_all_glyphs_that_are_lost_are_told_at_once(worker: WorkerProcess) -> None:
    """Whoever has used several characters that no font has need not find them one by one."""
    drawn = ask(worker, GOOD + "ax.set_xlabel('龘')\nax.set_ylabel('龘靐')")
    assert [diagnostic.location.line for diagnostic in drawn.diagnostics] == [SIXTH, SIXTH + 1]


def test_a_picture_that_the_code_saves_is_not_in_the_way(worker: WorkerProcess) -> None:
    """A script that was written to save its picture need not be changed."""
    assert ask(worker, GOOD + "plt.savefig('mine.png')\nplt.savefig('mine.pdf')").png


def test_what_is_cut_off_is_told(worker: WorkerProcess) -> None:
    """No picture is kept in which a label is cut."""
    drawn = ask(worker, GOOD + "fig.text(0.9, 0.5, 'longer than that')")
    (diagnostic,) = drawn.diagnostics
    assert diagnostic.severity is Severity.ERROR
    assert "sticks out" in diagnostic.message


def test_a_picture_is_as_large_as_its_figure(worker: WorkerProcess) -> None:
    """`figsize` is in inches of 72 points, a point is two pixels, and the PNG tells both."""
    drawn = ask(worker, GOOD + "fig.set_size_inches(4, 3)\nax.set_xlabel('x', size=7)")
    header = read_header(drawn.png)
    assert header is not None
    assert (header.width, header.height) == (576, 432)
    assert header.text == {WIDTH: "288", SMALLEST: "7"}


@pytest.mark.parametrize(
    "numbers",
    [
        "np.random.rand(20)",
        "np.random.default_rng().random(20)",
        "[__import__('random').random() for _ in range(20)]",
        "[hash(word) for word in set('abcdefgh')]",
    ],
)
def test_random_numbers_are_the_same_every_time(
    numbers: str, worker: WorkerProcess, other_worker: WorkerProcess
) -> None:
    """The same code gives the same bytes, in one process and in another."""
    code = f"{GOOD}ax.plot({numbers})"
    pictures = {ask(hired, code).png for hired in (worker, worker, other_worker)}
    assert len(pictures) == 1
    assert b"" not in pictures


def test_nothing_is_left_behind(worker: WorkerProcess, good: bytes) -> None:
    """Plots leave no process, no open file and no folder, however they end."""
    before = ask(worker, Census()).diagnostics
    ask(worker, Trial("while True: pass", LITTLE_WORK))
    for code in ("import os\nos._exit(1)", "1 / 0", GOOD, HARMLESS["own file"]):
        ask(worker, code)
    assert ask(worker, Census()).diagnostics == before
    assert "[], []" in before[0].message


def test_where_the_system_cannot_fork_a_process_runs_one_plot(tmp_path: Path, good: bytes) -> None:
    """On Windows a plot is drawn alike, and its process is not used again."""
    worker = hire(tmp_path)
    try:
        assert ask(worker, WithoutFork(GOOD)) == Drawn(good)
        assert worker.is_spent
    finally:
        worker.close()


def test_where_the_system_cannot_fork_errors_are_the_same(tmp_path: Path) -> None:
    """On Windows, too, a plot is told what it may not do, and at which line."""
    worker = hire(tmp_path)
    try:
        drawn = ask(worker, WithoutFork(HOSTILE["socket"][0]))
        assert only_message(drawn) == HOSTILE["socket"][1]
    finally:
        worker.close()
