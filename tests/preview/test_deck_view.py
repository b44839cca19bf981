"""What the page lists of a deck, and what becomes of it while files are edited."""

from __future__ import annotations

import re
import tempfile
import wave
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings

from deckpress.pipeline import Prepared
from deckpress.preview import DeckView
from deckpress.preview.page_data import PageData
from tests.support.edited_projects import Author, Edit, edits
from tests.support.previews import live_deck, project

ONE = "1. What is a river?\n\n   Water that flows.\n\n2. The {{c1::Nile}} is in {{c2::Africa}}.\n"
TWO = "1. What is a hill? <!-- kind=reversed id=hill -->\n\n   High land.\n"


def keys(view: DeckView) -> list[str]:
    """Return what the page knows the cards by, without the IDs that are made of texts."""
    return [f"{card.title}|{card.number}" for card in view.cards.values()]


def test_each_card_is_listed_in_the_decks_order(tmp_path: Path) -> None:
    """A note of two cards has two, and a cloze note one for each number."""
    deck = live_deck(project(tmp_path, one=ONE, two=TWO))
    cards = PageData().deck(deck.edition.view)["cards"]
    assert [(card["title"], card["name"], card["kind"], card["line"]) for card in cards] == [
        ("What is a river?", "Question", "basic", 1),
        ("The Nile is in Africa.", "Cloze 1", "cloze", 5),
        ("The Nile is in Africa.", "Cloze 2", "cloze", 5),
        ("What is a hill?", "Question", "reversed", 1),
        ("What is a hill?", "Answer first", "reversed", 1),
    ]
    assert [card["key"] for card in cards][-2:] == ["hill.1", "hill.2"]


def test_a_problem_is_at_its_card(tmp_path: Path) -> None:
    """The card of a note with a problem says how bad it is, and the problem names the card."""
    deck = live_deck(project(tmp_path, one=ONE + "\n3. Where?\n\n   ![](none.png)\n", two=TWO))
    data = PageData().deck(deck.edition.view)
    (broken,) = [card for card in data["cards"] if card["severity"] == "error"]
    assert broken["title"] == "Where?"
    (problem,) = [each for each in data["problems"] if each["severity"] == "error"]
    assert problem["card"] == broken["key"]
    assert problem["place"].endswith("source/one.md:9:4")


def test_no_problem_is_lost_among_many(tmp_path: Path) -> None:
    """All are counted, the worst are listed, and each card has those of its note."""
    many = "".join(
        f"{number}. Where [{number}](a.md)?\n\n   There.\n\n" for number in range(1, 500)
    )
    view = live_deck(project(tmp_path, one=many + "500. What?\n\n   ![](none.png)\n")).edition.view
    data = PageData().deck(view)
    assert data["counts"]["error"] == 1
    assert sum(data["counts"].values()) == len(view.problems) > 200
    assert len(data["problems"]) == 200
    assert data["problems"][0]["message"] == "none.png: no such file"
    sides = PageData().cards(view, view.cards)
    assert all(card["problems"] for card in sides.values())
    assert sum(len(card["problems"]) for card in sides.values()) == len(view.problems)


