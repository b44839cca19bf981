"""How alike two texts are, where of the older one only a sketch is known, and what notes ask."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence, Set
from typing import NamedTuple
from zlib import crc32

from deckpress.diagnostics import quote
from deckpress.languages import normalize
from deckpress.lock import LockedNote, short_digest
from deckpress.notes import NO_HEADING, NoteText

SKETCH_SIZE = 32
"""How many numbers a sketch holds at most; what it tells is off by 0.1 or less in three of four
cases, and by 0.2 or less in nearly all (measured by `tests/lock/test_identity.py`)."""
_GRAMS = re.compile(r"(?=([^\0-\u2e7f].|....|\A.+))", re.S)
"""Each run of characters that are looked at together, wherever it begins.

It has four characters. Of two English answers that have nothing to do with each other 3 % of these
are the same (the median of 2,000 pairs of 610 answers); with three it would be 8 %, and a mistyped
letter would still change three of them. In Chinese, Japanese and Korean two characters say as much;
unrelated Chinese answers have 2 % of them in common. A text that is shorter is a run by itself.

What is taken for CJK begins at U+2E80, and goes beyond `scripts`: emoji are among it. Locks hold
sketches that were made so, and would not be comparable with others.
"""
MOST_COMPARED = 4_000
"""Characters of a question that tell it from others; to compare two takes the square of them."""
_DIGITS = 6
_NUMBERS = 16**_DIGITS
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
_LONG = 60
"""So many characters of headings are told."""


def fold(text: str) -> str:
    """Return what is left of a text without case, spaces, and width of letters and marks."""
    return "".join(normalize("NFKC", text).casefold().split())


def gram_numbers(text: str) -> frozenset[int]:
    """Return a number for each run of characters in a text, after `fold`."""
    return frozenset(_numbers(fold(text)))


def _numbers(folded: str) -> list[int]:
    return [crc32(gram.encode()) >> 8 for gram in _GRAMS.findall(folded)]


def _smallest(numbers: Sequence[int]) -> list[int]:
    """Return the smallest numbers in order, each once; most of many are too large to be sorted."""
    limit = 2 * SKETCH_SIZE * _NUMBERS // len(numbers)
    few = {number for number in numbers if number < limit}
    return sorted(few if len(few) >= SKETCH_SIZE else set(numbers))[:SKETCH_SIZE]


def sketch(text: str) -> str:
    """Return a short text that stands for a longer one: a digest, and its smallest gram numbers.

    An equal digest is an equal text, after `fold`. Since the numbers are as good as random, they
    are a fair sample of the text, and two sketches tell how much their texts share (A. Broder, "On
    the resemblance and containment of documents", 1997). Empty for an empty text.
    """
    folded = fold(text)
    if not folded:
        return ""
    smallest = _smallest(_numbers(fold(folded)))
    return short_digest(folded) + f"%0{_DIGITS}x" * len(smallest) % tuple(smallest)


def numbers_in(drawn: str) -> frozenset[int]:
    """Return the gram numbers of a sketch."""
    numbers = range(DIGEST_DIGITS, len(drawn) - _DIGITS + 1, _DIGITS)
    return frozenset(int(drawn[index : index + _DIGITS], 16) for index in numbers)


def answer_similarity(drawn: str, numbers: Set[int]) -> float:
    """Return how much of both texts is the same, from 0 to 1: Dice's measure, from a sketch."""
    old, new = numbers_in(drawn), frozenset(sorted(numbers)[:SKETCH_SIZE])
    if not old or not new:
        return 0.0
    union = old | new
    if max(len(old), len(new)) == SKETCH_SIZE:  # beyond it, one of the two is not known
        union = frozenset(sorted(union)[:SKETCH_SIZE])
    jaccard = len(old & new & union) / len(union)
    return 2 * jaccard / (1 + jaccard)


def question_similarity(old: str, new: str) -> float:
    """Return how alike two folded questions are, from 0 to 1: twice the letters they share."""
    from rapidfuzz import fuzz  # here because most builds find every note by its question

    return fuzz.ratio(old[:MOST_COMPARED], new[:MOST_COMPARED]) / 100


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


def has_most_of(entries: Iterable[LockedNote], notes: Iterable[NoteText]) -> bool:
    """Return whether more than half of the fewer notes are among the others, answers and all.

    Two decks may ask the same here and there, but do not answer it alike.
    """
    known = {(fold(entry.question), entry.answer[:DIGEST_DIGITS]) for entry in entries}
    now = {(fold(note.question_text), answer_digest(note)) for note in notes}
    return 2 * len(known & now) > min(len(known), len(now))


def answer_digest(note: NoteText) -> str:
    """Return the digest that the sketch of a note's answer begins with; empty without an answer."""
    return note.answer_digest or text_digest(note.answer_text)


def text_digest(text: str) -> str:
    """Return the digest that the sketch of a text begins with; empty for an empty text."""
    folded = fold(text)
    return short_digest(folded) if folded else ""


def find_twins(notes: Collection[NoteText]) -> frozenset[str]:
    """Return the questions that notes ask under different headings."""
    count = Counter(note.question_text for note in notes)
    shared = (note for note in notes if count[note.question_text] > 1)
    places = Counter(asked for asked, _ in {(note.question_text, note.place) for note in shared})
    return frozenset(asked for asked, number in places.items() if number > 1)


def find_shared(notes: Iterable[NoteText], entries: Collection[LockedNote]) -> Set[str]:
    """Return the questions that several notes or entries ask, or an entry of a known place."""
    of_notes = Counter(note.question_text for note in notes)
    of_entries = Counter(entry.question for entry in entries)
    counts = (*of_notes.items(), *of_entries.items())
    several = {question for question, count in counts if count > 1}
    return several | {entry.question for entry in entries if entry.context}


def is_known_there(entry: LockedNote, note: NoteText) -> bool:
    """Return whether the lock knows that an entry stood where a note stands."""
    return bool(entry.context) and fold(entry.context) == fold(note.place)


def is_known_elsewhere(entry: LockedNote, note: NoteText) -> bool:
    """Return whether the lock knows that an entry stood under other headings than a note."""
    return bool(entry.context) and fold(entry.context) != fold(note.place)


def text_under(question: str, place: str) -> str:
    """Return a question with what stands above it."""
    return f"{question} › {place}"


def text_of(entry: LockedNote) -> str:
    """Return what an entry asks, with what stood above it if the lock knows that."""
    return text_under(entry.question, entry.context) if entry.context else entry.question


def asked_under(note: NoteText) -> str:
    """Return what a note asks, folded, with what stands above it."""
    return fold(text_under(note.question_text, note.place))


def asked_by_entry(entry: LockedNote) -> str:
    """Return what `text_of` does, folded."""
    return fold(text_of(entry))


def asked_by_note(note: NoteText, entry: LockedNote) -> str:
    """Return what a note asks, folded, to be compared with what an entry asks."""
    return asked_under(note) if entry.context else fold(note.question_text)


class Asked(NamedTuple):
    """What an entry or a note asks, folded, to be compared with others."""

    alone: str
    under: str
    """The same with what stands above it; empty for an entry of no known place."""

    @classmethod
    def by_entry(cls, entry: LockedNote) -> Asked:
        """Return what an entry asks."""
        return cls(fold(entry.question), asked_by_entry(entry) if entry.context else "")

    @classmethod
    def by_note(cls, note: NoteText) -> Asked:
        """Return what a note asks."""
        return cls(fold(note.question_text), asked_under(note))

    def similarity_to(self, note: Asked) -> float:
        """Return how like a note is to this entry, from 0 to 1.

        The questions alone must be as alike, so that no two are like just because of their place.
        """
        alone = question_similarity(self.alone, note.alone)
        return min(alone, question_similarity(self.under, note.under)) if self.under else alone


def named_by_entry(entry: LockedNote) -> str:
    """Return what an entry asks and answers."""
    return f"{entry.question} › {entry.answer[:DIGEST_DIGITS]}"


def named_by_note(note: NoteText) -> str:
    """Return what a note asks and answers."""
    return f"{note.question_text} › {answer_digest(note)}"


def nearest_of_entry(entry: LockedNote) -> str:
    """Return what an entry asks and answers, with the nearest heading that stood above it."""
    return f"{named_by_entry(entry)} › {_last_of(entry.context)}"


def nearest_of_note(note: NoteText) -> str:
    """Return what a note asks and answers, with the nearest heading above it."""
    return f"{named_by_note(note)} › {_last_of(note.place)}"


def _last_of(place: str) -> str:
    return place.rpartition(" › ")[2]


def id_under_headings(deck: str, note: NoteText, count: str = "") -> str:
    """Return the ID of a note whose question alone is none, such as a new twin's.

    It is made of the headings as well, so that twins have the IDs that they have whichever of them
    stands first, or was there first; on two branches, or in a deck whose lock is lost.
    """
    asked = note.unmarked_question + count
    under = () if note.place == NO_HEADING else ("under", note.place)
    return short_digest(deck, asked, *under)


def name_of(entry: LockedNote) -> str:
    """Return an entry's question in quotes, and where it stood if it has a twin."""
    is_placed = entry.context not in ("", NO_HEADING)
    return quote(entry.question) + (f' under "{_cut(entry.context)}"' if is_placed else "")


def _cut(place: str) -> str:
    """Return headings without their middle, if they are long: twins differ at either end."""
    return place if len(place) <= _LONG else f"{place[: _LONG // 2]}…{place[-_LONG // 2 :]}"
