"""A build that would be the last one again says the same at once; any change makes a new one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import genanki
import pytest

from deckpress.cli.inputs import result_cache
from tests.support.commands import run
from tests.support.package_files import BASIC
from tests.support.projects import DECK_TOML, PIXEL, config, write

NOTES = "1. What is this?\n\n   A ![dot](dot.png), and [a link](there.md).\n\n2. A ==gap==.\n"
PACKAGE = Path("dist/demo-1.0.0.apkg")


def say(*arguments: str) -> str:
    """Return what a build says, without the seconds that it took."""
    result = run("build", "--no-formula-check", *arguments)
    return re.sub(r"\d+\.\d+ s\n", "SECONDS\n", f"{result.exit_code}\n{result.output}")


@pytest.fixture
def built(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Build a deck until nothing changes, and return a list of the builds that are made anew."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("deckpress.pipeline.compile_files._FRESH", 0)
    for name in ("inputs", "build_command"):
        monkeypatch.setattr(f"deckpress.cli.{name}.result_cache", result_cache)
    (project / "source/notes.md").write_text(NOTES)
    (project / "source/dot.png").write_bytes(PIXEL)
    made: list[str] = []
    module = import_module("deckpress.cli.build_command")
    prepare = module.prepare_now

    def noted(*arguments: object, **options: object) -> object:
        made.append("new")
        return prepare(*arguments, **options)

    monkeypatch.setattr(module, "prepare_now", noted)
    for _ in range(2):
        say()
    made.clear()
    return made


def test_a_build_of_the_same_is_not_made_again(built: list[str]) -> None:
    """The third build in a row writes nothing, and says all that the second one said."""
    expected = say("--strict")
    assert built == ["new"]
    assert "there.md leads nowhere" in expected
    before = PACKAGE.stat().st_mtime_ns
    said = say()
    assert built == ["new"]
    assert PACKAGE.stat().st_mtime_ns == before
    assert said.replace("2 unchanged", "") != said
    assert "there.md leads nowhere" in said


def _touch(path: str, data: bytes) -> Callable[[], object]:
    return lambda: Path(path).write_bytes(data)


CHANGES: dict[str, Callable[[], object]] = {
    "a note": _touch("source/notes.md", NOTES.replace("this", "that").encode()),
    "a new file": _touch("source/more.md", b"1. More?\n\n   Yes.\n"),
    "a setting": _touch("source/deck.toml", config(description='"Another."').encode()),
    "a picture": _touch("source/dot.png", PIXEL + b"more"),
    "a damaged package": _touch(str(PACKAGE), b"damaged"),
    "no package": PACKAGE.unlink,
    "no lock": lambda: Path("source/deck.lock").unlink(),
    "a picture that nothing draws": lambda: write(
        Path(), {"media/diagrams/a-0123456789ab.png": PIXEL}
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_change_makes_a_new_build(what: str, built: list[str]) -> None:
    """Whatever the package depends on is looked at: texts, settings, pictures, lock and itself."""
    CHANGES[what]()
    say()
    assert built == ["new"]


@pytest.mark.parametrize("option", ["--strict", "--prune", "--missing-media=warn", "--locked"])
def test_another_option_makes_a_new_build(option: str, built: list[str]) -> None:
    """What one build was told is no answer to one that is told something else."""
    say(option)
    assert built == ["new"]


def test_a_clock_that_went_back_makes_a_new_build(
    built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build looks at dates of the future again, where the last one has become one itself."""
    monkeypatch.setattr("time.time", lambda: 1_700_000_000.0)
    say()
    assert built == ["new"]


def test_without_a_cache_folder_each_build_is_made(
    built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be kept, nothing is, and the build is the same."""
    expected = say()
    assert built == []
    Path("file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path("file").absolute()))
    assert say() == expected
    assert built == ["new"]


def test_a_lone_file_is_not_built_again_either(
    built: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A deck without deck.toml is as quick."""
    monkeypatch.chdir(tmp_path)
    Path("alone.md").write_text("# Alone\n\n1. One?\n\n   Yes.\n")
    first, second, third = (say("alone.md") for _ in range(3))
    assert built == ["new", "new"]
    assert first != second == third
    assert DECK_TOML not in third


def test_what_was_built_is_written_over_without_a_look_at_it(
    built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that is known by its bytes is opened by no later build of its deck."""
    monkeypatch.setattr("deckpress.lock.rebuild.find_origin", None)
    write(Path(), {"source/notes.md": NOTES.replace("this", "that")})
    assert say().startswith("0\n")


def test_a_release_is_kept_though_it_was_built_here(built: list[str]) -> None:
    """That a package was built is no reason to write over it once learners have it."""
    package = PACKAGE.read_bytes()
    digest = hashlib.sha256(package).hexdigest()
    write(Path(), {f"{PACKAGE}.sha256": f"{digest}  {PACKAGE.name}\n"})
    write(Path(), {"source/notes.md": NOTES.replace("this", "that")})
    assert "is a release, and this build is another one" in say("--output", str(PACKAGE))
    assert PACKAGE.read_bytes() == package


def test_another_decks_package_is_kept(built: list[str]) -> None:
    """That a package was built here is no reason to write over it from another deck."""
    package = PACKAGE.read_bytes()
    Path("source/deck.lock").unlink()
    PACKAGE.unlink()
    write(Path(), {"source/deck.toml": config(id='"other"')})
    write(Path(), {"dist/other-1.0.0.apkg": package})
    assert "was not built from this deck, and is kept" in say()
    assert Path("dist/other-1.0.0.apkg").read_bytes() == package


def test_a_build_that_adopts_is_made_each_time(built: list[str]) -> None:
    """The package of another tool is looked at again, since it may be another one by now."""
    deck = genanki.Deck(1, "Old")
    deck.add_note(genanki.Note(BASIC, ["Unlike all others?", "Quite."], guid="old"))
    genanki.Package(deck).write_to_file("old.apkg")
    said = [say("--adopt", "old.apkg") for _ in range(3)]
    assert [text[:1] for text in said] == ["0"] * 3
    assert built == ["new"] * 3
