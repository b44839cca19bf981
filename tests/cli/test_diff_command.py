"""`diff` compares packages, releases and the notes as they are now, and changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import genanki
import pytest
from click.testing import CliRunner, Result

from deckpress.cli import main
from tests.support.commands import Command, without_counts
from tests.support.projects import PIXEL, ROOT


def run(*arguments: str | Path) -> Result:
    """Run `diff` in this process."""
    return CliRunner().invoke(main, ["diff", *map(str, arguments)])


@pytest.fixture
def released(project: Path) -> Path:
    """A project with a released package, and another wording of its note since."""
    (project / "source/dot.png").write_bytes(PIXEL)
    assert CliRunner().invoke(main, ["--quiet"]).exit_code == 0
    (project / "source/notes.md").write_text(
        "1. One?\n\n   Yes, and $x^2$.\n\n2. Two?\n\n   ![](dot.png)\n"
    )
    return project


def files_of(folder: Path) -> dict[Path, bytes]:
    """Return what all files below a folder hold."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_notes_of_now_are_compared_with_the_release(released: Path) -> None:
    """Without a word about what, it tells what the next release will bring; and writes nothing."""
    before = files_of(released)
    done = run()
    assert done.exit_code == 0
    assert done.output.splitlines()[:2] == [
        "demo-1.0.0.apkg → demo, working",
        "1 added, 1 with another answer, 0 unchanged",
    ]
    assert r"Yes{+, and \(x^2\)+}." in done.output
    assert "\x1b" not in done.output
    assert files_of(released) == before


def test_packages_and_words_can_be_mixed(released: Path) -> None:
    """Each side is a path, the release or the notes of now; a project's place can be told."""
    package = "dist/demo-1.0.0.apkg"
    assert run(package, "released").output.endswith("\nno differences\n")
    assert "\n1 with another answer, 1 retired" in run("working", package).output
    done = run("--project", released, "released", "working", "--format", "json")
    assert len(json.loads(done.output)["added"]) == 1


def test_a_file_with_the_name_of_a_word_is_written_with_its_folder(released: Path) -> None:
    """`released` means the release, even where a file is called so."""
    shutil.copy("dist/demo-1.0.0.apkg", "released")
    assert run("./released", "released").output.endswith("\nno differences\n")


def test_the_newest_release_counts(released: Path) -> None:
    """Version 1.10.0 is newer than 1.9.0."""
    for version in ("1.9.0", "1.10.0"):
        config = released / "source/deck.toml"
        config.write_text(config.read_text().replace('"1.0.0"', f'"{version}"'))
        shutil.copy("dist/demo-1.0.0.apkg", f"dist/demo-{version}.apkg")
    assert CliRunner().invoke(main, ["--quiet", "--output", "dist/demo-1.10.0.apkg"]).exit_code == 0
    assert run().output == "demo-1.10.0.apkg → demo, working\nno differences\n"


@pytest.mark.parametrize("form", ["text", "markdown", "json", "html"])
def test_every_format_can_go_to_a_file(form: str, released: Path) -> None:
    """What would be on the terminal is in the file, whole, and may be written again."""
    shown = run("--format", form)
    for _ in range(2):
        done = run("--format", form, "--output", "out/diff.txt")
        assert (done.exit_code, done.output) == (0, "out/diff.txt\n")
    assert (released / "out/diff.txt").read_text(encoding="utf-8") == shown.output


@pytest.mark.parametrize("name", ["source/notes.md", "source/deck.lock", "dist/demo-1.0.0.apkg"])
def test_what_is_no_diff_is_not_written_over(name: str, released: Path) -> None:
    """A mistyped name costs neither notes nor lock nor package."""
    before = (released / name).read_bytes()
    done = run("--output", name)
    assert (done.exit_code, done.stdout) == (1, "")
    assert without_counts(done.stderr) == (
        f"{name}: is there already: name a file that ends in .html, .json or .txt, or a new one\n"
    )
    assert (released / name).read_bytes() == before


def test_notes_that_share_a_guid_are_told_of(released: Path) -> None:
    """One of two cannot be compared, and its author should know."""
    model = genanki.Model(1, "M", [{"name": "Q"}], [{"name": "C", "qfmt": "{{Q}}", "afmt": "A"}])
    deck = genanki.Deck(2, "Shared")
    for text in ("One?", "Two?", "Three?"):
        deck.add_note(genanki.Note(model, [text], guid="same"))
    genanki.Package(deck).write_to_file("shared.apkg", timestamp=1_700_000_000)
    done = run("shared.apkg", "shared.apkg")
    expected = (
        "shared.apkg: warning: 2 notes have the GUID of another one, and only one of them is "
        "compared: see verify\n"
    )
    assert without_counts(done.stderr) == expected


def test_the_page_shows_formulas(released: Path) -> None:
    """The page needs no network: MathJax has set its formulas."""
    page = run("--format", "html").output
    assert '<span class="tex" role="img" aria-label="x^2"><svg' in page
    assert "<title>demo-1.0.0.apkg → demo, working</title>" in page


def on_a_terminal(**environment: str) -> str:
    """Return what a terminal gets."""
    import pty  # here because Windows has none

    reader, terminal = pty.openpty()
    command = [sys.executable, str(ROOT / "build_deck.py"), "diff"]
    plain = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    subprocess.run(command, stdout=terminal, check=True, env={**plain, **environment})
    os.close(terminal)
    shown = os.read(reader, 100_000).decode()
    os.close(reader)
    return shown


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudoterminal")
def test_a_terminal_has_colours_unless_they_are_unwanted(released: Path) -> None:
    """NO_COLOR is heeded (no-color.org), and files and pipes have no colours anyway."""
    assert "\x1b[32m{+" in on_a_terminal()
    assert "\x1b" not in on_a_terminal(NO_COLOR="1")


def refusal(*arguments: str) -> str:
    """Return what is said of arguments that cannot be compared."""
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    return without_counts(done.stderr)


def test_what_cannot_be_compared_is_told(project: Path) -> None:
    """No release yet, no such package, no package at all: each in a sentence, with exit code 1."""
    message = "dist: has no package of demo yet: build it, or name a package\n"
    assert refusal() == message
    assert refusal("no.apkg", "working") == "no.apkg: no such file\n"
    Path("notes.apkg").write_text("not a package")
    message = "notes.apkg: not an Anki package: export it from Anki as .apkg\n"
    assert refusal("notes.apkg", "working") == message
    assert refusal("notes.apkg", "no.apkg") == (
        f'no.apkg: no such file, did you mean "notes.apkg"?\n{message}'
    )


def test_notes_that_cannot_be_built_are_told(released: Path) -> None:
    """A mistake in the notes is told as a build tells it."""
    (released / "source/notes.md").write_text("1. One?\n\n   ![](nowhere.png)\n")
    assert refusal() == "source/notes.md:3:4: nowhere.png: no such file\n"


def test_an_unknown_format_is_told(released: Path) -> None:
    """A mistyped option is answered by the options there are."""
    done = run("--format", "pdf")
    assert done.exit_code == 2
    assert "'pdf' is not one of 'text', 'markdown', 'json', 'html'" in done.stderr


def test_help_tells_of_the_exit_code(deckpress: Command) -> None:
    """Whoever writes a script learns that differences are no failure."""
    done = deckpress("diff", "--help")
    assert "The exit code is 0, whether or not there are differences." in " ".join(done.out.split())
