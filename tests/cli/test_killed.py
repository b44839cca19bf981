"""A build may be killed at any moment: lock and package are then old or new, and never half.

The builds run in children of one process, which is this module run by its tests: so Python starts
only once, and yet it is the command itself that a signal ends.
"""

from __future__ import annotations

import gc
import hashlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn
from unittest.mock import patch

import pytest

from deckpress.cli import main
from deckpress.release.plan import ReleasePlan
from deckpress.verify.verification import verify_package
from tests.support.projects import DECK_TOML, PIXEL, ROOT

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="Windows has neither fork nor SIGKILL"
)

LOCK = "source/deck.lock"
PACKAGE = "dist/demo-1.0.0.apkg"

NOW = 2_000_000_000
"""When the builds run that may be killed, in seconds since 1970."""
LATER = NOW + 3600
"""When the next build runs."""

NOON = 1_790_000_000
"""When there are releases: Anki, which looks at the clock itself, takes none from the future."""

MOMENTS = 12
"""How many builds the clock kills, at moments spread over the time that a build takes."""

Files = dict[str, str]
"""A digest of every file of a project, by its path there."""

Doom = Callable[[Path], None]
"""Sees to it that this process is killed while it builds a project."""


@dataclass(frozen=True)
class Trial:
    """What lay in a project after a build that may have been killed, and after the next one."""

    is_killed: bool
    left: Files
    after_the_next: Files


@dataclass(frozen=True)
class Report:
    """All that the driver saw of one project."""

    before: Files
    whole: Files
    """What a build leaves that nobody disturbs."""
    later: Files
    """What such a build leaves that begins later."""
    by_step: list[Trial]
    """Killed before the first file operation, before the second, and so on; the last one lived."""
    by_byte: list[Trial]
    """Killed while writing a file, after some of its bytes."""
    by_clock: list[Trial]

    def trials(self) -> Iterator[tuple[Trial, bool, bool]]:
        """Yield each trial, and whether the killed build had put lock and package in place."""
        for trial in (*self.by_step, *self.by_byte, *self.by_clock):
            lock, package = (trial.left.get(name) == self.whole[name] for name in (LOCK, PACKAGE))
            yield trial, lock, package


