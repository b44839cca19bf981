"""The ways that arrows take from node to node, as polylines and Bézier curves in points."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from deckpress.diagrams.drawing import Box, Line, Outline, Point, Shape
from deckpress.diagrams.grid.diagram import Arrow, Route
from deckpress.diagrams.outlines import point_at

OUT = 13.0
"""How far an arrow that goes around keeps from the nodes, and so two of them from each other."""
_TWIN = 9.0
"""The distance of two straight arrows between the same nodes."""
_CORNER = 7.0
"""How far from its corners a box may be met."""
_STEPS = 24
"""Straight pieces that stand for a curve where it is asked what lies in its way."""
_PEAK = 0.75
"""How far towards its control points such a curve comes."""
_NEAR = 0.5
"""Points; what is nearer counts as equal."""

_SIDES: Mapping[Route, tuple[int, int]] = {
    Route.LEFT: (0, -1),
    Route.RIGHT: (0, 1),
    Route.OVER: (1, -1),
    Route.UNDER: (1, 1),
}
"""Along x (0) or y (1), and to which end of it."""


def route_arrows(arrows: Sequence[Arrow], shapes: Mapping[str, Shape]) -> list[Line]:
    """Return the way of each arrow, in order; `shapes` are the nodes by their ids."""
    lines: list[Line] = []
    for at, arrow in enumerate(arrows):
        start, end = shapes[arrow.start], shapes[arrow.end]
        if arrow.route in _SIDES:
            points = _go_around(arrow, start, end, list(shapes.values()), lines)
        elif arrow.route is Route.CURVED:
            points = _curve(start.box, end.box)
        else:
            points = _bend(arrow.route, start, end) or _straight(start, end, _shift(arrows, at))
        is_curved = arrow.route is Route.CURVED
        lines.append(Line(points, is_curved, arrow.is_dashed, arrow.has_start, arrow.has_end))
    return lines


def _shift(arrows: Sequence[Arrow], at: int) -> float:
    """Return how far to the side an arrow moves, since others join the same two nodes."""
    arrow = arrows[at]
    ends = {arrow.start, arrow.end}
    twins = [
        number
        for number, each in enumerate(arrows)
        if each.route is arrow.route and {each.start, each.end} == ends
    ]
    shift = (twins.index(at) - (len(twins) - 1) / 2) * _TWIN
    return shift if arrow.start <= arrow.end else -shift


def _straight(start: Shape, end: Shape, shift: float) -> tuple[Point, ...]:
    a, b = start.box, end.box
    if (x := _common(_reach(start, 0), _reach(end, 0))) is not None:
        down = a.centre[1] < b.centre[1]
        return _clipped((x + shift, a.centre[1]), (x + shift, b.centre[1]), start, end, down, 1)
    if (y := _common(_reach(start, 1), _reach(end, 1))) is not None:
        right = a.centre[0] < b.centre[0]
        return _clipped((a.centre[0], y + shift), (b.centre[0], y + shift), start, end, right, 0)
    across = _across(a.centre, b.centre, shift)
    first = a.centre[0] + across[0], a.centre[1] + across[1]
    last = b.centre[0] + across[0], b.centre[1] + across[1]
    return _border(start, first, last), _border(end, last, first)


def _across(first: Point, last: Point, by: float) -> Point:
    """Return a step to the side of the way from one point to another."""
    x, y = last[0] - first[0], last[1] - first[1]
    length = math.hypot(x, y) or 1
    return -y / length * by, x / length * by


def _clipped(
    first: Point, last: Point, start: Shape, end: Shape, is_onward: bool, axis: int
) -> tuple[Point, ...]:
    return (
        _edge(start, first, axis, 1 if is_onward else -1),
        _edge(end, last, axis, -1 if is_onward else 1),
    )


def _edge(shape: Shape, point: Point, axis: int, sign: int) -> Point:
    """Return where a line through a point, along an axis, leaves a node."""
    box = shape.box
    half = (box.width, box.height)[axis] / 2
    aside = abs(point[1 - axis] - box.centre[1 - axis])
    if shape.outline is Outline.CIRCLE:
        half = math.sqrt(max(half**2 - aside**2, 0))
    value = box.centre[axis] + sign * half
    return (value, point[1]) if axis == 0 else (point[0], value)


def _reach(shape: Shape, axis: int) -> tuple[float, float]:
    """Return from where to where a line that is square to a node's side may meet it."""
    box = shape.box
    low, length = ((box.left, box.width), (box.top, box.height))[axis]
    middle = low + length / 2
    if shape.outline in (Outline.CIRCLE, Outline.DOT):
        return middle, middle
    inset = min(_CORNER, length / 2)
    if shape.outline is Outline.PILL:
        inset = min(box.height, box.width) / 2 if axis == 0 else length / 2
    return min(low + inset, middle), max(low + length - inset, middle)


