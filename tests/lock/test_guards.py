"""Builds of one deck take turns, and nothing that keeps them apart is left behind."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner

from deckpress.cli import main
from deckpress.diagnostics import DeckError
from deckpress.file_locks import only_one_build
from deckpress.filesystem import write_whole
from deckpress.lock.lock_file import read_lock
from tests.support.commands import Command, without_account
from tests.support.projects import ROOT

LOCK = "source/deck.lock"
GUARD = ".deckpress-deck.lock"
PACKAGE = "dist/demo-1.0.0.apkg"
WAITING = "waiting for another build of this deck\n"

HOLD = """\
import sys
from pathlib import Path
from deckpress.file_locks import only_one_build
with only_one_build(Path(sys.argv[1]), lambda: None):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_build(lock: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the body while another process is building the deck of a lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert pipe(process.stdout).readline() == "held\n"
        yield process
        pipe(process.stdin).close()


def start_build(project: Path) -> subprocess.Popen[str]:
    """Start the command in a process of its own, and do not wait for it."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "build_deck.py"), "--quiet"],
        cwd=project,
        stderr=subprocess.PIPE,
        text=True,
    )


def pipe(stream: IO[str] | None) -> IO[str]:
    """Return a stream that is known to be there."""
    assert stream is not None
    return stream


def names_in(folder: Path) -> set[str]:
    """Return the names of all that lies in a folder."""
    return {path.name for path in folder.iterdir()}


def fail() -> None:
    """Stand for a message that must not be told."""
    raise AssertionError


def test_a_second_build_fails_clearly(tmp_path: Path) -> None:
    """Who has waited long enough is told once, and then what to do; the deck is not touched."""
    lock = tmp_path / "deck.lock"
    messages: list[str] = []
    with another_build(lock):
        with (
            pytest.raises(DeckError) as failed,
            only_one_build(lock, lambda: messages.append("waiting"), wait=0.1),
        ):
            fail()
        assert str(failed.value) == (
            f"{lock}: another build of this deck is running: wait until it is done"
        )
    assert messages == ["waiting"]
    assert names_in(tmp_path) == set()


def test_a_deck_is_the_same_however_it_is_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path and a linked folder lead to one deck; another lock is another deck."""
    (tmp_path / "real").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    monkeypatch.chdir(tmp_path)
    with another_build(tmp_path / "real/deck.lock"):
        for same in ("real/deck.lock", "linked/deck.lock", "real/../real/deck.lock"):
            with (
                pytest.raises(DeckError, match="another build"),
                only_one_build(Path(same), lambda: None, wait=0),
            ):
                fail()
        with only_one_build(Path("real/notes.lock"), fail):
            pass


def test_a_killed_or_failed_build_keeps_nobody_out(tmp_path: Path) -> None:
    """The turn ends with the process, or with the error of the body; the next need not wait."""
    lock = tmp_path / "deck.lock"
    with another_build(lock) as other_build:
        other_build.kill()
        other_build.wait()
        with pytest.raises(KeyError), only_one_build(lock, fail):
            raise KeyError
        with only_one_build(lock, fail):
            pass


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
@pytest.mark.parametrize(
    ("folder", "expected"), [(0o755, 0o600), (0o775, 0o660), (0o777, 0o666), (0o1777, 0o600)]
)
def test_who_may_write_the_deck_may_build_it_too(
    folder: int, expected: int, tmp_path: Path
) -> None:
    """The guard can be held by those who may remove it, whatever the umask, and by nobody else."""
    place = tmp_path / "deck"
    place.mkdir()
    place.chmod(folder)
    before = os.umask(0o077)
    try:
        with only_one_build(place / "deck.lock", fail):
            assert stat.S_IMODE((place / GUARD).stat().st_mode) == expected
    finally:
        os.umask(before)


def test_a_guard_is_gone_afterwards(tmp_path: Path) -> None:
    """Neither a build that ends nor one that was killed leaves a guard after the next."""
    lock = tmp_path / "deck.lock"
    with another_build(lock) as other_build:
        assert names_in(tmp_path) == {GUARD}
        other_build.kill()
        other_build.wait()
    assert names_in(tmp_path) == {GUARD}
    with only_one_build(lock, fail):
        pass
    assert names_in(tmp_path) == set()


def make_link(path: Path) -> None:
    """Put a link to a file of somebody's there."""
    path.symlink_to("victim")


FOREIGN: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a link": make_link,
    "a pipe": lambda path: os.mkfifo(path),
    "a person's file": lambda path: path.write_bytes(b"mine"),
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_what_lies_in_the_place_of_a_guard_is_named_and_kept(name: str, tmp_path: Path) -> None:
    """No link is followed, no pipe waited for, and nothing of a person's removed."""
    (tmp_path / "victim").write_bytes(b"theirs")
    FOREIGN[name](tmp_path / GUARD)
    before = (tmp_path / GUARD).lstat()
    with pytest.raises(DeckError) as failed, only_one_build(tmp_path / "deck.lock", fail):
        fail()
    assert str(failed.value) == (
        f"{tmp_path / GUARD}: lies where builds of this deck keep each other out: remove it"
    )
    assert (tmp_path / GUARD).lstat() == before
    assert (tmp_path / "victim").read_bytes() == b"theirs"


@pytest.fixture
def no_file_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, int], None]:
    """Make a folder one where no file can be opened; permissions do not stop root."""

    def refuse(folder: Path, reason: int) -> None:
        opened = os.open

        def open_or_refuse(path: Path, *rest: int) -> int:
            if Path(path).parent == folder:
                raise OSError(reason, os.strerror(reason))
            return opened(path, *rest)

        monkeypatch.setattr("deckpress.file_locks.os.open", open_or_refuse)

    return refuse