@pytest.fixture(scope="module", params=["first build", "update"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What is left of a project's first build, or of a build after an edit, when it is killed."""
    project = tmp_path_factory.mktemp("killed") / "project"
    (project / "source").mkdir(parents=True)
    (project / "source/deck.toml").write_text(DECK_TOML)
    (project / "source/dot.png").write_bytes(PIXEL)
    notes = project / "source/notes.md"
    notes.write_text("1. One?\n\n   ![](dot.png)\n\n2. Two?\n\n   Yes.\n")
    if request.param == "update":
        build(project, NOW - 3600)
        notes.write_text(
            "1. One?\n\n   ![](dot.png)\n\n2. Two?\n\n   No.\n\n3. Three?\n\n   Yes.\n"
        )
    return run_driver(project)


def run_driver(project: Path) -> Report:
    """Return what the driver, in a process of its own, sees of a project."""
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(project)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(project.parent)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seen = json.loads(done.stdout)
    trials = {
        name: [Trial(**trial) for trial in seen[name]]
        for name in ("by_step", "by_byte", "by_clock")
    }
    return Report(**{**seen, **trials})


def test_the_kills_reach_every_state(report: Report) -> None:
    """The trials are worth their name: builds died before, between and after the two renames."""
    assert [trial.is_killed for trial in report.by_step].index(False) == len(report.by_step) - 1
    assert all(trial.is_killed for trial in report.by_byte)
    states = {(lock, package) for trial, lock, package in report.trials() if trial.is_killed}
    assert states >= {(False, False), (True, False), (True, True)}
    known = {*report.before, *report.whole}
    assert any(trial.left.keys() - known for trial in report.by_step), "nothing was left to tidy"
    assert report.whole[LOCK] != report.later[LOCK]


def test_lock_and_package_are_old_or_new(report: Report) -> None:
    """Neither is ever half, or missing where it was there before."""
    for trial, _, _ in report.trials():
        for name in (LOCK, PACKAGE):
            assert trial.left.get(name) in (report.before.get(name), report.whole[name])


def test_no_package_is_newer_than_the_lock(report: Report) -> None:
    """A package that learners could get is always one whose notes the lock remembers."""
    assert all(lock for _, lock, package in report.trials() if package)


def test_the_next_build_ends_what_was_begun(report: Report) -> None:
    """With the new lock in place the killed build is finished; before that it never was.

    Every file of the project is as it would be without the kill, so nothing is left behind either.
    """
    for trial, lock, _ in report.trials():
        assert trial.after_the_next == (report.whole if lock else report.later)


def drive(project: Path) -> Report:
    """Build copies of a project, each in a child that is killed at another moment."""
    copy = fresh_copy(project)
    build(copy, LATER)  # not in a child, so that the children find all libraries imported
    later = digests(copy)
    fresh_copy(project)
    started = time.perf_counter()
    build_in_child(copy, NOW)
    seconds = time.perf_counter() - started
    whole, sizes = digests(copy), [(copy / name).stat().st_size for name in (LOCK, PACKAGE)]
    steps = (try_to_build(project, partial(die_before, step)) for step in itertools.count())
    halts = sorted({0, 1, *(size // 2 for size in sizes), *(size - 1 for size in sizes)})
    moments = [seconds * index / MOMENTS for index in range(1, MOMENTS + 1)]
    return Report(
        before=digests(project),
        whole=whole,
        later=later,
        by_step=list(until_one_lives(steps)),
        by_byte=[try_to_build(project, partial(die_writing, halt)) for halt in halts],
        by_clock=[try_to_build(project, partial(die_after, moment)) for moment in moments],
    )


def until_one_lives(trials: Iterable[Trial]) -> Iterator[Trial]:
    """Yield trials up to the first whose build was not killed."""
    for trial in trials:
        yield trial
        if not trial.is_killed:
            return


def try_to_build(project: Path, doom: Doom) -> Trial:
    """Build a copy of a project under a doom, then build it again."""
    copy = fresh_copy(project)
    is_killed = build_in_child(copy, NOW, doom)
    left = digests(copy)
    build_in_child(copy, LATER)
    return Trial(is_killed, left, digests(copy))


def fresh_copy(project: Path) -> Path:
    """Return a copy of a project, always at the same place."""
    copy = project.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    return shutil.copytree(project, copy)


def digests(project: Path) -> Files:
    """Return a digest of every file of a project, hidden ones as well."""
    return {
        path.relative_to(project).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in project.rglob("*")
        if path.is_file()
    }


def build_in_child(project: Path, now: int, doom: Doom | None = None) -> bool:
    """Build in a child, and return whether it was killed."""
    gc.freeze()  # what the child's collector looks through is copied
    child = os.fork()
    if not child:
        build_and_exit(project, now, doom)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def build_and_exit(project: Path, now: int, doom: Doom | None) -> NoReturn:
    """Be the child: build, and never return."""
    try:
        if doom:
            doom(project)
        build(project, now)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def build(project: Path, now: int) -> None:
    """Run the command as if the time were `now`, in seconds since 1970."""
    with patch("time.time", return_value=now):
        main(["--quiet", "--project", str(project)], standalone_mode=False)


def die_before(step: int, project: Path) -> None:
    """Let this process be killed when it begins its file operation `step`, from 0, in a project."""
    steps = itertools.count()
    flush = os.fsync

    def count(_event: str, arguments: tuple[object, ...]) -> None:
        if any(is_in(project, argument) for argument in arguments) and next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def count_and_flush(descriptor: int) -> None:
        count("fsync", (project,))  # Python does not announce this one
        flush(descriptor)

    sys.addaudithook(count)
    patch("os.fsync", count_and_flush).start()


def die_writing(size: int, _project: Path) -> None:
    """Let this process be killed when a file that it writes has `size` bytes and gets another."""
    import resource  # here because Windows has none

    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def die_after(seconds: float, _project: Path) -> None:
    """Let this process be killed after so many seconds."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def is_in(folder: Path, argument: object) -> bool:
    """Return whether an operation's argument is a folder or a path in it."""
    if not isinstance(argument, str | bytes | os.PathLike):
        return False
    return Path(os.fsdecode(argument)).is_relative_to(folder)


@dataclass(frozen=True)
class CutOff:
    """A release that was killed at a file operation, and what the same command made of it."""

    is_killed: bool
    exit_code: int
    after_the_next: Files


def test_a_release_that_is_cut_off_anywhere_is_made_whole(tmp_path: Path) -> None:
    """Whichever file operation was its last, the same command succeeds, and leaves the same files.

    All of them lie in a repository that has what was there before, and nothing since.
    """
    project = tmp_path / "project"
    (project / "source").mkdir(parents=True)
    (project / "source/deck.toml").write_text(DECK_TOML)
    notes = project / "source/notes.md"
    notes.write_text("1. One?\n\n   Yes.\n")
    with patch("time.time", return_value=NOON):
        main(["release", "--quiet", "--project", str(project)], standalone_mode=False)
    notes.write_text("1. One?\n\n   Yes.\n\n2. Two?\n\n   Yes.\n")
    build(project, NOON + 3600)
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", "-C", project, *identity, *arguments], check=True)
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(project), "release"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    trials = [CutOff(**values) for values in json.loads(done.stdout)]
    whole = trials[-1].after_the_next
    assert [trial.is_killed for trial in trials].index(False) == len(trials) - 1 > 20
    assert [trial.exit_code for trial in trials] == [0] * len(trials)
    for trial in trials:
        assert trial.after_the_next == whole
    assert {"dist/demo-1.1.0.apkg", "dist/demo-1.1.0.apkg.sha256"} <= whole.keys()


def cut_off_releases(project: Path) -> Iterator[CutOff]:
    """Yield releases of copies of a project, each cut off at another step of what it writes."""
    copy = fresh_copy(project)
    arguments = ["release", "--project", str(copy)]
    patch("deckpress.release.plan.verify_isolated", verify_package).start()  # no process for each
    with (
        patch("time.time", return_value=NOON + 4000),
        patch.object(ReleasePlan, "write", take_plan),
    ):
        main([*arguments, "--quiet"], standalone_mode=False)
    for step in itertools.count():
        fresh_copy(project)
        is_killed = run_in_child(partial(write_and_die, copy, step)) == -signal.SIGKILL
        code = run_in_child(partial(run_release, arguments))
        files = {name: digest for name, digest in digests(copy).items() if ".git/" not in name}
        yield CutOff(is_killed, code, files)
        if not is_killed:
            return


taken: list[ReleasePlan] = []


def take_plan(plan: ReleasePlan) -> None:
    """Keep a release that is to be written, and write nothing."""
    taken.append(plan)


def write_and_die(project: Path, step: int) -> None:
    """Write the release that was kept, up to a step."""
    die_before(step, project)
    taken[0].write()


def run_release(arguments: list[str]) -> None:
    """Run the command an hour later; raises SystemExit if it fails."""
    sys.stdout = sys.stderr
    with patch("time.time", return_value=NOON + 7200):
        main(arguments, standalone_mode=False)


def run_in_child(work: Callable[[], None]) -> int:
    """Do something in a child of this process; return its exit code, or its signal below 0."""
    gc.freeze()  # what the child's collector looks through is copied
    child = os.fork()
    if not child:
        try:
            work()
        except SystemExit as end:
            os._exit(int(end.code or 0))
        except BaseException:
            traceback.print_exc()
            os._exit(99)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    if sys.argv[2:]:
        print(json.dumps([asdict(release) for release in cut_off_releases(Path(sys.argv[1]))]))
    else:
        print(json.dumps(asdict(drive(Path(sys.argv[1])))))
