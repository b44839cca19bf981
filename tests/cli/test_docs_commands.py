"""What the pages in docs/ tell people to run, runs: each block of commands, in a project in git.

A new page's commands are found by themselves. What must be there before a command goes into
`BEFORE`; README has tests of its own.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from deckpress.cli import main
from tests.support.previews import previewed
from tests.support.projects import DECK_TOML, ROOT

NOTES = "# Theme\n\n1. One?\n\n   Yes.\n\n2. Two? <!-- id=two -->\n\n   No.\n"

OURS = ("python build_deck.py", "deckpress")
NOT_RUN = ("pip install", ".venv/bin/pip install", "python build_deck.py push")
"""What would need the network, or a running Anki."""
LIVE = ("preview", "preview notes.md")
"""Commands that go on until somebody ends them."""


def lose_the_lock(project: Path) -> None:
    """Remove the lock, as by mistake."""
    (project / "source/deck.lock").unlink()


def add_another_tools_deck(project: Path) -> None:
    """Put a package with notes of another deck there."""
    (project / "other.md").write_text("1. One?\n\n   Yes.\n")
    run_ours("other.md --output old.apkg --quiet", project)
    (project / "other.md").unlink()


def change_a_note(project: Path) -> None:
    """Change a note, build the deck, and commit both."""
    notes = project / "source/notes.md"
    notes.write_text(notes.read_text().replace("Yes.", "Yes, one."))
    run_ours("--quiet", project)
    run_git("commit --quiet --all -m Second", project)


def add_two_packages(project: Path) -> None:
    """Put packages there under the names that stand for any."""
    for name in ("OLD.apkg", "NEW.apkg"):
        shutil.copy(project / "dist/my-deck-1.0.0.apkg", project / name)


def add_a_lone_file(project: Path) -> None:
    """Put a Markdown file beside the project's sources."""
    (project / "notes.md").write_text(NOTES)


BEFORE: Mapping[tuple[str, str], Callable[[Path], None]] = {
    ("diff.md", "python build_deck.py diff"): add_two_packages,
    ("preview.md", "python build_deck.py preview notes.md"): add_a_lone_file,
    ("releasing.md", "python build_deck.py diff"): change_a_note,
    ("releasing.md", "python build_deck.py verify OLD"): add_two_packages,
    ("updating.md", "git checkout"): lose_the_lock,
    ("updating.md", "python build_deck.py --rebuild-lock"): lose_the_lock,
    ("moving.md", "python build_deck.py check --adopt"): add_another_tools_deck,
    ("moving.md", "python build_deck.py --adopt"): add_another_tools_deck,
}
"""What comes before a command, by its page and its beginning."""


def blocks() -> list[tuple[str, str]]:
    """Return each block of commands in docs/, with its page's name."""
    return [
        (page.name, block)
        for page in sorted((ROOT / "docs").glob("*.md"))
        for block in re.findall(r"^ *```sh\n(.*?)^ *```$", page.read_text("utf-8"), re.M | re.S)
    ]


def run_git(command: str, project: Path) -> None:
    """Run git, as somebody."""
    by = "-c user.name=Author -c user.email=author@example.org"
    words = ["git", *shlex.split(by), *shlex.split(command)]
    subprocess.run(words, cwd=project, check=True, capture_output=True)


def run_ours(arguments: str, project: Path) -> str:
    """Run the command in a folder; return what it says, without a word of anything wrong."""
    before = Path.cwd()
    os.chdir(project)
    try:
        result = CliRunner().invoke(main, shlex.split(arguments))
    finally:
        os.chdir(before)
    assert (result.exit_code, result.stderr) == (0, ""), arguments
    return result.stdout


def look_at(arguments: str, project: Path) -> None:
    """Run a preview in a folder until it says where its page is."""
    _, *words = shlex.split(arguments)
    with previewed(*words, folder=project) as (_, line):
        assert line.startswith("preview of 2 cards: http://127.0.0.1:")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in git that was released."""
    project = tmp_path_factory.mktemp("released") / "project"
    (project / "source").mkdir(parents=True)
    (project / "source/deck.toml").write_text(DECK_TOML.replace('"demo"', '"my-deck"'))
    (project / "source/notes.md").write_text(NOTES)
    run_ours("release 1.0.0", project)
    for command in ("init --quiet", "add --all", "commit --quiet -m First"):
        run_git(command, project)
    return project


@pytest.mark.parametrize(("page", "block"), blocks(), ids=lambda text: text.split("#")[0].strip())
def test_the_commands_of_a_page_run(page: str, block: str, released: Path, tmp_path: Path) -> None:
    """Whoever types what a page shows, line by line, sees no error."""
    project = tmp_path / "project"
    shutil.copytree(released, project)
    for line in block.splitlines():
        command = line.partition("#")[0].strip()
        for (where, beginning), prepare in BEFORE.items():
            if page == where and command.startswith(beginning):
                prepare(project)
        ours = next((name for name in OURS if command.startswith(name)), None)
        if not command or command.startswith(NOT_RUN):
            continue
        if ours and command.removeprefix(ours).strip() in LIVE:
            look_at(command.removeprefix(ours), project)
        elif ours:
            run_ours(command.removeprefix(ours), project)
        else:
            assert command.startswith("git "), f"{page}: how is {command!r} run?"
            run_git(command.removeprefix("git "), project)
