"""The cards of a deck in a browser: live while it is written, or as pages to share.

`deck_view` says what is to be seen of a prepared deck, and `live_deck` keeps it up to date while
its files are edited (`watching`). `page_data` puts it into JSON for the page in `page/`, which
`server` serves to this computer alone, and `export` writes into a folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from deckpress.anki import NoteType, PackageNote
from deckpress.diagnostics import Diagnostic, Location, Severity
from deckpress.media import Media
from deckpress.project import Deck


class CardView(NamedTuple):
    """A card as the page lists it, and the note that its sides are made of."""

    key: str
    """What the page knows it by, and its address: the note's ID and the card's number from 1."""
    note: PackageNote
    number: int
    """From 0, as Anki counts: of the note type's cards, or of the deletions."""
    title: str
    """The question as plain text."""
    text: str
    """The answer as plain text."""
    kind: str
    """The kind of note, such as `cloze`."""
    location: Location
    """Where the note begins."""
    problems: tuple[Diagnostic, ...] = ()
    """What is wrong with the note, by line."""
    change: str = ""
    """What it is against the last release: `new`, `changed`, or nothing."""
    is_old: bool = False
    """Whether it is as it was before its file had an error."""

    @property
    def severity(self) -> Severity | None:
        """The worst of what is wrong with the note; None if nothing is."""
        return min((problem.severity for problem in self.problems), default=None)


class Problem(NamedTuple):
    """What is wrong, and the card that it is about."""

    diagnostic: Diagnostic
    card: str = ""
    """The key of the note's first card; empty if it is about none."""


class DeckView(NamedTuple):
    """All that the page shows of a deck."""

    deck: Deck
    released: str
    """The version of the last release; empty before the first."""
    cards: Mapping[str, CardView]
    """By their keys, in the order of the deck."""
    problems: tuple[Problem, ...]
    """By file and line."""
    media: Media
    note_types: Mapping[int, NoteType]
    """By their ids, those that the cards have."""
    editor: str = ""
    """The address that opens a place in the author's editor; empty if none is known."""
    broken: str = ""
    """Why the deck cannot be read at all, so that all cards are old; or nothing."""
