"""What the page is told of a deck, as JSON can hold it: all of it, or what an edit changed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

from deckpress.anki import IMAGE_OCCLUSION, PackageNote
from deckpress.anki.card_sides import render_card
from deckpress.anki.card_sounds import Playable, Sound
from deckpress.anki.cloze_filter import typed_cloze
from deckpress.anki.reviewer import TypedField, find_typed, show_back, show_front
from deckpress.anki.strip_html import strip_html
from deckpress.anki.typed_answers import expected_text
from deckpress.diagnostics import Diagnostic, Location, Severity
from deckpress.languages.scripts import is_right_to_left
from deckpress.preview import CardView, DeckView

Data = dict[str, Any]
"""An object of JSON."""
Open = Callable[[Location], str | None]
"""Returns the address that opens a place in the author's editor; None if no editor is known."""
Difference = Callable[[CardView, str], list[Data] | None]
"""Returns what differs in a card's note since the release of a version, field by field."""
MOST_PROBLEMS = 200
"""Problems that are listed, the worst of them; a deck with more has one cause."""
MOST_SIDES = 20
"""Cards whose sides are sent unasked; the page asks for others as they are looked at."""
_TEXT = 2_000
"""Characters of an answer that can be found."""
_PLAY_IMAGE = (
    '<svg class="playImage" viewBox="0 0 64 64" aria-hidden="true">'
    '<circle cx="32" cy="32" r="29"/><path d="M19 11.5v41l37.5-20.5z"/></svg>'
)
"""The picture of a player, of the elements that Anki has there (`aqt/sound.py`), for styles."""


class PageData:
    """Puts views of a deck into JSON."""

    def __init__(
        self,
        open_in_editor: Open = lambda _: None,
        difference: Difference = lambda _card, _version: None,
        root: Path | None = None,
    ) -> None:
        """Begin with what a page needs beside the deck.

        Files are named from `root`, for readers who have other folders than the author; without it
        they are named as the author does.
        """
        self._open, self._difference = open_in_editor, difference
        self._prefix = f"{root}{os.sep}" if root else ""

    def deck(self, view: DeckView) -> Data:
        """Return all that the page lists of a deck: its cards without their sides."""
        return {
            **_about(view),
            "types": _types(view),
            "cards": [self._row(card) for card in view.cards.values()],
            **self.problems(view),
        }

    def cards(self, view: DeckView, keys: Iterable[str]) -> Data:
        """Return the sides of cards, by their keys; those that are gone are left out."""
        known = (view.cards[key] for key in keys if key in view.cards)
        return {card.key: self._sides(card, view.released) for card in known}

    def problems(self, view: DeckView) -> Data:
        """Return the worst of what is wrong with a deck, and how many problems of each kind."""
        listed = sorted(view.problems, key=lambda problem: problem.diagnostic.severity)
        counts = Counter(_severity(problem.diagnostic.severity) for problem in view.problems)
        return {
            "problems": [
                self._problem(problem.diagnostic) | {"card": problem.card or None}
                for problem in listed[:MOST_PROBLEMS]
            ],
            "counts": counts,
        }

    def change(self, before: DeckView, after: DeckView, edited: Iterable[Path]) -> Data:
        """Return what differs between two views of a deck; `edited` are the files that changed.

        `anew` says that the sides of all cards are others: where they lead, or what they were.
        """
        was = before.cards
        other = ((was.get(key), card) for key, card in after.cards.items())
        changed = [card for old, card in other if old is not card and old != card]
        files = {path.resolve() for path in edited}
        is_edited = cache(lambda file: Path(file).resolve() in files)
        rewritten = [
            card.key
            for card in changed
            if is_edited(card.location.file) and _looks_other(was.get(card.key), card)
        ]
        first = dict.fromkeys([*rewritten, *(card.key for card in changed)])
        order = [*after.cards]
        is_anew = (before.released, before.editor) != (after.released, after.editor)
        return {
            **_about(after),
            "anew": is_anew,
            "cards": [self._row(card) for card in changed],
            "order": order if order != [*was] else None,
            "types": _types(after) if after.note_types != before.note_types else None,
            "sides": self.cards(after, islice(first, MOST_SIDES)),
            "edited": next(iter(rewritten), None),
            **(self.problems(after) if is_anew or after.problems != before.problems else {}),
        }

    def _row(self, card: CardView) -> Data:
        note, note_type = card.note, card.note.note_type
        return {
            "key": card.key,
            "id": card.key.rpartition(".")[0],
            "title": card.title,
            "text": card.text[:_TEXT],
            "name": _name_of(card),
            "number": card.number + 1,
            "type": str(note_type.id),
            "kind": card.kind,
            "file": self._named(card.location.file),
            "line": card.location.line,
            "tags": note.tags,
            "deck": note.deck,
            "severity": _severity(card.severity),
            "changed": card.change or None,
            "old": card.is_old,
        }

    def _named(self, text: str) -> str:
        """Return a text with the names of files that it holds as they are shown."""
        return text.replace(self._prefix, "") if self._prefix else text

    def _sides(self, card: CardView, released: str) -> Data:
        where = card.location
        return {
            **sides_of(card.note, card.number),
            "place": self._named(str(where)),
            "open": self._open(where),
            "problems": [self._problem(problem) for problem in card.problems],
            "difference": self._difference(card, released),
        }

    def _problem(self, diagnostic: Diagnostic) -> Data:
        where = diagnostic.location
        return {
            "severity": _severity(diagnostic.severity),
            "file": self._named(where.file),
            "line": where.line,
            "column": where.column,
            "place": self._named(str(where)),
            "message": self._named(diagnostic.message),
            "frame": diagnostic.code_frame,
            "open": self._open(where),
        }


