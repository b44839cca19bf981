"""Notes → numbers that were meant as text, but begin a list: `1949. It was the last one.`"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deckpress.errors import Level, Location, Problem
from deckpress.notes import FIRST_YEAR, Note, Token, walk


def check_lists(note: Note) -> Iterator[Problem]:
    """Yield a hint for each list of a note that is none in its author's eyes, or not all of it.

    Markdown begins a list at any number with a dot, shows its mark in grey, and counts on by itself
    (CommonMark 0.31, section 5.3), so that of 1949., 1953. the second would be 1950.
    """
    for token in _lists_by_chance(note.blocks()):
        start = token["attrs"].get("start", 1)
        where = Location(note.location.file, token.get("line", 0))
        message = f"read as a list that begins with {start}: write {start}\\."
        yield Problem(where, message, Level.HINT)
    for item in walk(note.blocks()):
        if (written := item.get("written", 0)) >= FIRST_YEAR:
            where = Location(note.location.file, item["line"])
            message = f"number {written}. is shown as {item['number']}.: write {written}\\."
            yield Problem(where, message, Level.HINT)


def _lists_by_chance(blocks: Iterable[Token]) -> Iterator[Token]:
    """Yield lists that begin with a year, and those of one item that follow none before it."""
    following = 1
    for block in blocks:
        if block["type"] == "list" and block["attrs"]["ordered"]:
            start, items = block["attrs"].get("start", 1), block["children"]
            is_alone = len(items) == 1 and (start not in (1, following) or _is_empty(items[0]))
            if start >= FIRST_YEAR or is_alone:
                yield block
            following = start + len(items)
        if "children" in block:
            yield from _lists_by_chance(block["children"])


def _is_empty(item: Token) -> bool:
    return not item["children"]