def _common(one: tuple[float, float], other: tuple[float, float]) -> float | None:
    """Return the best place at which two ranges meet: the middle of the shorter, if it can be."""
    low, high = max(one[0], other[0]), min(one[1], other[1])
    if low > high + _NEAR:
        return None
    shorter = min((one, other), key=lambda each: each[1] - each[0])
    middle = (shorter[0] + shorter[1]) / 2
    return middle if low - _NEAR <= middle <= high + _NEAR else (low + high) / 2


def _border(shape: Shape, inner: Point, outer: Point) -> Point:
    """Return where a slanted line from within a node to a point outside crosses its border."""
    x, y = outer[0] - inner[0], outer[1] - inner[1]
    length = math.hypot(x, y) or 1
    box = shape.box
    if shape.outline in (Outline.CIRCLE, Outline.DOT):
        reach = box.width / 2 / length
    else:
        horizontal = box.width / 2 / abs(x) if x else math.inf
        vertical = box.height / 2 / abs(y) if y else math.inf
        reach = min(horizontal, vertical)
    return inner[0] + x * reach, inner[1] + y * reach


def _bend(route: Route, start: Shape, end: Shape) -> tuple[Point, ...] | None:
    """Return a way with one corner; None where the nodes stand so that it has none."""
    if route is Route.STRAIGHT:
        return None
    (ax, ay), (bx, by) = start.box.centre, end.box.centre
    if route is Route.HV:
        corner = bx, ay
        fits = not (start.box.left <= bx <= start.box.right or end.box.top <= ay <= end.box.bottom)
        axis = 0
    else:
        corner = ax, by
        fits = not (start.box.top <= by <= start.box.bottom or end.box.left <= ax <= end.box.right)
        axis = 1
    if not fits:
        return None
    out = 1 if corner[axis] > (ax, ay)[axis] else -1
    back = 1 if corner[1 - axis] > (bx, by)[1 - axis] else -1
    return _edge(start, corner, axis, out), corner, _edge(end, corner, 1 - axis, back)


def rise_of_arc(distance: float) -> float:
    """Return how far an arc over some points of a row leaves it, in points."""
    return 9 + min(0.2 * distance, 36)


def _curve(a: Box, b: Box) -> tuple[Point, ...]:
    """Return a cubic Bézier: an arc over a row, an arc beside a column, or else an S."""
    (ax, ay), (bx, by) = a.centre, b.centre
    if abs(ay - by) < _NEAR:
        top = min(a.top, b.top) - rise_of_arc(abs(bx - ax)) / _PEAK
        return (ax, a.top), (ax, top), (bx, top), (bx, b.top)
    if abs(ax - bx) < _NEAR:
        out = max(a.right, b.right) + rise_of_arc(abs(by - ay)) / _PEAK
        return (a.right, ay), (out, ay), (out, by), (b.right, by)
    first, last = (a.bottom, b.top) if ay < by else (a.top, b.bottom)
    middle = (first + last) / 2
    return (ax, first), (ax, middle), (bx, middle), (bx, last)


