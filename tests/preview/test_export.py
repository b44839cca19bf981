"""The preview as files: complete, whole or absent, and never in the place of a person's files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from deckpress.diagnostics import DeckError
from deckpress.preview.export import export
from deckpress.preview.page_data import PageData
from tests.support.previews import live_deck, project
from tests.support.projects import PIXEL, snapshot, write

MANY = "\n\n".join(f"{number}. Question {number}?\n\n   Answer." for number in range(1, 121))


def read(path: Path) -> object:
    """Return what a script of an export calls the page with."""
    match = re.fullmatch(r"deckpress\.\w+\((.*)\);\n", path.read_text(), re.S)
    assert match
    return json.loads(match[1])


def test_each_card_is_in_the_file_that_the_list_says(tmp_path: Path) -> None:
    """The page finds the sides of every card, and the files of the page are all there."""
    view = live_deck(project(tmp_path / "deck", notes=MANY)).edition.view
    folder = tmp_path / "out"
    assert export(view, PageData(), folder) == len(snapshot(folder)) + big(folder)
    deck = read(folder / "data/deck.js")
    assert isinstance(deck, dict)
    assert len(deck["cards"]) == 120
    for row in deck["cards"]:
        cards = read(folder / f"data/cards-{row['chunk']}.js")
        assert isinstance(cards, dict)
        assert row["key"] in cards
    index = (folder / "index.html").read_text()
    assert 'data-source="files"' in index
    for name in re.findall(r'(?:src|href)="([\w.-]+)"', index):
        assert (folder / name).is_file()
    assert (folder / deck["frame"]).is_file()


def big(folder: Path) -> int:
    """Return how many files are too big for a snapshot: MathJax."""
    return sum(path.stat().st_size >= 1_000_000 for path in folder.rglob("*") if path.is_file())


def test_nothing_of_the_authors_computer_is_in_it(tmp_path: Path) -> None:
    """It is for others: no path of this computer, and no link that opens an editor."""
    root = project(tmp_path / "deck", notes=MANY + "\n\n121. Where?\n\n   ![](none.png)\n")
    export(live_deck(root).edition.view, PageData(root=root), tmp_path / "out")
    for path, content in snapshot(tmp_path / "out").items():
        assert str(tmp_path).encode() not in content, path
    deck = read(tmp_path / "out/data/deck.js")
    assert isinstance(deck, dict)
    assert {card["file"] for card in deck["cards"]} == {"source/notes.md"}
    assert {problem["open"] for problem in deck["problems"]} == {None}


def test_an_export_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    """What is not needed any more goes; what a person put there stays."""
    root, folder = project(tmp_path / "deck", notes=MANY), tmp_path / "out"
    (root / "source/dot.png").write_bytes(PIXEL)
    deck = live_deck(root)
    export(deck.edition.view, PageData(), folder)
    assert (folder / "data/cards-2.js").exists()
    (folder / "own.txt").write_text("mine")
    (root / "source/notes.md").write_text("1. What?\n\n   ![a dot](dot.png)\n")
    deck.refresh(None)
    export(deck.edition.view, PageData(), folder)
    assert not (folder / "data/cards-2.js").exists()
    assert (folder / "own.txt").read_text() == "mine"
    assert len([*(folder / "frame/media").iterdir()]) == 1


@pytest.mark.parametrize(
    "files",
    [
        {"index.html": "mine"},
        {"data/files.json": "not JSON", "a.txt": "mine"},
        {"data/files.json": "5"},
        {"data/files.json": '[["a"]]'},
    ],
)
def test_a_folder_with_other_files_is_kept(files: dict[str, str], tmp_path: Path) -> None:
    """Nothing is written where it could take the place of something."""
    view = live_deck(project(tmp_path / "deck", notes=MANY)).edition.view
    write(tmp_path / "out", files)
    before = snapshot(tmp_path / "out")
    with pytest.raises(DeckError, match="holds other files, and is kept"):
        export(view, PageData(), tmp_path / "out")
    assert snapshot(tmp_path / "out") == before


def test_a_list_that_leads_out_of_the_folder_removes_nothing(tmp_path: Path) -> None:
    """A folder that somebody else made may say anything of what an export wrote."""
    view = live_deck(project(tmp_path / "deck", notes=MANY)).edition.view
    (tmp_path / "kept.txt").write_text("mine")
    write(
        tmp_path / "out",
        {"data/files.json": json.dumps(["../kept.txt", str(tmp_path / "kept.txt")])},
    )
    export(view, PageData(), tmp_path / "out")
    assert (tmp_path / "kept.txt").read_text() == "mine"
