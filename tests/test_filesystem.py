"""Files are written whole or not at all, and builds of one deck take turns."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner

from deckpress.cli import main
from deckpress.errors import DeckError
from deckpress.filesystem import (
    UnsafeFileError,
    list_folder,
    only_one_build,
    read_regular,
    write_whole,
)
from deckpress.lock import read_lock
from tests.conftest import ROOT, Command

LOCK = "source/deck.lock"
PACKAGE = "dist/demo-1.0.0.apkg"
WAITING = "waiting for another build of this deck\n"

HOLD = """\
import sys
from pathlib import Path
from deckpress.filesystem import only_one_build
with only_one_build(Path(sys.argv[1]), lambda: None):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary_folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder for temporary files of the test's own, here and in the processes it starts."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


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


def test_files_are_written_with_their_folders(tmp_path: Path) -> None:
    """New and old targets get their bytes, and nothing else is left."""
    old, new = tmp_path / "deck.lock", tmp_path / "a/b/deck.apkg"
    old.write_bytes(b"old")
    write_whole({old: b"lock", new: b"package"}, [tmp_path])
    assert (old.read_bytes(), new.read_bytes()) == (b"lock", b"package")
    assert names_in(tmp_path) == {"deck.lock", "a"}
    assert names_in(new.parent) == {"deck.apkg"}


def test_an_unchanged_target_is_not_touched(tmp_path: Path) -> None:
    """A target that has these bytes stays the same file, while the others are written."""
    same, changed = tmp_path / "deck.lock", tmp_path / "deck.apkg"
    write_whole({same: b"lock", changed: b"package"}, [tmp_path])
    before = same.stat()
    write_whole({same: b"lock", changed: b"changed"}, [tmp_path])
    after = same.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert changed.read_bytes() == b"changed"


def make_folder(path: Path) -> None:
    """Put a folder where a file should go."""
    path.mkdir(parents=True)


def make_file_of_the_folder(path: Path) -> None:
    """Put a file where the target's folder should be."""
    path.parent.write_bytes(b"")


@pytest.mark.parametrize("stand_in_the_way", [make_folder, make_file_of_the_folder])
@pytest.mark.parametrize("is_first", [True, False])
def test_all_targets_are_written_or_none(
    is_first: bool, stand_in_the_way: Callable[[Path], None], tmp_path: Path
) -> None:
    """If one target cannot be written, no other one is, and the message names it."""
    good, bad = tmp_path / "deck.lock", tmp_path / "dist/deck.apkg"
    good.write_bytes(b"old")
    stand_in_the_way(bad)
    targets = (bad, good) if is_first else (good, bad)
    with pytest.raises(DeckError, match=r"dist/deck\.apkg: cannot be written: "):
        write_whole(dict.fromkeys(targets, b"new"), [tmp_path])
    assert good.read_bytes() == b"old"
    assert names_in(tmp_path) == {"deck.lock", "dist"}


@pytest.mark.parametrize("data", [b"same", b"changed"])
def test_what_a_killed_build_left_is_removed(data: bytes, tmp_path: Path) -> None:
    """Temporary files of a target go, also of a build that had this process's id; no others do."""
    target = tmp_path / "deck.lock"
    target.write_bytes(b"same")
    others = {".deck.lock", ".deck.lock.bak", ".deck.lock.1.txt", ".deck_lock.1", "deck.lock.1"}
    for name in (*others, ".deck.lock.1", f".deck.lock.{os.getpid()}"):
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / ".deck.lock.2").mkdir()
    write_whole({target: data}, [tmp_path])
    assert names_in(tmp_path) == {"deck.lock", ".deck.lock.2", *others}
    assert target.read_bytes() == data


def test_a_second_build_fails_clearly(tmp_path: Path) -> None:
    """Who has waited long enough is told once, and then what to do; the deck is not touched."""
    lock = tmp_path / "deck.lock"
    told: list[str] = []
    with another_build(lock):
        with (
            pytest.raises(DeckError) as failed,
            only_one_build(lock, lambda: told.append("waiting"), wait=0.1),
        ):
            fail()
        assert str(failed.value) == (
            f"{lock}: another build of this deck is running: wait until it is done"
        )
    assert told == ["waiting"]
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
    with another_build(lock) as other:
        other.kill()
        other.wait()
        with pytest.raises(KeyError), only_one_build(lock, fail):
            raise KeyError
        with only_one_build(lock, fail):
            pass


@pytest.mark.skipif(os.name == "nt", reason="Windows gives each user a folder for such files")
def test_another_user_may_build_the_deck_too(tmp_path: Path, temporary_folder: Path) -> None:
    """What keeps builds apart can be opened by all, whatever the first user's umask."""
    before = os.umask(0o077)
    try:
        with only_one_build(tmp_path / "deck.lock", fail):
            (guard,) = temporary_folder.iterdir()
            assert guard.stat().st_mode & 0o777 == 0o666
    finally:
        os.umask(before)


