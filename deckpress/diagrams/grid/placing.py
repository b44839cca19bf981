"""Labels beside their arrows, where they hide no node and no other label."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from deckpress.diagrams.drawing import Box, Label, Line, Point, Words, box_around
from deckpress.diagrams.grid.routes import crosses, pieces
from deckpress.diagrams.grid.sizes import Measure
from deckpress.diagrams.style import SMALL

_AIR = 4.5
"""Points between an arrow and its label."""
_NEAR = 1.0
"""Points; a line that is nearer to a label touches it."""
_ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)
"""Where along a piece of its arrow a label may stand, best first."""
_CROSSED = 10.0
"""What it costs a place if a line runs through it; a place further from the middle costs less."""
_INWARD = 3.0
"""What it costs a place to lie between an arrow and the nodes it goes around."""
_ALIEN = 5.0
"""What it costs a place to be nearer to another line than a label should be."""
_BERTH = 4.0
"""Points that should be between a label and the lines of others."""
_ON_LINE = 4.0
"""What it costs a place to lie on its own arrow."""


Piece = tuple[Point, Point]
"""A straight part of a line."""
Way = tuple[Line | None, Sequence[Piece]]
"""An arrow, or the side of a frame, which is none, in straight pieces."""


class NoPlaceError(Exception):
    """A label that finds no free place beside its arrow."""

    def __init__(self, label: Label) -> None:
        super().__init__(label.text)
        self.label = label


def place_labels(
    labels: Sequence[tuple[Label | None, Line]],
    frames: Sequence[Box],
    taken: Sequence[Box],
    measure: Measure,
) -> list[Words]:
    """Return the labels of arrows at their places, best where they cross no other line.

    `frames` are the rectangles around groups, and `taken` places that are not free.

    Raises NoPlaceError for a label that has none.
    """
    words: list[Words] = []
    full = list(taken)
    ways: list[Way] = [(line, pieces(line)) for _, line in labels]
    ways += [(None, _sides(frame)) for frame in frames]
    for label, line in labels:
        if label is None:
            continue
        size = measure(label.text, SMALL, False)
        free = [
            (cost + _cost(box, line, ways), box, on_line)
            for cost, box, on_line in _places(line, size)
            if not any(box.overlaps(other, -0.5) for other in full)
        ]
        if not free:
            raise NoPlaceError(label)
        cost, box, on_line = min(free, key=lambda each: each[0])
        words.append(Words(label, box.centre, SMALL, is_on_line=on_line or cost >= _CROSSED))
        full.append(box)
    return words


def _cost(box: Box, own: Line, ways: Sequence[Way]) -> float:
    """Return what it costs a label that lines other than its own run through it, or touch it."""
    others = [way for line, way in ways if line is not own]
    crossed, near = (
        sum(any(crosses(piece, box.grown(by)) for piece in way) for way in others)
        for by in (_NEAR, _BERTH)
    )
    return _CROSSED * crossed + _ALIEN * (near - crossed)


def _sides(box: Box) -> list[Piece]:
    corners = box.corners
    return list(zip(corners, [*corners[1:], corners[0]], strict=True))


def _places(line: Line, size: tuple[float, float]) -> Iterator[tuple[float, Box, bool]]:
    """Yield places along an arrow, what each costs, and whether it lies on the arrow."""
    straight = [(line.points[0], line.points[-1])] if line.is_curved else pieces(line)
    longest = sorted(straight, key=lambda piece: -math.dist(*piece))
    for rank, piece in enumerate([_middle(line)] if line.is_curved else longest):
        for late, t in enumerate(_ALONG):
            for side, (centre, on_line) in enumerate(_beside(piece, t, size)):
                box = box_around(centre, *size)
                inward = _INWARD * _is_inward(line, centre)
                yield rank + 0.3 * late + 0.2 * side + _ON_LINE * on_line + inward, box, on_line


def _is_inward(line: Line, centre: Point) -> bool:
    """Say whether a place lies on the nodes' side of an arrow that goes around them."""
    if line.is_curved or len(line.points) != 4:
        return False
    start, corner, _, _ = line.points
    out = corner[0] - start[0], corner[1] - start[1]
    return (centre[0] - corner[0]) * out[0] + (centre[1] - corner[1]) * out[1] < 0


def _middle(line: Line) -> tuple[Point, Point]:
    """Return the straight piece in the middle of a curve."""
    parts = pieces(line)
    at = len(parts) // 2
    return parts[at - 3][0], parts[at + 2][1]


def _beside(
    piece: tuple[Point, Point], t: float, size: tuple[float, float]
) -> Iterator[tuple[Point, bool]]:
    """Yield the centres that a label may have at a place along a straight piece."""
    (x1, y1), (x2, y2) = piece
    x, y = x1 + t * (x2 - x1), y1 + t * (y2 - y1)
    width, height = size[0] / 2 + _AIR, size[1] / 2 + _AIR - 1.5
    if abs(y1 - y2) < 0.5:
        yield from (((x, y - height), False), ((x, y + height), False))
    elif abs(x1 - x2) < 0.5:
        yield from (((x + width, y), False), ((x - width, y), False))
    else:
        yield from _aslant(x, y, (y2 - y1) / (x2 - x1), width, height)
    yield (x, y), True


def _aslant(
    x: float, y: float, slope: float, width: float, height: float
) -> Iterator[tuple[Point, bool]]:
    """Yield the centres beside a slanted line at which a label's corner just clears it."""
    aside, above = width + height / abs(slope), height + width * abs(slope)
    for sign in (1, -1):
        yield ((x + sign * aside, y) if aside < above else (x, y + sign * above)), False
