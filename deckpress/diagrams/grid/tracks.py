"""The columns and rows of a grid: how wide each is, and how far apart, in points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Need:
    """A length that some columns (or rows), with the gaps between them, must come to."""

    first: int
    last: int
    """The last one, which counts in."""
    length: float


@dataclass(frozen=True)
class Tracks:
    """The columns, or the rows, of a grid."""

    sizes: tuple[float, ...]
    """The width of each column (the height of each row)."""
    gaps: tuple[float, ...]
    """What lies before each, and, as the last, behind all of them."""

    def start(self, at: int) -> float:
        """Return where a column begins."""
        return sum(self.gaps[: at + 1]) + sum(self.sizes[:at])

    def end(self, at: int) -> float:
        """Return where a column ends."""
        return self.start(at) + self.sizes[at]

    def middle(self, first: int, last: int) -> float:
        """Return the middle of some columns."""
        return (self.start(first) + self.end(last)) / 2


def widen(tracks: Tracks, needs: Iterable[Need]) -> Tracks:
    """Return tracks that are wide enough for nodes that take more than one of them."""
    sizes = list(tracks.sizes)
    for need in sorted(needs, key=lambda need: (need.last - need.first, need.first)):
        inner = sum(tracks.gaps[need.first + 1 : need.last + 1])
        missing = need.length - inner - sum(sizes[need.first : need.last + 1])
        if missing > 0:
            for at in range(need.first, need.last + 1):
                sizes[at] += missing / (need.last + 1 - need.first)
    return replace(tracks, sizes=tuple(sizes))


def part(tracks: Tracks, needs: Iterable[Need]) -> Tracks:
    """Return tracks that lie far enough apart.

    A need is here the distance from the end of its first column to the start of its last.
    """
    gaps = list(tracks.gaps)
    for need in sorted(needs, key=lambda need: (need.last - need.first, need.first)):
        inner = sum(tracks.sizes[need.first + 1 : need.last])
        missing = need.length - inner - sum(gaps[need.first + 1 : need.last + 1])
        if missing > 0:
            for at in range(need.first + 1, need.last + 1):
                gaps[at] += missing / (need.last - need.first)
    return replace(tracks, gaps=tuple(gaps))
