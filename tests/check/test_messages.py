"""Wrong input is told of with its place and its remedy, by exit code 1, and nothing is written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cases import Check, read_cases
from tests.support.commands import run, without_account, without_counts
from tests.support.projects import PIXEL, snapshot, write

NOTE = "1. One?\n\n   Yes.\n"
ERRORS = read_cases("messages/errors")
WARNINGS = read_cases("messages/warnings")


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("command", ["build", "check"])
def test_wrong_input_is_told_and_nothing_is_written(
    name: str, command: str, project: Path, check_case: Check
) -> None:
    """Both commands tell all problems, sorted, with exit code 1; nothing is written."""
    case = ERRORS[name]
    write(project, case.files)
    before = snapshot(project)
    result = run(command)
    check_case(case, without_counts(result.stderr))
    assert result.stdout == ""
    assert result.exit_code == 1
    assert snapshot(project) == before


def test_a_missing_file_is_told(project: Path) -> None:
    """A mistyped name brings up the file that was meant."""
    result = run("source/note.md")
    assert (result.exit_code, result.stdout) == (1, "")
    assert (
        without_counts(result.stderr) == 'source/note.md: no such file, did you mean "notes.md"?\n'
    )


def test_a_folder_without_a_project_is_told(tmp_path: Path) -> None:
    """Run in the wrong folder, the command says what it looked for and what to do."""
    result = run("--project", str(tmp_path))
    assert without_counts(result.stderr) == (
        f"{tmp_path}/source/deck.toml: no such file: "
        "name a Markdown file to build, or a project by --project DIR; init FOLDER makes one\n"
    )
    assert result.exit_code == 1


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    """A folder without Markdown is no deck, and neither is one with nothing but a README."""
    (tmp_path / "README.md").write_text(NOTE)
    result = run(str(tmp_path))
    assert without_counts(result.stderr) == (
        f"{tmp_path}: no Markdown files here (a README, or a name that begins with "
        '"_" or ".", is not read as notes): add one, such as notes.md\n'
    )
    assert result.exit_code == 1


def test_a_link_out_of_the_project_is_told(project: Path, tmp_path: Path) -> None:
    """A symbolic link does not carry a file from elsewhere into a package."""
    (tmp_path / "secret.png").write_bytes(PIXEL)
    (project / "source/dot.png").symlink_to(tmp_path / "secret.png")
    write(project, {"source/notes.md": "1. One?\n\n   ![](dot.png)\n"})
    result = run()
    assert without_counts(result.stderr) == (
        "source/notes.md:3:4: dot.png is outside the project: copy it into the project\n"
    )
    assert result.exit_code == 1


def test_a_file_of_100_mb_is_told(project: Path) -> None:
    """What AnkiWeb would not take is not packed."""
    with (project / "source/long.mp3").open("wb") as file:
        file.truncate(100_000_000)
    write(project, {"source/notes.md": "1. One?\n\n   ![](long.mp3)\n"})
    result = run()
    assert without_counts(result.stderr) == (
        "source/notes.md:3:4: long.mp3 has 100 MB and AnkiWeb takes less than 100: "
        "make it smaller\n"
    )
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda path: path.mkdir(parents=True), "cannot be written: it is a folder"),
        (lambda path: path.parent.write_text("a file"), "cannot be written: file exists"),
    ],
)
def test_an_output_that_cannot_be_written_is_told(
    prepare: Callable[[Path], object], message: str, project: Path
) -> None:
    """Neither the package nor the lock is written if one of them cannot be."""
    prepare(project / "out/demo.apkg")
    result = run("--output", "out/demo.apkg")
    assert without_counts(result.stderr) == f"out/demo.apkg: {message}\n"
    assert result.exit_code == 1
    assert not (project / "source/deck.lock").exists()
    assert not list(project.rglob(".demo*"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_told(project: Path) -> None:
    """A folder that may not be written to is named, with the system's own reason."""
    (project / "out").mkdir(mode=0o500)
    result = run("--output", "out")
    assert "cannot be written: permission denied" in result.stderr
    assert not (project / "source/deck.lock").exists()


@pytest.mark.parametrize("name", WARNINGS)
def test_doubtful_input_is_told_and_built(name: str, project: Path, check_case: Check) -> None:
    """What may be a mistake is told of with its remedy; the rest of the deck is built."""
    case = WARNINGS[name]
    write(project, case.files)
    result = run("--quiet")
    check_case(case, without_counts(result.stderr))
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_note_is_not_retired_without_a_word(project: Path) -> None:
    """A question that is gone is named, before and when its note is retired, with the way back."""
    run("--quiet")
    write(project, {"source/notes.md": "1. Something else?\n\n   No.\n"})
    changes = (
        'retired: "One?" (if it was rewritten, write <!-- id=62b2f173 --> in its new wording)\n'
        "Learners find retired notes in Anki's browser, to delete them, by\n"
        '  ("ID:62b2f173") "note:demo\\: *"\n'
    )
    assert without_account(run("check").stdout) == "1 note, no problems\n" + changes
    assert run("--strict").stdout.endswith(changes)
    assert "retired" not in run().stdout
    write(project, {"source/notes.md": "1. Something else? <!-- id=62b2f173 -->\n\n   No.\n"})
    result = run()
    assert "(0 new, 1 changed, 0 unchanged)" in result.stdout
    assert 'back: "Something else?", retired, is the note it was\n' in result.stdout


def test_a_name_that_is_not_utf_8_is_told(project: Path) -> None:
    """A file that an old archive unpacked under a garbled name is told of, not tripped over."""
    (project / "source/notes.md").rename(project / "source" / os.fsdecode(b"\xb2\xe2.md"))
    result = run("check")
    assert without_counts(result.stderr).endswith(": its name is not UTF-8: rename the file\n")
    assert result.exit_code == 1


def test_a_lone_file_of_a_project_is_another_deck(project: Path) -> None:
    """Whoever builds one file of a project learns that its notes are not the project's."""
    result = run("source/notes.md", "--output", "out")
    assert without_counts(result.stderr) == (
        "source/notes.md: warning: built by itself its notes are other notes than in the "
        "project's deck\n"
    )


def test_warnings_stop_a_build_only_if_asked(project: Path) -> None:
    """An unanswered question is left out; `--strict` makes it an error."""
    write(project, {"source/notes.md": NOTE + "\n2. Two?\n"})
    warned = "source/notes.md:5: warning: question has no answer: it is left out of the deck\n"
    strict = run("--strict")
    assert strict.stderr == (
        f"{warned}1 warning: warnings count as errors because of --strict, nothing written\n"
    )
    assert strict.exit_code == 1
    assert not (project / "dist").exists()
    relaxed = run()
    assert (without_counts(relaxed.stderr), relaxed.exit_code) == (warned, 0)
    assert relaxed.stdout.startswith(
        "1 note (1 new, 0 changed, 0 unchanged), 1 card, 0 media files"
    )
