"""The frames around groups: how much room each needs at its sides, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deckpress.diagrams.drawing import Box, Frame, Line, Tone, Words, box_around
from deckpress.diagrams.grid.cells import Span, span_around, span_of
from deckpress.diagrams.grid.detours import SIDES, depth_beside
from deckpress.diagrams.grid.diagram import Diagram, Group, Route
from deckpress.diagrams.grid.routes import crosses, pieces
from deckpress.diagrams.grid.sizes import Measure
from deckpress.diagrams.grid.tracks import Tracks
from deckpress.diagrams.style import SMALL

_PAD = 8.0
"""Points between a frame and what is in it."""
_TITLE_PAD = 3.0
_SIDES = {
    Route.LEFT: "left",
    Route.RIGHT: "right",
    Route.OVER: "top",
    Route.UNDER: "bottom",
}
"""The side of a node at which an arrow goes around."""


@dataclass(frozen=True)
class Inset:
    """A group, the cells it stands around, and the room its frame needs there, in points."""

    group: Group
    span: Span
    left: float
    right: float
    top: float
    bottom: float
    depth: int
    """How many groups hold it."""
    title: tuple[float, float]
    """The width and height of its label."""


def inset_groups(diagram: Diagram, measure: Measure) -> list[Inset]:
    """Return the groups, the outermost first, each with room for the frames and loops inside."""
    groups = diagram.groups
    spans = {at: span_around(group, diagram.nodes) for at, group in enumerate(groups)}
    order = sorted(spans, key=lambda at: (_area(spans[at]), -at))
    insets: dict[int, Inset] = {}
    for rank, at in enumerate(order):  # the smallest first
        inside = [insets[other] for other in insets if spans[at].holds(spans[other])]
        depth = sum(spans[other].holds(spans[at]) for other in order[rank + 1 :])
        insets[at] = _inset(groups[at], spans[at], inside, depth, diagram, measure)
    return [insets[at] for at in reversed(order)]


def _area(span: Span) -> int:
    return (span.bottom - span.top + 1) * (span.right - span.left + 1)


def _inset(
    group: Group,
    span: Span,
    inside: Sequence[Inset],
    depth: int,
    diagram: Diagram,
    measure: Measure,
) -> Inset:
    title = measure(group.label.text, SMALL, False) if group.label else (0.0, 0.0)
    head = title[1] + _TITLE_PAD if group.label else 0.0

    loops = _loops(group, span, diagram, measure)

    def deepest(side: str) -> float:
        """Return the room that frames and arrows at the same side of the group take."""
        at_side = (each for each in inside if getattr(each.span, side) == getattr(span, side))
        frames: list[float] = [getattr(each, side) for each in at_side]
        return max([loops[side], *frames])

    return Inset(
        group=group,
        span=span,
        left=deepest("left") + _PAD,
        right=deepest("right") + _PAD,
        top=deepest("top") + _PAD + head,
        bottom=deepest("bottom") + _PAD,
        depth=depth,
        title=title,
    )


def _loops(group: Group, span: Span, diagram: Diagram, measure: Measure) -> dict[str, float]:
    """Return the room that arrows take which leave a group's outer nodes and come back to it."""
    room = dict.fromkeys(_SIDES.values(), 0.0)
    spans = {node.id: span_of(node) for node in diagram.nodes if node.id in group.members}
    for arrow in diagram.arrows:
        side = _SIDES.get(arrow.route, "")
        ends = [spans[id_] for id_ in (arrow.start, arrow.end) if id_ in spans]
        if side and len(ends) == 2 and any(getattr(e, side) == getattr(span, side) for e in ends):
            axis = 1 - SIDES[arrow.route][0]
            along = {id_: each.along(axis) for id_, each in spans.items()}
            room[side] = max(room[side], depth_beside(arrow, diagram.arrows, along, measure))
    return room


def frame_groups(
    insets: Sequence[Inset], columns: Tracks, rows: Tracks, lines: Sequence[Line]
) -> list[Frame]:
    """Return the groups' frames; a label stands where no arrow runs, if there is such a place."""
    return [_frame(inset, columns, rows, lines) for inset in insets]


def _frame(inset: Inset, columns: Tracks, rows: Tracks, lines: Sequence[Line]) -> Frame:
    span = inset.span
    left, top = columns.start(span.left) - inset.left, rows.start(span.top) - inset.top
    right, bottom = columns.end(span.right) + inset.right, rows.end(span.bottom) + inset.bottom
    box = Box(left, top, right - left, bottom - top)
    if inset.group.label is None:
        return Frame(box, None, inset.depth)
    width, height = inset.title
    y = box.top + _PAD - 2 + height / 2
    places = [box.left + _PAD + width / 2, box.right - _PAD - width / 2, box.centre[0]]

    def crossings(x: float) -> int:
        title = box_around((x, y), width, height)
        return sum(crosses(piece, title) for line in lines for piece in pieces(line))

    x = min(places, key=crossings)
    words = Words(inset.group.label, (x, y), SMALL, tone=Tone.FAINT, is_on_line=crossings(x) > 0)
    return Frame(box, words, inset.depth)
