"""How a learner reports an error in a note, by the link on its card and on the deck's page."""

from __future__ import annotations

from pathlib import Path

import pytest

from deckpress.project.addresses import check_homepage, report_address
from tests.support.anki_collection import import_package, only_card, open_collection
from tests.support.commands import Command
from tests.support.projects import DECK_TOML

ADDRESSES = {
    "https://github.com/me/my-deck": "https://github.com/me/my-deck/issues/new?title=demo%3A%20{}",
    "https://github.com/me/my-deck.git/": "https://github.com/me/my-deck/issues/new?title=demo%3A%20{}",
    "https://gitlab.com/me/deck": "https://gitlab.com/me/deck/-/issues/new?issue[title]=demo%3A%20{}",
    "https://codeberg.org/me/deck": "https://codeberg.org/me/deck/issues/new?title=demo%3A%20{}",
    "https://gitee.com/me/deck": "https://gitee.com/me/deck/issues/new?issue[title]=demo%3A%20{}",
    "https://www.github.com/me/d/issues": "https://github.com/me/d/issues/new?title=demo%3A%20{}",
    "https://gitlab.com/a/b/d": "https://gitlab.com/a/b/d/-/issues/new?issue[title]=demo%3A%20{}",
    "https://github.com/me": "https://github.com/me#{}",
    "https://me.github.io/deck/": "https://me.github.io/deck/#{}",
    "https://example.org/deck#errors": "https://example.org/deck#errors",
    "mailto:me@example.org": "mailto:me@example.org?subject=demo%3A%20{}",
}


@pytest.mark.parametrize("homepage", ADDRESSES)
def test_an_error_is_reported_where_the_deck_is_at_home(homepage: str) -> None:
    """A repository gets an issue that names the note, a person a mail, a page is opened."""
    assert check_homepage(homepage) is None
    assert report_address(homepage, "demo", "lstm") == ADDRESSES[homepage].format("lstm")


@pytest.mark.parametrize(
    "homepage",
    [
        *("github.com/me/deck", "ftp://x.org", "https://", "mailto:", 'https://x.org/"', "a b"),
        *("https://[x", "https://\N{ACCOUNT OF}.org"),
    ],
)
def test_what_is_no_address_is_refused(homepage: str) -> None:
    """A link that leads nowhere is told before it is on every card."""
    assert check_homepage(homepage) == (
        f'homepage "{homepage}" must be an address, as in https://… or mailto:you@…'
    )


def test_each_card_has_the_link_with_its_notes_id(project: Path, deckpress: Command) -> None:
    """A learner who taps it reports an error in just this note; the deck's page has it as well."""
    toml = DECK_TOML.replace('"en"', '"zh-CN"') + 'homepage = "https://github.com/me/deck"\n'
    (project / "source/deck.toml").write_text(toml)
    text = "1. One? <!-- id=one -->\n\n   Yes.\n\n2. A ==cloze==. <!-- id=循环 -->\n"
    (project / "source/notes.md").write_text(text)
    assert deckpress().code == 0
    address = "https://github.com/me/deck/issues/new?title=demo%3A%20"
    with open_collection(project / "anki") as collection:
        import_package(collection, project / "dist/demo-1.0.0.apkg")
        for note_id in ("one", "循环"):
            back = only_card(collection, f"ID:{note_id}").answer()
            assert f'<a class="report" href="{address}{note_id}">报告错误</a>' in back
        deck = collection.decks.by_name("Demo")
    assert deck
    assert deck["desc"].endswith(
        "demo 1.0.0 · <https://github.com/me/deck> · "
        "[报告错误](<https://github.com/me/deck/issues/new?title=demo>)"
    )


def test_without_a_homepage_there_is_no_link(project: Path, deckpress: Command) -> None:
    """A deck that says of no place to report to shows no dead link."""
    assert deckpress().code == 0
    with open_collection(project / "anki") as collection:
        import_package(collection, project / "dist/demo-1.0.0.apkg")
        assert "report" not in only_card(collection, "deck:Demo").answer()
