"""The deck as a whole has a size that can be learned, and asks in more than one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from deckpress.notes import Kind
from tests.deck.cards import Card


def test_the_deck_is_not_thin(cards: Mapping[str, Card]) -> None:
    """The deck has at least 80 notes that ask by words, each under an id of its own."""
    assert sum(card.kind is not Kind.OCCLUSION for card in cards.values()) >= 80


def test_the_deck_asks_by_pictures_and_by_code(cards: Mapping[str, Card]) -> None:
    """At least six diagrams ask for their parts, and two notes for pieces of code."""
    assert sum(card.kind is Kind.OCCLUSION for card in cards.values()) >= 6
    asking = [
        card for card in cards.values() if card.kind is Kind.CLOZE and "python" in card.fences
    ]
    assert len(asking) >= 2


@pytest.mark.parametrize(
    ("kind", "least"), [(Kind.CLOZE, 10), (Kind.TYPED, 10), (Kind.REVERSED, 2)]
)
def test_the_deck_asks_in_several_ways(kind: Kind, least: int, cards: Mapping[str, Card]) -> None:
    """There are formulas to complete, numbers to type in and terms to be asked both ways."""
    assert Counter(note.kind for note in cards.values())[kind] >= least


def test_the_deck_compares_in_tables(cards: Mapping[str, Card]) -> None:
    """A fifth of the notes has a table."""
    assert 5 * sum(note.has_table for note in cards.values()) >= len(cards)
