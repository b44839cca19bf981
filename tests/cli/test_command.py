"""What a user of the command can rely on."""

from __future__ import annotations

import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from deckpress.cli import main
from tests.support.commands import Command, without_account
from tests.support.projects import PIXEL, ROOT

SUMMARY = re.compile(
    r"1 note \(1 new, 0 changed, 0 unchanged\), 1 card, 0 media files\n"
    r"dist/demo-1\.0\.0\.apkg  \d+\.\d kB  \d+\.\d\d s\n"
    r"source/deck\.lock  is new: keep it, it remembers which note is which\n"
    r"questions found: list items \(1 file\)\n"
)


MANY = (
    "".join(f"{index}. Question {index}?\n\n     {'Yes. ' * 150}\n\n" for index in range(1, 700))
    + "700. Open?\n"
)
"""So long a text that a build shows how far it is, and one warning."""


def test_without_arguments_it_builds_the_project(project: Path, deckpress: Command) -> None:
    """The package is named after the deck and its version, and one summary tells what was done."""
    run = deckpress()
    assert (run.code, run.err) == (0, "")
    assert SUMMARY.fullmatch(run.out)
    assert zipfile.is_zipfile(project / "dist/demo-1.0.0.apkg")
    assert (project / "source/deck.lock").exists()


def test_the_summary_counts_what_changed(project: Path, deckpress: Command) -> None:
    """A second build says which notes are new, changed, unchanged and retired."""
    notes = project / "source/notes.md"
    notes.write_text("1. One?\n\n   Yes.\n\n2. Two?\n\n   Yes.\n\n3. Three?\n\n   Yes.\n")
    deckpress()
    notes.write_text("1. One?\n\n   No.\n\n2. Two?\n\n   Yes.\n\n3. Four?\n\n   Yes.\n")
    first, _, third, *_ = without_account(deckpress().out).splitlines()
    assert first.startswith("3 notes (1 new, 1 changed, 1 unchanged), 3 cards")
    assert third.startswith('retired: "Three?"')


def test_check_writes_nothing(project: Path, deckpress: Command) -> None:
    """`check` tells that all is well and leaves no file behind."""
    before = sorted(project.rglob("*"))
    run = deckpress("check")
    assert (run.code, run.err) == (0, "")
    account = "source/notes.md: 1 note (list items, found), 2 words on cards, 0 left out\n"
    assert run.out == "1 note, no problems\n" + account
    assert sorted(project.rglob("*")) == before


def test_check_accounts_for_each_file(project: Path, deckpress: Command) -> None:
    """`check` ends with the words of each file; of many, those that lose most have a line."""
    for number in range(24):
        name, text = f"source/n{number:02}.md", f"1. Question {number}?\n\n   Yes.\n"
        (project / name).write_text(f"Above {'it ' * number}\n\n{text}" if number > 21 else text)
    lines = deckpress("check").out.splitlines()
    assert lines[1:] == [
        "source/n22.md: 1 note (list items, found), 3 words on cards, 23 left out "
        "(23 above the first question)",
        "source/n23.md: 1 note (list items, found), 3 words on cards, 24 left out "
        "(24 above the first question)",
        "23 other files: 23 notes, 68 words on cards, 0 left out",
    ]
    lines = deckpress("check", "--verbose").out.splitlines()
    assert len(lines) == 1 + 25 + 2
    assert lines[-2] == "  24 words above the first question: line 1"


def test_quiet_says_nothing(project: Path, deckpress: Command) -> None:
    """`--quiet` leaves out the summary, and nothing else."""
    (project / "source/notes.md").write_text("1. One?\n\n   Yes.\n2. Two?\n")
    run = deckpress("--quiet")
    assert (run.code, run.out) == (0, "")
    assert "question has no answer" in run.err
    assert deckpress("check", "--quiet").out == ""


@pytest.mark.parametrize(
    ("output", "package"), [("out", "out/demo-1.0.0.apkg"), ("a/b.apkg", "a/b.apkg")]
)
def test_output_is_a_folder_or_a_package(
    output: str, package: str, project: Path, deckpress: Command
) -> None:
    """`--output` takes a folder, made if it is not there, or a file that ends in .apkg."""
    assert deckpress("--output", output).code == 0
    assert (project / package).is_file()


