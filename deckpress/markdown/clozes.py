"""The deletions of a note: in its text, in its formulas, and `==marks==` that wait for numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from deckpress.diagnostics import Diagnostic, Location, error
from deckpress.markdown import (
    CLOZE_OPEN,
    Token,
    cut_text,
    location_of,
    plain_text,
    shows_picture,
    walk,
)

MAX_NUMBER = 500
"""The highest cloze number of which Anki makes a card (`rslib/src/notetype/cardgen.rs`)."""

_NEVER_ASKED = {
    "image": "a cloze in the alt text of a picture is never asked: put it around the picture",
    "cloze_hint": "a cloze within the hint of another is never asked: write the hint without it",
}
_HINT = re.compile(":(?=:)")
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)")


def split_hint(tokens: list[Token]) -> tuple[list[Token], list[Token] | None]:
    """Return what stands in a deletion before and behind the `::` of its hint; None without one.

    It is the first that its author wrote as such, and within nothing else: a `::` in a link, an
    address, code, emphasis or an HTML element belongs to that.
    """
    for at, token in _outside_elements(tokens):
        if token["type"] == "text" and (mark := _find_mark(token)) is not None:
            before, behind = cut_text(token, 0, mark), cut_text(token, mark + 2, len(token["raw"]))
            return [*tokens[:at], *before], [*behind, *tokens[at + 1 :]]
    return tokens, None


def _outside_elements(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    """Yield each token, with its place, that stands in no HTML element which ends behind it."""
    tags = [list(_tags(token)) for token in tokens]
    ends = Counter(name for of_token in tags for name, is_end in of_token if is_end)
    opened: Counter[str] = Counter()
    for at, token in enumerate(tokens):
        for name, is_end in tags[at]:
            ends[name] -= is_end
            opened[name] = max(opened[name] + (-1 if is_end else 1), 0)
        if not any(opened[name] and ends[name] for name in opened):
            yield at, token


def _tags(token: Token) -> Iterator[tuple[str, bool]]:
    """Yield the name of each HTML tag in a token, and whether it is one that ends an element."""
    for each in walk([token]):
        tag = _TAG.match(each["raw"]) if each["type"] == "inline_html" else None
        if tag:
            yield tag.group(2).lower(), bool(tag.group(1))


def _find_mark(text: Token) -> int | None:
    """Return where a `::` stands in a text, of which no colon was escaped."""
    begins = {begin for begin, _ in text.get("origins", ())}
    marks = (found.start() for found in _HINT.finditer(text["raw"]))
    return next((mark for mark in marks if mark + 1 not in begins), None)


def may_have_cloze(types: Iterable[str]) -> bool:
    """Return whether tokens of these types may have a deletion, or a mark that becomes one."""
    return any(each in ("cloze", "mark") or each.endswith("_math") for each in types)


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


def has_mark(blocks: Iterable[Token]) -> bool:
    """Return whether an `==mark==` stands in blocks."""
    return any(token["type"] == "mark" for token in walk(blocks))


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


def check_clozes(blocks: Iterable[Token], file: str) -> Iterator[Diagnostic]:
    """Yield what is wrong with the deletions of a cloze note."""
    blocks = tuple(blocks)
    for number, where in find_clozes(blocks, file):
        if not 1 <= number <= MAX_NUMBER:
            yield error(where, f"cloze number {number}: Anki makes cards for 1 to {MAX_NUMBER}")
    for token in walk(blocks):
        if token["type"] == "cloze" and not (plain_text([token]) or shows_picture(token)):
            yield error(location_of(token, file), "cloze is empty: write what is to be answered")
        elif token["type"] in _NEVER_ASKED:
            for _, where in find_clozes(token["children"], file):
                yield error(where, _NEVER_ASKED[token["type"]])


def split_cloze(blocks: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return what a cloze note asks, up to the last block with a deletion, and what follows."""
    end = max((at for at, block in enumerate(blocks, 1) if has_cloze(block)), default=1)
    return blocks[:end], blocks[end:]
