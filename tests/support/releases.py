"""Releases of the project in the current folder."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from deckpress.cli import main
from tests.support.commands import without_counts
from tests.support.projects import snapshot


def release(*arguments: str) -> Result:
    """Run the command in the current folder."""
    return CliRunner().invoke(main, ["release", *arguments])


def refusal(*arguments: str) -> str:
    """Return what a release is refused for; nothing is written."""
    before = snapshot(Path())
    done = release(*arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert snapshot(Path()) == before
    return without_counts(done.stderr)


def edit(old: str, new: str, file: str = "source/notes.md") -> None:
    """Replace a text in one of the project's files."""
    path = Path(file)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
