"""Arrows from a node to itself: the room they take beside it, and their ways.

Graphviz keeps no room for the labels of its own loops where a flowchart leads across. So a node
with loops is given to it large enough for them, and they are drawn here: to the right of the node,
or above it where the flowchart leads across.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deckpress.diagrams.drawing import Box, Point

Extent = tuple[float, float]
"""A width and a height, in points."""

_REACH = 15.0
"""How far a loop leaves its node, in points."""
_HALF = 9.0
"""Half of a loop's width, in points."""
_AIR = 4.0
"""Points around a loop's label."""


@dataclass(frozen=True)
class Loop:
    """A loop before it is cut at its node's outline."""

    points: tuple[Point, ...]
    """A start in the node's middle, and the control points of two cubic Béziers back to it."""
    label_centre: Point


def size_with_loops(size: Extent, labels: Sequence[Extent], *, leads_across: bool) -> Extent:
    """Return the size of a node and its loops, in the middle of which the node stands.

    `labels` are the sizes of the loops' labels, zero for a loop without one.
    """
    if not labels:
        return size
    if leads_across:
        width, height = size_with_loops(
            (size[1], size[0]), [(high, wide) for wide, high in labels], leads_across=False
        )
        return height, width
    beside = _REACH + max(_beside(width) for width, _ in labels)
    return size[0] + 2 * beside, max(size[1], sum(_slots(labels)))


def place_loops(box: Box, labels: Sequence[Extent], *, leads_across: bool) -> list[Loop]:
    """Return the loops of a node, of which each has its own slot beside the node."""
    if leads_across:
        turned = Box(-box.bottom, box.left, box.height, box.width)
        across = [(height, width) for width, height in labels]
        loops = place_loops(turned, across, leads_across=False)
        return [Loop(tuple(map(_turn, loop.points)), _turn(loop.label_centre)) for loop in loops]
    slots = _slots(labels)
    at = box.centre[1] - sum(slots) / 2
    loops = []
    for (width, _), slot in zip(labels, slots, strict=True):
        loops.append(_loop(box, at + slot / 2, width))
        at += slot
    return loops


def _loop(box: Box, y: float, width: float) -> Loop:
    tip = box.right + _REACH
    out = (box.centre, (box.right, y - _HALF), (tip, y - _HALF), (tip, y))
    back = ((tip, y + _HALF), (box.right, y + _HALF), box.centre)
    return Loop((*out, *back), (tip + _AIR + width / 2, y))


def _slots(labels: Sequence[Extent]) -> list[float]:
    """Return the height of each loop's slot."""
    return [max(height, 2 * _HALF) + _AIR for _, height in labels]


def _beside(width: float) -> float:
    """Return the room beside a loop's tip."""
    return width + 2 * _AIR if width else _AIR


def _turn(point: Point) -> Point:
    """Turn what leads right to what leads up, and what leads down to what leads right."""
    return point[1], -point[0]
