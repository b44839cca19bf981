"""Notes and entries of the lock that are alike: every pair scored, and the clear winners."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from deckpress.lock.entries import NoteEntry
from deckpress.lock.likeness import (
    CHANCE_TEXT,
    TOLD_BY,
    answer_likeness,
    gram_numbers,
    numbers_in,
    score,
)
from deckpress.lock.twins import Asked
from deckpress.notes import Note, plain_text

SURE = 0.8
"""From this score on, a pair is one note, unless another pair comes near."""
MARGIN = 0.15
"""How much a clear winner is ahead of every other pair of its note or its entry."""
DOUBTFUL = 0.5
"""Below this score two notes are different ones."""
ALIKE = 0.25
"""From this score on, an author may wish to know that a new note is like a retired one."""

_CANDIDATES = 5
"""How many entries are looked at for each note, by each half."""
COMMON = 20
"""A run of characters that is in more notes than this does not help to tell them apart, and looking
at it would take the square of the deck's size."""


@dataclass(frozen=True)
class Pair:
    """A note and an entry of the lock that may be one."""

    at: int
    """Which note, from 0."""
    entry: NoteEntry
    score: float
    """How surely they are one, from 0 to 1 (`likeness.score`)."""


def find_pairs(
    notes: Mapping[int, Note],
    entries: Sequence[NoteEntry],
    may_be: Callable[[NoteEntry, Note], bool],
    least: float = DOUBTFUL,
) -> list[Pair]:
    """Return the pairs that score `least` or more, the best first."""
    if not notes or not entries:
        return []
    finder = _Candidates(entries)
    pairs = [
        Pair(at, entry, scored)
        for at, note in notes.items()
        for entry, scored in finder.score(note)
        if scored >= least and may_be(entry, note)
    ]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.at, pair.entry.guid))


def clear_winners(pairs: Iterable[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Return the pairs that are one note beyond doubt, and the pairs that stay in doubt.

    A pair wins if its score is `SURE` or more, and by `MARGIN` above every other pair of the same
    note and every other pair of the same entry, so that no note is taken first come, first served.
    What the winners leave is looked at again: with them gone, others may be clear.
    """
    winners: list[Pair] = []
    left = list(pairs)
    while won := _find_winners(left):
        winners += won
        notes, guids = {pair.at for pair in won}, {pair.entry.guid for pair in won}
        left = [pair for pair in left if pair.at not in notes and pair.entry.guid not in guids]
    return winners, left


def _find_winners(pairs: Sequence[Pair]) -> list[Pair]:
    of_note: dict[int, list[float]] = defaultdict(list)
    of_entry: dict[str, list[float]] = defaultdict(list)
    for pair in pairs:
        of_note[pair.at].append(pair.score)
        of_entry[pair.entry.guid].append(pair.score)
    return [
        pair
        for pair in pairs
        if pair.score >= SURE
        and _is_ahead(pair.score, of_note[pair.at])
        and _is_ahead(pair.score, of_entry[pair.entry.guid])
    ]


def _is_ahead(best: float, scores: Sequence[float]) -> bool:
    """Say whether all scores but one are below the best by the margin."""
    return sum(best - each < MARGIN for each in scores) == 1


def owners_of(samples: Mapping[int, Set[int]]) -> Mapping[int, Sequence[int]]:
    """Return which samples hold each number, without numbers that are in too many of them."""
    owners: dict[int, list[int]] = defaultdict(list)
    for owner, numbers in samples.items():
        for number in numbers:
            owners[number].append(owner)
    return {number: who for number, who in owners.items() if len(who) <= COMMON}


class _Candidates:
    """The entries, ready to be asked which of them are like a note."""

    def __init__(self, entries: Sequence[NoteEntry]) -> None:
        self._entries = entries
        self._asked = [Asked.by_entry(entry) for entry in entries]
        self._questions = [(each.under or each.alone)[:TOLD_BY] for each in self._asked]
        self._placed = self._find_placed()
        self._by_number = owners_of({at: numbers_in(one.answer) for at, one in enumerate(entries)})

    def score(self, note: Note) -> list[tuple[NoteEntry, float]]:
        """Return the entries that may be like a note, each with its score."""
        asked, numbers = Asked.by_note(note), gram_numbers(plain_text(note.answer))
        twins = self._placed.get(asked.alone, ())[:_CANDIDATES]
        near = self._near_questions(asked.alone) | self._near_answers(numbers) | set(twins)
        if self._placed:
            near |= self._near_questions(asked.under)
        least = dict.fromkeys(twins, DOUBTFUL)
        scores = {at: max(self._score(at, asked, numbers), least.get(at, 0)) for at in sorted(near)}
        return [(self._entries[at], scored) for at, scored in scores.items()]

    def _find_placed(self) -> Mapping[str, Sequence[int]]:
        """Return the living entries that are known to have had a twin, by their questions alone.

        A note that asks the same, though elsewhere, is not just taken for another one.
        """
        placed: dict[str, list[int]] = defaultdict(list)
        for at, entry in enumerate(self._entries):
            if entry.context and not entry.retired:
                placed[self._asked[at].alone].append(at)
        return placed

    def _score(self, at: int, asked: Asked, numbers: frozenset[int]) -> float:
        drawn = self._entries[at].answer
        return score(
            self._asked[at].likeness_to(asked),
            answer_likeness(drawn, numbers),
            min(len(numbers_in(drawn)), len(numbers)),
        )

    def _near_questions(self, question: str) -> set[int]:
        from rapidfuzz import fuzz, process

        found = process.extract(
            question[:TOLD_BY],
            self._questions,
            scorer=fuzz.ratio,
            score_cutoff=100 * CHANCE_TEXT,  # what is less alike adds nothing to a score
            limit=_CANDIDATES,
        )
        return {at for _, _, at in found}

    def _near_answers(self, numbers: frozenset[int]) -> set[int]:
        shared = Counter(at for number in numbers for at in self._by_number.get(number, ()))
        return {at for at, _ in shared.most_common(_CANDIDATES)}
