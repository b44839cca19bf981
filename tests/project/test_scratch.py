"""Temporary files are gone when their process is done, and after the next run if it was killed."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from deckpress.filesystem import sweep, temporary_folder
from tests.support.projects import ROOT

WORK = """\
import sys
from pathlib import Path
from deckpress.filesystem import temporary_folder
with temporary_folder() as folder:
    (folder / "deep/er").mkdir(parents=True)
    (folder / "deep/er/file").write_text("x")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of the test's own, here and in the processes it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def start() -> tuple[subprocess.Popen[str], Path]:
    """Start a process that has a temporary folder, and return both."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORK],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_a_temporary_folder_is_private_and_goes(folder: Path) -> None:
    """Nobody else may look into it, and nothing is left of it, in it or beside it."""
    with temporary_folder() as made:
        assert made.parent == folder
        if os.name != "nt":
            assert stat.S_IMODE(made.stat().st_mode) == 0o700
        (made / "file").touch()
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_only_what_the_dead_left_is_removed(folder: Path) -> None:
    """A process that was killed is tidied up after; one that lives keeps its folder."""
    killed, left = start()
    living, kept = start()
    killed.kill()
    killed.communicate()
    assert left.exists()
    sweep(folder)
    assert not left.exists()
    assert {path.name for path in folder.iterdir()} == {kept.name, f"{kept.name}.guard"}
    assert (kept / "deep/er/file").exists()
    living.communicate()
    assert list(folder.iterdir()) == []


def test_a_guard_without_files_goes_as_well(folder: Path) -> None:
    """Also of a process that was killed when it had only just begun, or had nearly done."""
    (folder / f".deckpress-{'0' * 16}.guard").touch()
    with temporary_folder() as made:
        assert {path.name for path in folder.iterdir()} == {made.name, f"{made.name}.guard"}
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows makes links only for some")
def test_a_sweep_follows_no_link(folder: Path) -> None:
    """What a link leads to stays, and so does what lies where a guard would be."""
    (folder / "mine").mkdir()
    (folder / "mine/file").touch()
    (folder / f".deckpress-{'1' * 16}").symlink_to("mine")
    (folder / f".deckpress-{'2' * 16}").mkdir()
    (folder / f".deckpress-{'2' * 16}.guard").symlink_to("mine/file")
    sweep(folder)
    names = {"mine", f".deckpress-{'2' * 16}", f".deckpress-{'2' * 16}.guard"}
    assert {path.name for path in folder.iterdir()} == names
    assert (folder / "mine/file").exists()
