"""Entries of the lock that a note may be: pairs scored, clear ones, and what is said of others."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from deckpress.diagnostics import Diagnostic, error, quote
from deckpress.lock import LockedNote, short_digest
from deckpress.lock.cloze_numbers import gaps_of
from deckpress.lock.similarity import (
    CHANCE_TEXT,
    MOST_COMPARED,
    Asked,
    answer_similarity,
    fold,
    gram_numbers,
    name_of,
    numbers_in,
    question_similarity,
    score,
)
from deckpress.notes import NO_HEADING, Kind, NoteText

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
_BEGINNING = 6
"""So many characters at least must be the same."""


@dataclass(frozen=True)
class Pair:
    """A note and an entry of the lock that may be one."""

    index: int
    """Which note, from 0."""
    entry: LockedNote
    score: float
    """How surely they are one, from 0 to 1 (`similarity.score`)."""


def find_pairs(
    notes: Mapping[int, NoteText],
    entries: Sequence[LockedNote],
    may_be: Callable[[LockedNote, NoteText], bool],
    least: float = DOUBTFUL,
) -> list[Pair]:
    """Return the pairs that score `least` or more, the best first."""
    if not notes or not entries:
        return []
    finder = _Candidates(entries)
    pairs = [
        Pair(index, entry, scored)
        for index, note in notes.items()
        for entry, scored in finder.score(note)
        if scored >= least and may_be(entry, note)
    ]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.index, pair.entry.guid))


def unambiguous_matches(pairs: Iterable[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Return the pairs that are one note beyond doubt, and the pairs that stay in doubt.

    A pair wins if its score is `SURE` or more, and by `MARGIN` above every other pair of the same
    note and every other pair of the same entry, so that no note is taken first come, first served.
    What the winners leave is looked at again: with them gone, others may be clear.
    """
    winners: list[Pair] = []
    left = list(pairs)
    while won := _find_unambiguous(left):
        winners += won
        notes, guids = {pair.index for pair in won}, {pair.entry.guid for pair in won}
        left = [pair for pair in left if pair.index not in notes and pair.entry.guid not in guids]
    return winners, left


def _find_unambiguous(pairs: Sequence[Pair]) -> list[Pair]:
    of_note: dict[int, list[float]] = defaultdict(list)
    of_entry: dict[str, list[float]] = defaultdict(list)
    for pair in pairs:
        of_note[pair.index].append(pair.score)
        of_entry[pair.entry.guid].append(pair.score)
    return [
        pair
        for pair in pairs
        if pair.score >= SURE
        and _is_ahead(pair.score, of_note[pair.index])
        and _is_ahead(pair.score, of_entry[pair.entry.guid])
    ]


def _is_ahead(best: float, scores: Sequence[float]) -> bool:
    """Return whether all scores but one are below the best by the margin."""
    return sum(best - score < MARGIN for score in scores) == 1


def owners_of(samples: Mapping[int, Set[int]]) -> Mapping[int, Sequence[int]]:
    """Return which samples hold each number, without numbers that are in too many of them."""
    owners: dict[int, list[int]] = defaultdict(list)
    for owner, numbers in samples.items():
        for number in numbers:
            owners[number].append(owner)
    return {number: who for number, who in owners.items() if len(who) <= COMMON}


