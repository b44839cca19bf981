"""The deletions of a note: in its text, in its formulas, and `==marks==` that wait for numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from deckpress.errors import Location, Problem, error
from deckpress.notes import CLOZE_OPEN, Token, location_of, plain_text, shows_picture, walk

MAX_NUMBER = 500
"""The highest cloze number of which Anki makes a card (`rslib/src/notetype/cardgen.rs`)."""


def find_clozes(blocks: Iterable[Token], file: str) -> Iterator[tuple[int, Location]]:
    """Yield the number of each deletion and its place in the file."""
    for token in walk(blocks):
        if token["type"] == "cloze":
            yield token["attrs"]["number"], location_of(token, file)
        elif token["type"].endswith("_math"):
            for found in CLOZE_OPEN.finditer(token["raw"]):
                yield int(found.group(1)), location_of(token, file)


def has_cloze(block: Token) -> bool:
    """Say whether a deletion stands in a block."""
    return any(True for _ in find_clozes([block], ""))


def number_marks(blocks: Iterable[Token]) -> None:
    """Turn each `==mark==` into a deletion under the lowest number that is free.

    The numbers are those of a new note; of one that learners have, the lock knows better.
    """
    blocks = tuple(blocks)
    taken = {number for number, _ in find_clozes(blocks, "")}
    free = (number for number in count(1) if number not in taken)
    for token in walk(blocks):
        if token["type"] == "mark":
            token["type"], token["attrs"] = "cloze", {"number": next(free), "is_mark": True}


def check_clozes(blocks: Iterable[Token], file: str) -> Iterator[Problem]:
    """Yield what is wrong with the deletions of a cloze note."""
    blocks = tuple(blocks)
    for number, where in find_clozes(blocks, file):
        if not 1 <= number <= MAX_NUMBER:
            yield error(where, f"cloze number {number}: Anki makes cards for 1 to {MAX_NUMBER}")
    for token in walk(blocks):
        if token["type"] == "cloze" and not (plain_text([token]) or shows_picture(token)):
            yield error(location_of(token, file), "cloze is empty: write what is to be answered")
