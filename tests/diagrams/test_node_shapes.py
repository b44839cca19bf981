"""The shapes of nodes: what is painted, where arrows meet it, and what languages call it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import pytest

from deckpress.diagrams import NodeShape
from deckpress.diagrams.geometry import Box, Path, Point, leaving_point, point_at
from deckpress.diagrams.node_shapes import SHAPES, Bare

PAINTED = [shape for shape in SHAPES.values() if shape != Bare()]
BOX = Box(10, 20, 90, 40)


def subclasses(shape: type[object]) -> Iterator[type[object]]:
    """Yield all classes made of one."""
    for subclass in shape.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def points_of(path: Path) -> Iterator[Point]:
    """Yield points along a path."""
    start = path.start
    for segment in (*path.segments, [path.start]):
        first, second, end = segment if len(segment) == 3 else (start, segment[0], segment[0])
        yield from (point_at((start, first, second, end), step / 30) for step in range(31))
        start = end


def test_each_shape_can_be_found() -> None:
    """All shapes are in `SHAPES`, under names of their own."""
    assert {type(shape) for shape in SHAPES.values()} == set(subclasses(NodeShape))


@pytest.mark.parametrize("names", ["dot_names", "mermaid_names", "mermaid_forms"])
def test_a_name_means_one_shape(names: str) -> None:
    """No two shapes have the same name in a flowchart's language."""
    counts = Counter(name for shape in SHAPES.values() for name in getattr(shape, names).split())
    assert counts
    assert set(counts.values()) == {1}


@pytest.mark.parametrize("shape", PAINTED, ids=lambda shape: str(shape.name))
def test_arrows_meet_what_is_painted(shape: NodeShape) -> None:
    """A line from the middle leaves a node where its paths end, whichever way it leads."""
    painted = [point for path in shape.paths(BOX) for point in points_of(path)]
    middle = BOX.centre
    for x, y in painted:
        outside = middle[0] + 9 * (x - middle[0]), middle[1] + 9 * (y - middle[1])
        border = leaving_point(middle, outside, lambda point: shape.contains(BOX, point))
        assert min(math.dist(border, point) for point in painted) < 3


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_node_is_large_enough_for_its_label(shape: NodeShape) -> None:
    """Flowcharts and the grid can size each shape, and all but a point have room for a label."""
    if not shape.is_junction:
        for width, height in (shape.size_around(60, 17), shape.grid_size(60, 17)):
            assert width > 60
            assert height >= 17