class _Candidates:
    """The entries, ready to be asked which of them are like a note."""

    def __init__(self, entries: Sequence[LockedNote]) -> None:
        self._entries = entries
        self._asked = [Asked.by_entry(entry) for entry in entries]
        self._questions = [(asked.under or asked.alone)[:MOST_COMPARED] for asked in self._asked]
        self._placed = self._find_placed()
        self._by_number = owners_of(
            {index: numbers_in(entry.answer) for index, entry in enumerate(entries)}
        )

    def score(self, note: NoteText) -> list[tuple[LockedNote, float]]:
        """Return the entries that may be like a note, each with its score."""
        asked, numbers = Asked.by_note(note), gram_numbers(note.answer_text)
        twins = self._placed.get(asked.alone, ())[:_CANDIDATES]
        near = self._near_questions(asked.alone) | self._near_answers(numbers) | set(twins)
        if self._placed:
            near |= self._near_questions(asked.under)
        rearranged = self._rearranged(note)
        near |= rearranged
        least = dict.fromkeys((*twins, *rearranged), DOUBTFUL)
        scores = {
            index: max(self._score(index, asked, numbers), least.get(index, 0))
            for index in sorted(near)
        }
        return [(self._entries[index], scored) for index, scored in scores.items()]

    def _rearranged(self, note: NoteText) -> set[int]:
        """Return the entries that have a note's gaps, two at least, in a text that is like its own.

        The gaps may be long, so that the wholes are not alike if those change places.
        """
        if not (texts := _texts_of_gaps(cloze.text for cloze in note.clozes))[1:]:
            return set()
        rest = _without(note.question_text, texts)
        return {
            index
            for index in self._by_gaps.get(texts, ())[:COMMON]
            if question_similarity(_without(self._entries[index].question, texts), rest) >= SURE
        }

    @cached_property
    def _by_gaps(self) -> Mapping[tuple[str, ...], Sequence[int]]:
        """The entries by the texts of their gaps, whatever the order."""
        entries: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for index, entry in enumerate(self._entries):
            entries[_texts_of_gaps(gaps_of(entry))].append(index)
        return entries

    def _find_placed(self) -> Mapping[str, Sequence[int]]:
        """Return the living entries that are known to have had a twin, by their questions alone.

        A note that asks the same, though elsewhere, is not just taken for another one.
        """
        placed: dict[str, list[int]] = defaultdict(list)
        for index, entry in enumerate(self._entries):
            if entry.context and not entry.retired:
                placed[self._asked[index].alone].append(index)
        return placed

    def _score(self, index: int, asked: Asked, numbers: frozenset[int]) -> float:
        drawn = self._entries[index].answer
        return score(
            self._asked[index].similarity_to(asked),
            answer_similarity(drawn, numbers),
            min(len(numbers_in(drawn)), len(numbers)),
        )

    def _near_questions(self, question: str) -> set[int]:
        from rapidfuzz import fuzz, process

        nearest = process.extract(
            question[:MOST_COMPARED],
            self._questions,
            scorer=fuzz.ratio,
            score_cutoff=100 * CHANCE_TEXT,  # what is less alike adds nothing to a score
            limit=_CANDIDATES,
        )
        return {index for _, _, index in nearest}

    def _near_answers(self, numbers: frozenset[int]) -> set[int]:
        shared = Counter(index for number in numbers for index in self._by_number.get(number, ()))
        return {index for index, _ in shared.most_common(_CANDIDATES)}


def _texts_of_gaps(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(map(fold, texts)))


def _without(question: str, texts: Iterable[str]) -> str:
    """Return a question, folded, without texts, of which the longest are taken out first."""
    rest = fold(question)
    for text in sorted(texts, key=len, reverse=True):
        rest = rest.replace(text, "", 1)
    return rest


def report_ambiguity(
    deck: str, notes: Sequence[NoteText], pairs: Sequence[Pair]
) -> Iterator[Diagnostic]:
    """Yield an error for each note of the pairs, with the comments that settle it.

    `deck` is the deck's id; `pairs` are in doubt, the best first.
    """
    entries_of: dict[int, list[LockedNote]] = defaultdict(list)
    notes_of: dict[str, list[int]] = defaultdict(list)
    for pair in pairs:
        entries_of[pair.index].append(pair.entry)
        notes_of[pair.entry.guid].append(pair.index)
    for index, entries in entries_of.items():
        candidates = entries[:2]
        rivals = [rival for rival in notes_of[candidates[0].guid] if rival != index]
        if len(candidates) == 1 and rivals:
            message = _format_rivals(candidates[0], notes[rivals[0]], _new_id(deck, notes[index]))
        else:
            message = _format_candidates(candidates, _new_id(deck, notes[index]))
        yield error(notes[index].location, message)


def is_declared_new(deck: str, note: NoteText) -> bool:
    """Return whether a note has the id that a message offered for a new note.

    Messages of earlier versions offered one that was made of the question alone.
    """
    if note.id is None:
        return False
    return note.id in (_new_id(deck, note), short_digest(deck, note.question_text, "new"))


