"""A diagram → a drawing: nodes from the grid, labels beside their arrows, and nothing overlaps."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from deckpress.diagnostics import Diagnostic, Diagnostics, error
from deckpress.diagrams import (
    ColorRole,
    Drawing,
    Extent,
    Frame,
    Label,
    Line,
    Measure,
    PlacedLabel,
    PlacedNode,
)
from deckpress.diagrams.geometry import Box, Point, box_around
from deckpress.diagrams.grid import (
    Arrow,
    Diagram,
    Need,
    Node,
    Route,
    Tracks,
    span_along,
    span_of,
    spread_tracks,
    widen,
)
from deckpress.diagrams.grid.diagram_page import compose
from deckpress.diagrams.grid.routing import (
    crosses,
    pieces,
    route_arrows,
    runs_through,
    settle_loops,
)
from deckpress.diagrams.grid.spacing import Inset, Spacing, frame_groups, inset_groups
from deckpress.diagrams.palette import LABEL, SMALL

_AIR = 4.5
"""Points between an arrow and its label."""
_NEAR = 1.0
"""Points; a line that is nearer to a label touches it."""
_ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)
"""Where along a piece of its arrow a label may stand, best first."""
_CROSSED = 10.0
"""What it costs a place if a line runs through it; a place further from the middle costs less."""
_INWARD = 3.0
"""What it costs a place to lie between an arrow and the nodes it goes around."""
_ALIEN = 5.0
"""What it costs a place to be nearer to another line than a label should be."""
_BERTH = 4.0
"""Points that should be between a label and the lines of others."""
_ON_LINE = 4.0
"""What it costs a place to lie on its own arrow."""
Piece = tuple[Point, Point]
"""A straight part of a line."""
Way = tuple[Line | None, Sequence[Piece]]
"""An arrow, or the side of a frame, which is none, in straight pieces."""
_EMPTY = 6.0
"""The width of a column, or the height of a row, that holds only empty cells."""
_SPREADS = (0.0, 10.0, 22.0, 40.0)
"""Points that all gaps are widened by, one after the other, until each label finds its place."""
_WAYS_OUT = (Route.CURVED, Route.OVER, Route.UNDER)
"""Routes to be proposed where an arrow would run through a node."""


class NoPlaceError(Exception):
    """A label that finds no free place beside its arrow."""

    def __init__(self, label: Label) -> None:
        super().__init__(label.text)
        self.label = label


def place_labels(
    labels: Sequence[tuple[Label | None, Line]],
    frames: Sequence[Box],
    taken: Sequence[Box],
    measure: Measure,
) -> list[PlacedLabel]:
    """Return the labels of arrows at their places, best where they cross no other line.

    `frames` are the rectangles around groups, and `taken` places that are not free.

    Raises NoPlaceError for a label that has none.
    """
    placed: list[PlacedLabel] = []
    full = list(taken)
    ways: list[Way] = [(line, pieces(line)) for _, line in labels]
    ways += [(None, _sides(frame)) for frame in frames]
    for label, line in labels:
        if label is None:
            continue
        size = measure(label.text, SMALL, False)
        free = [
            (cost + _cost(box, line, ways), box, on_line)
            for cost, box, on_line in _places(line, size)
            if not any(box.overlaps(full_box, -0.5) for full_box in full)
        ]
        if not free:
            raise NoPlaceError(label)
        cost, box, on_line = min(free, key=lambda place: place[0])
        placed.append(PlacedLabel(label, box.centre, SMALL, is_on_line=on_line or cost >= _CROSSED))
        full.append(box)
    return placed


def _cost(box: Box, own: Line, ways: Sequence[Way]) -> float:
    """Return what it costs a label that lines other than its own run through it, or touch it."""
    other_ways = [way for line, way in ways if line is not own]
    crossed, near = (
        sum(any(crosses(piece, box.grown(by)) for piece in way) for way in other_ways)
        for by in (_NEAR, _BERTH)
    )
    return _CROSSED * crossed + _ALIEN * (near - crossed)


def _sides(box: Box) -> list[Piece]:
    corners = box.corners
    return list(zip(corners, [*corners[1:], corners[0]], strict=True))


def _places(line: Line, size: tuple[float, float]) -> Iterator[tuple[float, Box, bool]]:
    """Yield places along an arrow, what each costs, and whether it lies on the arrow."""
    straight = [(line.points[0], line.points[-1])] if line.is_curved else pieces(line)
    longest = sorted(straight, key=lambda piece: -math.dist(*piece))
    for rank, piece in enumerate([_middle(line)] if line.is_curved else longest):
        for late, t in enumerate(_ALONG):
            for side, (centre, on_line) in enumerate(_beside(piece, t, size)):
                box = box_around(centre, *size)
                inward = _INWARD * _is_inward(line, centre)
                yield rank + 0.3 * late + 0.2 * side + _ON_LINE * on_line + inward, box, on_line


def _is_inward(line: Line, centre: Point) -> bool:
    """Return whether a place lies on the nodes' side of an arrow that goes around them."""
    if line.is_curved or len(line.points) != 4:
        return False
    start, corner, _, _ = line.points
    out = corner[0] - start[0], corner[1] - start[1]
    return (centre[0] - corner[0]) * out[0] + (centre[1] - corner[1]) * out[1] < 0


