"""Processes that draw may die or hang; every job gets its answer, in order, and nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import deckpress
from deckpress.diagnostics import Location
from deckpress.diagrams import Drawn, Plot, plots
from deckpress.diagrams.image_store import draw_all
from tests.support.projects import ROOT

WHERE = Location("notes.md", 3)


@dataclass(frozen=True)
class Task:
    """Something that a worker process of these tests is to do."""

    action: str
    value: str = ""
    where: Location = WHERE


def draw(task: Task) -> Drawn:
    """Do a task; the worker processes of these tests call this."""
    return Drawn(ACTIONS[task.action](task.value).encode())


def _sleep(seconds: str) -> str:
    time.sleep(float(seconds))
    return seconds


def _kill(number: str) -> str:
    os.kill(os.getpid(), int(number))
    return ""


def _exit(code: str) -> str:
    os._exit(int(code))


def _hang(_: str) -> str:
    """Hear nothing, not even that it is to end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(1)


def _write(path: str) -> str:
    """Tell which process this is, then go on for long."""
    Path(path).write_text(str(os.getpid()))
    return _sleep("60")


def _leave_file(_: str) -> str:
    return tempfile.mkdtemp()


def _plot(path: str) -> str:
    """Run a plot that does not end, and tell which process it is."""
    plots._warm_up()  # in which matplotlib may start a program that lists fonts
    code = f"import time\ntime.sleep(60)\n# {path}"
    watch = threading.Thread(target=_tell_child, args=(path,), daemon=True)
    watch.start()
    return plots.run_plot(Plot(code, WHERE)).diagnostics[0].message


def _tell_child(path: str) -> None:
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while not (child := children.read_text().strip()):
        time.sleep(0.01)
    Path(path).write_text(child)


ACTIONS: dict[str, Callable[[str], str]] = {
    "echo": str,
    "sleep": _sleep,
    "kill": _kill,
    "exit": _exit,
    "hang": _hang,
    "write": _write,
    "plot": _plot,
    "leave file": _leave_file,
    "process": lambda _: str(os.getpid()),
    "package": lambda _: str(deckpress.__file__),
    "print": lambda text: str(print(text * 10**6)),
    "environment": lambda name: os.environ.get(name, "none"),
    "hash": lambda text: str(hash(text)),
    "large": lambda size: "x" * int(size),
}


def run(tasks: Sequence[Task], count: int | None = None, seconds: float = 60) -> list[Drawn]:
    """Have worker processes do tasks."""
    return list(draw_all(tasks, count, drawer=__name__, seconds=seconds))


def pictures(tasks: Sequence[Task], count: int | None = None) -> list[str]:
    """Have worker processes do tasks that succeed."""
    return [drawn.png.decode() for drawn in run(tasks, count)]


def message(drawn: Drawn) -> str:
    """Return what is wrong with a picture."""
    assert drawn.png == b""
    (diagnostic,) = drawn.diagnostics
    assert diagnostic.location == WHERE
    return diagnostic.message


def wait_for(condition: Callable[[], object]) -> None:
    """Return as soon as something has come true."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_alive(process: str) -> bool:
    """Return whether a process runs."""
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After every test there is no thread more than before, and no temporary file."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before = threading.active_count()
    yield
    assert threading.active_count() == before
    assert list(temporary.iterdir()) == []


def test_nothing_to_draw_starts_nothing() -> None:
    """A deck without pictures costs no process."""
    assert run([]) == []


def test_pictures_come_in_the_order_of_their_jobs() -> None:
    """A picture that takes long does not get another one's place."""
    tasks = [Task("sleep", "0.3"), *[Task("echo", str(number)) for number in range(20)]]
    assert pictures(tasks, 2) == ["0.3", *map(str, range(20))]


def test_a_process_takes_the_next_job_when_it_is_free() -> None:
    """While one process draws what takes long, the other one draws the rest."""
    tasks = [Task("process"), Task("sleep", "1"), *[Task("process")] * 9]
    started = time.monotonic()
    processes = pictures(tasks, 2)
    assert time.monotonic() - started < 3
    assert len({process for process in processes if "." not in process}) <= 3


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        (Task("kill", "9"), "by signal 9"),
        (Task("kill", "11"), "by signal 11"),
        (Task("exit", "5"), "with exit code 5"),
        (Task("exit", "0"), "with exit code 0"),
    ],
)
def test_a_process_that_dies_costs_one_picture(task: Task, reason: str) -> None:
    """The author is told which picture it was, and all others are drawn."""
    first, second, third = run([Task("echo", "1"), task, Task("echo", "3")], 1)
    assert (first.png, third.png) == (b"1", b"3")
    assert message(second) == (
        f"process that draws ended {reason}, perhaps for want of memory: build again"
    )


def test_all_processes_may_die() -> None:
    """However many pictures end their process, each is told."""
    drawn = run([Task("kill", "9")] * 5, 2)
    assert len([message(picture) for picture in drawn]) == 5


