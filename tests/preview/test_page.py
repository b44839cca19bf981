"""The preview's page does what an author asks of it: by keys, the pointer, and its address."""

from __future__ import annotations

import pytest

from tests.support.preview_page import MadeUpPreview
from tests.support.preview_server import MadeUpDeck


def test_the_page_shows_the_first_card_and_the_list(preview: MadeUpPreview) -> None:
    """What an author sees first is the front of the first card, beside the list of all."""
    preview.open()
    assert preview.card == "Where does river 1 rise?"
    assert preview.titles == [f"Where does river {number} rise?" for number in range(1, 13)]
    assert preview.selected == "Where does river 1 rise?"
    assert preview.text("#position") == "1 / 12"
    assert preview.text("#place") == "source/1.md:1:1"
    assert preview.state("document.getElementById('open').href") == "vscode://file/source/1.md:1"
    assert preview.said == []


def test_space_turns_the_card_over(preview: MadeUpPreview) -> None:
    """Space shows the back, and the front again; so does the button, which tells what it does."""
    preview.open()
    preview.turn_over()
    assert "In mountain 1." in preview.card
    assert preview.text("#flip") == "Show front"
    preview.page.click("#flip")
    preview.wait_until(lambda: "In mountain" not in preview.card)
    preview.turn_over()  # a button that was clicked does not take the key
    assert "In mountain 1." in preview.card


@pytest.mark.parametrize(("forth", "back"), [("n", "p"), ("ArrowRight", "ArrowLeft")])
def test_keys_go_to_the_next_card_and_back(forth: str, back: str, preview: MadeUpPreview) -> None:
    """They go through the list, begin with the front, and stop at the ends."""
    preview.open()
    preview.press("Space", forth, forth)
    preview.wait_for_card("river 3 rise")
    assert preview.selected == "Where does river 3 rise?"
    assert preview.page.url.endswith("side=front")
    preview.press(back, back, back)
    preview.wait_for_card("river 1 rise")
    assert preview.text("#position") == "1 / 12"


def test_keys_choose_themes_and_widths(preview: MadeUpPreview) -> None:
    """`t` goes through day, night, and both, `w` through desktop, phone, and both."""
    preview.open()
    looks = []
    for key in "tttwwwtwwtw":
        preview.press(key)
        preview.wait_until(lambda: preview.state("!document.querySelector('iframe.loading')"))
        titles = "[...document.querySelectorAll('iframe')].map(each => each.title.slice(8)).join()"
        looks.append(preview.state(titles))
    assert looks[:3] == ["night", "day,night", "day"]
    assert looks[3:6] == ["day on a phone", "day,day on a phone", "day"]
    assert looks[-2] == "day,night,day on a phone,night on a phone"


def test_a_phone_is_360_pixels_wide_and_the_night_is_dark(preview: MadeUpPreview) -> None:
    """What a frame is called, it is."""
    preview.open()
    preview.press("t", "w")
    preview.wait_until(lambda: preview.frame.evaluate("innerWidth") == 360)
    classes = "document.documentElement.className + ' ' + document.body.className"
    preview.wait_until(lambda: "mobile" in preview.frame.evaluate(classes))
    assert {"night-mode", "mobile", "card", "card1", "nightMode"} <= {
        *preview.frame.evaluate(classes).split()
    }
    colour = preview.frame.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(22, 24, 27)"


def test_words_find_cards(preview: MadeUpPreview) -> None:
    """A card is found by words of its question, its answer or its ID, whatever their order."""
    preview.open()
    preview.press("/")
    preview.page.keyboard.type("RIVER mountain 7")
    assert preview.titles == ["Where does river 7 rise?"]
    assert preview.text("#found") == "1 of 12 cards"
    preview.press("Enter")
    preview.wait_for_card("river 7 rise")
    preview.page.click("#all")
    preview.wait_until(lambda: len(preview.titles) == 12)
    preview.page.fill("#find", "river-11")
    assert preview.titles == ["Where does river 11 rise?"]


def test_filters_find_cards(preview: MadeUpPreview) -> None:
    """Cards are found by tag and the tags below it, by file, by kind, by change and by problem."""
    rows = [*preview.deck.rows.values()]
    rows[1] |= {"kind": "cloze", "changed": "new", "severity": "error"}
    rows[2] |= {"changed": "changed"}
    preview.open()
    for box, choice, count in [
        ("tag", "water::river", 6),
        ("tag", "water", 12),
        ("file", "source/2.md", 4),
        ("changed", None, 1),
        ("file", "", 2),
        ("troubled", None, 1),
        ("kind", "basic", 0),
    ]:
        if choice is None:
            preview.page.check(f"#{box}")
        else:
            preview.page.select_option(f"#{box}", choice)
        assert len(preview.titles) == count
    assert preview.text("#changed-label") == "Changed since 1.0.0"


def test_next_goes_through_what_is_found(preview: MadeUpPreview) -> None:
    """While cards are filtered, the keys go through those alone."""
    preview.open()
    preview.page.fill("#find", "1")
    preview.press("Escape", "n")
    preview.wait_for_card("river 10 rise")
    assert preview.text("#position") == "2 / 4"


