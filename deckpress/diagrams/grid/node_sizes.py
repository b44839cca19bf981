"""How much room the nodes of a diagram take, in points, and where lines may meet their sides."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from deckpress.diagrams import NodeShape, Point, Shape
from deckpress.diagrams.grid import LOOKS, Node, NodeKind
from deckpress.diagrams.node_shapes import SHEET, holds
from deckpress.diagrams.palette import LABEL

Measure = Callable[[str, float, bool], tuple[float, float]]
"""Takes a label's text, the font's size in points and whether it is bold; returns the width and
height it takes, in points."""
_SHEETS = 2
_DOT = 5.0
_CIRCLES: Mapping[NodeKind, float] = {NodeKind.OP: 25, NodeKind.UNIT: 28, NodeKind.DROPPED: 28}
"""Least diameters."""
_HALVINGS = 16
"""Steps in which an outline is found, each twice as near as the one before."""
_MARGIN = 4.0
"""How far from its corners a box is met by the outermost of several arrows, in points."""


@dataclass(frozen=True)
class Size:
    """A width and a height in points."""

    width: float
    height: float


@dataclass(frozen=True)
class _Room:
    """What an outline needs around its label, and at least."""

    beside: float
    above: float
    least: Size


_ROOMS: Mapping[NodeShape, _Room] = {
    NodeShape.BOX: _Room(9, 6.5, Size(34, 30)),
    NodeShape.PILL: _Room(11, 5.5, Size(36, 28)),
    NodeShape.STACK: _Room(10, 7, Size(38, 32)),
    NodeShape.NONE: _Room(1.5, 0, Size(4, 18)),
}


_CELL = _Room(6, 3.5, Size(25, 23))


def size_nodes(nodes: Sequence[Node], measure: Measure) -> dict[str, Size]:
    """Return each node's size by its id, as if it stood in a single cell of the grid.

    Boxes of one kind are as wide as the widest in their column, and as high as the highest in
    their row; so are the cells of matrices that stand below each other.
    """
    sizes = {node.id: _size(node, measure) for node in nodes}
    widths = _largest((_as_wide_as(node), sizes[node.id].width) for node in nodes)
    heights = _largest((_as_high_as(node), sizes[node.id].height) for node in nodes)
    return {node.id: Size(widths[_as_wide_as(node)], heights[_as_high_as(node)]) for node in nodes}


def _largest(lengths: Iterable[tuple[Hashable, float]]) -> dict[Hashable, float]:
    largest: dict[Hashable, float] = {}
    for key, length in lengths:
        largest[key] = max(length, largest.get(key, 0))
    return largest


def _as_wide_as(node: Node) -> Hashable:
    """Return what nodes have in common that are equally wide."""
    if node.kind is NodeKind.MATRIX:
        return node.kind, node.column, node.columns, len(node.cells[0])
    return (node.kind, node.column) if fills(node) and node.columns == 1 else node.id


def _as_high_as(node: Node) -> Hashable:
    """Return what nodes have in common that are equally high."""
    return (LOOKS[node.kind][0], node.row) if fills(node) and node.rows == 1 else node.id


def fills(node: Node) -> bool:
    """Say whether a node is drawn as large as its cells, and not as its label needs."""
    return LOOKS[node.kind][0] in (NodeShape.BOX, NodeShape.PILL, NodeShape.STACK)


def _size(node: Node, measure: Measure) -> Size:
    outline = LOOKS[node.kind][0]
    if outline is NodeShape.MATRIX:
        cell = _size_cell(node, measure)
        return Size(cell.width * len(node.cells[0]), cell.height * len(node.cells))
    if outline is NodeShape.DOT:
        return Size(_DOT, _DOT)
    width, height = measure(node.label.text, LABEL, False) if node.label.text else (0.0, 0.0)
    if outline is NodeShape.CIRCLE:
        diameter = max(_CIRCLES[node.kind], math.hypot(width, 0.7 * height) + 7)
        return Size(diameter, diameter)
    room, sheets = _ROOMS[outline], SHEET * _SHEETS * (outline is NodeShape.STACK)
    return Size(
        max(room.least.width, width + 2 * room.beside) + sheets,
        max(room.least.height, height + 2 * room.above) + sheets,
    )


def _size_cell(node: Node, measure: Measure) -> Size:
    sizes = [measure(label.text, LABEL, False) for row in node.cells for label in row if label.text]
    widest = max((width for width, _ in sizes), default=0)
    highest = max((height for _, height in sizes), default=0)
    return Size(
        max(_CELL.least.width, widest + 2 * _CELL.beside),
        max(_CELL.least.height, highest + 2 * _CELL.above),
    )


def on_axis(value: float, other: float, axis: int) -> Point:
    """Return a point by what it has along an axis (0 is x, 1 is y), and along the other one."""
    return (value, other) if axis == 0 else (other, value)


def edge(shape: Shape, at: Point, axis: int, sign: int) -> Point:
    """Return where a line through a point, along an axis, leaves a node."""
    middle, half = shape.box.centre[axis], (shape.box.width, shape.box.height)[axis] / 2
    inside = on_axis(middle, at[1 - axis], axis)
    return border(shape, inside, on_axis(middle + sign * (half + 1), at[1 - axis], axis))


def border(shape: Shape, inside: Point, outside: Point) -> Point:
    """Return where a slanted line from within a node to a point outside crosses its outline."""
    for _ in range(_HALVINGS):
        middle = (inside[0] + outside[0]) / 2, (inside[1] + outside[1]) / 2
        if holds(shape.outline, shape.box, middle):
            inside = middle
        else:
            outside = middle
    return outside


def radius_of(shape: Shape) -> float:
    """Return the radius of a node's corners."""
    is_round = shape.outline in (NodeShape.CIRCLE, NodeShape.DOT, NodeShape.PILL)
    return min(shape.box.width, shape.box.height) / 2 if is_round else 0.0


def room_at(shape: Shape, axis: int, place: float) -> float:
    """Return how far to the side of a place a line may meet a node, even at a round end."""
    box = shape.box
    length, middle = ((box.width, box.centre[0]), (box.height, box.centre[1]))[axis]
    inset = min(max(0.4 * radius_of(shape), _MARGIN), length / 2)
    return max(length / 2 - inset - abs(place - middle), 0)
