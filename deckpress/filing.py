"""Where a note is filed in Anki: its deck and its tags."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePath

from deckpress.errors import Problem, error
from deckpress.names import check_deck_name
from deckpress.notes import Note, plain_text
from deckpress.project import Deck

_ORDER_NUMBER = re.compile(r"^\d+[\s._-]+(?=\S)")


def deck_name(note: Note, deck: Deck) -> str:
    """Return the full name of the Anki deck that a note's cards go to."""
    file = PurePath(note.location.file).stem if deck.subdecks == "files" else ""
    below = note.subdeck or unicodedata.normalize("NFC", file)
    return f"{deck.name}::{below}" if below else deck.name


def tags(note: Note, deck: Deck) -> tuple[str, ...]:
    """Return a note's tags, sorted: the deck's, the author's, and one for its file and headings.

    A number that only orders the files (`01-rnn.md`) is no part of the tag, so that renumbering
    them changes no note.
    """
    stem = _ORDER_NUMBER.sub("", PurePath(note.location.file).stem)
    parts = [deck.id, *([stem] if stem != deck.id else []), *map(plain_text, note.context)]
    place = "::".join(part for part in map(_tag_part, parts) if part)
    given = (unicodedata.normalize("NFC", tag) for tag in (*deck.tags, *note.tags))
    by_fold = {tag.casefold(): tag for tag in (place, *given)}
    return tuple(sorted(by_fold.values()))


def _tag_part(text: str) -> str:
    """Return a heading or file name as one part of a tag, without blanks and `::`."""
    joined = re.sub(r"[\s\"]+|:{2,}", "-", unicodedata.normalize("NFC", text))
    return joined.strip("-:?!？！。，,.")


def check_deck(note: Note, deck: Deck) -> Iterator[Problem]:
    """Yield what Anki would not take as the name of a note's deck."""
    if message := check_deck_name(deck_name(note, deck)):
        yield error(note.location, message)
