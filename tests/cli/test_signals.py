"""A signal ends a command silently, with its own exit code, and everything that it has begun."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from deckpress.worker_program import write_message
from deckpress.workers import WorkerProcess
from tests.support.projects import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def hanging_up_is_heard() -> Iterator[None]:
    """Let what a test starts hear SIGHUP, also if the tests themselves run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


DEFERRED = """
import os, signal
from deckpress.signals import defer_sigint
try:
    with defer_sigint():
        os.kill(os.getpid(), signal.SIGINT)
        with defer_sigint():
            os.kill(os.getpid(), signal.SIGINT)
        print("done", flush=True)
    print("not heard")
except KeyboardInterrupt:
    print("heard")
"""


def test_a_ctrl_c_is_put_off_and_not_lost() -> None:
    """What has begun is finished, also what is within, and then the signal is heard."""
    done = subprocess.run([sys.executable, "-c", DEFERRED], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("done\nheard\n", "")


LATE = """
import os, signal
from deckpress.formulas import Formula
from deckpress.formulas.engine import typeset_all
from deckpress import workers as pool
os.cpu_count = lambda: 2
shutdown = pool._Pool.shutdown
def interrupted(self):
    os.kill(os.getpid(), signal.SIGINT)
    shutdown(self)
pool._Pool.shutdown = interrupted
try:
    print(len(list(typeset_all([Formula(f"x_{{{n}}}", False) for n in range(200)]))))
except KeyboardInterrupt:
    print("heard")
"""


def test_a_ctrl_c_while_processes_end_is_not_lost() -> None:
    """Whoever interrupts a build when the last formula has just been typeset is heard as well."""
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("heard\n", "")


AT_IMPORT = """
import os, signal, sys
class Interrupt:
    def find_spec(self, name, *_):
        if name == "{module}":
            os.kill(os.getpid(), signal.{name})
sys.meta_path.insert(0, Interrupt())
from deckpress.__main__ import run
sys.argv[1:] = ["check"]
run()
"""


@pytest.mark.parametrize("module", ["deckpress.process", "click", "deckpress.cli.report"])
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_while_modules_are_imported_is_silent(
    number: signal.Signals, module: str, project: Path
) -> None:
    """Whoever has second thoughts at once sees no traceback."""
    code = AT_IMPORT.format(module=module, name=number.name)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (128 + number, "", "")


AT_A_GUARD = """
import os, signal, sys
from deckpress.__main__ import run
from deckpress import file_locks
lock = file_locks._lock
def interrupted(*arguments):
    os.kill(os.getpid(), signal.SIGTERM)
    return lock(*arguments)
file_locks._lock = interrupted
run()
"""


def test_a_signal_while_a_guard_is_made_leaves_none(project: Path) -> None:
    """What is made is known before the signal is heard, and so it can be removed."""
    done = subprocess.run([sys.executable, "-c", AT_A_GUARD], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (143, "", "")
    assert sorted(path.name for path in project.rglob("*")) == ["deck.toml", "notes.md", "source"]


SECOND = """
import os, signal, sys
from deckpress.__main__ import run
from deckpress.filesystem import temporary_folder
import deckpress.cli
def interrupted(*_, **__):
    with temporary_folder() as folder:
        try:
            os.kill(os.getpid(), signal.{name})
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
sys.modules["deckpress.cli.build_command"].open_deck = interrupted
sys.argv[1:] = ["check"]
run()
"""


@pytest.mark.parametrize("number", SIGNALS)
def test_a_second_signal_does_not_disturb_the_first(
    number: signal.Signals, project: Path, tmp_path: Path
) -> None:
    """What is being tidied up is tidied up, and the exit code is that of the first one."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    code = SECOND.format(name=number.name)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + number, "", "")
    assert list(temporary.iterdir()) == []


def children_of(process: int) -> list[int]:
    """Return the processes that a process has started, and those that they have started."""
    children = []
    for task in Path(f"/proc/{process}/task").glob("*"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            for child in (task / "children").read_text().split():
                children += [int(child), *children_of(int(child))]
    return children


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Return as soon as something has come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_alive(process: int) -> bool:
    """Return whether a process runs."""
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False


FORMULAS = "".join(
    "1. One $"
    + "+".join(f"\\frac{{{index}}}{{x}}" for index in range(20))
    + f" + {number}$?\n\n   Yes.\n\n"
    for number in range(800)
)
PLOT = '1. One?\n\n   ```plot wait "a wait"\n   import time\n   time.sleep(15)\n   ```\n'

WORK: dict[str, tuple[str, int]] = {"formulas": (FORMULAS, 2), "a plot": (PLOT, 2)}
"""Notes that have processes work for seconds, and how many processes there are at least."""


@pytest.fixture(params=WORK)
def working(
    request: pytest.FixtureRequest, project: Path, tmp_path: Path
) -> Iterator[tuple[subprocess.Popen[str], list[int], Path]]:
    """A build whose processes are at work, the processes, and its temporary folder."""
    notes, count = WORK[request.param]
    (project / "source/notes.md").write_text(notes)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    build = subprocess.Popen(
        [sys.executable, str(ROOT / "build_deck.py"), "--quiet", "--run-code"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary), "XDG_CACHE_HOME": str(tmp_path / "cache")},
        start_new_session=True,
    )
    wait_for(lambda: len(children_of(build.pid)) >= count)
    time.sleep(0.2)
    yield build, children_of(build.pid), temporary
    build.kill()
    build.wait()
    if build.stdout:
        build.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_all_processes_and_leaves_nothing(
    number: signal.Signals, working: tuple[subprocess.Popen[str], list[int], Path], project: Path
) -> None:
    """Processes that typeset or draw, a plot's own among them, end with the build."""
    build, workers, temporary = working
    os.killpg(build.pid, number)
    assert build.communicate()[0] == ""
    assert build.returncode == 128 + number
    wait_for(lambda: not any(map(is_alive, workers)))
    assert list(temporary.iterdir()) == []
    assert sorted(path.name for path in project.rglob("*")) == ["deck.toml", "notes.md", "source"]


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
def test_no_process_outlives_a_build_that_was_killed(
    working: tuple[subprocess.Popen[str], list[int], Path],
) -> None:
    """Who is killed can end nobody; and yet all end, at once where Linux sees to it."""
    build, workers, _ = working
    build.kill()
    build.wait()
    if build.stdout:
        build.stdout.close()
    wait_for(lambda: not any(map(is_alive, workers)), 5)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
def test_a_worker_ends_when_its_pipe_does(tmp_path: Path) -> None:
    """Also where the system kills nobody with its parent."""
    worker = WorkerProcess("time:sleep", str(tmp_path))
    jobs, answers = worker._pipes()
    write_message(jobs, pickle.dumps(60))
    jobs.close()
    wait_for(lambda: worker._process.poll() is not None)
    answers.close()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_that_is_ignored_stays_ignored(number: signal.Signals, project: Path) -> None:
    """`nohup` and the background of a script keep a build going."""
    code = (
        f"import os, signal, sys; signal.signal({int(number)}, signal.SIG_IGN); "
        "from deckpress.__main__ import run; import deckpress.cli; "
        "check = sys.modules['deckpress.cli.build_command']; opened = check.open_deck; "
        "check.open_deck = lambda *a: "
        f"(os.kill(os.getpid(), {int(number)}), opened(*a))[1]; "
        "sys.argv[1:] = ['check']; run()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 note, no problems\n")