def _go_around(
    arrow: Arrow, start: Shape, end: Shape, shapes: Sequence[Shape], lines: Sequence[Line]
) -> tuple[Point, ...]:
    """Return a way that leaves at one side, passes what is between, and enters at the same side."""
    axis, sign = _SIDES[arrow.route]
    away = max(sign * _side(each.box, axis, sign) for each in (start, end)) + OUT
    low, high = sorted((start.box.centre[1 - axis], end.box.centre[1 - axis]))
    while (side := _blocked(away, axis, sign, (low, high), shapes, lines)) is not None:
        away = side + OUT
    if start is end:
        step = (start.box.height, start.box.width)[axis] / 4
        low, high = low - step, high + step
    else:
        low, high = start.box.centre[1 - axis], end.box.centre[1 - axis]
    first, last = (_point(sign * away, place, axis) for place in (low, high))
    return (
        _edge(start, first, axis, sign),
        first,
        last,
        _edge(end, last, axis, sign),
    )


def _point(value: float, other: float, axis: int) -> Point:
    return (value, other) if axis == 0 else (other, value)


def _side(box: Box, axis: int, sign: int) -> float:
    return ((box.left, box.right), (box.top, box.bottom))[axis][sign > 0]


def _blocked(
    away: float,
    axis: int,
    sign: int,
    span: tuple[float, float],
    shapes: Iterable[Shape],
    lines: Iterable[Line],
) -> float | None:
    """Return how far out what stands in a line's way reaches, if something does."""
    at = sign * away
    for shape in shapes:
        box = shape.box
        sides = (box.left, box.right), (box.top, box.bottom)
        (low, high), (first, last) = sides[axis], sides[1 - axis]
        if low - 4 < at < high + 4 and first < span[1] and span[0] < last:
            return sign * (low, high)[sign > 0]
    for line in lines:
        for (x1, y1), (x2, y2) in pairwise(line.points):
            ends = ((x1, x2), (y1, y2))
            near, across = ends[axis], sorted(ends[1 - axis])
            is_beside = abs(near[0] - near[1]) < _NEAR and abs(near[0] - at) < OUT / 2
            if is_beside and across[0] < span[1] and span[0] < across[1]:
                return max(away, sign * near[0])
    return None


def pieces(line: Line) -> list[tuple[Point, Point]]:
    """Return a line as straight pieces."""
    points = list(line.points)
    if line.is_curved:
        times = [step / _STEPS for step in range(1, _STEPS + 1)]
        beziers = [line.points[at : at + 4] for at in range(0, len(points) - 1, 3)]
        points = [points[0], *(point_at(bezier, t) for bezier in beziers for t in times)]
    return list(pairwise(points))


def crosses(piece: tuple[Point, Point], box: Box) -> bool:
    """Say whether a straight piece has a point inside a rectangle (Liang and Barsky, 1984)."""
    (x1, y1), (x2, y2) = piece
    low, high = 0.0, 1.0
    for start, step, least, most in (
        (x1, x2 - x1, box.left, box.right),
        (y1, y2 - y1, box.top, box.bottom),
    ):
        if abs(step) < 1e-9:
            if not least < start < most:
                return False
            continue
        first, last = sorted(((least - start) / step, (most - start) / step))
        low, high = max(low, first), min(high, last)
    return low < high


def runs_through(piece: tuple[Point, Point], shape: Shape) -> bool:
    """Say whether a straight piece runs through a node, and does not merely touch it."""
    if shape.outline is not Outline.CIRCLE:
        return crosses(piece, shape.box.grown(-1))
    (x1, y1), (x2, y2) = piece
    (x, y), (dx, dy) = shape.box.centre, (x2 - x1, y2 - y1)
    along = ((x - x1) * dx + (y - y1) * dy) / ((dx * dx + dy * dy) or 1)
    nearest = x1 + dx * min(max(along, 0), 1), y1 + dy * min(max(along, 0), 1)
    return math.dist(nearest, (x, y)) < shape.box.width / 2 - 1
