"""Whoever begins a deck with `init` has a project that builds, checks and tests at once."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from deckpress.cli import main
from deckpress.formulas import skip_formula_check
from deckpress.lock.store import BuildOptions
from deckpress.notes import Kind
from deckpress.pipeline.prepare import prepare
from deckpress.project import Deck
from deckpress.project.opening import open_project
from deckpress.scaffold import create_project
from tests.support.commands import Command, Run, without_counts
from tests.support.observed_builds import draw_nothing

FILES = """\
.ci/check.py
.gitattributes
.github/workflows/check.yml
.github/workflows/pages.yml
.github/workflows/release.yml
.gitignore
CHANGELOG.md
README.md
build_deck.py
requirements.txt
source/01-memory.md
source/deck.toml
tests/test_deck.py
"""


def init(*arguments: str | Path) -> Run:
    """Run `init` in this process."""
    done = CliRunner().invoke(main, ["init", *map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Run(done.exit_code, done.stdout, without_counts(done.stderr))


def files_in(folder: Path) -> str:
    """Return the files of a folder, a line each."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(f"{path.relative_to(folder).as_posix()}\n" for path in paths)


@pytest.fixture(autouse=True)
def current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in an empty folder."""
    monkeypatch.chdir(tmp_path)


def test_it_says_what_was_made_and_what_comes_next(tmp_path: Path) -> None:
    """A new folder holds a whole project; each file is named, and then the next commands."""
    run = init("my-deck")
    assert files_in(tmp_path / "my-deck") == FILES
    made = "".join(f"my-deck/{name}\n" for name in FILES.splitlines())
    assert (run.code, run.err) == (0, "")
    assert run.out == (
        f'{made}13 files made; the language is "en"\n'
        "README.md there tells the rest. To check the deck and to build it:\n"
        "  cd my-deck\n"
        "  python build_deck.py check --strict\n"
        "  python build_deck.py\n"
    )


@pytest.mark.parametrize("folder", ["a/b/c", "."])
def test_a_folder_may_be_new_or_there(folder: str, tmp_path: Path) -> None:
    """A folder in folders that are not there is made; one that is empty is taken as it is."""
    assert init(folder).code == 0
    assert files_in(tmp_path / folder) == FILES


def test_a_folder_may_hold_what_is_not_in_the_way(tmp_path: Path) -> None:
    """A repository that git has just made, a licence and an environment stay as they are."""
    files = {".git/HEAD": "ref", ".venv/pyvenv.cfg": "home", "LICENSE": "MIT"}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "source").mkdir()
    assert init(".").code == 0
    assert {name: (tmp_path / name).read_text() for name in files} == files
    assert len(files_in(tmp_path).splitlines()) == 16


@pytest.mark.parametrize(
    ("folder", "deck_id", "name", "language"),
    [
        ("my-deck", "my-deck", "my-deck", "en"),
        ("C++", "C-9c45119a", "C++", "en"),
        ("My  Deck!", "My-Deck-2e5c7363", "My Deck!", "en"),
        ("记忆 牌组", "记忆-牌组-a19bff25", "记忆 牌组", "zh-CN"),
        ("かな", "かな", "かな", "ja"),
        ("a::b", "a-b-e9ec4f09", "a b", "en"),
        ('"a\\b"', "a-b-7ab151e8", '"a\\b"', "en"),
        ("line\nbreak\x7f", "line-break-45e3cedf", "line break", "en"),
        ("🎴", "deck-fdca99dd", "🎴", "en"),
        ("default", "default", "default deck", "en"),
        ("backup", "deck-backup-ca46efd5", "backup", "en"),
        ("x" * 200, "x" * 51 + "-4acbb490", "x" * 200, "en"),
    ],
)
def test_the_folder_gives_the_deck_its_name(
    folder: str, deck_id: str, name: str, language: str, tmp_path: Path
) -> None:
    """Any name gives an id and a deck's name that are valid, and a language; CJK stays CJK."""
    assert create_project(tmp_path / folder).language == language
    project, diagnostics = open_project(tmp_path / folder)
    assert diagnostics == []
    assert (project.deck.id, project.deck.name, project.deck.language) == (deck_id, name, language)


def test_no_two_projects_share_notes(tmp_path: Path) -> None:
    """Sample notes are the same in each project, and other notes to Anki, whatever its name."""
    guids: list[str] = []
    names = (
        "C",
        "C++",
        "C#",
        "a b",
        "a-b",
        "🎴",
        "🎈",
        "backup",
        "deck-backup",
        "x" * 99,
        "x" * 98,
    )
    for name in names:
        create_project(tmp_path / name, "en")
        opened = open_project(tmp_path / name)
        prepared = prepare(*opened, 1_800_000_000, typeset=skip_formula_check, draw=draw_nothing)
        guids += [note.guid for note in prepared.notes]
    assert len(set(guids)) == len(guids) > len(names)


