"""Subfolders: which files below a deck's folder are read, and where their notes are filed."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.diagnostics import Diagnostic
from deckpress.formulas import skip_formula_check
from deckpress.lock.lock_file import format_lock
from deckpress.notes.attributes import deck_name
from deckpress.pipeline import Prepared, build
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project, open_standalone, read_sources
from tests.support.anki_collection import check_collection, import_package, open_collection
from tests.support.observed_builds import NOW, draw_nothing
from tests.support.projects import DECK_TOML, PIXEL

TREE = (
    "01-intro.md",
    "02-trees/01-binary.md",
    "02-trees/notes.md",
    "02-trees/red black/notes.md",
    "03-graphs/notes.markdown",
    "04-end.md",
)
FOR_PEOPLE = (
    "README.md",
    "_draft.md",
    ".hidden.md",
    "02-trees/readme.md",
    "02-trees/_old/notes.md",
    "02-trees/_draft.md",
    ".git/notes.md",
    ".venv/lib/notes.md",
    "web/node_modules/left/notes.md",
    "web/__pycache__/notes.md",
    "images/picture.png",
)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def ask(name: str) -> str:
    """Return a note, whose question nobody else asks."""
    return f"# Chapter\n\n1. What is in {name}?\n\n   Notes.\n"


def read(folder: Path) -> tuple[list[str], list[Diagnostic]]:
    """Return the paths of a folder's sources below it, and what is wrong."""
    diagnostics: list[Diagnostic] = []
    sources = read_sources(folder, folder, diagnostics)
    assert all(source.folders == source.path.relative_to(folder).parts[:-1] for source in sources)
    return [source.path.relative_to(folder).as_posix() for source in sources], diagnostics


def prepare_project(folder: Path) -> Prepared:
    """Prepare a project, where fields are enough."""
    return prepare(*open_project(folder), NOW, typeset=skip_formula_check, draw=draw_nothing)


@pytest.fixture
def tree(project: Path) -> Path:
    """A project whose sources lie in folders, two of them in files of one name."""
    (project / "source/notes.md").unlink()
    write(project / "source", {name: ask(name) for name in TREE})
    return project


def test_files_below_are_read_by_path_but_for_what_is_for_people(tree: Path) -> None:
    """All notes are read, in the order of their paths; READMEs, drafts and programs' are not."""
    write(tree / "source", {name: ask(name) for name in FOR_PEOPLE})
    assert read(tree / "source") == (list(TREE), [])


