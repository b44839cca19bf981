"""What learners of this deck can rely on; add tests of what your notes claim."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def build_deck(*arguments: str | Path) -> None:
    """Run build_deck.py, which must find nothing wrong."""
    command = [sys.executable, str(ROOT / "build_deck.py"), *map(str, arguments)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of this project, so that tests leave its lock and its packages alone."""
    for folder in ("source", "media"):
        if (ROOT / folder).is_dir():
            shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def test_nothing_is_wrong_with_the_notes(project: Path) -> None:
    """There is no error and no warning."""
    build_deck("check", "--strict", "--project", project)


def test_anki_takes_the_deck(project: Path) -> None:
    """Real Anki imports the package, and has nothing to repair."""
    package = project / "deck.apkg"
    build_deck("build", "--project", project, "--output", package)
    build_deck("verify", package)