def test_builds_that_cannot_be_kept_apart_are_told_of(
    tmp_path: Path, temporary_folder: Path
) -> None:
    """What stands in the way is named, with what to do."""
    with only_one_build(tmp_path / "deck.lock", fail):
        (guard,) = temporary_folder.iterdir()
    guard.unlink(missing_ok=True)
    guard.mkdir()
    with pytest.raises(DeckError) as failed, only_one_build(tmp_path / "deck.lock", fail):
        fail()
    assert str(failed.value).startswith(f"{guard}: cannot keep other builds out: ")
    assert str(failed.value).endswith("; remove it, or set TMPDIR elsewhere")


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
    assert (run.code, run.out, run.err) == (0, "1 note, no problems\n", "")


def refusals(tmp_path: Path) -> dict[str, tuple[Path, str]]:
    """Return paths below `tmp_path / "deck"` that must not be read, and why; made on disk."""
    deck, outside = tmp_path / "deck", tmp_path / "private"
    deck.mkdir()
    outside.mkdir()
    (outside / "diary.md").write_text("private")
    (deck / "link.md").symlink_to(outside / "diary.md")
    (deck / "folder").symlink_to(outside)
    (deck / "loop.md").symlink_to("loop.md")
    (deck / "zero.md").symlink_to("/dev/zero")
    os.mkfifo(deck / "pipe.md")
    (deck / "large.md").write_bytes(b"x" * 2_000_001)
    out = "it leads out of the project: copy the file into it"
    return {
        "a link out of it": (deck / "link.md", out),
        "a folder out of it": (deck / "folder/diary.md", out),
        "two dots": (deck / "../private/diary.md", out),
        "an absolute path": (deck / outside / "diary.md", out),
        "a device": (deck / "zero.md", out),
        "a link to itself": (deck / "loop.md", os.strerror(errno.ELOOP)),
        "a pipe": (deck / "pipe.md", "it is a named pipe, not a file"),
        "a NUL": (deck / "a\0.md", "it leads out of the project: copy the file into it"),
        "a folder": (deck, os.strerror(errno.EISDIR)),
        "a name too long": (deck / ("a" * 300), os.strerror(errno.ENAMETOOLONG)),
        "too many bytes": (deck / "large.md", "it has more than 2 MB"),
        "nothing": (deck / "none.md", os.strerror(errno.ENOENT)),
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither pipes in folders nor these errors")
def test_only_files_that_lie_inside_are_read(tmp_path: Path) -> None:
    """A stranger's folder cannot have anything read that lies elsewhere, or has no end."""
    for path, why in refusals(tmp_path).values():
        with pytest.raises(OSError, match=re.escape(why)):
            read_regular(path, tmp_path / "deck", limit=2_000_000)
    inside = tmp_path / "deck/notes.md"
    inside.write_text("notes")
    (tmp_path / "deck/same.md").symlink_to("notes.md")
    assert read_regular(tmp_path / "deck/same.md", tmp_path / "deck") == b"notes"


def test_a_device_is_not_read_wherever_it_lies() -> None:
    """What has no end is not read, even where the author names it."""
    with pytest.raises(UnsafeFileError, match="it is a device, not a file"):
        read_regular(Path(os.devnull))


def test_a_folder_that_leads_out_is_not_listed(tmp_path: Path) -> None:
    """What lies elsewhere is not even listed; a folder that is not there holds nothing."""
    (tmp_path / "deck").mkdir()
    (tmp_path / "deck/dist").symlink_to(tmp_path)
    with pytest.raises(UnsafeFileError, match="it leads out of the project: put a folder"):
        list_folder(tmp_path / "deck/dist", tmp_path / "deck")
    assert list_folder(tmp_path / "deck/none", tmp_path / "deck") == []


def test_nothing_is_written_through_a_folder_that_leads_out(tmp_path: Path) -> None:
    """A stranger's folder cannot have anything written elsewhere, and nothing else is written."""
    deck, outside = tmp_path / "deck", tmp_path / "private"
    deck.mkdir()
    outside.mkdir()
    (deck / "media").symlink_to(outside)
    with pytest.raises(DeckError) as caught:
        write_whole({deck / "deck.lock": b"", deck / "media/diagrams/a.png": b""}, [deck])
    assert str(caught.value) == (
        f"{deck}/media/diagrams/a.png: cannot be written: its folder leads out of the project: put "
        "a folder in its place"
    )
    assert names_in(deck) == {"media"}
    assert names_in(outside) == set()


def test_a_link_is_replaced_and_what_it_leads_to_is_kept(tmp_path: Path) -> None:
    """What a target that is a link leads to is neither changed nor read."""
    (tmp_path / "mine").write_bytes(b"same")
    target = tmp_path / "deck.apkg"
    target.symlink_to(tmp_path / "mine")
    write_whole({target: b"same"}, [tmp_path])
    assert not target.is_symlink()
    assert (target.read_bytes(), (tmp_path / "mine").read_bytes()) == (b"same", b"same")