def test_a_sound_has_a_button_that_is_seen(tmp_path: Path) -> None:
    """It holds the elements of Anki's own, for which styles have sizes and colours."""
    root = project(tmp_path, one="1. Listen! ![](tone.wav)\n\n   A tone.\n")
    with wave.open(str(root / "source/tone.wav"), "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(800))
    view = live_deck(root).edition.view
    (sides,) = PageData().cards(view, view.cards).values()
    (button,) = re.findall("<button.*</button>", sides["front"])
    assert 'class="replay-button soundLink"' in button
    assert '<svg class="playImage" viewBox="0 0 64 64"' in button


def test_a_file_with_an_error_keeps_its_last_good_cards(tmp_path: Path) -> None:
    """They are marked as old, stay in their places, and go when the file is well again."""
    root = project(tmp_path, a="1. A?\n\n   Yes.\n", b=TWO, c="1. C?\n\n   Yes.\n")
    deck, path = live_deck(root), root / "source/b.md"
    before = keys(deck.edition.view)
    path.write_bytes(b"1. What is a hill? \xff\n")
    deck.refresh({path})
    assert keys(deck.edition.view) == before
    old = [card.title for card in deck.edition.view.cards.values() if card.is_old]
    assert old == ["What is a hill?", "What is a hill?"]
    path.write_text("1. What is a lake?\n\n   Still water.\n")
    deck.refresh({path})
    assert keys(deck.edition.view) == ["A?|0", "What is a lake?|0", "C?|0"]
    assert not any(card.is_old for card in deck.edition.view.cards.values())


def test_a_deck_that_cannot_be_read_keeps_all_cards(tmp_path: Path) -> None:
    """The page says what is wrong; as soon as it is mended, all is as it was."""
    root = project(tmp_path, one=ONE)
    deck, settings_file = live_deck(root), root / "source/deck.toml"
    before, text = deck.edition.view, settings_file.read_text()
    settings_file.unlink()
    deck.refresh({settings_file})
    view = deck.edition.view
    assert list(view.cards) == list(before.cards)
    assert all(card.is_old for card in view.cards.values())
    assert view.broken
    settings_file.write_text(text)
    deck.refresh({settings_file})
    assert deck.edition.view == before


def test_a_folder_that_cannot_be_read_keeps_all_cards(tmp_path: Path) -> None:
    """The system may refuse anything, as when a network drive is gone: the preview goes on."""
    deck = live_deck(project(tmp_path, one=ONE))
    before, update = deck.edition.view, deck._update

    def refuse(*arguments: object) -> Prepared:
        raise PermissionError(13, "Permission denied", "source")

    deck._update = refuse
    deck.refresh(None)
    assert [str(each.diagnostic) for each in deck.edition.view.problems] == [
        "source: cannot be read: permission denied"
    ]
    assert all(card.is_old for card in deck.edition.view.cards.values())
    deck._update = update
    deck.refresh(None)
    assert deck.edition.view == before


def test_what_deck_toml_says_is_told_at_once(tmp_path: Path) -> None:
    """A new name or language shows without a reload; with another editor all links are others."""
    deck = live_deck(project(tmp_path, one=ONE))
    before, settings_file = deck.edition.view, tmp_path / "source/deck.toml"
    said = settings_file.read_text() + '[preview]\neditor = "zed"\n'
    settings_file.write_text(re.sub("(?m)^(name|language) = .*", r'\1 = "de"', said))
    deck.refresh({settings_file})
    change = PageData().change(before, deck.edition.view, ())
    assert (change["name"], change["language"], change["anew"]) == ("de", "de", True)


def test_a_removed_file_takes_its_cards_along(tmp_path: Path) -> None:
    """Nothing is wrong with that, so that none stays."""
    root = project(tmp_path, one=ONE, two=TWO)
    deck = live_deck(root)
    (root / "source/one.md").unlink()
    deck.refresh({root / "source/one.md"})
    assert keys(deck.edition.view) == ["What is a hill?|0", "What is a hill?|1"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("Water", "Fresh water"), ("a river", "a stream"), ("{{c2::Africa}}", "{{c2::the south}}")],
)
def test_an_edit_is_seen_before_the_deck_is_prepared(old: str, new: str, tmp_path: Path) -> None:
    """The edited card is shown under its own ID, and what comes later shows the same."""
    root = project(tmp_path, one=ONE, two=TWO)
    deck, path = live_deck(root), root / "source/one.md"
    first = deck.edition
    seen: list[DeckView] = []
    original = deck._show
    deck._show = lambda view, edited: (seen.append(view), original(view, edited))[1]  # type: ignore[method-assign,func-returns-value]
    path.write_text(path.read_text().replace(old, new))
    deck.refresh({path})
    early, late = seen
    assert list(early.cards) == list(first.view.cards)
    changes = PageData().change(first.view, early, {path})
    assert new.partition("::")[2].strip("}") or new in str(changes["sides"])
    assert changes["edited"] in changes["sides"]
    if list(late.cards) == list(early.cards):  # without a lock, another question is another ID
        assert PageData().change(early, late, {path})["edited"] is None  # nobody is led there twice
    assert [card.note.fields[:6] for card in early.cards.values()] == [
        card.note.fields[:6] for card in late.cards.values()
    ]


@given(edits)
@settings(max_examples=10)
def test_whatever_is_edited_no_card_is_stale(history: list[Edit]) -> None:
    """After each edit the page has the cards of a preview that begins anew, but for old ones."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        author = Author(root)
        deck = live_deck(root)
        shown = PageData().deck(deck.edition.view)
        sides = PageData().cards(deck.edition.view, deck.edition.view.cards)
        for edit in history:
            before, changed = deck.edition.view, author.edit(edit)
            deck.refresh(changed)
            after = deck.edition.view
            change = PageData().change(before, after, changed)
            shown, sides = merge(shown, sides, change)
            fresh = live_deck(root).edition.view
            new = {key: card for key, card in after.cards.items() if not card.is_old}
            assert {key: new[key] for key in fresh.cards} == dict(fresh.cards)
            assert after.problems == fresh.problems
            assert shown["cards"] == PageData().deck(after)["cards"]
            current = PageData().cards(after, after.cards)
            assert all(current[key] == side for key, side in sides.items())


def merge(shown: dict, sides: dict, change: dict) -> tuple[dict, dict]:  # type: ignore[type-arg]
    """Return what a page has after a change, as deck.js merges it."""
    rows = {row["key"]: row for row in shown["cards"]}
    kept = dict(sides)
    for row in change["cards"]:
        rows[row["key"]] = row
        kept.pop(row["key"], None)
    order = change["order"] or list(rows)
    kept |= change["sides"]
    cards = [rows[key] for key in order]
    return shown | {"cards": cards}, {key: kept[key] for key in order if key in kept}


def test_after_300_edits_of_any_kind_nothing_is_stale(tmp_path: Path) -> None:
    """Half-written files, renames, and files that vanish: when all is well, it looks that way."""
    author, random = Author(tmp_path), Random(19)
    deck, source = live_deck(tmp_path), tmp_path / "source"
    for _ in range(300):
        path = random.choice(sorted(source.rglob("*.md")))
        what = random.choice(["half", "bytes", "rename", "vanish", "edit", "edit", "edit"])
        if what == "half":
            path.write_bytes(path.read_bytes()[: random.randrange(1 + path.stat().st_size)])
        elif what == "bytes":
            path.write_bytes(random.randbytes(random.randrange(200)))
        elif what == "rename":
            path = path.rename(path.with_name(f"r{random.randrange(5)}.md"))
        elif what == "vanish":
            path.unlink()
        edited = author.edit(("change", random.randrange(4), random.randrange(60)))
        deck.refresh({path, *edited} if what != "rename" else None)
    for path in source.rglob("*.md"):
        if path.stem.startswith("r"):
            path.unlink()
    for number in range(4):
        author.edit(("front", number, 0))
    deck.refresh(None)
    fresh = live_deck(tmp_path).edition.view
    assert list(deck.edition.view.cards.items()) == list(fresh.cards.items())
    assert deck.edition.view.problems == fresh.problems
