"""While an author writes, the page changes what has changed, and nothing else."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from tests.support.preview_page import MadeUpPreview
from tests.support.preview_server import MadeUpDeck

LONG = "".join(f"<p>Line {number}</p>" for number in range(200))


@pytest.fixture
def live(preview: MadeUpPreview) -> MadeUpPreview:
    """A page that is open and hears of changes."""
    preview.open()
    preview.wait_until(lambda: preview.server.listeners)
    return preview


def edit(preview: MadeUpPreview, number: int, **sides: str) -> None:
    """Have the author edit a card."""
    key = f"river-{number}.1"
    preview.deck.sides[key] |= sides
    preview.server.change(key, edited=key)


def test_an_edited_card_is_exchanged_in_place(live: MadeUpPreview) -> None:
    """Its frame stays, which a mark in it shows, and so do its side and the place scrolled to."""
    edit(live, 1, back=LONG)
    live.turn_over()
    live.frame.evaluate("window.mark = 1; scrollTo(0, 1500)")
    edit(live, 1, back=LONG.replace("Line 60<", "Line sixty<"))
    live.wait_for_card("Line sixty")
    live.wait_until(lambda: live.painted["stamp"] == live.deck.generation)
    assert live.painted["side"] == "back"
    assert live.frame.evaluate("[window.mark, scrollY]") == [1, 1500]
    assert sum("card.html" in address for address in live.asked) == 1


def test_nothing_is_seen_between_two_states_of_a_card(live: MadeUpPreview) -> None:
    """A card is never empty, and no picture of it is loaded anew, while another text comes."""
    edit(live, 1, front='<img src="pixel.png"><p>Text 0</p>')
    live.wait_for_card("Text 0")
    live.wait_until(lambda: bool(live.frame.evaluate("document.images[0].naturalWidth")))
    live.frame.evaluate("""window.seen = [];
        const watch = () => {
            const picture = document.images[0];
            seen.push(qa.innerText.trim().slice(0, 4) + (picture?.naturalWidth ?? "none"));
            requestAnimationFrame(watch);
        };
        watch();""")
    for number in range(1, 20):
        edit(live, 1, front=f'<img src="pixel.png"><p>Text {number}</p>')
    live.wait_for_card("Text 19")
    assert set(live.frame.evaluate("seen")) == {"Text1"}
    assert sum("pixel.png" in address for address in live.server.asked) == 1


def test_a_hint_that_is_open_stays_open(live: MadeUpPreview) -> None:
    """Who writes a hint reads it while it changes."""
    hint = "<details><summary>Hint</summary>Old</details>"
    edit(live, 1, front=hint)
    live.wait_for_card("Hint")
    live.frame.click("summary")
    edit(live, 1, front=hint.replace("Old", "New"))
    live.wait_for_card("New")
    assert live.frame.evaluate("document.querySelector('details').open")


def test_the_edited_card_comes_into_view(live: MadeUpPreview) -> None:
    """Side, theme, width, and what is looked for stay as they are."""
    live.page.fill("#find", "river")
    live.press("Escape", "t", "w")
    live.turn_over()
    edit(live, 9, back="It springs up.")
    live.wait_for_card("It springs up.")
    assert live.selected == "Where does river 9 rise?"
    assert live.page.url.endswith("#card=river-9.1&side=back")
    assert live.state("document.getElementById('find').value") == "river"
    assert live.state("document.querySelector('iframe').title") == "Card by night on a phone"


def test_a_change_elsewhere_leaves_the_card(live: MadeUpPreview) -> None:
    """A card that nobody has edited comes not into view, but its row changes."""
    live.deck.rows["river-3.1"]["title"] = "Whence does river 3 come?"
    live.server.change("river-3.1")
    live.wait_until(lambda: "Whence does river 3 come?" in live.titles)
    assert live.card == "Where does river 1 rise?"
    live.press("n", "n")
    live.wait_for_card("river 3 rise")


def test_new_cards_come_into_the_list_and_deleted_ones_leave_it(live: MadeUpPreview) -> None:
    """If the card that is shown is deleted, the one after it is shown."""
    more = MadeUpDeck(14)
    live.deck.rows |= {"river-14.1": more.rows["river-14.1"]}
    live.deck.sides |= {"river-14.1": more.sides["river-14.1"]}
    del live.deck.rows["river-1.1"]
    live.server.change("river-14.1", order=True)
    live.wait_for_card("river 2 rise")
    assert live.titles[0] == "Where does river 2 rise?"
    assert live.titles[-1] == "Where does river 14 rise?"
    live.press("l", "End")
    live.wait_for_card("river 14 rise")


def test_a_card_is_read_while_its_neighbour_goes(live: MadeUpPreview) -> None:
    """The page asks for the card that changed, and for no card that there is no more."""
    live.deck.sides["river-1.1"]["front"] = "Other text"
    del live.deck.rows["river-2.1"]
    del live.deck.sides["river-2.1"]
    live.server.change("river-1.1", order=True, sides={})
    live.wait_for_card("Other text")


def test_where_the_list_is_scrolled_to_stays(preview: MadeUpPreview) -> None:
    """An edit does not move the list under the author's eyes."""
    preview.server.deck = MadeUpDeck(500)
    preview.open()
    preview.wait_until(lambda: preview.server.listeners)
    preview.state("document.getElementById('list').scrollTop = 4000")
    edit(preview, 1, front="Other text")
    preview.wait_for_card("Other text")
    assert preview.state("document.getElementById('list').scrollTop") == 4000
    edit(preview, 400, front="In view")
    preview.wait_for_card("In view")
    assert preview.selected == "Where does river 400 rise?"


