"""What the desktop's reviewer makes of a rendered card: players, places to type, and the page.

The page around a card is, as far as it changes what is seen:

    <html class="night-mode linux chrome" dir="ltr">      `night-mode` at night
    <body class="card card1 isLin nightMode night_mode">  `body_classes`
    <div id="qa" dir="auto">                              the note type's style, and the side

with the style sheet `deckpress/preview/reviewer.css`. AnkiDroid and AnkiMobile have `mobile`, and
`android` or `ios iphone`, in the place of `linux`. A flip exchanges what is within `#qa`, and with
the answer scrolls to the element with the id `answer`.

Sources: `aqt/reviewer.py`, `aqt/sound.py`, `aqt/theme.py`, `aqt/webview.py`, and `reviewer.js` and
`reviewer.css` of 26.09.3.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from deckpress.anki import PackageNote
from deckpress.anki.card_sides import CardHtml
from deckpress.anki.card_sounds import Playable, put_players
from deckpress.anki.cloze_filter import typed_cloze
from deckpress.anki.typed_answers import compare_typed

_TYPE = re.compile(
    r"\[\[type:(?:(?P<what>[^\n][^\n\]]*+(?:\](?!\])[^\n\]]*+)*+)\]\]|(?P<rest>[^\n]*+))"
)
"""A mark of the filter `type`; where its line has no end of one, the rest of the line as well."""
_ANSWER_LINE = "<hr id=answer>"


class TypedField(NamedTuple):
    """What is to be typed on a card."""

    expected: str
    """The HTML of what is right; empty where there is nothing to type."""
    combining: bool = True
    """Whether accents and vowel signs have to be typed as well."""
    problem: str = ""
    """What the front says in the place of something to type; empty if nothing is wrong."""


def find_typed(front: str, note: PackageNote, number: int) -> TypedField | None:
    """Return what the front of a card asks to type; the first if it asks for several."""
    what = next((mark["what"] for mark in _TYPE.finditer(front) if mark["what"]), None)
    if what is None:
        return None
    is_cloze, is_bare = what.startswith("cloze:"), what.startswith("nc:")
    name = what.split(":")[1] if is_cloze or is_bare else what
    expected = _texts(note).get(name)
    if is_cloze:
        expected = typed_cloze(expected or "", number + 1)
        return TypedField(expected, problem="" if expected else "Please run Tools>Empty Cards")
    if expected is None:
        return TypedField("", problem=f"Type answer: unknown field \u2068{name}\u2069")
    return TypedField(expected, combining=not is_bare)


def _texts(note: PackageNote) -> dict[str, str]:
    names = (name for name, _ in note.note_type.fields)
    return dict(zip(names, note.fields, strict=False))


def show_front(
    card: CardHtml,
    note: PackageNote,
    number: int,
    write_player: Callable[[Playable], str],
    *,
    font: str = "Arial",
    size: int = 20,
) -> str:
    """Return the front as it is seen; font and size are those of the editor for the typed field."""
    html = put_players(card.front, card.front_sounds, card.back_sounds, write_player)
    typed = find_typed(card.front, note, number)
    if typed is None:
        return html
    if not typed.expected:
        return _put_typed(html, typed.problem)
    return _put_typed(
        html,
        "\n<center>\n<input type=text id=typeans"
        f" style=\"font-family: '{font}'; font-size: {size}px;\">\n</center>\n",
    )


def show_back(
    card: CardHtml,
    note: PackageNote,
    number: int,
    write_player: Callable[[Playable], str],
    *,
    answer: str = "",
    font: str = "Arial",
    size: int = 20,
) -> str:
    """Return the back as it is seen after an answer was typed, or nothing.

    The line above the answer moves to the comparison, which a front in the back may have above it.
    """
    html = put_players(card.back, card.front_sounds, card.back_sounds, write_player)
    typed = find_typed(card.front, note, number)
    if typed is None or not typed.expected:
        return _put_typed(html, "")
    comparison = compare_typed(typed.expected, answer, combining=typed.combining)
    shown = f"\n<div style=\"font-family: '{font}'; font-size: {size}px\">{comparison}</div>"
    if _ANSWER_LINE not in html:
        return _put_typed(html, shown)
    without_line = html.replace(_ANSWER_LINE, "")
    moved = _put_typed(without_line, _ANSWER_LINE + shown)
    return html if moved == without_line else moved


def _put_typed(html: str, shown: str) -> str:
    return _TYPE.sub(lambda mark: shown if mark["what"] else mark[0], html)


def body_classes(number: int, *, is_night: bool) -> str:
    """Return the classes of the body around a card, by its number from 0."""
    return f"card card{number + 1} isLin" + (" nightMode night_mode" if is_night else "")
