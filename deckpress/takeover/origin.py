"""A package that lies where this deck's go → whether it was built from this deck."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

from deckpress.package.read import read_package
from deckpress.package.seal import was_built_here
from deckpress.project import Deck
from deckpress.takeover.rebuild import our_types


class Origin(Enum):
    """Where a package comes from."""

    BUILD = auto()
    """It was built from the deck by deckpress, which can build it again."""
    EXPORT = auto()
    """It has notes of the deck, and was written by another program, such as a learner's Anki."""
    OTHER = auto()
    """It has no note of the deck."""


def find_origin(package: Path, deck: Deck) -> Origin:
    """Return where a package comes from. Raises DeckError if it cannot be read to tell that."""
    ours = {each.id for each in our_types(deck)}
    if ours.isdisjoint(note.note_type.id for note in read_package(package).notes):
        return Origin.OTHER
    return Origin.BUILD if was_built_here(package) else Origin.EXPORT
