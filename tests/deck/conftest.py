"""Fixtures of the tests of the deck: its notes, and random numbers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.deck.cards import Card, Cards, read_deck


@pytest.fixture(scope="session")
def cards() -> dict[str, Card]:
    """Every note of the deck that this repository ships, by its id."""
    return read_deck()


@pytest.fixture(scope="session")
def card(cards: dict[str, Card]) -> Cards:
    """Return a note by its id."""

    def find(note_id: str) -> Card:
        if note_id not in cards:
            pytest.fail(f"the deck has no note {note_id}")
        return cards[note_id]

    return find


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers that are the same in every run."""
    return np.random.default_rng(0)