@pytest.mark.parametrize("reason", [errno.EROFS, errno.EACCES, errno.ENOLCK])
def test_where_no_guard_can_lie_it_is_the_users_own(
    reason: int, tmp_path: Path, no_file_in: Callable[[Path, int], None]
) -> None:
    """Builds of a deck on a read-only disk, or one without locks, are kept apart for one user."""
    place, private = tmp_path / "deck", tmp_path / "private"
    place.mkdir()
    no_file_in(place, reason)
    with only_one_build(place / "deck.lock", fail, private):
        assert (names_in(place), len(names_in(private))) == (set(), 1)
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
        with (
            pytest.raises(DeckError, match=r"deck\.lock: another build of this deck is running"),
            only_one_build(place / "deck.lock", lambda: None, private, wait=0),
        ):
            fail()
        with only_one_build(place / "other.lock", fail, private):
            pass
    assert names_in(private) == set()


def give_to_others(folder: Path) -> None:
    """Let everybody write into a folder."""
    folder.mkdir()
    folder.chmod(0o777)


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
@pytest.mark.parametrize("make", [None, give_to_others, make_link, Path.touch])
def test_a_deck_that_nobody_can_write_needs_no_guard(
    make: Callable[[Path], None] | None, tmp_path: Path, no_file_in: Callable[[Path, int], None]
) -> None:
    """A folder that others share is not used; where the lock cannot be written, none is needed."""
    place, private = tmp_path / "deck", tmp_path / "private"
    place.mkdir()
    if make:
        make(private)
    no_file_in(place, errno.EROFS)
    with only_one_build(place / "deck.lock", fail, private if make else None):
        assert names_in(place) == set()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (errno.ENOSPC, "no space left on device"),
        (errno.ENOLCK, "no locks available"),
        (errno.ENAMETOOLONG, "file name too long: give the notes' file a shorter name"),
    ],
)
def test_builds_that_cannot_be_kept_apart_are_reported(
    reason: int, words: str, tmp_path: Path, no_file_in: Callable[[Path, int], None]
) -> None:
    """What the system says is passed on."""
    no_file_in(tmp_path, reason)
    with pytest.raises(DeckError) as failed, only_one_build(tmp_path / "deck.lock", fail):
        fail()
    assert str(failed.value) == (f"{tmp_path / 'deck.lock'}: cannot keep other builds out: {words}")


