"""How much room the nodes of a diagram take, each by itself, in points."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from deckpress.diagrams.drawing import Outline
from deckpress.diagrams.grid.diagram import LOOKS, Kind, Node
from deckpress.diagrams.outlines import SHEET
from deckpress.diagrams.style import LABEL

Measure = Callable[[str, float, bool], tuple[float, float]]
"""Takes a label's text, the font's size in points and whether it is bold; returns the width and
height it takes, in points."""

_SHEETS = 2
_DOT = 5.0


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


_ROOMS: Mapping[Outline, _Room] = {
    Outline.BOX: _Room(9, 6.5, Size(34, 30)),
    Outline.PILL: _Room(11, 5.5, Size(36, 28)),
    Outline.STACK: _Room(10, 7, Size(38, 32)),
    Outline.NONE: _Room(1.5, 0, Size(4, 18)),
}
_CELL = _Room(6, 3.5, Size(25, 23))
_CIRCLES: Mapping[Kind, float] = {Kind.OP: 25, Kind.UNIT: 28, Kind.DROPPED: 28}
"""Least diameters."""


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
    if node.kind is Kind.MATRIX:
        return node.kind, node.column, node.columns, len(node.cells[0])
    return (node.kind, node.column) if fills(node) and node.columns == 1 else node.id


def _as_high_as(node: Node) -> Hashable:
    """Return what nodes have in common that are equally high."""
    return (LOOKS[node.kind][0], node.row) if fills(node) and node.rows == 1 else node.id


def fills(node: Node) -> bool:
    """Say whether a node is drawn as large as its cells, and not as its label needs."""
    return LOOKS[node.kind][0] in (Outline.BOX, Outline.PILL, Outline.STACK)


def _size(node: Node, measure: Measure) -> Size:
    outline = LOOKS[node.kind][0]
    if outline is Outline.MATRIX:
        cell = _size_cell(node, measure)
        return Size(cell.width * len(node.cells[0]), cell.height * len(node.cells))
    if outline is Outline.DOT:
        return Size(_DOT, _DOT)
    width, height = measure(node.label.text, LABEL, False) if node.label.text else (0.0, 0.0)
    if outline is Outline.CIRCLE:
        diameter = max(_CIRCLES[node.kind], math.hypot(width, 0.7 * height) + 7)
        return Size(diameter, diameter)
    room, sheets = _ROOMS[outline], SHEET * _SHEETS * (outline is Outline.STACK)
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