def test_output_through_a_folder_that_is_not_there_makes_none(
    project: Path, deckpress: Command
) -> None:
    """A build into `new/../out` leaves no folder `new` behind; where `new` is a link, it counts."""
    run = deckpress("--output", "new/../out")
    assert (run.code, (project / "new").exists()) == (0, False)
    assert "\nout/demo-1.0.0.apkg " in run.out
    (project / "far/away").mkdir(parents=True)
    (project / "link").symlink_to("far/away")
    assert deckpress("--output", "link/../out").code == 0
    assert (project / "far/out/demo-1.0.0.apkg").is_file()


def test_a_project_can_be_built_from_elsewhere(
    project: Path, tmp_path: Path, deckpress: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--project` names the folder; messages name files as the user reaches them."""
    monkeypatch.chdir(tmp_path)
    (project / "source/notes.md").write_text("1. One?\n\n   Yes.\n2. Two?\n")
    run = deckpress("--project", "project")
    assert run.err.startswith("project/source/notes.md:4: warning: ")
    assert (project / "dist/demo-1.0.0.apkg").exists()


@pytest.mark.parametrize(
    ("name", "package", "lock"),
    [
        ("cells.md", "cells-bc16e18d-1.0.0.apkg", "cells.lock"),
        ("我的 笔记.md", "我的-笔记-5767a297-1.0.0.apkg", "我的 笔记.lock"),
    ],
)
def test_a_lone_file_is_a_deck(
    name: str, package: str, lock: str, tmp_path: Path, deckpress: Command
) -> None:
    """A Markdown file needs no project: its name gives id and name, and the lock lies beside it."""
    (tmp_path / name).write_text("1. One?\n\n   Yes. ![](dot.png)\n")
    (tmp_path / "dot.png").write_bytes(PIXEL)
    run = deckpress(tmp_path / name)
    assert (run.code, run.err) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {name, "dot.png", package, lock}


def test_a_folder_of_files_is_a_deck(tmp_path: Path, deckpress: Command) -> None:
    """A folder without deck.toml is read in name order, without its README and hidden files."""
    folder = tmp_path / "Interview"
    folder.mkdir()
    for name in ("b.md", "a.markdown", "README.md", ".hidden.md", "c.txt"):
        (folder / name).write_text(f"1. What is {name}?\n\n   A file.\n")
    assert deckpress(folder).out.startswith("2 notes (2 new")
    assert {path.suffix for path in folder.iterdir()} >= {".lock", ".apkg"}


def test_a_project_folder_is_a_project_also_as_source(project: Path, deckpress: Command) -> None:
    """Naming a project's folder, or its source/, builds the project with its deck.toml."""
    for name in (".", "source"):
        assert "demo-1.0.0.apkg" in deckpress(name).out


def test_output_is_plain_when_piped(project: Path, deckpress: Command) -> None:
    """Neither colours nor a progress bar reach a file."""
    (project / "source/notes.md").write_text(MANY)
    run = deckpress()
    assert run.code == 0
    assert "\x1b" not in run.out + run.err
    assert run.err.count("\n") == 2


def run_on_a_terminal(*arguments: str, **environment: str) -> str:
    """Return all that the command shows on a terminal, escape sequences and all."""
    outer, inner = pty.openpty()
    command = [sys.executable, str(ROOT / "build_deck.py"), *arguments]
    with subprocess.Popen(command, stdout=inner, stderr=inner, env=os.environ | environment):
        os.close(inner)
        shown = b""
        while True:
            try:
                shown += os.read(outer, 10_000)
            except OSError:  # how Linux tells that the other end is closed
                break
    os.close(outer)
    return shown.decode()


@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_terminal_shows_colours_and_progress(project: Path, no_color: str) -> None:
    """On a terminal warnings are coloured unless NO_COLOR is set, and a long build shows a bar."""
    (project / "source/notes.md").write_text(MANY)
    shown = run_on_a_terminal(NO_COLOR=no_color, TERM="xterm", XDG_CACHE_HOME=str(project))
    assert "reading" in shown
    assert ("\x1b[33m" in shown) is not bool(no_color)


def test_a_preview_of_a_large_deck_shows_how_far_it_is(project: Path) -> None:
    """Who waits for the first card sees that something is being done."""
    (project / "source/notes.md").write_text(MANY)
    exporting = ["preview", "--export", "pages", "--no-formula-check"]
    shown = run_on_a_terminal(*exporting, TERM="xterm", XDG_CACHE_HOME=str(project))
    assert "reading" in shown


def test_two_machines_build_the_same_bytes(
    project: Path, tmp_path: Path, deckpress: Command
) -> None:
    """Hash seed, time zone, umask, folder and date leave no trace: same input, same bytes."""
    (project / "source/notes.md").write_text(
        "1. One? ![](b.png) ![](a.png)\n\n   ```python\n   x = {1, 2}\n   ```\n\n2. A {{c1::gap}}\n"
    )
    (project / "source/a.png").write_bytes(PIXEL)
    (project / "source/b.png").write_bytes(PIXEL + b"b")
    deckpress(PYTHONHASHSEED="1", TZ="Asia/Shanghai")
    copy = tmp_path / "elsewhere"
    shutil.copytree(project, copy)
    shutil.rmtree(copy / "dist")
    before = os.umask(0o077)
    try:
        deckpress("--project", copy, PYTHONHASHSEED="2", TZ="America/New_York")
    finally:
        os.umask(before)
    for name in ("dist/demo-1.0.0.apkg", "source/deck.lock"):
        assert (copy / name).read_bytes() == (project / name).read_bytes()


def test_a_rebuild_leaves_the_files_alone(project: Path, deckpress: Command) -> None:
    """Building again without a change writes no file, so that git and make see none."""
    deckpress()
    names = ("dist/demo-1.0.0.apkg", "source/deck.lock")
    before = [(project / name).stat().st_mtime_ns for name in names]
    deckpress()
    assert [(project / name).stat().st_mtime_ns for name in names] == before


def test_line_ends_and_byte_order_marks_make_no_difference(
    project: Path, deckpress: Command
) -> None:
    """A file saved on Windows gives the same notes."""
    notes = project / "source/notes.md"
    front_matter, question = "---\ntags: a\n---\n", "1. One\n   and two?\n\n"
    text = front_matter + question + "   ```\n   x\n\n   y\n   ```\n\n   $$\n   x\n   $$\n"
    notes.write_text(text)
    deckpress()
    notes.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert deckpress().out.startswith("1 note (0 new, 0 changed, 1 unchanged)")


def test_two_pictures_of_one_name_do_not_clash(project: Path, deckpress: Command) -> None:
    """Each file arrives under a name of its own, however they are called."""
    for folder, data in (("a", PIXEL), ("b", PIXEL + b"b")):
        (project / "source" / folder).mkdir()
        (project / "source" / folder / "图 100%.png").write_bytes(data)
    (project / "source/notes.md").write_text(
        "1. One?\n\n   ![](<a/图 100%.png>) ![](b/图%20100%25.png)\n"
    )
    run = deckpress()
    assert run.err == ""
    with zipfile.ZipFile(project / "dist/demo-1.0.0.apkg") as package:
        names = re.findall(r"[\w-]+\.png", package.read("media").decode())
    assert len(set(names)) == 2
    assert all(re.fullmatch(r"100-[0-9a-f]{12}\.png", name) for name in names)


def test_help_tells_the_commands(deckpress: Command) -> None:
    """`--help` lists the commands, and each command its options."""
    assert {"build", "check"} <= set(deckpress("--help").out.split())
    assert "--output" in deckpress("build", "--help").out
    assert deckpress("--version").out.startswith("deckpress, version ")


def test_a_source_on_a_read_only_disk_can_be_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the lock cannot lie beside its source it lies, and is found, beside the package."""
    (tmp_path / "notes.md").write_text("1. One?\n\n   Yes.\n")
    monkeypatch.setattr("os.access", lambda _, mode: mode != os.W_OK)  # root may write
    arguments = [str(tmp_path / "notes.md"), "--output", str(tmp_path / "out")]
    assert "1 new" in CliRunner().invoke(main, arguments).stdout
    assert [path.suffix for path in (tmp_path / "out").iterdir()].count(".lock") == 1
    assert not (tmp_path / "notes.lock").exists()
    assert "1 unchanged" in CliRunner().invoke(main, arguments).stdout


MISTYPED = {
    "chekc": 'no such command or file "chekc", did you mean "check"?',
    "--project x release": "say the command first: release --project …",
    "check --adopt a.apkg --adopt b.apkg": "Invalid value for '--adopt': said twice: build once "
    "for each package",
    "init ''": "FOLDER is empty: name one, or say . for this one",
}


@pytest.mark.parametrize("command", MISTYPED)
def test_a_slip_in_the_command_is_told(command: str, project: Path) -> None:
    """Where a command was meant, it is not taken for a file; nothing is written."""
    done = CliRunner().invoke(main, shlex.split(command))
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1] == f"Error: {MISTYPED[command]}"
    assert sorted(path.name for path in project.iterdir()) == ["source"]
