"""The ways that arrows take from node to node, or to the same one, as lines and curves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from deckpress.diagrams import Line, Measure, PlacedNode
from deckpress.diagrams.geometry import Box, Point, on_axis, point_at
from deckpress.diagrams.grid import AROUND, Arrow, Diagram, Route, Span, span_of
from deckpress.diagrams.grid.side_routes import route_detours

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
_SIDES = (Route.OVER, Route.UNDER, Route.RIGHT, Route.LEFT)
"""Where a loop may stand, best first."""


def route_arrows(
    arrows: Sequence[Arrow], nodes: Mapping[str, PlacedNode], measure: Measure
) -> list[Line]:
    """Return the way of each arrow, in order; `nodes` are the nodes by their ids."""
    direct = {
        index: _line(arrow, _direct(arrows, index, nodes))
        for index, arrow in enumerate(arrows)
        if arrow.route not in AROUND
    }
    detours = route_detours(arrows, nodes, list(direct.values()), measure)
    return [
        direct[index] if index in direct else _line(arrow, detours[index])
        for index, arrow in enumerate(arrows)
    ]


def _line(arrow: Arrow, points: tuple[Point, ...]) -> Line:
    is_curved = arrow.route is Route.CURVED
    return Line(points, is_curved, arrow.is_dashed, arrow.has_start, arrow.has_end)


def _direct(
    arrows: Sequence[Arrow], index: int, nodes: Mapping[str, PlacedNode]
) -> tuple[Point, ...]:
    arrow = arrows[index]
    start, end = nodes[arrow.start], nodes[arrow.end]
    rank, twins = _rank(arrows, index)
    if arrow.route is Route.CURVED:
        return _curve(start.box, end.box, is_below=rank > 0)
    return _bend(arrow.route, start, end) or _straight(start, end, rank, twins)


def _rank(arrows: Sequence[Arrow], index: int) -> tuple[float, int]:
    """Return which of the arrows between two nodes one is, and how many there are.

    The first is `(n - 1) / 2` ranks before the middle, the last as many behind it.
    """
    arrow = arrows[index]
    ends = {arrow.start, arrow.end}
    twins = [
        number
        for number, other in enumerate(arrows)
        if other.route is arrow.route and {other.start, other.end} == ends
    ]
    return twins.index(index) - (len(twins) - 1) / 2, len(twins)


def _straight(start: PlacedNode, end: PlacedNode, rank: float, twins: int) -> tuple[Point, ...]:
    """Return a way without a corner: up or down, across, or else aslant."""
    for axis in (0, 1):
        place = _common(_reach(start, axis), _reach(end, axis))
        if place is not None:
            room = min(node.room_beside(place, axis) for node in (start, end))
            place += rank * min(_TWIN, 2 * room / max(twins - 1, 1))
            return _upright(start, end, 1 - axis, place)
    (ax, ay), (bx, by) = start.box.centre, end.box.centre
    room = min(node.room_beside(node.box.centre[1], 1) for node in (start, end))
    x, y = _aside((ax, ay), (bx, by), rank * min(_TWIN, 2 * room / max(twins - 1, 1)))
    first, last = (ax + x, ay + y), (bx + x, by + y)
    return start.crossing(first, last), end.crossing(last, first)


def _aside(first: Point, last: Point, by: float) -> Point:
    """Return a step to the side of the way between two points, the same there and back."""
    first, last = sorted((first, last))
    x, y = last[0] - first[0], last[1] - first[1]
    length = math.hypot(x, y) or 1
    return -y / length * by, x / length * by


def _upright(start: PlacedNode, end: PlacedNode, axis: int, place: float) -> tuple[Point, ...]:
    """Return the way along an axis at some place of the other."""
    sign = 1 if start.box.centre[axis] < end.box.centre[axis] else -1
    first, last = (on_axis(node.box.centre[axis], place, axis) for node in (start, end))
    return start.port(first, axis, sign), end.port(last, axis, -sign)


def _reach(node: PlacedNode, axis: int) -> tuple[float, float]:
    """Return from where to where a line that is square to a node's side may meet it."""
    box = node.box
    low, length = ((box.left, box.width), (box.top, box.height))[axis]
    middle = low + length / 2
    inset = min(max(node.shape.corner_radius(box), _CORNER), length / 2)
    return min(low + inset, middle), max(low + length - inset, middle)


def _common(first: tuple[float, float], second: tuple[float, float]) -> float | None:
    """Return the best place at which two ranges meet: the middle of the shorter, if it can be."""
    low, high = max(first[0], second[0]), min(first[1], second[1])
    if low > high + _NEAR:
        return None
    shorter = min((first, second), key=lambda reach: reach[1] - reach[0])
    middle = (shorter[0] + shorter[1]) / 2
    return middle if low - _NEAR <= middle <= high + _NEAR else (low + high) / 2


def _bend(route: Route, start: PlacedNode, end: PlacedNode) -> tuple[Point, ...] | None:
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
    return start.port(corner, axis, out), corner, end.port(corner, 1 - axis, back)


def rise_of_arc(distance: float) -> float:
    """Return how far an arc over some points of a row leaves it, in points."""
    return 9 + min(0.2 * distance, 36)


