"""The deletions of a formula: what each of them asks, and what either side of a card shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deckpress.formulas.origins import Edit, Rewritten, rewrite
from deckpress.notes import CLOZE_OPEN

MAX_DEPTH = 20
"""Deletions nested deeper than this in a formula are read as TeX."""

_PIECE = re.compile(r"\\.|[{}]|::", re.S)


@dataclass(frozen=True)
class Deletion:
    """A cloze in a formula: what is asked is itself TeX, perhaps with deletions in it."""

    number: int
    content: tuple[str | Deletion, ...]
    hint: str = ""
    start: int = 0
    """Characters of the formula before its `{{`, and so for the three places below."""
    content_start: int = 0
    content_end: int = 0
    end: int = 0

    @property
    def front(self) -> str:
        """What Anki shows in its place on the front (`rslib/src/cloze.rs`)."""
        return f"[{self.hint or '...'}]"


def split_deletions(tex: str) -> tuple[str | Deletion, ...]:
    """Return a formula cut at its deletions; each ends at the `}}` that balances its braces."""
    return _split(tex, 0, len(tex), 0)


def _split(tex: str, start: int, end: int, depth: int) -> tuple[str | Deletion, ...]:
    parts: list[str | Deletion] = []
    while depth < MAX_DEPTH and (found := CLOZE_OPEN.search(tex, start, end)):
        deletion = _read_deletion(tex, found, end, depth)
        if deletion is None:
            break
        parts += [tex[start : found.start()], deletion]
        start = deletion.end
    parts.append(tex[start:end])
    return tuple(part for part in parts if part != "")


def _read_deletion(tex: str, opened: re.Match[str], limit: int, depth: int) -> Deletion | None:
    start, close = opened.end(), _deletion_end(tex, opened.end(), limit)
    if close is None:
        return None
    hint = _hint_start(tex, start, close)
    end = close if hint is None else hint
    return Deletion(
        number=int(opened.group(1)),
        content=_split(tex, start, end, depth + 1),
        hint="" if hint is None else tex[hint + 2 : close].strip(),
        start=opened.start(),
        content_start=start,
        content_end=end,
        end=close + 2,
    )


def _hint_start(tex: str, start: int, end: int) -> int | None:
    braces = 0
    for found in _PIECE.finditer(tex, start, end):
        mark = found.group(0)
        braces += (mark == "{") - (mark == "}")
        if mark == "::" and braces == 0:
            return found.start()
    return None


def _deletion_end(tex: str, start: int, limit: int) -> int | None:
    depth = 0
    for found in _PIECE.finditer(tex, start, limit):
        mark = found.group(0)
        if mark == "}" and depth == 0:
            return found.start() if tex.startswith("}}", found.start(), limit) else None
        depth += (mark == "{") - (mark == "}")
    return None


def all_deletions(parts: Iterable[str | Deletion]) -> Iterator[Deletion]:
    """Yield every deletion of a formula, outer ones before those within them."""
    for part in parts:
        if isinstance(part, Deletion):
            yield part
            yield from all_deletions(part.content)


def without_deletions(parts: Iterable[str | Deletion]) -> str:
    """Return the formula that the learner sees on the back: all deletions filled in."""
    return "".join(
        part if isinstance(part, str) else without_deletions(part.content) for part in parts
    )


def back_of(tex: str, parts: Iterable[str | Deletion]) -> Rewritten:
    """Return what the back shows of a formula, or of any note that is no cloze note."""
    return rewrite(tex, _edits(parts, None))


def fronts_of(tex: str, parts: tuple[str | Deletion, ...]) -> dict[int, Rewritten]:
    """Return what the front of each card shows of a formula, by cloze number."""
    numbers = {deletion.number for deletion in all_deletions(parts)}
    return {number: rewrite(tex, _edits(parts, number)) for number in sorted(numbers)}


def _edits(parts: Iterable[str | Deletion], hidden: int | None) -> Iterator[Edit]:
    for part in parts:
        if isinstance(part, str):
            continue
        if part.number == hidden:
            yield Edit(part.start, part.end, part.front)
            continue
        yield Edit(part.start, part.content_start, "")
        yield from _edits(part.content, hidden)
        yield Edit(part.content_end, part.end, "")
