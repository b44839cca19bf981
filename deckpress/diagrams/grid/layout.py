"""A diagram → a drawing: sizes come from the labels, places from the grid, and nothing overlaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from deckpress.diagrams.drawing import (
    Box,
    Drawing,
    Frame,
    Line,
    Outline,
    Shape,
    Tone,
    Words,
    box_around,
)
from deckpress.diagrams.grid.cells import span_along, span_of
from deckpress.diagrams.grid.diagram import LOOKS, Arrow, Diagram, Node, Route
from deckpress.diagrams.grid.frames import Inset, frame_groups, inset_groups
from deckpress.diagrams.grid.loops import settle_loops
from deckpress.diagrams.grid.page import compose
from deckpress.diagrams.grid.placing import NoPlaceError, place_labels
from deckpress.diagrams.grid.room import Room
from deckpress.diagrams.grid.routes import pieces, route_arrows, runs_through
from deckpress.diagrams.grid.sizes import Measure, Size, fills, size_nodes
from deckpress.diagrams.grid.tracks import Need, Tracks, part, widen
from deckpress.diagrams.outlines import label_centre
from deckpress.diagrams.style import LABEL
from deckpress.errors import Problem, error

_EMPTY = 6.0
"""The width of a column, or the height of a row, that holds only empty cells."""
_SPREADS = (0.0, 10.0, 22.0, 40.0)
"""Points that all gaps are widened by, one after the other, until each label finds its place."""


def lay_out(diagram: Diagram, measure: Measure) -> tuple[Drawing | None, list[Problem]]:
    """Return where everything in a diagram stands; None, and why, where it cannot be drawn."""
    settled = settle_loops(diagram)
    for spread in _SPREADS:
        try:
            return _lay_out(settled, measure, spread)
        except NoPlaceError as no_place:
            label = no_place.label
    message = "no room for this label: shorten it, move a node, or give its arrow another route"
    return None, [error(label.where, message)]


def _lay_out(
    diagram: Diagram, measure: Measure, spread: float
) -> tuple[Drawing | None, list[Problem]]:
    insets = inset_groups(diagram, measure)
    sizes = size_nodes(diagram.nodes, measure)
    room = Room(diagram, insets, measure, spread)
    columns = _tracks(diagram, sizes, room, 0, {})
    rows = _tracks(diagram, sizes, room, 1, room.for_arcs(columns))
    shapes = {
        node.id: _shape(node, _box(node, sizes[node.id], columns, rows)) for node in diagram.nodes
    }
    lines = route_arrows(diagram.arrows, shapes, measure)
    if problems := list(_check_ways(diagram.arrows, lines, shapes)):
        return None, problems
    frames = frame_groups(insets, columns, rows, lines)
    titles = (_title(frame, inset) for frame, inset in zip(frames, insets, strict=True))
    taken = [*(shape.box for shape in shapes.values()), *(title for title in titles if title)]
    labels = [(arrow.label, line) for arrow, line in zip(diagram.arrows, lines, strict=True)]
    words = place_labels(labels, [frame.box for frame in frames], taken, measure)
    drawing = Drawing(0, 0, tuple(frames), tuple(shapes.values()), tuple(lines), tuple(words))
    return compose(drawing, diagram.title, diagram.notes, measure), []


def _title(frame: Frame, inset: Inset) -> Box | None:
    if frame.words is None:
        return None
    return box_around(frame.words.centre, *inset.title)


def _tracks(
    diagram: Diagram,
    sizes: Mapping[str, Size],
    room: Room,
    axis: int,
    arcs: Mapping[int, float],
) -> Tracks:
    """Return the columns (axis 0) or the rows (axis 1), wide enough and far enough apart."""
    count = (diagram.columns, diagram.rows)[axis]
    spans = {node.id: span_along(node, axis) for node in diagram.nodes}
    lengths = {id_: (size.width, size.height)[axis] for id_, size in sizes.items()}
    least = [_EMPTY] * count
    for id_, (first, last) in spans.items():
        if first == last:
            least[first] = max(least[first], lengths[id_])
    tracks = part(Tracks(tuple(least), room.gaps(axis, arcs)), room.for_labels(axis))
    wide = [Need(*spans[id_], length) for id_, length in lengths.items()]
    return widen(tracks, [*wide, *room.for_titles(axis)])


def _box(node: Node, size: Size, columns: Tracks, rows: Tracks) -> Box:
    """Return a node's place: in the middle of its cells, or all of them."""
    span = span_of(node)
    left, right = columns.start(span.left), columns.end(span.right)
    top, bottom = rows.start(span.top), rows.end(span.bottom)
    width = right - left if fills(node) and node.columns > 1 else size.width
    height = bottom - top if fills(node) and node.rows > 1 else size.height
    return Box((left + right - width) / 2, (top + bottom - height) / 2, width, height)


def _shape(node: Node, box: Box) -> Shape:
    outline, tone = LOOKS[node.kind]
    if outline is Outline.MATRIX:
        cells = len(node.cells), len(node.cells[0])
        words = tuple(_cell_words(node, box))
        return Shape(box, outline, tone, words, marked=node.marked, cells=cells)
    centre = label_centre(outline, box)
    words = (Words(node.label, centre, LABEL, tone=tone),) if node.label.text else ()
    return Shape(box, outline, tone, words, is_dashed=tone is Tone.FAINT)


def _cell_words(node: Node, box: Box) -> Iterator[Words]:
    width, height = box.width / len(node.cells[0]), box.height / len(node.cells)
    for row, labels in enumerate(node.cells):
        for column, label in enumerate(labels):
            if label.text:
                x = box.left + (column + 0.5) * width
                y = box.top + (row + 0.5) * height
                yield Words(label, (x, y), LABEL)


_WAYS_OUT = (Route.CURVED, Route.OVER, Route.UNDER)
"""Routes to be proposed where an arrow would run through a node."""


def _check_ways(
    arrows: Sequence[Arrow], lines: Sequence[Line], shapes: Mapping[str, Shape]
) -> Iterator[Problem]:
    """Yield a problem for each arrow that would run through a node."""
    for arrow, line in zip(arrows, lines, strict=True):
        way = pieces(line)
        for id_, shape in shapes.items():
            if shape.outline is not Outline.DOT and any(runs_through(each, shape) for each in way):
                others = " or ".join(f"[{each}]" for each in _WAYS_OUT if each is not arrow.route)
                message = (
                    f'arrow from "{arrow.start}" to "{arrow.end}" would run through "{id_}": '
                    f"give it another route, as in {others}, or move a node"
                )
                yield error(arrow.where, message)
                break