def test_a_lone_folder_has_subfolders(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without deck.toml is read to its depths as well; messages name its files by path."""
    (tree / "source/deck.toml").unlink()
    write(tree, {"source/02-trees/wrong.md": "***\n"})
    monkeypatch.chdir(tree)
    prepared = prepare(
        *open_standalone(Path("source")), NOW, typeset=skip_formula_check, draw=draw_nothing
    )
    assert [str(rendered.note.location) for rendered in prepared.rendered] == [
        f"source/{name}:3" for name in TREE
    ]
    assert [diagnostic.location.file for diagnostic in prepared.diagnostics] == [
        "source/02-trees/wrong.md"
    ]


PLACES = {
    "01-intro.md": ("Demo", "Demo", "Demo::01-intro", "demo::intro::Chapter"),
    "02-trees/01-binary.md": (
        "Demo",
        "Demo::02-trees",
        "Demo::02-trees::01-binary",
        "demo::trees::binary::Chapter",
    ),
    "02-trees/red black/notes.md": (
        "Demo",
        "Demo::02-trees::red black",
        "Demo::02-trees::red black::notes",
        "demo::trees::red-black::notes::Chapter",
    ),
}
"""The deck with each setting of subdecks, and the tag, of notes in a file."""


@pytest.mark.parametrize("index", range(3), ids=["none", "folders", "files"])
def test_a_note_is_filed_by_its_path(index: int, tree: Path) -> None:
    """Folders are subdecks and parts of the tag; a number that orders them is in no tag."""
    subdecks = ("none", "folders", "files")[index]
    write(tree, {"source/deck.toml": f'{DECK_TOML}subdecks = "{subdecks}"\n'})
    prepared = prepare_project(tree)
    assert not prepared.diagnostics
    filed = {
        str(Path(rendered.note.location.file).relative_to(tree / "source")): (
            deck_name(rendered.note, prepared.project.deck),
            packed.tags,
        )
        for rendered, packed in zip(prepared.rendered, prepared.notes, strict=True)
    }
    for name, place in PLACES.items():
        assert filed[name] == (place[index], (place[3],))


def test_front_matter_counts_for_more_than_the_folder(tree: Path) -> None:
    """A file that names its deck is in that, wherever it lies."""
    write(tree, {"source/deck.toml": f'{DECK_TOML}subdecks = "folders"\n'})
    write(tree, {"source/02-trees/notes.md": f"---\ndeck: Own\n---\n{ask('it')}"})
    decks = {note.deck for note in prepare_project(tree).notes}
    assert decks == {"Demo", "Demo::Own", "Demo::02-trees", "Demo::02-trees::red black"} | {
        "Demo::03-graphs"
    }


def test_files_of_one_name_are_told_apart(tree: Path) -> None:
    """The lock names a file by its path, so that a note that moves between two is told of."""
    first = prepare_project(tree)
    assert sorted(note.file for note in first.after.notes) == sorted(
        ["intro", "trees/binary", "trees/notes", "trees/red black/notes", "graphs/notes", "end"]
    )
    build(first, tree / "dist")
    (tree / "source/02-trees/notes.md").rename(tree / "source/03-graphs/notes.md")
    moved = prepare_project(tree)
    changes = [(change.what, change.text) for change in moved.changes]
    assert ("moved", "1 note from trees/notes to graphs/notes") in changes
    assert {note.guid for note in moved.notes} == {note.guid for note in first.notes}


def test_a_deck_in_folders_is_imported_as_it_lies(tree: Path, tmp_path: Path) -> None:
    """Anki has the folders' decks and tags, and each file's picture is the one beside it."""
    source = tree / "source"
    write(tree, {"source/deck.toml": f'{DECK_TOML}subdecks = "folders"\n'})
    for index, folder in enumerate(("02-trees", "03-graphs")):
        (source / folder / "a.png").write_bytes(PIXEL[:-12] + chunk(index) + PIXEL[-12:])
        write(source, {f"{folder}/shown.md": f"1. What {index}?\n\n   ![x](a.png)\n"})
    prepared = prepare_project(tree)
    assert not prepared.diagnostics
    package = build(prepared, tree / "dist").package
    with open_collection(tmp_path / "anki") as collection:
        assert import_package(collection, package) == {"new": 8}
        check_collection(collection)
        names = {entry.name for entry in collection.decks.all_names_and_ids()}
        assert names >= {"Demo", "Demo::02-trees", "Demo::02-trees::red black", "Demo::03-graphs"}
        assert len(collection.find_notes("tag:demo::trees::*")) == 4
        assert len(collection.find_notes("deck:Demo::02-trees")) == 4
        shown = [
            collection.get_note(note_id)["Answer"]
            for note_id in collection.find_notes("tag:*shown")
        ]
        assert len(set(shown)) == 2


def chunk(number: int) -> bytes:
    """Return a chunk of a PNG that no program looks at."""
    data = b"tEXta\0" + bytes([65 + number])
    return (len(data) - 4).to_bytes(4) + data + zlib.crc32(data).to_bytes(4)


def test_links_are_followed_within_the_project_and_to_nothing_twice(tree: Path) -> None:
    """A link to notes elsewhere in the project is read; no link goes round, or out."""
    source, outside = tree / "source", tree.parent / "outside"
    write(tree, {"shared/more.md": ask("more"), "shared/deep/more.md": ask("deep")})
    write(outside, {"secret.md": ask("secret")})
    (source / "00-again").symlink_to("02-trees")
    (source / "05-shared").symlink_to("../shared")
    (source / "06-shared").symlink_to("../shared")
    (source / "02-trees/up").symlink_to("..")
    (tree / "shared/round").symlink_to("deep")
    (source / "07-out").symlink_to(outside)
    (source / "08-itself").symlink_to("08-itself")
    (source / "09-nowhere").symlink_to("nowhere")
    diagnostics: list[Diagnostic] = []
    paths = [source.path for source in read_sources(source, tree, diagnostics)]
    shared = ["05-shared/deep/more.md", "05-shared/more.md"]
    assert [path.relative_to(source).as_posix() for path in paths] == [*TREE, *shared]
    assert [(diagnostic.location.file, diagnostic.message) for diagnostic in diagnostics] == [
        (str(source / "07-out"), "not read: it leads out of the project: put a folder in its place")
    ]


def test_a_subfolder_that_cannot_be_read_stops_the_build(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its notes would be taken for gone, and retired."""

    def refuse(self: Path) -> object:
        if self.name == "03-graphs":
            raise PermissionError(13, "Permission denied", str(self))
        return original(self)

    original = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", refuse)
    _, (diagnostic,) = read(tree / "source")
    assert str(diagnostic) == f"{tree / 'source/03-graphs'}: cannot be read: permission denied"


def test_a_deck_without_subfolders_has_the_lock_it_had(project: Path) -> None:
    """Folders are said of notes only where there are some."""
    write(project, {"source/02-rnn.md": ask("rnn")})
    (row,) = [note for note in prepare_project(project).after.notes if "rnn" in note.question]
    assert (row.file, row.deck) == ("rnn", "")
    assert '"file": "rnn"' in format_lock(prepare_project(project).after)


NAMES = st.text("abAB_.1-é ", min_size=1, max_size=3).filter(
    lambda name: name not in (".", "..") and name == name.strip()
)


@given(
    st.sets(
        st.builds(
            lambda names: "/".join([*names[:-1], f"{names[-1]}.md"]), st.lists(NAMES, min_size=1)
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=100)
def test_every_file_is_read_once_or_is_for_people(paths: set[str]) -> None:
    """Whatever folders and files are called, what no name keeps out is read, ordered by path."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in paths:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            if not (folder / path).is_dir():
                (folder / path).write_text("")
        files = [path.relative_to(folder) for path in folder.rglob("*.md") if path.is_file()]
        kept = [file for file in files if not any(part[0] in "_." for part in file.parts)]
        names, diagnostics = read(folder)
        assert names == [path.as_posix() for path in sorted(kept)]
        assert bool(diagnostics) == (not kept)