def test_a_folder_that_is_made_for_a_guard_is_removed_again(tmp_path: Path) -> None:
    """A build into a new folder that fails leaves none; one that succeeds keeps it."""
    place = tmp_path / "new/folder"
    with pytest.raises(KeyError), only_one_build(place / "deck.lock", fail):
        raise KeyError(*names_in(place))
    assert names_in(tmp_path) == set()
    with only_one_build(place / "deck.lock", fail):
        write_whole({place / "deck.lock": b"lock"}, place)
    assert names_in(place) == {"deck.lock"}


COUNT = """\
import sys
from pathlib import Path
from deckpress.file_locks import only_one_build
count = Path(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with only_one_build(count.with_name("deck.lock"), lambda: None):
        count.write_text(str(int(count.read_text()) + 1))
"""


def test_processes_with_other_temporary_folders_take_turns(tmp_path: Path) -> None:
    """Guards are made and removed hundreds of times, and no two processes are ever in at once."""
    count = tmp_path / "count"
    count.write_text("0")
    counting = [
        subprocess.Popen(
            [sys.executable, "-c", COUNT, str(count), "100"],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(tmp_path / str(number))},
        )
        for number in range(3)
    ]
    assert [process.wait() for process in counting] == [0, 0, 0]
    assert count.read_text() == "300"
    assert names_in(tmp_path) == {"count"}


def test_builds_at_once_are_as_good_as_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four builds of the same sources succeed, and leave what one build leaves, byte for byte."""
    builds = [start_build(project) for _ in range(4)]
    errors = [build.communicate()[1] for build in builds]
    assert [build.returncode for build in builds] == [0, 0, 0, 0], errors
    assert set(errors) <= {"", WAITING}
    left = {name: (project / name).read_bytes() for name in (LOCK, PACKAGE)}
    built = read_lock(project / LOCK, "demo", now=0).created
    for name in left:
        (project / name).unlink()
    monkeypatch.setattr("time.time", lambda: built)
    assert CliRunner().invoke(main).exit_code == 0
    assert {name: (project / name).read_bytes() for name in left} == left
    assert names_in(project / "source") == {"deck.toml", "notes.md", "deck.lock"}
    assert names_in(project / "dist") == {"demo-1.0.0.apkg"}


def test_builds_that_wait_say_so_and_read_what_was_written_meanwhile(
    project: Path, deckpress: Command
) -> None:
    """Builds that were begun before an edit, and got their turn after it, build the edited deck."""
    with another_build(project / LOCK):
        builds = [start_build(project) for _ in range(3)]
        assert [pipe(build.stderr).readline() for build in builds] == [WAITING] * 3
        (project / "source/notes.md").write_text("1. One?\n\n   Edited.\n")
    errors = [build.communicate()[1] for build in builds]
    assert [(build.returncode, error) for build, error in zip(builds, errors, strict=True)] == [
        (0, "")
    ] * 3
    left = {name: (project / name).read_bytes() for name in (LOCK, PACKAGE)}
    (project / PACKAGE).unlink()
    assert deckpress().out.startswith("1 note (0 new, 0 changed, 1 unchanged)")
    assert {name: (project / name).read_bytes() for name in left} == left


def test_check_waits_for_nobody(project: Path, deckpress: Command) -> None:
    """`check` writes nothing, so it may run beside a build."""
    with another_build(project / LOCK):
        run = deckpress("check")
    assert (run.code, without_account(run.out), run.err) == (0, "1 note, no problems\n", "")
