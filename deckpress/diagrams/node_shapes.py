"""The shapes of nodes: how large one is around its label, and where an arrow meets it."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from deckpress.diagrams import Box, NodeShape, Point, Shape
from deckpress.diagrams.grid import LOOKS, Node, NodeKind
from deckpress.diagrams.palette import LABEL

SHEET = 4.0
"""Points by which each sheet of a stack shows behind the one before."""
_CUT = 3.0
"""A hexagon's and a parallelogram's corners stand in by their height, divided by this."""
_LID = 6.0
"""Points by which the lid of a cylinder is higher in its middle than at its sides, at most."""
SMALLEST = 34.0
"""The least width of a node, in points."""
DOT = 8.0
"""The width of a dot, in points."""
_ACROSS, _DOWN = 10.0, 7.0
"""Between a label and the sides of its box, in points."""
_STEPS = 24
"""Pieces of a curve between which an outline is looked for."""
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


def size_of(outline: NodeShape, width: float, height: float) -> Point:
    """Return the width and height of a node around a label of some width and height."""
    tall = height + 2 * _DOWN
    wide = width + 2 * _ACROSS
    if outline is NodeShape.DOT:
        return DOT, DOT
    if outline is NodeShape.NONE:
        return width + 8, height + 6
    if outline is NodeShape.CIRCLE:
        across = max(math.hypot(width, height) + 8, SMALLEST)
        return across, across
    if outline is NodeShape.ELLIPSE:
        return max(1.28 * width + 12, SMALLEST), 1.62 * height + 6
    if outline is NodeShape.DIAMOND:
        return max(1.55 * width + 16, 2 * SMALLEST), 2.82 * height + 6
    extra = {
        NodeShape.PILL: 0.4 * tall - _ACROSS,
        NodeShape.HEXAGON: 2 * tall / _CUT - _ACROSS,
        NodeShape.SLANTED: 2 * tall / _CUT - _ACROSS / 2,
        NodeShape.STACK: 2 * SHEET,
    }
    above = {NodeShape.CYLINDER: 1.5 * _LID, NodeShape.STACK: 2 * SHEET}
    return max(wide + extra.get(outline, 0), SMALLEST), tall + above.get(outline, 0)


def label_centre(outline: NodeShape, box: Box) -> Point:
    """Return where the middle of a node's label stands."""
    x, y = box.centre
    if outline is NodeShape.STACK:
        return x - SHEET, y + SHEET
    return (x, y + lid_of(box) / 2) if outline is NodeShape.CYLINDER else (x, y)


def lid_of(box: Box) -> float:
    """Return half the height of a cylinder's lid, in points."""
    return min(box.height / 6, _LID)


def cut_of(box: Box) -> float:
    """Return by how many points a hexagon's and a parallelogram's corners stand in."""
    return min(box.height / _CUT, box.width / 4)


def holds(outline: NodeShape, box: Box, point: Point) -> bool:
    """Say whether a point lies inside of a node."""
    middle = box.centre
    x, y = abs(point[0] - middle[0]), abs(point[1] - middle[1])
    half_width, half_height = box.width / 2, box.height / 2
    if outline in (NodeShape.CIRCLE, NodeShape.ELLIPSE, NodeShape.DOT):
        return (x / half_width) ** 2 + (y / half_height) ** 2 < 1
    if outline is NodeShape.DIAMOND:
        return x / half_width + y / half_height < 1
    if y >= half_height or x >= half_width:
        return False
    cut = cut_of(box)
    if outline is NodeShape.PILL:
        radius = min(half_width, half_height)
        beyond = max(x - half_width + radius, 0), max(y - half_height + radius, 0)
        return math.hypot(*beyond) < radius
    if outline is NodeShape.HEXAGON:
        return x < half_width - cut * y / half_height
    if outline is NodeShape.SLANTED:
        shift = cut / 2 * (point[1] - middle[1]) / half_height
        return abs(point[0] - middle[0] + shift) < half_width - cut / 2
    if outline is NodeShape.CYLINDER:
        return y < half_height - lid_of(box) * (1 - math.sqrt(1 - (x / half_width) ** 2))
    if outline is NodeShape.STACK:
        return any(_is_in(sheet, point) for sheet in sheets_of(box))
    return True


def sheets_of(box: Box) -> Iterator[Box]:
    """Yield the sheets of a stack, the front one first."""
    for at in range(3):
        left, top = box.left + at * SHEET, box.top + (2 - at) * SHEET
        yield Box(left, top, box.width - 2 * SHEET, box.height - 2 * SHEET)


def _is_in(box: Box, point: Point) -> bool:
    return box.left < point[0] < box.right and box.top < point[1] < box.bottom


def cut_start(points: tuple[Point, ...], outline: NodeShape, box: Box) -> tuple[Point, ...]:
    """Return a curve (a start and the control points of cubic Béziers) from an outline on.

    A curve that never leaves the outline is returned whole.
    """
    for first in range(0, len(points) - 1, 3):
        bezier = points[first : first + 4]
        times = [step / _STEPS for step in range(_STEPS + 1)]
        for before, after in pairwise(times):
            if not holds(outline, box, point_at(bezier, after)):
                at = _crossing(bezier, before, after, outline, box)
                return (*_second_part(bezier, at), *points[first + 4 :])
    return points


def cut_end(points: tuple[Point, ...], outline: NodeShape, box: Box) -> tuple[Point, ...]:
    """Return a curve up to an outline that it ends in."""
    return cut_start(points[::-1], outline, box)[::-1]


def point_at(bezier: tuple[Point, ...], at: float) -> Point:
    """Return the point of a cubic Bézier at a time from 0 to 1."""
    rest = 1 - at
    weights = (rest**3, 3 * rest**2 * at, 3 * rest * at**2, at**3)
    x = sum(weight * point[0] for weight, point in zip(weights, bezier, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, bezier, strict=True))
    return x, y


def _crossing(
    bezier: tuple[Point, ...], inside: float, outside: float, outline: NodeShape, box: Box
) -> float:
    for _ in range(16):
        middle = (inside + outside) / 2
        if holds(outline, box, point_at(bezier, middle)):
            inside = middle
        else:
            outside = middle
    return outside


def _second_part(bezier: tuple[Point, ...], at: float) -> tuple[Point, ...]:
    """Return the part of a Bézier behind a time, by de Casteljau's construction."""
    part = [bezier[-1]]
    points = list(bezier)
    while len(points) > 1:
        points = [
            (a[0] + (b[0] - a[0]) * at, a[1] + (b[1] - a[1]) * at) for a, b in pairwise(points)
        ]
        part.append(points[-1])
    return tuple(reversed(part))


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