def sides_of(note: PackageNote, number: int) -> Data:
    """Return the sides of a note's card, as a frame shows them."""
    sides = render_card(note, number)
    back = show_back(sides, note, number, _player)
    return {
        "front": show_front(sides, note, number, _player),
        "back": _with_expected(back, find_typed(sides.front, note, number)),
    }


def _with_expected(back: str, typed: TypedField | None) -> str:
    """Return a back that says what is to be typed, for the page to compare with what was."""
    if typed is None or not typed.expected:
        return back
    combining = "" if typed.combining else ' data-combining="false"'
    expected = escape(expected_text(typed.expected))
    marked = f'<code id="typeans" data-expected="{expected}"{combining}>'
    return back.replace("<code id=typeans>", marked)


def _player(what: Playable) -> str:
    """Return the button that plays a sound, or reads a text aloud with the browser's own voice."""
    shown = '<button type="button" class="replay-button soundLink"'
    if isinstance(what, Sound):
        return f'{shown} data-sound="{escape(what.file)}" aria-label="play">{_PLAY_IMAGE}</button>'
    language = escape(what.language.replace("_", "-"))
    text = escape(what.text)
    named = f'lang="{language}" aria-label="read aloud"'
    return f'{shown} data-speech="{text}" {named}>{_PLAY_IMAGE}</button>'


def _name_of(card: CardView) -> str:
    """Return what a card is called beside the others of its note."""
    note_type, number = card.note.note_type, card.number
    if note_type.stock_kind == IMAGE_OCCLUSION:
        names = [name for name, _ in note_type.fields]
        gap = strip_html(typed_cloze(card.note.fields[names.index("Gaps")], number + 1))
        return f"Gap {number + 1}: {gap}"
    return f"Cloze {number + 1}" if note_type.is_cloze else note_type.templates[number].name


def _about(view: DeckView) -> Data:
    """Return what is to be said of the deck as a whole."""
    return {
        "name": view.deck.name,
        "language": view.deck.language,
        "direction": "rtl" if is_right_to_left(view.deck.language) else "ltr",
        "version": view.deck.version,
        "released": view.released or None,
        "broken": view.broken or None,
    }


def _types(view: DeckView) -> Data:
    """Return how the cards of each note type look, by its id."""
    return {
        str(key): {"name": value.name, "css": value.css, "cloze": value.is_cloze}
        for key, value in view.note_types.items()
    }


def _severity(severity: Severity | None) -> str | None:
    """Return the word of the terminal for a severity; a matter of style is a hint."""
    return None if severity is None else min(severity, Severity.HINT).name.lower()


def _looks_other(before: CardView | None, after: CardView) -> bool:
    """Return whether a card looks another way than before; its place and date are not seen."""
    return before is None or before.note[:3] != after.note[:3]
