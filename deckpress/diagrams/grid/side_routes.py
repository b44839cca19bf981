"""Arrows that go around: where they leave a node, and how far out they run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from deckpress.diagrams import Line, Measure, PlacedNode
from deckpress.diagrams.geometry import Box, Point, on_axis
from deckpress.diagrams.grid import AROUND, Arrow, Route
from deckpress.diagrams.palette import SMALL

OUT = 13.0
"""How far an arrow that goes around keeps from the nodes, in points."""
LANE = 10.0
"""The distance of two arrows that go around the same nodes."""
_AIR = 6.0
"""Points around the label of such an arrow."""
_APART, _LOOP = 9.0, 16.0
"""Points between two arrows at the side of a node, and between both ends of a loop."""
_CLEAR = 4.0
"""Points between an arrow and a node that it passes."""

SIDES: Mapping[Route, tuple[int, int]] = {
    Route.LEFT: (0, -1),
    Route.RIGHT: (0, 1),
    Route.OVER: (1, -1),
    Route.UNDER: (1, 1),
}
"""Along x (0) or y (1), and to which end of it."""


def extent_of_label(arrow: Arrow, axis: int, measure: Measure) -> float:
    """Return how far an arrow's label reaches along an axis, with some air; 0 without a label."""
    return measure(arrow.label.text, SMALL, False)[axis] + _AIR if arrow.label else 0.0


def depth_beside(
    arrow: Arrow, arrows: Iterable[Arrow], spans: Mapping[str, tuple[int, int]], measure: Measure
) -> float:
    """Return the room that an arrow needs beside the nodes, with those that run along with it.

    `spans` are the first and last row (or column) along the side of each node that counts.
    """
    own, axis = _stretch(arrow, spans), SIDES[arrow.route][0]
    beside = [
        neighbour
        for neighbour in arrows
        if neighbour.route is arrow.route and {neighbour.start, neighbour.end} <= spans.keys()
    ]
    together = [arrow for arrow in beside if _overlap(_stretch(arrow, spans), own, 0)]
    return OUT + sum(LANE + extent_of_label(arrow, axis, measure) for arrow in together) - LANE + 2


def _stretch(arrow: Arrow, spans: Mapping[str, tuple[int, int]]) -> tuple[float, float]:
    low, high = sorted(sum(spans[id_]) / 2 for id_ in (arrow.start, arrow.end))
    return (low - 0.25, high + 0.25) if low == high else (low, high)


@dataclass(frozen=True)
class _Port:
    """One end of an arrow at the side of a node."""

    index: int
    """The arrow's, among all of them."""
    is_end: bool
    group: int
    """0 if it leads to the left (or up), 1 if it is a loop's, 2 if it leads to the right."""
    target: float
    """Where its other end is, along the side."""


@dataclass(frozen=True)
class _Lane:
    """What an arrow that goes around takes beside the nodes, with its label."""

    near: float
    far: float
    span: tuple[float, float]


def route_detours(
    arrows: Sequence[Arrow],
    nodes: Mapping[str, PlacedNode],
    lines: Sequence[Line],
    measure: Measure,
) -> dict[int, tuple[Point, ...]]:
    """Return the ways of the arrows that go around, by their numbers; `lines` are those of others.

    Short ones run inside of long ones, so that they do not cross.
    """
    places = _place_ports(arrows, nodes, lines)
    indices = [index for index, arrow in enumerate(arrows) if arrow.route in AROUND]
    indices.sort(key=lambda index: abs(places[index, False] - places[index, True]))
    lanes: dict[Route, list[_Lane]] = {}
    ways: dict[int, tuple[Point, ...]] = {}
    for index in indices:
        arrow, ends = arrows[index], (places[index, False], places[index, True])
        taken = lanes.setdefault(arrow.route, [])
        lane = _find_lane(arrow, ends, nodes, taken, measure)
        taken.append(lane)
        ways[index] = _way(arrow, ends, lane.near, nodes)
    return ways


def _way(
    arrow: Arrow, ends: tuple[float, float], away: float, nodes: Mapping[str, PlacedNode]
) -> tuple[Point, ...]:
    axis, sign = SIDES[arrow.route]
    first, last = (on_axis(sign * away, place, axis) for place in ends)
    start, end = nodes[arrow.start], nodes[arrow.end]
    return start.port(first, axis, sign), first, last, end.port(last, axis, sign)