def _middle(line: Line) -> tuple[Point, Point]:
    """Return the straight piece in the middle of a curve."""
    parts = pieces(line)
    middle = len(parts) // 2
    return parts[middle - 3][0], parts[middle + 2][1]


def _beside(
    piece: tuple[Point, Point], t: float, size: tuple[float, float]
) -> Iterator[tuple[Point, bool]]:
    """Yield the centres that a label may have at a place along a straight piece."""
    (x1, y1), (x2, y2) = piece
    x, y = x1 + t * (x2 - x1), y1 + t * (y2 - y1)
    width, height = size[0] / 2 + _AIR, size[1] / 2 + _AIR - 1.5
    if abs(y1 - y2) < 0.5:
        yield from (((x, y - height), False), ((x, y + height), False))
    elif abs(x1 - x2) < 0.5:
        yield from (((x + width, y), False), ((x - width, y), False))
    else:
        yield from _aslant(x, y, (y2 - y1) / (x2 - x1), width, height)
    yield (x, y), True


def _aslant(
    x: float, y: float, slope: float, width: float, height: float
) -> Iterator[tuple[Point, bool]]:
    """Yield the centres beside a slanted line at which a label's corner just clears it."""
    aside, above = width + height / abs(slope), height + width * abs(slope)
    for sign in (1, -1):
        yield ((x + sign * aside, y) if aside < above else (x, y + sign * above)), False


def lay_out(diagram: Diagram, measure: Measure, diagnostics: Diagnostics) -> Drawing | None:
    """Return where everything in a diagram stands; None, and an error, if it cannot be drawn."""
    settled = settle_loops(diagram)
    for spread in _SPREADS:
        try:
            return _lay_out(settled, measure, spread, diagnostics)
        except NoPlaceError as no_place:
            label = no_place.label
    message = "no room for this label: shorten it, move a node, or give its arrow another route"
    diagnostics.append(error(label.where, message))
    return None


def _lay_out(
    diagram: Diagram, measure: Measure, spread: float, diagnostics: Diagnostics
) -> Drawing | None:
    insets = inset_groups(diagram, measure)
    sizes = size_nodes(diagram.nodes, measure)
    room = Spacing(diagram, insets, measure, spread)
    columns = _tracks(diagram, sizes, room, 0, {})
    rows = _tracks(diagram, sizes, room, 1, room.for_arcs(columns))
    nodes = {
        node.id: _place_node(node, _box(node, sizes[node.id], columns, rows))
        for node in diagram.nodes
    }
    lines = route_arrows(diagram.arrows, nodes, measure)
    if crossings := list(_check_ways(diagram.arrows, lines, nodes)):
        diagnostics += crossings
        return None
    frames = frame_groups(insets, columns, rows, lines)
    titles = (_title(frame, inset) for frame, inset in zip(frames, insets, strict=True))
    taken = [*(node.box for node in nodes.values()), *(title for title in titles if title)]
    labels = [(arrow.label, line) for arrow, line in zip(diagram.arrows, lines, strict=True)]
    placed = place_labels(labels, [frame.box for frame in frames], taken, measure)
    drawing = Drawing(0, 0, tuple(frames), tuple(nodes.values()), tuple(lines), tuple(placed))
    return compose(drawing, diagram.title, diagram.notes, measure)


def _title(frame: Frame, inset: Inset) -> Box | None:
    if frame.label is None:
        return None
    return box_around(frame.label.centre, *inset.title)


def _tracks(
    diagram: Diagram,
    sizes: Mapping[str, Extent],
    room: Spacing,
    axis: int,
    arcs: Mapping[int, float],
) -> Tracks:
    """Return the columns (axis 0) or the rows (axis 1), wide enough and far enough apart."""
    count = (diagram.columns, diagram.rows)[axis]
    spans = {node.id: span_along(node, axis) for node in diagram.nodes}
    lengths = {id_: size[axis] for id_, size in sizes.items()}
    least = [_EMPTY] * count
    for id_, (first, last) in spans.items():
        if first == last:
            least[first] = max(least[first], lengths[id_])
    tracks = spread_tracks(Tracks(tuple(least), room.gaps(axis, arcs)), room.for_labels(axis))
    wide = [Need(*spans[id_], length) for id_, length in lengths.items()]
    return widen(tracks, [*wide, *room.for_titles(axis)])


