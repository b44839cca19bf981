"""Arrows from a node to itself: the side of the node at which there is room for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from deckpress.diagrams.grid.cells import Span, span_of
from deckpress.diagrams.grid.diagram import AROUND, Arrow, Diagram, Route

_SIDES = (Route.OVER, Route.UNDER, Route.RIGHT, Route.LEFT)
"""Where a loop may stand, best first."""


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
    others = [
        arrow for arrow in diagram.arrows if arrow.start != arrow.end or arrow.route in AROUND
    ]
    others += [arrow for arrow in settled if arrow.start == arrow.end]
    taken = {side for arrow in others for side in _sides_taken(arrow, node, spans)}
    return next((side for side in _SIDES if side not in taken), Route.OVER)


def _sides_taken(arrow: Arrow, node: str, spans: Mapping[str, Span]) -> Iterator[Route]:
    """Yield the sides at which an arrow leaves or meets a node."""
    if node not in (arrow.start, arrow.end):
        return
    own, other = spans[node], spans[arrow.end if node == arrow.start else arrow.start]
    if arrow.route in AROUND:
        yield arrow.route
    elif arrow.route is Route.CURVED and own.along(1) == other.along(1):
        yield from (Route.OVER, Route.UNDER)
    elif own.bottom < other.top and _may_be_upright(arrow, node):
        yield Route.UNDER
    elif other.bottom < own.top and _may_be_upright(arrow, node):
        yield Route.OVER
    else:
        yield Route.RIGHT if own.right < other.left else Route.LEFT


def _may_be_upright(arrow: Arrow, node: str) -> bool:
    """Say whether an arrow between two rows meets a node from above or below."""
    across = (arrow.start, arrow.end)[arrow.route is Route.VH]
    return arrow.route not in (Route.HV, Route.VH) or node != across