def test_a_process_that_hangs_costs_one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that never gets done is given up, even if its process does not hear."""
    timer, limits = threading.Timer, iter([0.8])  # of the one that hangs: the next one starts anew
    monkeypatch.setattr(threading, "Timer", lambda _, end: timer(next(limits, 60), end))
    late, good = run([Task("hang"), Task("echo", "2")], 1, seconds=0.8)
    assert message(late) == "picture did not get drawn within 0.8 seconds: make it simpler"
    assert good.png == b"2"


def test_a_fault_of_the_drawing_is_told_in_one_line() -> None:
    """No traceback reaches the author, and the process goes on."""
    bad, good = run([Task("kill", "no number"), Task("echo", "2")], 1)
    assert message(bad) == (
        "picture cannot be drawn: ValueError: invalid literal for int() with base 10: 'no number'"
    )
    assert good.png == b"2"


def test_a_drawer_that_is_not_there_is_told() -> None:
    """A missing library is an error of every picture, and no hang."""
    drawn = list(draw_all([Task("echo")] * 2, drawer="no_such_module"))
    assert [message(picture) for picture in drawn] == [
        "picture cannot be drawn: ModuleNotFoundError: No module named 'no_such_module'"
    ] * 2


def test_a_process_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that starts no process any more gets no traceback out of us."""
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert "no process can be started" in message(run([Task("echo")])[0])


def test_what_is_printed_does_not_get_among_the_pictures() -> None:
    """A library that prints does no harm."""
    assert pictures([Task("print", "x"), Task("echo", "2")], 1) == ["None", "2"]


def test_pictures_may_be_large() -> None:
    """A picture of 20 MB comes through, and so does a job of as much."""
    task = Task("echo", "y" * 20_000_000)
    assert [len(text) for text in pictures([Task("large", "20000000"), task], 1)] == [
        20_000_000
    ] * 2


def test_processes_know_little_of_the_author(monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets and settings of the author's shell change no picture."""
    monkeypatch.setenv("SECRET", "x")
    monkeypatch.setenv("PYTHONHASHSEED", "5")
    names = ("SECRET", "HTTPS_PROXY", "MPLBACKEND", "PYTHONHASHSEED", "TZ")
    values = pictures([Task("environment", name) for name in names], 1)
    assert values == ["none", "none", "Agg", "0", "UTC"]


def test_sets_have_the_same_order_in_every_process() -> None:
    """A picture does not depend on how Python has hashed words in this run."""
    hashes = pictures([Task("hash", "word")], 1) + pictures([Task("hash", "word")], 1)
    assert len(set(hashes)) == 1


def test_pictures_are_drawn_by_the_package_that_asks_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever builds from a checkout draws by its code, though another deckpress is installed."""
    other_package = tmp_path / "site-packages" / "deckpress"
    other_package.mkdir(parents=True)
    (other_package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(other_package.parent))
    assert pictures([Task("package")]) == [deckpress.__file__]


def test_temporary_files_are_gone_afterwards() -> None:
    """What a process leaves in its temporary folder is removed with it."""
    (folder,) = pictures([Task("leave file")])
    assert not Path(folder).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
@pytest.mark.parametrize("action", ["write", "plot"])
def test_whoever_needs_no_more_pictures_ends_all(action: str, tmp_path: Path) -> None:
    """When the iterator is closed, processes end at once, and plots with them."""
    drawing = draw_all([Task("echo"), Task(action, str(tmp_path / "id"))], 1, drawer=__name__)
    next(drawing)
    wait_for(lambda: (tmp_path / "id").exists() and (tmp_path / "id").read_text())
    process = (tmp_path / "id").read_text()
    assert is_alive(process)
    drawing.close()  # type: ignore[attr-defined]
    wait_for(lambda: not is_alive(process))


_INTERRUPTED = f"""
import sys, tempfile
from {__name__} import Task, draw_all
tempfile.tempdir = sys.argv[1]
try:
    list(draw_all([Task(sys.argv[2], sys.argv[3])], drawer={__name__!r}))
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
@pytest.mark.parametrize("action", ["write", "plot"])
def test_ctrl_c_ends_all_processes(action: str, tmp_path: Path) -> None:
    """After a Ctrl-C no process goes on, no file is left, and nobody prints a traceback."""
    (tmp_path / "files").mkdir()
    id_file = tmp_path / "id"
    with subprocess.Popen(
        [sys.executable, "-c", _INTERRUPTED, str(tmp_path / "files"), action, str(id_file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as build:
        wait_for(lambda: id_file.exists() and id_file.read_text())
        os.killpg(build.pid, signal.SIGINT)  # as a terminal does
        assert build.communicate(timeout=10)[0] == "interrupted\n"
    wait_for(lambda: not is_alive(id_file.read_text()))
    assert list((tmp_path / "files").iterdir()) == []


def test_any_thread_may_have_pictures_drawn() -> None:
    """A program that builds decks in threads gets its pictures there."""
    done: list[str] = []
    thread = threading.Thread(target=lambda: done.extend(pictures([Task("echo", "1")])))
    thread.start()
    thread.join(20)
    assert done == ["1"]


def test_whoever_has_pictures_drawn_needs_no_library_for_it() -> None:
    """The process that builds the deck imports neither matplotlib nor numpy nor Pillow."""
    code = (
        "import sys; from deckpress.diagrams.image_store import draw_all; "
        "import deckpress.diagrams.plots; "
        "sys.exit(bool({'PIL', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
