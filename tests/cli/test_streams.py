"""What a command does does not depend on whether its words can be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.projects import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")

FULL = "standard output: cannot be written: no space left on device\n"
BUILT = ["deck.lock", "deck.toml", "notes.md"]

WAYS = {
    "full": (">/dev/full", FULL),
    "both full": (">/dev/full 2>/dev/full", ""),
    "closed": (">&-", ""),
    "all closed": ("<&- >&- 2>&-", ""),
    "nobody reads": ("| true", ""),
    "nobody reads errors": ("2>&1 >/dev/null | true", ""),
}


def shell(command: str) -> subprocess.CompletedProcess[str]:
    """Run deckpress in a shell; the exit code is its own, also before a pipe."""
    line = f"set -o pipefail; {sys.executable} {ROOT / 'build_deck.py'} {command}"
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("way", WAYS)
def test_a_build_does_not_depend_on_its_words(way: str, project: Path) -> None:
    """Lock and package are written, the exit code says so, and there is no traceback."""
    redirection, stderr = WAYS[way]
    done = shell(f"build {redirection}")
    assert (done.returncode, done.stderr) == (0, stderr)
    assert sorted(os.listdir("source")) == BUILT  # noqa: PTH208
    assert os.listdir("dist") == ["demo-1.0.0.apkg"]  # noqa: PTH208


@pytest.mark.parametrize("way", WAYS)
def test_an_error_is_one_whether_it_is_read_or_not(way: str, project: Path) -> None:
    """Nothing is written, and the exit code says so."""
    (project / "source/notes.md").write_text("1. One $\\rfloo$?\n\n   Yes.\n")
    done = shell(f"check {WAYS[way][0]}")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not (project / "dist").exists()


def test_no_file_is_in_the_place_of_a_closed_stream(project: Path) -> None:
    """What a library writes to standard error by itself gets into no file of ours."""
    (project / "source/notes.md").write_text("1. One $x$?\n\n   Yes.\n")
    code = (
        "import os, sys\n"
        "from deckpress import filesystem\n"
        "from deckpress.__main__ import run\n"
        "holds = filesystem.holds\n"
        "filesystem.holds = lambda *a: (os.write(1, b'x'), os.write(2, b'x'), holds(*a))[2]\n"
        "run()\n"
    )
    (project.parent / "code.py").write_text(code)
    line = f"PYTHONPATH={ROOT} {sys.executable} ../code.py >&- 2>&- <&-"
    assert subprocess.run(["bash", "-c", line], check=False).returncode == 0
    whole = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert shell("build --quiet").returncode == 0
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == whole


LOST = [(">/dev/full", 1, FULL), ("| true", 0, ""), (">&-", 0, "")]


@pytest.mark.parametrize(("redirection", "code", "stderr"), LOST)
def test_a_check_that_is_lost_is_none(
    redirection: str, code: int, stderr: str, project: Path
) -> None:
    """Nobody takes a deck for checked of which a full disk has the result."""
    done = shell(f"check {redirection}")
    assert (done.returncode, done.stderr) == (code, stderr)


@pytest.mark.parametrize(("redirection", "code", "stderr"), LOST)
def test_a_diff_that_is_lost_is_none(
    redirection: str, code: int, stderr: str, project: Path
) -> None:
    """Where the words are the work, a full disk is an error; who wants no more has had enough."""
    assert shell("build").returncode == 0
    done = shell(f"diff dist/demo-1.0.0.apkg dist/demo-1.0.0.apkg {redirection}")
    assert (done.returncode, done.stderr) == (code, stderr)
