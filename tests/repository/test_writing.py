"""What docs/writing.md shows is so: its examples build, and its pictures are of those examples.

`python -m docs.photograph` takes the pictures.
"""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

from deckpress.lock.store import BuildOptions
from deckpress.pipeline import build
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project
from deckpress.project.settings import _DECK_KEYS
from tests.support.anki_collection import check_collection, import_package, open_collection
from tests.support.examples import PAGE, PICTURES, read_examples, with_links, write_project
from tests.support.typesetting import typeset_once

TEXT = PAGE.read_text(encoding="utf-8")
SHOTS = [shot for example in read_examples(TEXT) for shot in example.shots]


def test_every_example_builds_without_a_problem(tmp_path: Path) -> None:
    """An author may copy any example: nothing in it is told of, and Anki takes its notes."""
    write_project(TEXT, tmp_path / "project")
    project, diagnostics = open_project(tmp_path / "project")
    prepared = prepare(
        project,
        diagnostics,
        1_760_000_000,
        options=BuildOptions(tells_all=True),
        typeset=typeset_once,
    )
    assert prepared.diagnostics == ()
    assert prepared.pictures == {}  # those of the sample are there
    summary = build(prepared, tmp_path / "examples.apkg")
    files = {Path(note.note.location.file).name for note in prepared.rendered}
    assert len(files) == len(read_examples(TEXT))
    with open_collection(tmp_path / "anki") as collection:
        assert import_package(collection, summary.package) == {"new": summary.new}
        check_collection(collection)


def test_every_example_is_followed_by_its_pictures() -> None:
    """What a picture shows is what its example makes: a change of the text asks for a new one."""
    assert with_links(TEXT) == TEXT
    assert [shot.file_name for shot in SHOTS if not (PICTURES / shot.file_name).is_file()] == []


def test_no_two_examples_have_one_name() -> None:
    """A picture is of the example above it: its card is found by the example's name."""
    names = [example.name for example in read_examples(TEXT)]
    assert sorted(set(names)) == sorted(names)


def test_no_picture_of_a_card_is_left_over() -> None:
    """The folder holds the pictures that the page shows, and no others."""
    assert {path.name for path in PICTURES.iterdir()} == {shot.file_name for shot in SHOTS}


def test_pictures_of_cards_are_small_and_as_wide_as_a_phone() -> None:
    """A page with forty pictures loads at once."""
    for path in PICTURES.iterdir():
        assert path.stat().st_size < 25_000, path
        with Image.open(path) as picture:
            assert picture.width == 420, path


def test_every_key_of_the_projects_file_is_told() -> None:
    """An author reads on one page what deck.toml may say."""
    section = TEXT.partition("## The project's file\n")[2]
    rows = re.findall(r"^\| (`.+?`) \|", section, re.M)
    assert re.findall("`([a-z]+)`", " ".join(rows)) == [
        *(key for key in _DECK_KEYS if key not in ("subdecks", "tags")),
        *("tags", "subdecks"),
    ]
