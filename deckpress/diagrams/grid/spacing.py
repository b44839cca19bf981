"""How far apart columns and rows lie, in points, for the arrows, labels and frames between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from deckpress.diagrams import ColorRole, Frame, Line, Measure, PlacedLabel
from deckpress.diagrams.geometry import Box, box_around
from deckpress.diagrams.grid import (
    AROUND,
    Arrow,
    Diagram,
    Group,
    Need,
    Route,
    Span,
    Tracks,
    span_along,
    span_around,
    span_of,
)
from deckpress.diagrams.grid.routing import crosses, pieces, rise_of_arc
from deckpress.diagrams.grid.side_routes import OUT, SIDES, depth_beside
from deckpress.diagrams.palette import SMALL

_PAD = 7.0
"""Points between a frame and what is in it."""
_TITLE_PAD = 3.0
_SIDES = {Route.LEFT: "left", Route.RIGHT: "right", Route.OVER: "top", Route.UNDER: "bottom"}
"""The side of a node at which an arrow goes around."""
_CLOSE, _ARROW = 8.0, 20.0
"""Points between columns or rows: with nothing between, with an arrow."""
_CLIMB, _STEEP = 6.0, (3, 1)
"""Points besides for each row (or column) that a slanted arrow climbs, up to so many of them."""
_BESIDE = 15.0
"""What an arrow's label needs along the arrow besides itself, for the head and some air."""
_AIR = 6.0
"""Points between an arc and what stands beyond it."""
_Extent = tuple[int, int]
"""The first and the last column, or row, of a node."""


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
    """Return the groups in their order, each with room for the frames and loops inside."""
    groups = diagram.groups
    spans = {index: span_around(group, diagram.nodes) for index, group in enumerate(groups)}
    order = sorted(spans, key=lambda index: (_area(spans[index]), -index))
    insets: dict[int, Inset] = {}
    for rank, index in enumerate(order):  # the smallest first
        inside = [insets[other] for other in insets if spans[index].holds(spans[other])]
        depth = sum(spans[other].holds(spans[index]) for other in order[rank + 1 :])
        insets[index] = _inset(groups[index], spans[index], inside, depth, diagram, measure)
    return [insets[index] for index in range(len(groups))]


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
        at_side = (inset for inset in inside if getattr(inset.span, side) == getattr(span, side))
        frames: list[float] = [getattr(inset, side) for inset in at_side]
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
            along = {id_: taken.along(axis) for id_, taken in spans.items()}
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
    label = PlacedLabel(
        inset.group.label, (x, y), SMALL, color_role=ColorRole.FAINT, is_on_line=crossings(x) > 0
    )
    return Frame(box, label, inset.depth)


