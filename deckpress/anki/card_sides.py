"""A note → the two sides of one of its cards, as Anki makes them out of the templates.

What comes out is what `card.render_output()` of Anki's library has, before the reviewer puts
players and typed answers in their places (`reviewer`). `[latex]` stays as it is written.

Sources: `rslib/src/template.rs`, `rslib/src/notetype/render.rs` and `pylib/anki/template.py`, tried
with 26.09.3. Messages are Anki's English ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from deckpress.anki import CardTemplate, PackageNote
from deckpress.anki.card_sounds import Playable, take_sounds
from deckpress.anki.cloze_filter import cloze_numbers
from deckpress.anki.strip_html import escape
from deckpress.anki.template_filters import show_field
from deckpress.anki.templates import (
    FRONT_SIDE,
    SPECIAL_FIELDS,
    Conditional,
    Part,
    Replacement,
    TemplateError,
    check_names,
    is_blank,
    parse_template,
)

_EMPTY = re.compile(r"(?:[ \t\n\v\f\r]++|</?(?:br|div) ?/?>)*+", re.I | re.A)
_HELP = "https://docs.ankiweb.net/templates/errors.html"


class CardHtml(NamedTuple):
    """A card as Anki renders it, with marks in the places of sounds and typed answers."""

    front: str
    back: str
    front_sounds: tuple[Playable, ...] = ()
    """What is played when the card is shown, in this order."""
    back_sounds: tuple[Playable, ...] = ()
    """What is played with the answer: not again what the front has played."""
    problem: str = ""
    """What is wrong with the card, as Anki says it on both sides; empty if nothing is."""


def render_card(note: PackageNote, number: int) -> CardHtml:
    """Return a card of a note by its number, from 0; a cloze note's is the deletion's minus 1.

    Raises IndexError if the note type has no such card.
    """
    template = note.note_type.templates[0 if note.note_type.is_cloze else number]
    fields = _Fields(_field_texts(note, template, number))
    try:
        return _render(note, template, number, fields)
    except TemplateError as error:
        html = _message(str(error), "template-syntax-error")
        return CardHtml(html, html, problem=str(error))


def _render(note: PackageNote, template: CardTemplate, number: int, fields: _Fields) -> CardHtml:
    names = (*(name for name, _ in note.note_type.fields), *SPECIAL_FIELDS, f"c{number + 1}")
    parts = _parse_side("Front", template.front, names)
    front = _Side(fields, number, None).render(parts)
    if problem := _find_problem(note, number, parts, fields):
        message, chapter = problem
        html = f"<div>{_link(message, chapter)}</div>"
        front, sounds = take_sounds(front + html, "q")
        return CardHtml(front, html, sounds, problem=message)
    front, front_sounds = take_sounds(front, "q")
    back = _Side(fields, number, front).render(_parse_side("Back", template.back, names))
    back, back_sounds = take_sounds(back, "a")
    return CardHtml(front, back, front_sounds, back_sounds)


def _field_texts(note: PackageNote, template: CardTemplate, number: int) -> dict[str, str]:
    """Return what a template can show, by its name: a note's own fields hide the special ones."""
    deck = note.deck or "(Deck)"
    names = (name for name, _ in note.note_type.fields)
    return {
        "Tags": " ".join(note.tags),
        "Type": note.note_type.name,
        "Deck": deck,
        "Subdeck": deck.rpartition("::")[2],
        "CardFlag": "flag0",
        "Card": template.name,
        "CardID": "0",
        f"c{number + 1}": "1",
        **dict(zip(names, note.fields, strict=False)),
    }


class _Fields:
    """What a template can show; it contains the names of what is not empty."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self._filled: dict[str, bool] = {}

    def __contains__(self, name: object) -> bool:
        if name not in self._filled:
            self._filled[str(name)] = not is_empty(self.texts.get(str(name), ""))
        return self._filled[str(name)]


def is_empty(html: str) -> bool:
    """Return whether a field counts as empty: spaces, line breaks and divisions are nothing."""
    return bool(_EMPTY.fullmatch(html))


@lru_cache(maxsize=1024)
def _parse_side(side: str, template: str, names: tuple[str, ...]) -> tuple[Part, ...]:
    """Return the parts of a template, all of whose fields there are; else raise TemplateError."""
    try:
        parts = parse_template(template)
        check_names(parts, names)
    except TemplateError as error:
        raise TemplateError(f"{side} template has a problem:\n{error}") from error
    return parts


@dataclass(frozen=True)
class _Side:
    """Makes one side of a card."""

    fields: _Fields
    number: int
    front: str | None
    """What `{{FrontSide}}` is on the back; None while the front is made."""

    def render(self, parts: tuple[Part, ...]) -> str:
        """Return the HTML of a side."""
        return "".join(map(self._show, parts))

    def _show(self, part: Part) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, Conditional):
            is_shown = (part.field in self.fields) != part.is_negated
            return self.render(part.parts) if is_shown else ""
        return self._show_field(part)

    def _show_field(self, replacement: Replacement) -> str:
        if replacement.field == FRONT_SIDE:
            return self.front or ""
        text = self.fields.texts.get(replacement.field, "")
        if not replacement.filters or not replacement.field:
            return text
        return show_field(text, replacement, self.number + 1, is_front=self.front is None)


def _find_problem(
    note: PackageNote, number: int, parts: tuple[Part, ...], fields: _Fields
) -> tuple[str, str] | None:
    """Return what Anki says of a front that asks nothing, and where its manual explains it."""
    if not note.note_type.is_cloze:
        is_wrong = is_blank(parts, fields)
        return ("The front of this card is blank.", "front-of-card-is-blank") if is_wrong else None
    if number + 1 in cloze_numbers(fields.texts.values()):
        return None
    advice = "Please either add a cloze deletion, or use the Empty Cards tool."
    message = f"No cloze \u2068{number + 1}\u2069 found on card.\n{advice}"
    return message, "no-cloze-filter-on-cloze-note-type"


def _message(text: str, chapter: str) -> str:
    return _link("<br>".join(map(escape, text.split("\n", 1))), chapter)


def _link(html: str, chapter: str) -> str:
    return f"{html}<br><a href='{_HELP}#{chapter}'>More information</a>"