def _find_lane(
    arrow: Arrow,
    ends: tuple[float, float],
    nodes: Mapping[str, PlacedNode],
    taken: Sequence[_Lane],
    measure: Measure,
) -> _Lane:
    """Return the nearest lane that is free of nodes and of other arrows."""
    axis, sign = SIDES[arrow.route]
    own_boxes = nodes[arrow.start].box, nodes[arrow.end].box
    away = max(sign * _side(box, axis, sign) for box in own_boxes) + OUT
    thick, wide = (extent_of_label(arrow, along, measure) for along in (axis, 1 - axis))
    low, high = sorted(ends)
    middle = (low + high) / 2
    span = min(low, middle - wide / 2), max(high, middle + wide / 2)
    boxes = [node.box for node in nodes.values()]
    while (beyond := _blocked(away, thick, span, axis, sign, boxes, taken)) is not None:
        away = beyond
    return _Lane(away, away + thick, span)


def _blocked(
    away: float,
    thick: float,
    span: tuple[float, float],
    axis: int,
    sign: int,
    boxes: Iterable[Box],
    lanes: Iterable[_Lane],
) -> float | None:
    """Return how far out a lane must be, if something stands where it would be."""
    for box in boxes:
        low, high = sorted(sign * _side(box, axis, end) for end in (-1, 1))
        across = _side(box, 1 - axis, -1), _side(box, 1 - axis, 1)
        if low - _CLEAR < away + thick and away < high + _CLEAR and _overlap(across, span):
            return high + OUT
    for lane in lanes:
        is_beside = lane.near - LANE < away + thick and away < lane.far + LANE - 0.01
        if is_beside and _overlap(lane.span, span):
            return lane.far + LANE
    return None


def _overlap(
    first: tuple[float, float], second: tuple[float, float], apart: float = _CLEAR
) -> bool:
    return first[0] < second[1] + apart and second[0] < first[1] + apart


def _side(box: Box, axis: int, sign: int) -> float:
    low, high = ((box.left, box.right), (box.top, box.bottom))[axis]
    return high if sign > 0 else low


def _place_ports(
    arrows: Sequence[Arrow], nodes: Mapping[str, PlacedNode], lines: Sequence[Line]
) -> dict[tuple[int, bool], float]:
    """Return where along a node's side each arrow starts (False) and ends (True)."""
    ports: dict[tuple[str, Route], list[_Port]] = {}
    for index, arrow in enumerate(arrows):
        if arrow.route in AROUND:
            for node, port in _ports_of(index, arrow, nodes):
                ports.setdefault((node, arrow.route), []).append(port)
    places: dict[tuple[int, bool], float] = {}
    for (node, route), together in ports.items():
        is_busy = any(_touches(line, nodes[node], route) for line in lines)
        places.update(_spread(together, nodes[node], SIDES[route][0], is_busy=is_busy))
    return places


def _ports_of(
    index: int, arrow: Arrow, nodes: Mapping[str, PlacedNode]
) -> Iterator[tuple[str, _Port]]:
    axis = 1 - SIDES[arrow.route][0]
    start, end = (nodes[id_].box.centre[axis] for id_ in (arrow.start, arrow.end))
    yield arrow.start, _Port(index, False, _group(start, end), end)
    yield arrow.end, _Port(index, True, _group(end, start), start)


def _group(own: float, target: float) -> int:
    if own == target:
        return 1
    return 2 if own < target else 0


def _touches(line: Line, node: PlacedNode, route: Route) -> bool:
    """Return whether an arrow that does not go around ends in the middle of a node's side."""
    axis, sign = SIDES[route]
    side, middle = _side(node.box, axis, sign), node.box.centre[1 - axis]
    ends = (line.points[0], line.points[-1])
    return any(
        abs(end[axis] - side) < _CLEAR and abs(end[1 - axis] - middle) < _APART for end in ends
    )


def _rank(port: _Port) -> tuple[int, float, int]:
    """Return what ports are put in order by, along a side, so that no arrow crosses another."""
    last = {0: port.index, 1: int(port.is_end), 2: -port.index}
    return port.group, -port.target, last[port.group]


def _spread(
    ports: Sequence[_Port], node: PlacedNode, axis: int, *, is_busy: bool
) -> dict[tuple[int, bool], float]:
    """Return the places of ports along a side: who leads further stands nearer to the middle.

    A side is busy if another arrow has its middle.
    """
    middle = node.box.centre[1 - axis]
    order: list[_Port | None] = [*sorted(ports, key=_rank)]
    if is_busy:
        order.insert(sum(port.group == 0 for port in ports), None)
    places = [0.0]
    for before, after in pairwise(order):
        is_loop = before and after and before.index == after.index
        places.append(places[-1] + (_LOOP if is_loop else _APART))
    centre = places[order.index(None)] if is_busy else places[-1] / 2
    longest = max(abs(place - centre) for place in places) or 1
    scale = min(1, node.room_beside(middle, 1 - axis) / longest)
    return {
        (port.index, port.is_end): middle + (place - centre) * scale
        for port, place in zip(order, places, strict=True)
        if port
    }
