"""A text made from another one, and where in that one each of its characters came from.

What MathJax typesets is not what the author wrote: macros are written out, deletions are filled in,
rows are wrapped. A message has to show the place in what was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Edit(NamedTuple):
    """A piece of a text, and what is written in its place."""

    start: int
    """Characters before the piece."""
    end: int
    written: str
    source: str = ""
    """What stood there, if it was a macro's call."""

    @property
    def name(self) -> str:
        """The macro's name, without its backslash."""
        found = re.match(r"\\([A-Za-z]+)", self.source)
        return found.group(1) if found else ""


@dataclass(frozen=True)
class Rewritten:
    """A text after some edits."""

    text: str
    edits: tuple[Edit, ...] = ()
    """By place; they do not overlap."""

    def origin(self, offset: int) -> int:
        """Return the place in the first text of a character of this one.

        What an edit wrote comes from where the piece began. Both count from 0.
        """
        shift = 0
        for edit in self.edits:
            start = edit.start + shift
            if offset < start:
                break
            if offset < start + len(edit.written):
                return edit.start
            shift += len(edit.written) - (edit.end - edit.start)
        return offset - shift

    def edit_at(self, offset: int) -> Edit | None:
        """Return the edit that wrote a character of this text, if one did."""
        origin = self.origin(offset)
        written = (edit for edit in self.edits if edit.start <= origin < edit.end)
        return next(written, None)


def rewrite(text: str, edits: Iterable[Edit]) -> Rewritten:
    """Return a text with edits made; they come in order and do not overlap."""
    kept = tuple(edits)
    parts, end = [], 0
    for edit in kept:
        parts += [text[end : edit.start], edit.written]
        end = edit.end
    return Rewritten("".join([*parts, text[end:]]), kept)