def _curve(a: Box, b: Box, *, is_below: bool) -> tuple[Point, ...]:
    """Return a cubic Bézier: an arc over a row, an arc beside a column, or else an S.

    Of two arcs between the same nodes one is below the row, or on the other side of the column.
    """
    (ax, ay), (bx, by) = a.centre, b.centre
    if abs(ay - by) < _NEAR:
        rise = rise_of_arc(abs(bx - ax)) / _PEAK
        if is_below:
            low = max(a.bottom, b.bottom) + rise
            return (ax, a.bottom), (ax, low), (bx, low), (bx, b.bottom)
        high = min(a.top, b.top) - rise
        return (ax, a.top), (ax, high), (bx, high), (bx, b.top)
    if abs(ax - bx) < _NEAR:
        rise = rise_of_arc(abs(by - ay)) / _PEAK
        if is_below:
            left = min(a.left, b.left) - rise
            return (a.left, ay), (left, ay), (left, by), (b.left, by)
        right = max(a.right, b.right) + rise
        return (a.right, ay), (right, ay), (right, by), (b.right, by)
    first, last = (a.bottom, b.top) if ay < by else (a.top, b.bottom)
    middle = (first + last) / 2
    return (ax, first), (ax, middle), (bx, middle), (bx, last)


def pieces(line: Line) -> list[tuple[Point, Point]]:
    """Return a line as straight pieces."""
    points = list(line.points)
    if line.is_curved:
        times = [step / _STEPS for step in range(1, _STEPS + 1)]
        beziers = [line.points[first : first + 4] for first in range(0, len(points) - 1, 3)]
        points = [points[0], *(point_at(bezier, t) for bezier in beziers for t in times)]
    return list(pairwise(points))


def crosses(piece: tuple[Point, Point], box: Box) -> bool:
    """Return whether a straight piece has a point inside a rectangle."""
    return _part_inside(piece, box) is not None


def _part_inside(piece: tuple[Point, Point], box: Box) -> tuple[float, float] | None:
    """Return from where to where a piece runs in a rectangle, as parts of its length from 0 to 1.

    Source: Liang & Barsky, A new concept and method for line clipping, 1984.
    """
    (x1, y1), (x2, y2) = piece
    low, high = 0.0, 1.0
    for start, step, least, most in (
        (x1, x2 - x1, box.left, box.right),
        (y1, y2 - y1, box.top, box.bottom),
    ):
        if abs(step) < 1e-9:
            if not least < start < most:
                return None
            continue
        first, last = sorted(((least - start) / step, (most - start) / step))
        low, high = max(low, first), min(high, last)
    return (low, high) if low < high else None


def runs_through(piece: tuple[Point, Point], node: PlacedNode) -> bool:
    """Return whether a straight piece runs through a node, and does not merely touch it."""
    inner = node.box.grown(-1)
    part = _part_inside(piece, inner)
    if part is None:
        return False
    (x1, y1), (x2, y2) = piece
    times = (part[0] + (part[1] - part[0]) * step / _STEPS for step in range(_STEPS + 1))
    points = ((x1 + t * (x2 - x1), y1 + t * (y2 - y1)) for t in times)
    return any(node.shape.contains(inner, point) for point in points)


def settle_loops(diagram: Diagram) -> Diagram:
    """Return a diagram in which each loop whose side is open has the first free one."""
    spans = {node.id: span_of(node) for node in diagram.nodes}
    settled: list[Arrow] = []
    for arrow in diagram.arrows:
        is_open = arrow.start == arrow.end and arrow.route not in AROUND
        route = _free_side(arrow.start, diagram, settled, spans) if is_open else arrow.route
        settled.append(replace(arrow, route=route))
    return replace(diagram, arrows=tuple(settled))


def _free_side(
    node: str, diagram: Diagram, settled: list[Arrow], spans: Mapping[str, Span]
) -> Route:
    arrows = [
        arrow for arrow in diagram.arrows if arrow.start != arrow.end or arrow.route in AROUND
    ]
    arrows += [arrow for arrow in settled if arrow.start == arrow.end]
    taken = {side for arrow in arrows for side in _sides_taken(arrow, node, spans)}
    return next((side for side in _SIDES if side not in taken), Route.OVER)


def _sides_taken(arrow: Arrow, node: str, spans: Mapping[str, Span]) -> Iterator[Route]:
    """Yield the sides at which an arrow leaves or meets a node."""
    if node not in (arrow.start, arrow.end):
        return
    own, opposite = spans[node], spans[arrow.end if node == arrow.start else arrow.start]
    if arrow.route in AROUND:
        yield arrow.route
    elif arrow.route is Route.CURVED and own.along(1) == opposite.along(1):
        yield from (Route.OVER, Route.UNDER)
    elif own.bottom < opposite.top and _may_be_upright(arrow, node):
        yield Route.UNDER
    elif opposite.bottom < own.top and _may_be_upright(arrow, node):
        yield Route.OVER
    else:
        yield Route.RIGHT if own.right < opposite.left else Route.LEFT


def _may_be_upright(arrow: Arrow, node: str) -> bool:
    """Return whether an arrow between two rows meets a node from above or below."""
    across = arrow.end if arrow.route is Route.VH else arrow.start
    return arrow.route not in (Route.HV, Route.VH) or node != across