def test_letters_in_the_find_box_are_text(preview: MadeUpPreview) -> None:
    """What is written into a box does nothing else; Escape leaves the box, with its words."""
    preview.open()
    preview.press("/")
    preview.page.keyboard.type("n?t 1")
    assert preview.card == "Where does river 1 rise?"
    assert not preview.state("document.getElementById('help').open")
    preview.press("Escape")
    assert preview.state("document.activeElement === document.body")
    assert preview.state("document.getElementById('find').value") == "n?t 1"


def test_the_address_names_the_card_and_its_side(preview: MadeUpPreview) -> None:
    """An address that was shared opens the same card, on the same side."""
    preview.open("#card=river-4.1&side=back")
    assert "In mountain 4." in preview.card
    assert preview.selected == "Where does river 4 rise?"
    preview.turn_over()
    assert preview.page.url.endswith("#card=river-4.1&side=front")


def test_the_back_button_goes_to_the_card_before(preview: MadeUpPreview) -> None:
    """A card that was looked at is gone back to, and forward again."""
    preview.open()
    preview.page.wait_for_timeout(450)
    preview.page.click("[data-key='river-5.1']")
    preview.wait_for_card("river 5 rise")
    preview.page.go_back()
    preview.wait_for_card("river 1 rise")
    preview.page.go_forward()
    preview.wait_for_card("river 5 rise")
    assert preview.selected == "Where does river 5 rise?"


def test_an_address_of_no_card_says_so(preview: MadeUpPreview) -> None:
    """The page then shows the first card."""
    preview.open("#card=lake.1")
    assert preview.card == "Where does river 1 rise?"
    assert preview.text("#notice") == "There is no card lake.1."


def test_the_help_tells_every_key(preview: MadeUpPreview) -> None:
    """`?` shows the keys, and Escape closes them; no key is left out or told in vain."""
    preview.open()
    preview.press("?")
    told = preview.state(
        "[...document.querySelectorAll('#help th kbd')].map(each => each.textContent)"
    )
    assert told == ["Space", "Enter", "n", "→", "p", "←", *"tw/larocdx", "Esc", "?"]
    preview.press("Escape")
    assert not preview.state("document.getElementById('help').open")


def test_the_place_is_copied(preview: MadeUpPreview) -> None:
    """`c` puts the place of the card's source into the clipboard, and says so."""
    preview.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    preview.open()
    preview.press("c")
    preview.wait_for_text("#notice", "Copied source/1.md:1:1")
    assert preview.state("navigator.clipboard.readText()") == "source/1.md:1:1"


def test_keys_open_what_is_folded(preview: MadeUpPreview) -> None:
    """`x` opens all problems, `d` what has changed, and `l` leads to the list and its own keys."""
    preview.deck.rows["river-1.1"]["changed"] = "changed"
    parts = [["same", "Where "], ["del", "did"], ["ins", "does"], ["same", " it rise?"]]
    difference = [{"field": "Question", "parts": parts}]
    preview.deck.sides["river-1.1"]["difference"] = difference
    preview.open()
    preview.press("x", "d")
    assert preview.state("document.getElementById('problems').open")
    assert preview.text("#about del + ins") == "does"
    preview.press("l", "End")
    preview.wait_for_card("river 12 rise")
    preview.press("ArrowUp")
    preview.wait_for_card("river 11 rise")


def test_a_card_in_focus_takes_the_keys_as_well(preview: MadeUpPreview) -> None:
    """Whoever has clicked into a card goes on by the same keys."""
    preview.open()
    preview.page.click("iframe")
    preview.press("n")
    preview.wait_for_card("river 2 rise")
    preview.press("Space")
    preview.wait_for_card("In mountain 2.")
    preview.press("/")
    preview.wait_until(lambda: preview.state("document.activeElement.id") == "find")


def test_a_deck_of_ten_thousand_cards_is_quick(preview: MadeUpPreview) -> None:
    """The list has elements for what is in sight alone, and finds within a tenth of a second."""
    preview.server.deck = MadeUpDeck(10_000)
    preview.open()
    assert preview.text("#found") == "10,000 cards"
    assert len(preview.titles) < 50
    took = preview.state("""(() => {
        const find = document.getElementById("find"), times = [];
        for (const words of ["river 9", "mountain", "rise 77", "nothing"]) {
            find.value = words;
            const start = performance.now();
            find.dispatchEvent(new Event("input", { bubbles: true }));
            times.push(performance.now() - start);
        }
        find.value = "";
        find.dispatchEvent(new Event("input", { bubbles: true }));
        return times;
    })()""")
    assert min(took) < 100  # milliseconds, of which a busy machine takes its part
    preview.press("l", "End")
    preview.wait_for_card("river 10000 rise")
    assert preview.selected == "Where does river 10000 rise?"


def test_a_deck_without_cards_says_so(preview: MadeUpPreview) -> None:
    """The page is there before the first card is."""
    preview.server.deck = MadeUpDeck(0)
    preview.page.goto(preview.server.address)
    preview.wait_for_text("#empty", "There is no card yet.")
    row = MadeUpDeck(1)
    preview.deck.rows, preview.deck.sides = row.rows, row.sides
    preview.wait_until(lambda: preview.server.listeners)
    preview.server.change("river-1.1", edited="river-1.1", order=True)
    preview.wait_until(lambda: preview.painted)
    assert preview.card == "Where does river 1 rise?"