@pytest.mark.parametrize(
    ("language", "word"), [("zh-CN", "记忆"), ("zh", "记忆"), ("en-GB", "Memory"), ("de", "Memory")]
)
def test_the_language_may_be_said(language: str, word: str, tmp_path: Path) -> None:
    """`--language` counts more than the folder's name; Chinese has sample notes of its own."""
    run = init("记忆", "--language", language)
    assert f'the language is "{language}"\n' in run.out
    deck = tomllib.loads((tmp_path / "记忆/source/deck.toml").read_text())["deck"]
    assert deck["language"] == language
    assert (tmp_path / "记忆/source/01-memory.md").read_text().startswith(f"# {word}\n")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_nothing_is_wrong_with_a_new_deck(language: str, tmp_path: Path) -> None:
    """A new project has no error, no warning and no hint, and a note of each kind of text."""
    create_project(tmp_path, language)
    project, diagnostics = open_project(tmp_path)
    prepared = prepare(project, diagnostics, 1_800_000_000, options=BuildOptions(tells_all=True))
    assert prepared.diagnostics == ()
    assert {rendered.note.kind for rendered in prepared.rendered} == {*Kind} - {Kind.OCCLUSION}
    assert all(rendered.note.id for rendered in prepared.rendered)
    for field in ("Hint", "Extra", "Source"):
        assert any(rendered.fields[field] for rendered in prepared.rendered)


def test_every_setting_is_explained(tmp_path: Path) -> None:
    """deck.toml shows each key there is, those that may be left out behind a `#`, with a remark."""
    known = {*Deck._fields, "css", "field"} - {"speech", "style"}
    for language in ("en", "zh"):
        create_project(tmp_path / language, language)
        text = (tmp_path / language / "source/deck.toml").read_text(encoding="utf-8")
        tables = re.sub(r"(?s)\[formulas.*?# \[release\]", "", text)
        assert {*re.findall(r"(?m)^(?:# )?([a-z]+) = ", tables)} == known
        (tmp_path / language / "source/deck.toml").write_text(
            re.sub(r"(?m)^# (?=[a-z]+ = |\[[a-z]+\]$)", "", text)
        )
        (tmp_path / language / "source/card.css").write_text(".card { --paper: #fff; }")
        assert open_project(tmp_path / language)[1] == []


def test_a_new_deck_builds_and_passes_its_own_tests(
    tmp_path: Path, deckpress: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Right after `init` the commands of its README build it, and test it in real Anki as well."""
    create_project(tmp_path)
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    _, test, build, _, _ = re.findall("^```sh\n(.*?)\n```$", readme, re.M | re.S)
    for command in build.splitlines():
        run = deckpress(*command.removeprefix("python build_deck.py").split())
        assert (run.code, run.err) == (0, "")
    tests = test.removeprefix(".venv/bin/python ").split()
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    before = files_in(tmp_path)
    done = subprocess.run(
        [sys.executable, *tests, "-p", "no:cacheprovider"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout.splitlines()[-1], done.stdout
    assert files_in(tmp_path) == before


REFUSED = "is in the way: move it elsewhere, or name another folder"


def test_what_is_in_the_way_is_told_all_at_once(tmp_path: Path) -> None:
    """Files and folders that the project would meet are all listed, and nothing is written."""
    for name in ("README.md", "source/old.md", "media/a.png", "tests/a.py", "dist/a.apkg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")
    (tmp_path / ".gitignore").symlink_to("nowhere")
    (tmp_path / "build_deck.py").mkdir()
    before = sorted(tmp_path.rglob("*"))
    run = init(".", "--language", "?")
    names = (".gitignore", "README.md", "build_deck.py", "dist", "media", "source", "tests")
    expected = [f"{name}: {REFUSED}" for name in names]
    language = '--language: "?" must be a BCP 47 tag, as in en or zh-CN'
    assert (run.code, run.out) == (1, "")
    assert run.err.splitlines() == [language, *expected]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("file", "file: is a file: name a folder"),
        ("/", "/: is all of a disk: name a folder"),
        ("not-\udcff-utf-8", "not-?-utf-8: its name is not UTF-8: name another folder"),
        ("file/deck", "file/deck/.ci/check.py: cannot be written: not a directory"),
    ],
)
def test_a_folder_that_cannot_be_is_refused(folder: str, message: str, tmp_path: Path) -> None:
    """Where there is a file no folder can be made, and deckpress reads no names but UTF-8."""
    (tmp_path / "file").write_text("mine")
    run = init(folder)
    assert (run.code, run.out, run.err) == (1, "", f"{message}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_project_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full in the middle leaves neither files behind nor folders on the way."""
    replace = Path.replace

    def fail_on_readme(path: Path, target: Path) -> Path:
        if target.name == "README.md":
            raise OSError(28, "No space left on device", str(target))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail_on_readme)
    run = init("a/b")
    message = "a/b/README.md: cannot be written: no space left on device\n"
    assert (run.code, run.out, run.err) == (1, "", message)
    assert list(tmp_path.iterdir()) == []