def problem(**other: Any) -> dict[str, Any]:
    """Return what is wrong with the first card."""
    return {
        "severity": "error",
        "code": None,
        "file": "source/1.md",
        "line": 3,
        "column": 2,
        "place": "source/1.md:3:2",
        "message": "unknown kind",
        "frame": "3 | basc\n    ^^^^",
        "count": 1,
        "card": "river-1.1",
        "open": "vscode://file/1.md:3:2",
    } | other


def test_problems_appear_and_vanish(live: MadeUpPreview) -> None:
    """They stand at their card and in the list of all, with place, frame, and a way there."""
    live.deck.problems.append(problem())
    live.deck.problems.append(problem(severity="warning", card=None, open=None, count=3))
    live.deck.rows["river-1.1"] |= {"severity": "error", "old": True}
    live.server.change("river-1.1")
    live.wait_for_text("#problems summary", "1 error, 1 warning")
    assert "This card is as it was before: its file has an error." in live.text("#about")
    assert "Error unknown kind" in live.text("#about")
    assert "3 | basc\n    ^^^^" in live.text("#about")
    assert live.text("#list .row .marks").split() == ["error", "old"]
    live.press("x", "n")
    live.wait_for_card("river 2 rise")
    assert live.state("document.getElementById('about').hidden")
    live.page.click("#problems button[data-card]")
    live.wait_for_card("river 1 rise")
    assert "(3 times)" in live.text("#problems")
    live.deck.problems.clear()
    live.deck.rows["river-1.1"] |= {"severity": None, "old": False}
    live.server.change("river-1.1")
    live.wait_for_text("#problems summary", "No problems")
    assert live.state("document.getElementById('about').hidden")
    assert live.text("#list .row .marks") == ""


def test_a_deck_that_cannot_be_read_keeps_its_cards(live: MadeUpPreview) -> None:
    """The page says why all of them are as they were."""
    live.deck.about["broken"] = "deck.toml:3: a name is missing"
    live.server.change()
    live.wait_for_text(
        "#about", "All cards are as they were before: deck.toml:3: a name is missing"
    )
    live.deck.about["broken"] = None
    live.server.change()
    live.wait_until(lambda: live.state("document.getElementById('about').hidden"))


def test_what_is_said_of_the_deck_changes_at_once(live: MadeUpPreview) -> None:
    """Its name is another, the cards have its language, and what was read of them is read anew."""
    live.deck.sides["river-1.1"]["place"] = "source/other.md:1"
    live.server.change(name="Lakes", language="de", anew=True)
    live.wait_for_text("#place", "source/other.md:1")
    live.wait_for_text("#name", "Lakes")
    assert live.page.title() == "Lakes · preview"
    live.wait_until(lambda: live.frame.evaluate("document.documentElement.lang") == "de")


