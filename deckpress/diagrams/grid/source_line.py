"""A line of a block, and where each of its characters stands in the author's file."""

from __future__ import annotations

from dataclasses import dataclass

from deckpress.diagrams.drawing import Label
from deckpress.errors import Location


@dataclass(frozen=True)
class SourceLine:
    """A line without the blanks around it."""

    text: str
    where: Location
    """Where it begins."""

    def at(self, offset: int) -> Location:
        """Return where a character stands, counted from 0."""
        return to_the_right(self.where, offset)

    def label(self, start: int, end: int | None = None) -> Label:
        """Return a part of the line, without the blanks around it, as a label."""
        written = self.text[start:end]
        start += len(written) - len(written.lstrip())
        return Label(written.strip(), self.at(start))


def strip_line(text: str, where: Location) -> SourceLine:
    """Return a line that begins at a place, without the blanks around it."""
    return SourceLine(text.strip(), to_the_right(where, len(text) - len(text.lstrip())))


def to_the_right(where: Location, by: int) -> Location:
    """Return the place some characters further on in the same line."""
    return Location(where.file, where.line, where.column + by)
