"""The sides of a node: where lines that are square to them may meet it."""

from __future__ import annotations

import math

from deckpress.diagrams.drawing import Outline, Point, Shape

_MARGIN = 4.0
"""How far from its corners a box is met by the outermost of several arrows, in points."""


def on_axis(value: float, other: float, axis: int) -> Point:
    """Return a point by what it has along an axis (0 is x, 1 is y), and along the other one."""
    return (value, other) if axis == 0 else (other, value)


def edge(shape: Shape, at: Point, axis: int, sign: int) -> Point:
    """Return where a line through a point, along an axis, leaves a node."""
    box = shape.box
    half, across = box.width / 2, box.height / 2
    if axis == 1:
        half, across = across, half
    radius = radius_of(shape)
    into_corner = max(abs(at[1 - axis] - box.centre[1 - axis]) - (across - radius), 0)
    half -= radius - math.sqrt(max(radius**2 - into_corner**2, 0))
    return on_axis(box.centre[axis] + sign * half, at[1 - axis], axis)


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
