"""Nothing that a person made is written over by a package, and nobody is kept from building."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from anki.collection import ExportAnkiPackageOptions
from click.testing import CliRunner, Result

from deckpress.cli import main
from tests.support.anki_collection import import_package, open_collection
from tests.support.commands import without_counts
from tests.support.genanki_packages import facts, write_package
from tests.support.hostile_packages import circle, pack

PACKAGE = Path("dist/demo-1.0.0.apkg")
LOCK = "source/deck.lock"
REMEDY = "remove it if it is of no use, or name another file by --output\n"


def unknown(reason: str) -> str:
    """Return what is said of a file in the place of a package that cannot be read."""
    return (
        f"{PACKAGE}: is there already, and nobody can tell whether it was built from this deck "
        f"({reason}): {REMEDY}"
    )


def write(data: bytes) -> Callable[[Path], object]:
    """Return what writes a file."""
    return lambda path: path.write_bytes(data)


def cut_off(path: Path) -> None:
    """Leave half of the package, as a full disk or a broken copy does."""
    path.write_bytes(path.read_bytes()[:500])


def make_pipe(path: Path) -> None:
    """Put a pipe in the place of the package."""
    path.unlink()
    os.mkfifo(path)


def make_link(path: Path) -> None:
    """Put a link that leads nowhere in the place of the package."""
    path.unlink()
    path.symlink_to("elsewhere.apkg")


Places = dict[str, tuple[Callable[[Path], object], str]]

UNREADABLE: Places = {
    "a letter": (write(b"Dear all,\n"), unknown("not an Anki package")),
    "nothing": (write(b""), unknown("not an Anki package")),
    "half a package": (cut_off, unknown("the package is damaged")),
    "a loop": (
        lambda path: pack(path, circle("notes")),
        unknown("the collection in it is damaged"),
    ),
}
"""What may lie where the package goes, and what is said of it."""
NO_FILES: Places = {
    "a pipe": (
        make_pipe,
        f"{PACKAGE}: cannot be replaced: it is a named pipe, not a file; name another file by "
        "--output\n",
    ),
    "a link to nowhere": (
        make_link,
        f"{PACKAGE}: is a link, and is kept: remove it, or name another file by --output\n",
    ),
}
"""What is no package at all, and what is said of it."""


def run(*arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, [*arguments, "--no-formula-check"])


def build() -> Result:
    """Build after an edit, so that the package has to be written."""
    notes = Path("source/notes.md")
    notes.write_text(notes.read_text() + "\n2. Two?\n\n   No.\n")
    return run()


def state(path: Path) -> object:
    """Return what there is at a path, without waiting for a pipe."""
    return path.read_bytes() if path.is_file() else path.lstat().st_mode


@pytest.mark.parametrize("name", UNREADABLE | NO_FILES)
def test_what_cannot_be_told_to_be_ours_is_kept(name: str, project: Path) -> None:
    """An author who named the wrong file loses nothing, and is told the way out."""
    assert run().exit_code == 0
    change, expected = (UNREADABLE | NO_FILES)[name]
    change(PACKAGE)
    before, lock = state(PACKAGE), Path(LOCK).read_bytes()
    done = build()
    assert (done.exit_code, done.stdout, without_counts(done.stderr)) == (1, "", expected)
    assert (state(PACKAGE), Path(LOCK).read_bytes()) == (before, lock)
    PACKAGE.unlink()
    assert run().exit_code == 0


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_lost_lock_beside_what_cannot_be_read_is_told(name: str, project: Path) -> None:
    """The way back is not a package that cannot be read; and it does not end the way for good."""
    assert run().exit_code == 0
    change, expected = UNREADABLE[name]
    change(PACKAGE)
    Path(LOCK).unlink()
    reason = expected.rpartition(": ")[0].rpartition("(")[2].rstrip(")")
    for command in ([], ["check"]):
        done = run(*command)
        assert (done.exit_code, without_counts(done.stderr)) == (
            1,
            f"{LOCK}: is not there, but {PACKAGE} is, which may be of this deck and cannot be read "
            f"({reason}): restore one of them with git; if nobody has the deck, remove the "
            "package\n",
        )
    PACKAGE.unlink()
    assert run().exit_code == 0


def test_what_a_learner_exported_is_kept(project: Path, tmp_path: Path) -> None:
    """A package with notes of this deck, but out of Anki, may hold years of somebody's learning."""
    assert run().exit_code == 0
    with open_collection(tmp_path / "anki") as collection:
        import_package(collection, PACKAGE.resolve())
        options = ExportAnkiPackageOptions(with_scheduling=True, legacy=True)
        path = str(PACKAGE.resolve())
        collection.export_anki_package(out_path=path, options=options, limit=None)
    before = PACKAGE.read_bytes()
    done = build()
    assert (done.exit_code, without_counts(done.stderr)) == (
        1,
        f"{PACKAGE}: has notes of this deck, but was not built by deckpress, so it may hold what "
        "somebody has learned or written: name another file by --output\n",
    )
    assert PACKAGE.read_bytes() == before


def test_a_release_writes_over_no_other_package(project: Path) -> None:
    """Neither does a release take the place of what somebody put there."""
    Path("dist").mkdir()
    write_package(PACKAGE, facts())
    before = PACKAGE.read_bytes()
    assert run("--output", "elsewhere").exit_code == 0
    done = CliRunner().invoke(main, ["release", "1.0.0"])
    assert done.exit_code == 1
    assert f"{PACKAGE}: was not built from this deck, and is kept: " in done.stderr
    assert PACKAGE.read_bytes() == before


def test_an_older_build_gives_way(project: Path) -> None:
    """A build is written over by the next, also if another machine has packed it."""
    assert run().exit_code == 0
    shutil.copy(PACKAGE, "old.apkg")
    assert build().exit_code == 0
    assert PACKAGE.read_bytes() != Path("old.apkg").read_bytes()
    assert run("--output", "old.apkg").exit_code == 0
    assert PACKAGE.read_bytes() == Path("old.apkg").read_bytes()
