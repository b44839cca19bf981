"""The sides of a node: where lines that are square to them may meet it."""

from __future__ import annotations

from deckpress.diagrams.drawing import Outline, Point, Shape
from deckpress.diagrams.outlines import holds

_HALVINGS = 16
"""Steps in which an outline is found, each twice as near as the one before."""
_MARGIN = 4.0
"""How far from its corners a box is met by the outermost of several arrows, in points."""


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
    is_round = shape.outline in (Outline.CIRCLE, Outline.DOT, Outline.PILL)
    return min(shape.box.width, shape.box.height) / 2 if is_round else 0.0


def room_at(shape: Shape, axis: int, place: float) -> float:
    """Return how far to the side of a place a line may meet a node, even at a round end."""
    box = shape.box
    length, middle = ((box.width, box.centre[0]), (box.height, box.centre[1]))[axis]
    inset = min(max(0.4 * radius_of(shape), _MARGIN), length / 2)
    return max(length / 2 - inset - abs(place - middle), 0)
