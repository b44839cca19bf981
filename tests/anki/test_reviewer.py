"""Players and places to type stand where the desktop's reviewer has them.

The reviewer needs a window, so that no test can call it: what is expected here is what the methods
`typeAnsQuestionFilter` and `typeAnsAnswerFilter` of aqt 26.09.3 returned.
"""

from __future__ import annotations

import pytest

from deckpress.anki import CardTemplate, NoteType, PackageNote
from deckpress.anki.card_sides import CardHtml, render_card
from deckpress.anki.card_sounds import Playable, Sound
from deckpress.anki.reviewer import body_classes, show_back, show_front

INPUT = (
    "\n<center>\n<input type=text id=typeans"
    " style=\"font-family: 'Arial'; font-size: 20px;\">\n</center>\n"
)


def note_of(front: str, back: str, first: str, second: str = "") -> PackageNote:
    """Return a note with a card and two fields, A and B."""
    templates = (CardTemplate("Card 1", None, front, back),)
    note_type = NoteType(1, "typed", False, 0, (("A", None), ("B", None)), templates, "")
    return PackageNote("guid", note_type, (first, second), (), 0, "Deck", (0,))


def button(playable: Playable) -> str:
    """Return a player for a file."""
    assert isinstance(playable, Sound)
    return f"<button data-sound='{playable.file}'></button>"


def compared(html: str) -> str:
    """Return a comparison with the font that is around it."""
    font = "font-family: 'Arial'; font-size: 20px"
    return f'\n<div style="{font}"><code id=typeans>{html}</code></div>'


@pytest.mark.parametrize(
    ("mark", "front"),
    [
        ("[[type:A]]", INPUT),
        ("[[type:nc:A]]", INPUT),
        ("[[type:cloze:A]]", INPUT),
        ("[[type:B]]", ""),
        ("[[type:cloze:B]]", "Please run Tools>Empty Cards"),
        ("[[type:X]]", "Type answer: unknown field \u2068X\u2069"),
        ("[[type:nc:nc:A]]", "Type answer: unknown field \u2068nc\u2069"),
        ("[[type:A", "[[type:A"),
        ("[[type:]]", "[[type:]]"),
        ("[[type:A]] [[type:B]]", f"{INPUT} {INPUT}"),
        ("[[type:\n[[type:A]]", f"[[type:\n{INPUT}"),
        ("", ""),
    ],
)
def test_the_front_has_a_place_to_type(mark: str, front: str) -> None:
    """An input for a field with something in it, and what the desktop says if there is none."""
    note = note_of("", "", "{{c1::a}}")
    assert show_front(CardHtml(f"x{mark}y", ""), note, 0, button) == f"x{front}y"


@pytest.mark.parametrize(
    ("front", "back", "typed", "shown"),
    [
        ("[[type:A]]", "[[type:A]]", "", compared("é")),
        ("[[type:A]]", "[[type:A]]", "é", compared("<span class=typeGood>é</span>")),
        ("[[type:nc:A]]", "[[type:nc:A]]", "e", compared("<span class=typeGood>é</span>")),
        ("[[type:A]]", "[[type:X]]", "", compared("é")),
        ("[[type:B]]", "x[[type:B]]", "a", "x"),
        ("[[type:X]]", "x[[type:X]]", "a", "x"),
        ("", "x[[type:A]]", "a", "x"),
        ("[[type:A]]", "x<hr id=answer>y", "", "x<hr id=answer>y"),
        ("[[type:A]]", "[[type:A]]<hr id=answer>y", "", f"<hr id=answer>{compared('é')}y"),
        ("[[type:A]]", '<hr id="answer">[[type:A]]', "", f'<hr id="answer">{compared("é")}'),
    ],
)
def test_the_back_has_the_comparison(front: str, back: str, typed: str, shown: str) -> None:
    """It stands for each mark, with the line of the answer above it; else the marks go."""
    assert show_back(CardHtml(front, back), note_of("", "", "é"), 0, button, answer=typed) == shown


def test_sounds_have_players_on_both_sides_and_play_once() -> None:
    """What the front has played has its player on the back as well, and is not played again."""
    note = note_of("{{A}}", "{{FrontSide}}|{{B}}", "a[sound:a.mp3]", "[sound:b&amp;c.mp3]")
    card = render_card(note, 0)
    assert card.front_sounds == (Sound("a.mp3"),)
    assert card.back_sounds == (Sound("b&c.mp3"),)
    assert show_front(card, note, 0, button) == f"a{button(Sound('a.mp3'))}"
    shown = show_back(card, note, 0, button)
    assert shown == f"a{button(Sound('a.mp3'))}|{button(Sound('b&c.mp3'))}"


def test_a_mark_that_an_author_wrote_plays_nothing() -> None:
    """A place of a sound that is not there stays empty."""
    assert show_front(CardHtml("a[anki:play:q:7]b", ""), note_of("", "", ""), 0, button) == "ab"


def test_the_body_has_the_classes_that_styles_ask_for() -> None:
    """Both spellings of night mode, and the number of the card from 1."""
    assert body_classes(0, is_night=False) == "card card1 isLin"
    assert body_classes(1, is_night=True) == "card card2 isLin nightMode night_mode"