@dataclass(frozen=True)
class Spacing:
    """What a diagram has between its nodes. Axis 0 is along the columns, axis 1 along the rows."""

    diagram: Diagram
    insets: Sequence[Inset]
    measure: Measure
    spread: float
    """Points by which all gaps are wider than they must be."""

    def gaps(self, axis: int, arcs: Mapping[int, float]) -> tuple[float, ...]:
        """Return the points before each column, and behind the last.

        `arcs` has what arcs need besides, in points, by the number of the gap.
        """
        count = (self.diagram.columns, self.diagram.rows)[axis]
        gaps = [0.0] + [_CLOSE + self.spread] * (count - 1) + [0.0]
        for arrow in self.diagram.arrows:
            for index, length in self._crossed(arrow, axis):
                gaps[index] = max(gaps[index], length)
        for index, length in arcs.items():
            gaps[index] = max(gaps[index], length)
        for index, length in enumerate(self._for_frames(axis, count)):
            inner = _CLOSE if length and 0 < index < count else 0
            gaps[index] = max(gaps[index], length + inner)
        return tuple(gaps)

    def _crossed(self, arrow: Arrow, axis: int) -> Iterator[tuple[int, float]]:
        """Yield the gaps that an arrow runs through, and what it needs there."""
        low, high = sorted(self._ends(arrow, axis))
        start, end = self._ends(arrow, 1 - axis)
        climbed = max(end[0] - start[1], start[0] - end[1]) if arrow.route is Route.STRAIGHT else 0
        length = self.spread + _ARROW + min(max(climbed, 0), _STEEP[axis]) * _CLIMB
        yield from ((index, length) for index in range(low[1] + 1, high[0] + 1))
        if arrow.route in AROUND and SIDES[arrow.route][0] == axis:
            index = low[0] if SIDES[arrow.route][1] < 0 else max(low[1], high[1]) + 1
            yield (
                index,
                OUT + depth_beside(arrow, self.diagram.arrows, self._spans[1 - axis], self.measure),
            )

    def _label(self, arrow: Arrow, axis: int) -> float:
        """Return the width, or the height, of an arrow's label; 0 where it has none."""
        return self.measure(arrow.label.text, SMALL, False)[axis] if arrow.label else 0.0

    def _ends(self, arrow: Arrow, axis: int) -> tuple[_Extent, _Extent]:
        return self._spans[axis][arrow.start], self._spans[axis][arrow.end]

    @cached_property
    def _spans(self) -> tuple[dict[str, _Extent], dict[str, _Extent]]:
        """The columns, and the rows, of each node by its id."""
        across, down = (
            {node.id: span_along(node, axis) for node in self.diagram.nodes} for axis in (0, 1)
        )
        return across, down

    def _for_frames(self, axis: int, count: int) -> list[float]:
        """Return the points that frames need at each gap: those that end and those that begin."""
        begin, end = [0.0] * (count + 1), [0.0] * (count + 1)
        for inset in self.insets:
            first, last = inset.span.along(axis)
            before, behind = ((inset.left, inset.right), (inset.top, inset.bottom))[axis]
            begin[first] = max(begin[first], before)
            end[last + 1] = max(end[last + 1], behind)
        return [before + behind for before, behind in zip(end, begin, strict=True)]

    def for_arcs(self, columns: Tracks) -> dict[int, float]:
        """Return the points that arcs over a row need above it, by the number of the gap."""
        needs: dict[int, float] = {}
        for arrow in self.diagram.arrows:
            row, other_row = self._ends(arrow, 1)
            if arrow.route is Route.CURVED and row == other_row:
                start, end = (columns.middle(*span) for span in self._ends(arrow, 0))
                length = rise_of_arc(abs(start - end)) + self._label(arrow, 1) + _AIR
                for index in (row[0], row[1] + 1) if self._has_twin(arrow) else (row[0],):
                    needs[index] = max(needs.get(index, 0), length)
        return needs

    def _has_twin(self, arrow: Arrow) -> bool:
        ends = {arrow.start, arrow.end}
        same = (
            twin.route is arrow.route
            for twin in self.diagram.arrows
            if {twin.start, twin.end} == ends
        )
        return sum(same) > 1

    def for_labels(self, axis: int) -> Iterator[Need]:
        """Yield how far apart nodes must stand for the label of the arrow between them."""
        for arrow in self.diagram.arrows:
            low, high = sorted(self._ends(arrow, axis))
            is_between = arrow.route not in AROUND and low[1] < high[0]
            if arrow.label and is_between and not self._has_corner(arrow):
                yield Need(low[1], high[0], self._label(arrow, axis) + _BESIDE)

    def _has_corner(self, arrow: Arrow) -> bool:
        """Return whether an arrow turns half way, where its label has more than one place."""
        ends = (self._ends(arrow, axis) for axis in (0, 1))
        return arrow.route in (Route.HV, Route.VH) and not any(
            start[0] <= end[1] and end[0] <= start[1] for start, end in ends
        )

    def for_titles(self, axis: int) -> Iterator[Need]:
        """Yield how wide the columns in a frame must be for its label."""
        if axis == 0:
            for inset in self.insets:
                yield Need(*inset.span.along(0), inset.title[0])
