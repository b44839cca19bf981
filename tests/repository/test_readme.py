"""What README says is so."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest

from deckpress.lock.lock_file import read_lock
from deckpress.notes.builder import parse_notes
from deckpress.project.opening import open_project
from tests.support.commands import Command
from tests.support.projects import DECK_TOML, ROOT, copy_project

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return README's fenced blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.M | re.S)


def commands(block: str) -> list[str]:
    """Return a block's commands, without the remarks."""
    return [line.partition("#")[0].strip() for line in block.splitlines() if line.strip()]


BUILD_COMMANDS = commands(blocks("sh")[2])


def test_two_commands_do_all_the_setting_up() -> None:
    """The first builds the deck and the second runs the tests; .ci/run takes them from here."""
    build, test = (block.strip() for block in blocks("sh")[:2])
    assert build.endswith("build_deck.py")
    assert test.endswith("pytest")
    assert "README.md" in (ROOT / ".ci/run").read_text()


@pytest.mark.parametrize("command", BUILD_COMMANDS)
def test_every_command_runs(
    command: str, tmp_path: Path, deckpress: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command of the section on building does what it says, in a copy of this project."""
    copy_project(tmp_path)
    (tmp_path / "notes.md").write_text("1. One?\n\n   Yes.\n")
    monkeypatch.chdir(tmp_path)
    python, script, *arguments = shlex.split(command)
    assert (python, script) == ("python", "build_deck.py")
    run = deckpress(*arguments)
    assert (run.code, run.err) == (0, "")
    assert bool(list(tmp_path.rglob("*.apkg"))) is {"check", "trust"}.isdisjoint(arguments)


def test_the_command_for_pages_to_share_runs(
    tmp_path: Path, deckpress: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The preview is written as files by the command as it stands."""
    copy_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    live, export = (shlex.split(command)[2:] for command in commands(blocks("sh")[3]))
    assert live == ["preview"]
    run = deckpress(*export)
    assert (run.code, run.err) == (0, "")
    assert (tmp_path / "pages/index.html").is_file()


def test_the_commands_for_the_lock_run(
    tmp_path: Path, deckpress: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is checked, and a lost one is made again with the notes of the release."""
    copy_project(tmp_path)
    if (ROOT / "dist").is_dir():
        shutil.copytree(ROOT / "dist", tmp_path / "dist")
    monkeypatch.chdir(tmp_path)
    check, rebuild = (shlex.split(command)[2:] for command in commands(blocks("sh")[4]))
    assert deckpress().code == 0
    assert deckpress(*check).code == 0
    path = tmp_path / "source/deck.lock"
    before = read_lock(path, "nlp-interview", 0)
    path.unlink()
    assert deckpress().code == 1
    assert deckpress(*rebuild).code == 0
    after = read_lock(path, "nlp-interview", 0)
    assert after.releases == before.releases
    assert {(note.guid, note.id) for note in after.notes} >= {
        (note.guid, note.id) for note in before.notes if note.released
    }


def test_the_command_for_a_takeover_runs(
    tmp_path: Path, deckpress: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deck takes the GUIDs of another over by the command as it stands."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.md").write_text("1. One?\n\n   Yes.\n")
    deckpress("other.md", "--output", "old.apkg")
    (tmp_path / "source").mkdir()
    (tmp_path / "source/deck.toml").write_text(blocks("toml")[0])
    (tmp_path / "source/notes.md").write_text("1. One?\n\n   Yes.\n")
    (adopt,) = commands(blocks("sh")[5])
    assert "adopted: 1 of 1 notes" in deckpress(*shlex.split(adopt)[2:]).out


def test_the_commands_for_a_release_run(
    tmp_path: Path, deckpress: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project's changes are shown, a release is tried, and packages are rehearsed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "source").mkdir()
    (tmp_path / "source/deck.toml").write_text(DECK_TOML)
    (tmp_path / "source/notes.md").write_text("1. One?\n\n   Yes.\n")
    assert deckpress("release", "1.0.0", "--quiet").code == 0
    (tmp_path / "source/notes.md").write_text("1. One?\n\n   No.\n")
    ends = []
    for command in commands(blocks("sh")[6]):
        run = deckpress(*shlex.split(command)[2:])
        assert (run.code, run.err) == (0, "")
        ends.append(run.out.splitlines()[-1])
    assert ends[0] == "      [-Yes-]{+No+}."
    assert ends[1].endswith("would be written")
    assert ends[2] == "no learner loses anything"


def test_the_example_gives_the_notes_it_promises() -> None:
    """The example of the section on writing is read as three notes without a problem."""
    notes, diagnostics, *_ = parse_notes(blocks("markdown")[0], "example.md")
    assert diagnostics == []
    assert [note.kind.value for note in notes] == ["basic", "cloze", "reversed"]
    assert notes[0].id == "conv-output"
    assert notes[0].hint
    assert notes[0].extra
    assert notes[0].footnotes


def test_the_example_of_a_project_file_is_one(tmp_path: Path) -> None:
    """The example of deck.toml is accepted as it stands, with all the keys there are."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source/deck.toml").write_text(blocks("toml")[0])
    (tmp_path / "source/notes.md").write_text("1. One?\n\n   Yes.\n")
    project, diagnostics = open_project(tmp_path)
    assert diagnostics == []
    macros = {name: macro.body for name, macro in project.macros.items()}
    assert macros == tomllib.loads(blocks("toml")[0])["formulas"]["macros"]
    assert (project.deck.id, project.deck.subdecks) == ("my-deck", "files")


def test_the_pictures_are_there() -> None:
    """README shows what it links to."""
    for name in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        if "/" in name:
            assert (ROOT / name).is_file()