def _new_id(deck: str, note: NoteText) -> str:
    """Return an ID that no note has yet, and that twins do not share."""
    under = () if note.place == NO_HEADING else (note.place,)
    return short_digest(deck, note.question_text, "new", *under)


def report_contradiction(
    deck: str, note: NoteText, asks: LockedNote, answers: LockedNote
) -> Diagnostic:
    """Return the error for a note that asks what one entry asked, and answers what another did."""
    moved = "under other headings" if note.asks(answers.question) else "with another question"
    message = (
        f"not sure which note this was: write <!-- id={asks.author_id} --> if it is {_name(asks)} "
        f"with another answer, <!-- id={answers.author_id} --> if it is {_name(answers)} {moved}, "
        f"or <!-- id={_new_id(deck, note)} --> if it is new"
    )
    return error(note.location, message)


def report_claim(deck: str, note: NoteText, entry: LockedNote, own: NoteText) -> Diagnostic:
    """Return the error for a note that has the id of an entry whose own note is unchanged."""
    message = (
        f"id {quote(note.id or '')} is that of {name_of(entry)} in {own.location}, which is "
        "unchanged: choose another; or, if this is to go on with the progress of that one, write "
        f"<!-- id={_new_id(deck, own)} --> there, which makes it a new note"
    )
    return error(note.location, message)


def _name(entry: LockedNote) -> str:
    return f"the retired {name_of(entry)}" if entry.retired else name_of(entry)


def _format_rivals(entry: LockedNote, rival: NoteText, new: str) -> str:
    what = "retired" if entry.retired else "note"
    return (
        f"not sure if this or {rival.location} is the {what} {name_of(entry)}: write "
        f"<!-- id={entry.author_id} --> in the one that is, and <!-- id={new} --> here if this is "
        "new"
    )


def _format_candidates(candidates: Sequence[LockedNote], new: str) -> str:
    choices = ", ".join(
        f"<!-- id={entry.author_id} --> if it is {_name(entry)}" for entry in candidates
    )
    return f"not sure which note this was: write {choices}, or <!-- id={new} --> if it is new"


def kind_changed(deck: str, note: NoteText, entry: LockedNote) -> Diagnostic:
    """Return the error for a note that would be an entry, but has another kind."""
    new = f"{note.id}-{note.kind}" if note.id else _new_id(deck, note)
    message = (
        f"kind changed from {entry.kind} to {note.kind}, and Anki moves no note to another note "
        f"type: make it {entry.kind} again; or write <!-- id={new} --> to make it a "
        "new note, which learners start afresh, and whose old one they have to delete"
    )
    return error(note.location, message)


def find_beginnings(
    notes: Mapping[int, NoteText], entries: Iterable[LockedNote]
) -> dict[int, LockedNote]:
    """Return for each note the entry that it may be, become a cloze note or no longer one."""
    entries = tuple(entries)
    all_, clozes = _Questions(entries), _Questions(e for e in entries if e.kind == Kind.CLOZE)
    beginnings: dict[int, LockedNote] = {}
    for index, note in notes.items():
        question = fold(note.question_text)
        begun = (all_ if note.kind is Kind.CLOZE else clozes).find_beginning(question)
        if entry := all_.find(question) or begun:
            beginnings[index] = entry
    return beginnings


class _Questions:
    """The questions of entries, folded, to be looked up by all of one or by its beginning."""

    def __init__(self, entries: Iterable[LockedNote]) -> None:
        self._entries = {fold(entry.question): entry for entry in entries}
        self._sorted = sorted(self._entries)
        lengths = {len(question) for question in self._sorted}
        self._lengths = sorted((length for length in lengths if length >= _BEGINNING), reverse=True)

    def find(self, question: str) -> LockedNote | None:
        """Return the entry of an equal question."""
        return self._entries.get(question)

    def find_beginning(self, question: str) -> LockedNote | None:
        """Return the entry with which a question begins, or which begins with it; the nearest."""
        for length in self._lengths:
            if length < len(question) and question[:length] in self._entries:
                return self._entries[question[:length]]
        index = bisect_left(self._sorted, question)
        longer = self._sorted[index] if index < len(self._sorted) else ""
        is_begun = len(question) >= _BEGINNING and longer.startswith(question)
        return self._entries[longer] if is_begun else None
