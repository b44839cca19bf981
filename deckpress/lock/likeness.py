"""How alike two texts are, where of the older one only a sketch is known."""

from __future__ import annotations

import zlib
from collections.abc import Set

from deckpress.lock.digests import short_digest
from deckpress.normal_forms import normalize

SKETCH_SIZE = 32
"""How many numbers a sketch holds at most; what it tells is off by 0.1 or less in three of four
cases, and by 0.2 or less in nearly all (measured by `tests/test_identity.py`)."""

_GRAM = 4
"""Characters in a row that are looked at together. Of two English answers that have nothing to do
with each other 3 % of these are the same (the median of 2,000 pairs of 610 answers); with three it
would be 8 %, and a mistyped letter would still change three of them."""
_CJK_GRAM = 2
"""In Chinese, Japanese and Korean two characters say as much; unrelated Chinese answers have 2 % of
them in common."""
_FIRST_CJK = "\u2e80"
TOLD_BY = 4_000
"""Characters of a question that tell it from others; to compare two takes the square of them."""
_DIGITS = 6
DIGEST_DIGITS = 8
"""The digest that a sketch begins with."""
_QUESTION_ALONE = 0.75
"""How surely an almost equal question tells a note if the answers have nothing in common."""
_CERTAIN_GRAMS = 8
"""An answer shorter than this many grams proves less the shorter it is: many say just "yes"."""
_CHANCE_QUESTION = 0.6
"""Unrelated questions often are as alike as this, letter by letter ("What is an LSTM/a GRU?")."""
CHANCE_TEXT = 0.45
"""Unrelated texts of more than a few words rarely are more alike than this: 95 % were not."""
_CHANCE_ANSWER = 0.2
"""Unrelated answers rarely are more alike than this: 95 % of those measured were not."""


def fold(text: str) -> str:
    """Return what is left of a text without case, blanks, and width of letters and marks."""
    return "".join(normalize("NFKC", text).casefold().split())


def gram_numbers(text: str) -> frozenset[int]:
    """Return a number for each run of characters in a text, after `fold`."""
    folded = fold(text)
    sizes = [_CJK_GRAM if letter >= _FIRST_CJK else _GRAM for letter in folded]
    ends = (at for at, size in enumerate(sizes) if at == 0 or at + size <= len(folded))
    grams = {folded[at : at + sizes[at]] for at in ends}
    return frozenset(zlib.crc32(gram.encode()) >> 8 for gram in grams)


def sketch(text: str) -> str:
    """Return a short text that stands for a longer one: a digest, and its smallest gram numbers.

    An equal digest is an equal text, after `fold`. Since the numbers are as good as random, they
    are a fair sample of the text, and two sketches tell how much their texts share (A. Broder, "On
    the resemblance and containment of documents", 1997). Empty for an empty text.
    """
    folded = fold(text)
    if not folded:
        return ""
    smallest = sorted(gram_numbers(folded))[:SKETCH_SIZE]
    return short_digest(folded) + "".join(f"{number:0{_DIGITS}x}" for number in smallest)


def numbers_in(drawn: str) -> frozenset[int]:
    """Return the gram numbers of a sketch."""
    numbers = range(DIGEST_DIGITS, len(drawn) - _DIGITS + 1, _DIGITS)
    return frozenset(int(drawn[at : at + _DIGITS], 16) for at in numbers)


def answer_likeness(drawn: str, numbers: Set[int]) -> float:
    """Return how much of both texts is the same, from 0 to 1: Dice's measure, from a sketch."""
    old, new = numbers_in(drawn), frozenset(sorted(numbers)[:SKETCH_SIZE])
    if not old or not new:
        return 0.0
    union = old | new
    if max(len(old), len(new)) == SKETCH_SIZE:  # beyond it, one of the two is not known
        union = frozenset(sorted(union)[:SKETCH_SIZE])
    jaccard = len(old & new & union) / len(union)
    return 2 * jaccard / (1 + jaccard)


def question_likeness(old: str, new: str) -> float:
    """Return how alike two folded questions are, from 0 to 1: twice the letters they share."""
    from rapidfuzz import fuzz  # here because most builds find every note by its question

    return fuzz.ratio(old[:TOLD_BY], new[:TOLD_BY]) / 100


def score(question: float, answer: float, grams: int) -> float:
    """Return how surely two notes are the same, from 0 to 1, given how alike their halves are.

    Each half is evidence by itself once it is more alike than chance has it, so the score is
    1 - (1 - question) · (1 - answer) after chance is taken off. A question alone is not enough,
    since many differ by one word ("What is the L1/L2 norm?"), unless one of the two notes has no
    answer, as clozes often have none. `grams` is how many runs of characters the shorter answer
    has: one of few counts for less, and 0 says that there is none.
    """
    if grams == 0:
        return _beyond_chance(question, CHANCE_TEXT)
    from_question = _beyond_chance(question, _CHANCE_QUESTION)
    from_answer = _beyond_chance(answer, _CHANCE_ANSWER)
    from_answer *= min(1.0, grams / _CERTAIN_GRAMS)
    return 1 - (1 - _QUESTION_ALONE * from_question) * (1 - from_answer)


def _beyond_chance(likeness: float, chance: float) -> float:
    return max(0.0, (likeness - chance) / (1 - chance))
