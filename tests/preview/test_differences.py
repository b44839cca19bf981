"""What the preview says of a card that learners have in another form."""

from __future__ import annotations

from pathlib import Path

from deckpress.anki import Package
from deckpress.anki.package_reader import read_package
from deckpress.formulas import skip_formula_check
from deckpress.pipeline import build, pack
from deckpress.pipeline.prepare import prepare
from deckpress.preview import CardView
from deckpress.preview.deck_view import view_of
from deckpress.preview.differences import Differences
from deckpress.project.opening import open_project
from tests.support.previews import project
from tests.support.projects import NOON, PIXEL

OLD = "1. What is a river?\n\n   Water that flows.\n\n2. What is a hill?\n\n   High land.\n"
NEW = OLD.replace("Water", "Fresh water") + "\n3. What is new?\n\n   This.\n"


def look(root: Path, change: str = "") -> list[CardView]:
    """Return the cards of a project, as if each were changed since the release if one is said."""
    prepared = prepare(*open_project(root), NOON, typeset=skip_formula_check)
    cards = view_of(prepared).cards.values()
    return [card._replace(change=change) if change else card for card in cards]


def package_of(root: Path) -> Package:
    """Build a project, and return its package."""
    prepared = prepare(*open_project(root), NOON, typeset=skip_formula_check)
    build(prepared, root / "dist")
    return read_package(pack(prepared).data)


def test_a_changed_card_says_what_changed_word_by_word(tmp_path: Path) -> None:
    """The words that are gone and those that are new are told, of the fields that differ."""
    released = package_of(project(tmp_path, notes=OLD))
    (tmp_path / "source/notes.md").write_text(NEW)
    river, hill, new = look(tmp_path, "changed")
    differences = Differences(lambda: released)
    assert differences.of_card(river, "1.0.0") == [
        {
            "field": "Answer",
            "parts": [["del", "Water"], ["ins", "Fresh water"], ["same", " that flows."]],
        }
    ]
    assert differences.of_card(hill, "1.0.0") is None
    assert differences.of_card(new, "1.0.0") is None


def test_the_release_is_read_only_when_it_is_asked_for(tmp_path: Path) -> None:
    """Nobody waits for it who has changed nothing, and it is read once."""
    project(tmp_path, notes=OLD)
    read: list[int] = []

    def read_release() -> Package | None:
        read.append(1)
        return None

    differences = Differences(read_release)
    assert [differences.of_card(card, "1.0.0") for card in look(tmp_path)] == [None, None]
    assert read == []
    changed = look(tmp_path, "changed")
    assert [differences.of_card(card, "1.0.0") for card in changed] == [None, None]
    assert read == [1]


def test_a_release_made_meanwhile_is_what_counts(tmp_path: Path) -> None:
    """A preview that goes on compares with the newest release, and not with that it began with."""
    packages = [package_of(project(tmp_path, notes=OLD))]
    differences = Differences(lambda: packages[-1])
    project(tmp_path, notes=NEW)
    (river, *_) = look(tmp_path, "changed")
    assert differences.of_card(river, "1.0.0")
    packages.append(package_of(tmp_path))
    assert differences.of_card(river, "1.1.0") is None


def test_a_picture_that_asks_says_which_gaps_differ(tmp_path: Path) -> None:
    """A gap that was moved, one that is gone and one that is new are told by their names."""
    asks = '1. Which? <!-- kind=occlusion -->\n\n   ![a dot](dot.png) <!-- ask="{}" -->\n'
    old = asks.format("Left: rect 0% 0% 10% 10%; Right: rect 50% 0% 10% 10%")
    new = asks.format("Left: rect 5% 0% 10% 10%; Middle: rect 50% 0% 10% 10%; Top: rect 0 0 1 1")
    root = project(tmp_path, notes=old)
    (root / "source/dot.png").write_bytes(PIXEL)
    released = package_of(root)
    (root / "source/notes.md").write_text(new)
    card = look(root, "changed")[0]
    assert (card.title, Differences(lambda: released).of_card(card, "1.0.0")) == (
        "Which?",
        [
            {"field": "Gap 2", "parts": [["del", "Right"]]},
            {"field": "Gap 3", "parts": [["ins", "Middle"]]},
            {"field": "Gap 4", "parts": [["ins", "Top"]]},
            {"field": "Gap moved", "parts": [["same", "Left"]]},
        ],
    )
