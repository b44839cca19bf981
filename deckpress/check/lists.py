"""Notes → numbers that were meant as text, but begin a list: `1949. It was the last one.`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deckpress.errors import Level, Location, Problem
from deckpress.notes import FIRST_YEAR, Note, Token

_WITHOUT_LISTS = frozenset("paragraph block_text heading table".split())


def check_lists(note: Note) -> Iterator[Problem]:
    """Yield a hint for each list of a note that is none in its author's eyes, or not all of it.

    Markdown begins a list at any number with a dot, shows its mark in grey, and counts on by itself
    (CommonMark 0.31, section 5.3), so that of 1949., 1953. the second would be 1950.
    """
    for token, following in _ordered_lists(note.blocks()):
        start = token["attrs"].get("start", 1)
        if start >= FIRST_YEAR or _is_alone(token, start, following):
            message = f"read as a list that begins with {start}: write {start}\\."
            yield _hint(note, token, message)
        for item in token["children"]:
            if (written := item.get("written", 0)) >= FIRST_YEAR:
                message = f"number {written}. is shown as {item['number']}.: write {written}\\."
                yield _hint(note, item, message)


def _hint(note: Note, token: Token, message: str) -> Problem:
    return Problem(Location(note.location.file, token.get("line", 0)), message, Level.HINT)


def _ordered_lists(blocks: Iterable[Token]) -> Iterator[tuple[Token, int]]:
    """Yield each list with numbers, and what a list before it would go on with."""
    following = 1
    for block in blocks:
        if block["type"] == "list" and block["attrs"]["ordered"]:
            yield block, following
            following = block["attrs"].get("start", 1) + len(block["children"])
        if "children" in block and block["type"] not in _WITHOUT_LISTS:
            yield from _ordered_lists(block["children"])


def _is_alone(ordered: Token, start: int, following: int) -> bool:
    """Return whether a list has one item, and follows none that it would go on with."""
    items = ordered["children"]
    return len(items) == 1 and (start not in (1, following) or not items[0]["children"])
