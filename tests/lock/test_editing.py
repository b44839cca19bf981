"""Decks edited at random, with the truth known: no note is mistaken for another in silence."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.truth import Tally, write_a_deck


@pytest.mark.parametrize("seed", range(12))
def test_no_note_is_mistaken_in_silence(seed: int) -> None:
    """After every build each note has its own GUID, or its author was told that it has not.

    `python -m benchmarks.identity` does the same with 20,000 edits.
    """
    tally = Tally()
    write_a_deck(seed, 20, tally)
    assert tally.unreported() == []


def test_an_author_is_hardly_ever_asked_about_a_note_that_is_new() -> None:
    """Most questions are about old notes: those that come back edited, or stand for each other."""
    tally = Tally()
    for seed in range(20):
        write_a_deck(seed, 20, tally)
    asked: Counter[bool] = Counter()
    for what, count in tally.counts.items():
        if what.startswith("asked"):
            asked[what.endswith("a new one")] += count
    assert asked[False] > 25
    assert asked[True] < asked[False] / 5
