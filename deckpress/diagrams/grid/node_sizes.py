"""How large the nodes of a diagram are: as their labels need, and boxes of a kind alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from deckpress.diagrams import Extent, Measure
from deckpress.diagrams.grid import Node
from deckpress.diagrams.palette import LABEL


def size_nodes(nodes: Sequence[Node], measure: Measure) -> dict[str, Extent]:
    """Return each node's size by its id, as if it stood in a single cell of the grid.

    Boxes of one kind are as wide as the widest in their column, and as high as the highest in
    their row; so are the cells of matrices that stand below each other.
    """
    sizes = {node.id: _size(node, measure) for node in nodes}
    widths = _largest((_as_wide_as(node), sizes[node.id][0]) for node in nodes)
    heights = _largest((_as_high_as(node), sizes[node.id][1]) for node in nodes)
    return {node.id: (widths[_as_wide_as(node)], heights[_as_high_as(node)]) for node in nodes}


def _largest(lengths: Iterable[tuple[Hashable, float]]) -> dict[Hashable, float]:
    largest: dict[Hashable, float] = {}
    for key, length in lengths:
        largest[key] = max(length, largest.get(key, 0))
    return largest


def _as_wide_as(node: Node) -> Hashable:
    """Return what nodes have in common that are equally wide."""
    if node.kind.shape.is_table:
        return node.kind, node.column, node.columns, len(node.cells[0])
    is_stretched = node.kind.shape.is_stretched and node.columns == 1
    return (node.kind, node.column) if is_stretched else node.id


def _as_high_as(node: Node) -> Hashable:
    """Return what nodes have in common that are equally high."""
    is_stretched = node.kind.shape.is_stretched and node.rows == 1
    return (node.kind.shape, node.row) if is_stretched else node.id


def _size(node: Node, measure: Measure) -> Extent:
    """Return the size that a node's labels need; each cell of a table has that of the largest."""
    cells = node.cells or ((node.label,),)
    sizes = [measure(label.text, LABEL, False) for row in cells for label in row if label.text]
    widest = max((width for width, _ in sizes), default=0.0)
    highest = max((height for _, height in sizes), default=0.0)
    width, height = node.kind.shape.grid_size(widest, highest)
    least = node.kind.least
    return max(width, least) * len(cells[0]), max(height, least) * len(cells)
