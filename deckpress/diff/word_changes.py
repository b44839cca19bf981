"""What two texts differ in, word by word."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum
from typing import NamedTuple, TypeVar

_MOST = 1_000_000
"""Pairs of words, or of sentences, that are compared; of longer texts all in between is changed."""
_EFFORT = 500_000
"""Steps that comparing a text may take (_effort), some 12 ms, and so many more for each word:"""
_EFFORT_PER_WORD = 5_000
"""No prose takes as many; and whatever two packages hold, they are compared in linear time."""
_SPACE: frozenset[object] = frozenset({" "})
_TRIFLE = 3
"""Characters."""
_SENTENCE_ENDS = frozenset("。！？；\n.!?;")

Words = tuple[str, ...]
"""A text: joined, these are what a reader reads."""


class Op(Enum):
    """What has become of a piece of text."""

    SAME = "same"
    GONE = "gone"
    ADDED = "added"


class Piece(NamedTuple):
    """Words that share a fate."""

    how: Op
    words: Words

    @property
    def text(self) -> str:
        """The words as text."""
        return "".join(self.words)


Pieces = tuple[Piece, ...]


class _Run(NamedTuple):
    """What stands in the place of what."""

    old: Words
    new: Words
    is_same: bool


def word_diff(old: Words, new: Words) -> Pieces:
    """Return what is the same, gone and added, in the order of reading, what is gone first.

    The pieces that are not added make up `old`, and those that are not gone `new`. Sentences are
    compared first, and then the words of those that differ: that costs less than comparing all
    words with all, and people read it with less effort.
    """
    start = _shared(zip(old, new, strict=False))
    rest = zip(reversed(old[start:]), reversed(new[start:]), strict=False)
    end = _shared(rest)
    before, after = old[: len(old) - end], new[: len(new) - end]
    runs = [_Run(old[:start], new[:start], True)]
    runs += _match_sentences(before[start:], after[start:])
    runs.append(_Run(old[len(before) :], new[len(after) :], True))
    return tuple(_pieces([run for run in runs if run.old or run.new]))


def _shared(pairs: Iterable[tuple[str, str]]) -> int:
    """Return how many of the first pairs are pairs of equals."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _match_sentences(old: Words, new: Words) -> Iterator[_Run]:
    left = _EFFORT + _EFFORT_PER_WORD * (len(old) + len(new))
    old_sentences, new_sentences = list(_sentences(old)), list(_sentences(new))
    for old_run, new_run, is_same in _match(old_sentences, new_sentences, left):
        words = tuple(itertools.chain(*old_run)), tuple(itertools.chain(*new_run))
        effort = 0 if is_same else _effort(*words)
        if is_same or effort > left:
            yield _Run(*words, is_same)
        else:
            left -= effort
            yield from itertools.starmap(_Run, _match(*words, effort))


_Token = TypeVar("_Token", str, Words)


def _effort(old: Sequence[_Token], new: Sequence[_Token]) -> int:
    """Return about how many steps SequenceMatcher takes at the most.

    It looks at all pairs of equal tokens, once for each stretch that it finds.
    """
    old_counts, new_counts = Counter(old), Counter(new)
    pairs = sum(
        number * new_counts[token] for token, number in old_counts.items() if token not in _SPACE
    )
    return pairs * min(len(old), len(new))


def _match(
    old: Sequence[_Token], new: Sequence[_Token], effort: int
) -> Iterator[tuple[tuple[_Token, ...], tuple[_Token, ...], bool]]:
    """Yield what stands in the place of what, and whether it is the same.

    Where that takes more than some steps, all of it stands in the place of all.
    """
    if not old or not new or len(old) * len(new) > _MOST or _effort(old, new) > effort:
        yield tuple(old), tuple(new), False
        return
    # Spaces are everywhere, and would be found to be "the same" in quite other places.
    matcher = SequenceMatcher(_SPACE.__contains__, old, new, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        yield tuple(old[start:end]), tuple(new[new_start:new_end]), tag == "equal"


def _sentences(words: Words) -> Iterator[Words]:
    start = 0
    for index, word in enumerate(words, 1):
        if word in _SENTENCE_ENDS:
            yield words[start:index]
            start = index
    if start < len(words):
        yield words[start:]


def _pieces(runs: Sequence[_Run]) -> Iterator[Piece]:
    """Yield the pieces of runs, of which those that follow each other with one fate are one."""
    settled = [
        run._replace(is_same=run.is_same and not (0 < index < len(runs) - 1 and _is_trifling(run)))
        for index, run in enumerate(runs)
    ]
    for is_same, group in itertools.groupby(settled, lambda run: run.is_same):
        together = list(group)
        old = tuple(itertools.chain.from_iterable(run.old for run in together))
        new = tuple(itertools.chain.from_iterable(run.new for run in together))
        if is_same:
            yield Piece(Op.SAME, old)
            continue
        yield from (Piece(Op.GONE, old),) if old else ()
        yield from (Piece(Op.ADDED, new),) if new else ()


def _is_trifling(run: _Run) -> bool:
    """Return whether a run is but spaces and marks, which between two changes only make unrest."""
    text = "".join(run.old)
    return len(text) <= _TRIFLE and "\n" not in text and not any(map(str.isalnum, text))


def shorten_run(pieces: Pieces, around: int) -> Pieces:
    """Return pieces of which what stays the same is cut to so many words beside each change.

    A text in which nothing differs is left whole.
    """
    last = len(pieces) - 1
    if not last:
        return pieces
    return tuple(
        _cut(piece, around if index else 0, around if index < last else 0)
        if piece.how is Op.SAME
        else piece
        for index, piece in enumerate(pieces)
    )


def _cut(piece: Piece, first: int, last: int) -> Piece:
    """Return a piece with so many of its first and last words, and … for the others."""
    words = piece.words
    if len(words) <= first + last + 1:
        return piece
    return Piece(piece.how, (*words[:first], "…", *words[len(words) - last :]))
