"""The deletions of a note: in its text, in its formulas, and `==marks==` that wait for numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import count

from deckpress.diagnostics import Diagnostic, Location, error
from deckpress.markdown import (
    CLOZE_OPEN,
    FORMULAS,
    Token,
    location_of,
    plain_text,
    rewrite,
    shows_picture,
    walk,
)

MAX_NUMBER = 500
"""The highest cloze number of which Anki makes a card (`rslib/src/notetype/cardgen.rs`)."""

_GAPS = frozenset({"cloze", "mark", *FORMULAS})
_NEVER_ASKED = {
    "image": "a cloze in the alt text of a picture is never asked: put it around the picture",
    "cloze_hint": "a cloze within the hint of another is never asked: write the hint without it",
}


def may_have_cloze(types: Set[str]) -> bool:
    """Return whether tokens of these types may have a deletion, or a mark that becomes one."""
    return not _GAPS.isdisjoint(types)


def find_clozes(blocks: Iterable[Token], file: str) -> Iterator[tuple[int, Location]]:
    """Yield the number of each deletion and its place in the file."""
    for token in walk(block for block in blocks if may_have_cloze(block.types)):
        if token.type == "cloze":
            yield token.number, location_of(token, file)
        elif token.type in FORMULAS:
            for match in CLOZE_OPEN.finditer(token.raw):
                yield int(match.group(1)), location_of(token, file)


def has_cloze(block: Token) -> bool:
    """Return whether a deletion stands in a block."""
    return any(True for _ in find_clozes([block], ""))


def has_mark(blocks: Iterable[Token]) -> bool:
    """Return whether an `==mark==` stands in blocks."""
    return any("mark" in block.types for block in blocks)


def number_marks(blocks: Sequence[Token]) -> tuple[Token, ...]:
    """Return blocks with each `==mark==` as a deletion under the lowest number that is free.

    The numbers are those of a new note; of one that learners have, the lock knows better.
    """
    taken = {number for number, _ in find_clozes(blocks, "")}
    free = (number for number in count(1) if number not in taken)

    def change(token: Token) -> Token:
        if token.type != "mark":
            return token
        return token.replace(type="cloze", number=next(free), is_mark=True)

    return rewrite(blocks, change)


def check_clozes(blocks: Iterable[Token], file: str) -> Iterator[Diagnostic]:
    """Yield what is wrong with the deletions of a cloze note."""
    blocks = tuple(blocks)
    for number, where in find_clozes(blocks, file):
        if not 1 <= number <= MAX_NUMBER:
            yield error(where, f"cloze number {number}: Anki makes cards for 1 to {MAX_NUMBER}")
    for token in walk(blocks):
        if token.type == "cloze" and not (plain_text([token]) or shows_picture(token)):
            yield error(location_of(token, file), "cloze is empty: write what is to be answered")
        elif token.type in _NEVER_ASKED:
            for _, where in find_clozes(token.children, file):
                yield error(where, _NEVER_ASKED[token.type])


def split_cloze(blocks: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """Return what a cloze note asks, up to the last block with a deletion, and what follows."""
    end = max((index for index, block in enumerate(blocks, 1) if has_cloze(block)), default=1)
    return [*blocks[:end]], [*blocks[end:]]
