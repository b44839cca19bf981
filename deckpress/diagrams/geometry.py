"""Points, upright rectangles, and paths of straight lines and cubic Bézier curves, in points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

Point = tuple[float, float]
"""x and y."""
KAPPA = 0.5523
"""Where the control points of a Bézier lie that stands for a quarter of a circle."""
_STEPS = 24
"""Pieces of a curve between which it is looked for where it leaves an area."""
_HALVINGS = 16
"""Steps in which the end of an area is found, each twice as near as the one before."""


class Box(NamedTuple):
    """An upright rectangle."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.top + self.height

    @property
    def centre(self) -> Point:
        """The point in its middle."""
        return self.left + self.width / 2, self.top + self.height / 2

    @property
    def corners(self) -> list[Point]:
        """Its corners, from the upper left one on with the clock."""
        return [
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
        ]

    def overlaps(self, other: Box, apart: float = 0) -> bool:
        """Return whether two rectangles share more than an edge, or stand nearer than `apart`."""
        return (
            self.left < other.right + apart
            and other.left < self.right + apart
            and self.top < other.bottom + apart
            and other.top < self.bottom + apart
        )

    def contains(self, point: Point) -> bool:
        """Return whether a point lies inside, and not on an edge."""
        return self.left < point[0] < self.right and self.top < point[1] < self.bottom

    def distances(self, point: Point) -> Point:
        """Return how far a point is from the middle, across and down, to whichever side."""
        return abs(point[0] - self.centre[0]), abs(point[1] - self.centre[1])

    def grown(self, by: float) -> Box:
        """Return the rectangle with a margin around it."""
        return Box(self.left - by, self.top - by, self.width + 2 * by, self.height + 2 * by)

    def moved(self, x: float, y: float) -> Box:
        """Return the rectangle moved to the right and down."""
        return Box(self.left + x, self.top + y, self.width, self.height)


def box_around(centre: Point, width: float, height: float) -> Box:
    """Return the rectangle of a width and height that has a point in its middle."""
    return Box(centre[0] - width / 2, centre[1] - height / 2, width, height)


def on_axis(value: float, across: float, axis: int) -> Point:
    """Return a point by what it has along an axis (0 is x, 1 is y), and along the other one."""
    return (value, across) if axis == 0 else (across, value)


class Path(NamedTuple):
    """A closed line."""

    start: Point
    segments: Sequence[Sequence[Point]]
    """What leads on: a point for a straight line to it; three for a Bézier, the last its end."""


def polygon(corners: Sequence[Point]) -> Path:
    """Return the straight lines from corner to corner."""
    return Path(corners[0], [[corner] for corner in corners[1:]])


def rounded(box: Box, radius: float) -> Path:
    """Return a rectangle with round corners; half circles where the radius is too large."""
    r = min(radius, box.width / 2, box.height / 2)
    k = r * (1 - KAPPA)
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    return Path(
        (left + r, top),
        [
            [(right - r, top)],
            [(right - k, top), (right, top + k), (right, top + r)],
            [(right, bottom - r)],
            [(right, bottom - k), (right - k, bottom), (right - r, bottom)],
            [(left + r, bottom)],
            [(left + k, bottom), (left, bottom - k), (left, bottom - r)],
            [(left, top + r)],
            [(left, top + k), (left + k, top), (left + r, top)],
        ],
    )


def ellipse(box: Box) -> Path:
    """Return the ellipse that fills a rectangle."""
    x, y = box.centre
    a, b = box.width / 2, box.height / 2
    p, q = a * KAPPA, b * KAPPA
    return Path(
        (x, y - b),
        [
            [(x + p, y - b), (x + a, y - q), (x + a, y)],
            [(x + a, y + q), (x + p, y + b), (x, y + b)],
            [(x - p, y + b), (x - a, y + q), (x - a, y)],
            [(x - a, y - q), (x - p, y - b), (x, y - b)],
        ],
    )


def point_at(bezier: Sequence[Point], time: float) -> Point:
    """Return the point of a cubic Bézier at a time from 0 to 1."""
    rest = 1 - time
    weights = (rest**3, 3 * rest**2 * time, 3 * rest * time**2, time**3)
    x = sum(weight * point[0] for weight, point in zip(weights, bezier, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, bezier, strict=True))
    return x, y


def cut_start(points: tuple[Point, ...], is_inside: Callable[[Point], bool]) -> tuple[Point, ...]:
    """Return a curve from where it leaves an area, or all of it where it never does.

    `points` are its start and the control points of its cubic Béziers.
    """
    for first in range(0, len(points) - 1, 3):
        bezier = points[first : first + 4]
        times = [step / _STEPS for step in range(_STEPS + 1)]
        for before, after in pairwise(times):
            if not is_inside(point_at(bezier, after)):
                time = _leaving_time(bezier, before, after, is_inside)
                return (*_rest_of(bezier, time), *points[first + 4 :])
    return points


def cut_end(points: tuple[Point, ...], is_inside: Callable[[Point], bool]) -> tuple[Point, ...]:
    """Return a curve up to where it enters an area that it ends in."""
    return cut_start(points[::-1], is_inside)[::-1]


def _leaving_time(
    bezier: Sequence[Point], inside: float, outside: float, is_inside: Callable[[Point], bool]
) -> float:
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if is_inside(point_at(bezier, middle)):
            inside = middle
        else:
            outside = middle
    return outside


def _rest_of(bezier: Sequence[Point], time: float) -> tuple[Point, ...]:
    """Return the part of a Bézier behind a time, by de Casteljau's construction."""
    part = [bezier[-1]]
    points = list(bezier)
    while len(points) > 1:
        points = [
            (a[0] + (b[0] - a[0]) * time, a[1] + (b[1] - a[1]) * time) for a, b in pairwise(points)
        ]
        part.append(points[-1])
    return tuple(reversed(part))


def leaving_point(inside: Point, outside: Point, is_inside: Callable[[Point], bool]) -> Point:
    """Return where the straight line from a point in an area to one outside leaves the area."""
    for _ in range(_HALVINGS):
        middle = (inside[0] + outside[0]) / 2, (inside[1] + outside[1]) / 2
        if is_inside(middle):
            inside = middle
        else:
            outside = middle
    return outside