def test_a_change_of_style_shows_at_once(live: MadeUpPreview) -> None:
    """The frame stays also when the deck's style is edited."""
    live.frame.evaluate("window.mark = 1")
    types = [{"name": "Basic", "css": ".card { color: rgb(1, 2, 3) }", "cloze": False}]
    live.server.change(types=types)
    colour = "getComputedStyle(qa).color"
    live.wait_until(lambda: live.frame.evaluate(colour) == "rgb(1, 2, 3)")
    assert live.frame.evaluate("window.mark") == 1


def test_the_page_finds_its_server_again(live: MadeUpPreview) -> None:
    """It says that nobody answers, tries again, and then shows what has changed meanwhile."""
    live.frame.evaluate("window.mark = 1")
    live.server.hang_up()
    live.wait_for_text("#notice", "Not connected")
    live.deck.sides["river-1.1"]["front"] = "Written meanwhile"
    live.deck.generation += 1
    live.wait_for_card("Written meanwhile")
    live.wait_until(lambda: live.text("#notice") == "")
    assert live.frame.evaluate("window.mark") == 1


def test_any_number_of_tabs_is_followed(live: MadeUpPreview) -> None:
    """A browser opens six connections to a server: tabs share the one that tells of changes."""
    tabs = [MadeUpPreview(live.page.context.new_page(), live.server) for _ in range(7)]
    for tab in tabs:
        tab.open()
    edit(live, 1, front="<p>Seen in all</p>")
    for tab in [live, *tabs]:
        tab.wait_for_card("Seen in all")
    for tab in tabs:
        tab.page.close()


def test_edits_leave_nothing_behind(live: MadeUpPreview) -> None:
    """The page and its frames hold no more elements after many edits than after a few."""
    count = "document.getElementsByTagName('*').length"
    for number in range(200):
        edit(live, number % 12 + 1, front=f"Text {number}.")
        if number == 20:
            live.wait_for_card("Text 20.")
            before = live.state(count), live.frame.evaluate(count)
    live.wait_for_card("Text 199.")
    live.wait_until(lambda: live.painted["stamp"] == live.deck.generation)
    assert (live.state(count), live.frame.evaluate(count)) == before
    assert len(live.frames) == 1


@pytest.mark.parametrize("seed", range(3))
def test_no_change_is_ever_missed(seed: int, live: MadeUpPreview) -> None:
    """After edits, deletions and moves at random, all is shown as it is, whatever was pressed."""
    chance = random.Random(seed)
    deck = live.deck
    for number in range(60):
        keys = [*deck.rows]
        key = chance.choice(keys)
        change = chance.choice(["edit", "edit", "edit", "delete", "add", "move"])
        if change == "edit":
            deck.rows[key] = deck.rows[key] | {"title": f"Title {number}"}
            deck.sides[key] = deck.sides[key] | {
                "front": f"Front {number}",
                "back": f"Back {number}",
            }
        elif change == "delete" and len(keys) > 3:
            del deck.rows[key]
        elif change == "add":
            key = f"river-{100 + number}.1"
            deck.rows[key] = deck.rows[keys[0]] | {"key": key, "id": key, "title": key}
            deck.sides[key] = deck.sides[keys[0]] | {"front": key, "back": key}
        else:
            deck.rows[key] = deck.rows.pop(key)
        changed = [key] if key in deck.rows else []
        other: dict[str, Any] = chance.choice([{}, {"sides": {}}])  # unasked, or to be asked for
        edited = chance.choice([key, None])
        live.server.change(*changed, edited=edited, order=change != "edit", **other)
        live.press(*chance.choices(["n", "p", "Space"], k=chance.randrange(3)))
    rows = deck.rows.values()
    live.wait_until(lambda: live.titles == [row["title"] for row in rows][: len(live.titles)])
    shown = deck.sides[live.state("new URLSearchParams(location.hash.slice(1)).get('card')")]
    side = "back" if "side=back" in live.page.url else "front"
    text = re.sub(r"<[^>]*>", "", shown[side])
    live.wait_until(lambda: live.card.replace("\n", "") == text)
    assert live.said == []