def _box(node: Node, size: Extent, columns: Tracks, rows: Tracks) -> Box:
    """Return a node's place: in the middle of its cells, or all of them."""
    span = span_of(node)
    left, right = columns.start(span.left), columns.end(span.right)
    top, bottom = rows.start(span.top), rows.end(span.bottom)
    is_stretched = node.kind.shape.is_stretched
    width = right - left if is_stretched and node.columns > 1 else size[0]
    height = bottom - top if is_stretched and node.rows > 1 else size[1]
    return Box((left + right - width) / 2, (top + bottom - height) / 2, width, height)


def _place_node(node: Node, box: Box) -> PlacedNode:
    shape, color_role = node.kind.shape, node.kind.color_role
    if shape.is_table:
        cells = len(node.cells), len(node.cells[0])
        labels = tuple(_cell_labels(node, box))
        return PlacedNode(box, shape, color_role, labels, marked=node.marked, cells=cells)
    label = PlacedLabel(node.label, shape.label_centre(box), LABEL, color_role=color_role)
    labels = (label,) if node.label.text else ()
    return PlacedNode(box, shape, color_role, labels, is_dashed=color_role is ColorRole.FAINT)


def _cell_labels(node: Node, box: Box) -> Iterator[PlacedLabel]:
    width, height = box.width / len(node.cells[0]), box.height / len(node.cells)
    for row, labels in enumerate(node.cells):
        for column, label in enumerate(labels):
            if label.text:
                x = box.left + (column + 0.5) * width
                y = box.top + (row + 0.5) * height
                yield PlacedLabel(label, (x, y), LABEL)


def _check_ways(
    arrows: Sequence[Arrow], lines: Sequence[Line], nodes: Mapping[str, PlacedNode]
) -> Iterator[Diagnostic]:
    """Yield a problem for each arrow that would run through a node."""
    for arrow, line in zip(arrows, lines, strict=True):
        way = pieces(line)
        for id_, node in nodes.items():
            if not node.shape.is_junction and any(runs_through(piece, node) for piece in way):
                routes = " or ".join(
                    f"[{route}]" for route in _WAYS_OUT if route is not arrow.route
                )
                message = (
                    f'arrow from "{arrow.start}" to "{arrow.end}" would run through "{id_}": '
                    f"give it another route, as in {routes}, or move a node"
                )
                yield error(arrow.where, message)
                break


def size_nodes(nodes: Sequence[Node], measure: Measure) -> dict[str, Extent]:
    """Return each node's size by its id, as if it stood in a single cell of the grid.

    Boxes of one kind are as wide as the widest in their column, and as high as the highest in
    their row; so are the cells of matrices that stand below each other.
    """
    sizes = {node.id: _size(node, measure) for node in nodes}
    widths = _largest((_as_wide_as(node), sizes[node.id][0]) for node in nodes)
    heights = _largest((_as_high_as(node), sizes[node.id][1]) for node in nodes)
    return {node.id: (widths[_as_wide_as(node)], heights[_as_high_as(node)]) for node in nodes}


def _largest(lengths: Iterable[tuple[Hashable, float]]) -> dict[Hashable, float]:
    largest: dict[Hashable, float] = {}
    for key, length in lengths:
        largest[key] = max(length, largest.get(key, 0))
    return largest


def _as_wide_as(node: Node) -> Hashable:
    """Return what nodes have in common that are equally wide."""
    if node.kind.shape.is_table:
        return node.kind, node.column, node.columns, len(node.cells[0])
    is_stretched = node.kind.shape.is_stretched and node.columns == 1
    return (node.kind, node.column) if is_stretched else node.id


def _as_high_as(node: Node) -> Hashable:
    """Return what nodes have in common that are equally high."""
    is_stretched = node.kind.shape.is_stretched and node.rows == 1
    return (node.kind.shape, node.row) if is_stretched else node.id


def _size(node: Node, measure: Measure) -> Extent:
    """Return the size that a node's labels need; each cell of a table has that of the largest."""
    cells = node.cells or ((node.label,),)
    sizes = [measure(label.text, LABEL, False) for row in cells for label in row if label.text]
    widest = max((width for width, _ in sizes), default=0.0)
    highest = max((height for _, height in sizes), default=0.0)
    width, height = node.kind.shape.grid_size(widest, highest)
    least = node.kind.least
    return max(width, least) * len(cells[0]), max(height, least) * len(cells)
