"""The deck as a whole has a size that can be learned, and asks in more than one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from deckpress.notes import Kind
from tests.deck.cards import Card


def test_the_deck_is_neither_thin_nor_endless(cards: Mapping[str, Card]) -> None:
    """The deck has 80 to 120 notes, each under an id of its own."""
    advice = "for a new note beyond 120 retire another, so that a learner can finish the deck"
    assert 80 <= len(cards) <= 120, f"the deck has {len(cards)} notes: {advice}"


@pytest.mark.parametrize(
    ("kind", "least"), [(Kind.CLOZE, 10), (Kind.TYPED, 10), (Kind.REVERSED, 2)]
)
def test_the_deck_asks_in_several_ways(kind: Kind, least: int, cards: Mapping[str, Card]) -> None:
    """There are formulas to complete, numbers to type in and terms to be asked both ways."""
    assert Counter(note.kind for note in cards.values())[kind] >= least


def test_the_deck_compares_in_tables(cards: Mapping[str, Card]) -> None:
    """A fifth of the notes has a table."""
    assert 5 * sum(note.has_table for note in cards.values()) >= len(cards)
