"""What a picture shows → its PNG, painted by matplotlib; the one step that needs it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from deckpress.diagnostics import Diagnostic, Location, error, has_errors
from deckpress.diagrams import (
    Box,
    ColorRole,
    Drawing,
    Drawn,
    Frame,
    Label,
    Line,
    NodeShape,
    PlacedLabel,
    Plot,
    Point,
    Shape,
    box_around,
)
from deckpress.diagrams.diagram_blocks import DiagramBlock
from deckpress.diagrams.flowcharts import Graph, labels_of
from deckpress.diagrams.grid import Diagram
from deckpress.diagrams.grid.grid_layout import lay_out
from deckpress.diagrams.node_shapes import cut_of, lid_of, sheets_of
from deckpress.diagrams.palette import (
    FRAME,
    LINE,
    MARK,
    PAINTS,
    PAPER,
    PIXELS,
    Paint,
    style_context,
)
from deckpress.diagrams.plots import run_plot
from deckpress.diagrams.png import SMALLEST, WIDTH, finish
from deckpress.diagrams.text_metrics import check_labels, font, letter, measure

_ROUND = 5.0
"""Radius of a box's corners, in points."""
_BEND = 7.0
"""Radius of an arrow's corners, in points."""
_WIDTH = 1.2
"""Of lines, in points."""
_HEAD = (7.5, 2.9)
"""Length and half width of an arrow head, in points."""
_KAPPA = 0.5523
"""Where the control points of a Bézier lie that stands for a quarter of a circle."""
Way = tuple[list[Point], list[int]]
_MOVE, _LINE_TO, _CURVE, _CLOSE = 1, 2, 4, 79
"""matplotlib's codes (`matplotlib.path.Path`)."""


def paint(drawing: Drawing) -> Any:
    """Return the pixels of a drawing as an array of rows of RGBA bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(
        (drawing.width / 72, drawing.height / 72), dpi=72 * PIXELS, facecolor=PAPER, frameon=True
    )
    canvas = FigureCanvasAgg(figure)
    _Painter(figure, drawing.height).paint(drawing)
    canvas.draw()
    return canvas.buffer_rgba()


class _Painter:
    """Adds the parts of a drawing to a figure, from the back to the front."""

    def __init__(self, figure: Any, height: float) -> None:
        from matplotlib.transforms import Affine2D

        self._figure = figure
        self._transform = Affine2D().scale(1, -1).translate(0, height).scale(PIXELS)
        self._height = height
        self._order = itertools.count()
        """What is painted later covers what was painted before."""

    def paint(self, drawing: Drawing) -> None:
        for frame in sorted(drawing.frames, key=lambda frame: frame.depth):
            self._paint_frame(frame)
        for line in drawing.lines:
            self._paint_line(line)
        for frame in drawing.frames:
            if frame.words:
                self._paint_words(frame.words, _fill(frame))
        for words in drawing.words:
            self._paint_words(words)
        for shape in drawing.shapes:
            self._paint_shape(shape)

    def _paint_frame(self, frame: Frame) -> None:
        self._path(*_rounded(frame.box, 8), _fill(frame), FRAME.edge, 0.9)

    def _paint_shape(self, shape: Shape) -> None:
        paint = PAINTS[shape.tone]
        if shape.outline is NodeShape.DOT:
            self._path(*_ellipse(shape.box), LINE, LINE, 0)
        elif shape.outline is NodeShape.MATRIX:
            self._paint_matrix(shape, paint)
        elif shape.outline is not NodeShape.NONE:
            style = "dashed" if shape.is_dashed else "solid"
            for vertices, codes in _OUTLINES[shape.outline](shape.box):
                self._path(vertices, codes, paint.fill, paint.edge, _WIDTH, style)
        for words in shape.words:
            self._paint_words(words)

    def _paint_matrix(self, shape: Shape, paint: Paint) -> None:
        rows, columns = shape.cells
        width, height = shape.box.width / columns, shape.box.height / rows
        for row in range(rows):
            for column in range(columns):
                each = MARK if (row, column) in shape.marked else paint
                left, top = shape.box.left + column * width, shape.box.top + row * height
                self._path(
                    *_polygon(Box(left, top, width, height).corners),
                    each.fill,
                    PAINTS[ColorRole.SOFT].edge,
                    0.8,
                )
        self._path(*_polygon(shape.box.corners), "none", paint.edge, _WIDTH)

    def _paint_line(self, line: Line) -> None:
        style = (0, (3.2, 2.4)) if line.is_dashed else "solid"
        vertices, codes = _way(line)
        self._path(vertices, codes, "none", LINE, _WIDTH, style)
        if line.has_end:
            self._head(line.points[-1], line.points[-2])
        if line.has_start:
            self._head(line.points[0], line.points[1])

    def _head(self, tip: Point, before: Point) -> None:
        length, half = _HEAD
        distance = math.dist(tip, before) or 1
        x, y = (tip[0] - before[0]) / distance, (tip[1] - before[1]) / distance
        base = tip[0] - x * length, tip[1] - y * length
        notch = tip[0] - x * length * 0.72, tip[1] - y * length * 0.72
        corners = [
            tip,
            (base[0] - y * half, base[1] + x * half),
            notch,
            (base[0] + y * half, base[1] - x * half),
        ]
        self._path(*_polygon(corners), LINE, LINE, 0.4)

    def _paint_words(self, words: PlacedLabel, paper: str = PAPER) -> None:
        lettering = letter(words.label.text, words.size, is_bold=words.is_bold)
        if words.is_on_line:
            behind = box_around(words.centre, lettering.width, lettering.height).grown(1.5)
            self._path(*_rounded(behind, 3), paper, "none", 0)
        ink = PAINTS[words.tone].ink
        y = words.centre[1] - lettering.height / 2
        for line in lettering.lines:
            y += line.ascent
            self._figure.text(
                words.centre[0] / (self._figure.get_figwidth() * 72),
                1 - y / self._height,
                line.text,
                fontproperties=font(words.size, is_bold=words.is_bold),
                color=ink,
                ha="center",
                va="baseline",
                zorder=next(self._order),
            )
            y += line.descent + lettering.leading

    def _path(
        self,
        vertices: list[Point],
        codes: list[int],
        fill: str,
        edge: str,
        width: float,
        style: Any = "solid",
    ) -> None:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        patch = PathPatch(
            Path(vertices, codes),
            facecolor=fill,
            edgecolor=edge,
            linewidth=width,
            linestyle=style,
            capstyle="butt",
            joinstyle="round",
            transform=self._transform,
            zorder=next(self._order),
        )
        self._figure.add_artist(patch)


def _fill(frame: Frame) -> str:
    """Return the colour in a frame: frames within frames take turns."""
    return FRAME.fill if frame.depth % 2 == 0 else PAPER


def _polygon(corners: list[Point]) -> Way:
    return [*corners, corners[0]], [_MOVE, *[_LINE_TO] * (len(corners) - 1), _CLOSE]


def _rounded(box: Box, radius: float) -> Way:
    r = min(radius, box.width / 2, box.height / 2)
    k = r * (1 - _KAPPA)
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    vertices = [
        (left + r, top),
        (right - r, top),
        *((right - k, top), (right, top + k), (right, top + r)),
        (right, bottom - r),
        *((right, bottom - k), (right - k, bottom), (right - r, bottom)),
        (left + r, bottom),
        *((left + k, bottom), (left, bottom - k), (left, bottom - r)),
        (left, top + r),
        *((left, top + k), (left + k, top), (left + r, top)),
        (left + r, top),
    ]
    side = [_LINE_TO, _CURVE, _CURVE, _CURVE]
    return vertices, [_MOVE, *side * 4, _CLOSE]


def _ellipse(box: Box) -> Way:
    x, y = box.centre
    a, b = box.width / 2, box.height / 2
    p, q = a * _KAPPA, b * _KAPPA
    vertices = [
        (x, y - b),
        *((x + p, y - b), (x + a, y - q), (x + a, y)),
        *((x + a, y + q), (x + p, y + b), (x, y + b)),
        *((x - p, y + b), (x - a, y + q), (x - a, y)),
        *((x - a, y - q), (x - p, y - b), (x, y - b)),
        (x, y - b),
    ]
    return vertices, [_MOVE, *[_CURVE] * 12, _CLOSE]


def _box_paths(box: Box) -> Iterator[Way]:
    yield _rounded(box, _ROUND)


def _pill_paths(box: Box) -> Iterator[Way]:
    yield _rounded(box, min(box.width, box.height) / 2)


def _ellipse_paths(box: Box) -> Iterator[Way]:
    yield _ellipse(box)


def _stack_paths(box: Box) -> Iterator[Way]:
    for sheet in reversed([*sheets_of(box)]):
        yield _rounded(sheet, _ROUND)


def _diamond_paths(box: Box) -> Iterator[Way]:
    x, y = box.centre
    yield _polygon([(x, box.top), (box.right, y), (x, box.bottom), (box.left, y)])


def _hexagon_paths(box: Box) -> Iterator[Way]:
    cut, y = cut_of(box), box.centre[1]
    yield _polygon(
        [
            *((box.left + cut, box.top), (box.right - cut, box.top), (box.right, y)),
            *((box.right - cut, box.bottom), (box.left + cut, box.bottom), (box.left, y)),
        ]
    )


def _slanted_paths(box: Box) -> Iterator[Way]:
    cut = cut_of(box)
    yield _polygon(
        [
            *((box.left + cut, box.top), (box.right, box.top)),
            *((box.right - cut, box.bottom), (box.left, box.bottom)),
        ]
    )


def _cylinder_paths(box: Box) -> Iterator[Way]:
    rise = lid_of(box)
    lid = Box(box.left, box.top, box.width, 2 * rise)
    x, a, p, q = box.centre[0], box.width / 2, box.width / 2 * _KAPPA, rise * _KAPPA
    top, bottom = box.top + rise, box.bottom - rise
    vertices = [
        (box.left, top),
        (box.left, bottom),
        *((box.left, bottom + q), (x - p, box.bottom), (x, box.bottom)),
        *((x + p, box.bottom), (x + a, bottom + q), (x + a, bottom)),
        (box.right, top),
        (box.left, top),
    ]
    yield vertices, [_MOVE, _LINE_TO, *[_CURVE] * 6, _LINE_TO, _CLOSE]
    yield _ellipse(lid)


_OUTLINES: Mapping[NodeShape, Callable[[Box], Iterator[Way]]] = {
    NodeShape.BOX: _box_paths,
    NodeShape.PILL: _pill_paths,
    NodeShape.CIRCLE: _ellipse_paths,
    NodeShape.ELLIPSE: _ellipse_paths,
    NodeShape.STACK: _stack_paths,
    NodeShape.DIAMOND: _diamond_paths,
    NodeShape.HEXAGON: _hexagon_paths,
    NodeShape.SLANTED: _slanted_paths,
    NodeShape.CYLINDER: _cylinder_paths,
}


def _way(line: Line) -> Way:
    """Return an arrow's path, drawn back from its tips, with round corners."""
    points = list(line.points)
    if line.has_end:
        points[-1] = _back(points[-1], points[-2])
    if line.has_start:
        points[0] = _back(points[0], points[1])
    if line.is_curved:
        return points, [_MOVE, *[_CURVE] * (len(points) - 1)]
    vertices, codes = [points[0]], [_MOVE]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_BEND, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        enter, leave = _toward(corner, before, radius), _toward(corner, after, radius)
        vertices += [
            enter,
            _toward(corner, before, radius * (1 - _KAPPA)),
            _toward(corner, after, radius * (1 - _KAPPA)),
            leave,
        ]
        codes += [_LINE_TO, _CURVE, _CURVE, _CURVE]
    return [*vertices, points[-1]], [*codes, _LINE_TO]


def _back(tip: Point, before: Point) -> Point:
    return _toward(tip, before, min(_HEAD[0] * 0.72, math.dist(tip, before)))


def _toward(point: Point, other: Point, by: float) -> Point:
    distance = math.dist(point, other) or 1
    return (
        point[0] + (other[0] - point[0]) / distance * by,
        point[1] + (other[1] - point[1]) / distance * by,
    )


def draw(figure: DiagramBlock) -> Drawn:
    """Return a figure's picture, or what is wrong with it."""
    content = figure.content
    if isinstance(content, Plot):
        return run_plot(content)
    with style_context():
        diagnostics = list(check_labels(_labels(content)))
        if has_errors(diagnostics):
            return Drawn(b"", tuple(diagnostics))
        drawing, wrong = _lay_out(content, figure.where)
        return Drawn(_finish(drawing) if drawing else b"", (*diagnostics, *wrong))


def _labels(content: Diagram | Graph) -> Iterable[tuple[Label, bool]]:
    if isinstance(content, Diagram):
        return content.labels()
    return labels_of(content)


def _lay_out(content: Diagram | Graph, where: Location) -> tuple[Drawing | None, list[Diagnostic]]:
    if isinstance(content, Diagram):
        return lay_out(content, measure)
    from deckpress.diagrams.flowcharts.flowchart_layout import lay_out as lay_out_graph
    from deckpress.diagrams.flowcharts.graphviz import LayoutError, MissingExtraError

    try:
        return lay_out_graph(content, measure), []
    except (LayoutError, MissingExtraError) as wrong:
        return None, [error(where, str(wrong))]


def _finish(drawing: Drawing) -> bytes:
    texts = {WIDTH: f"{drawing.width:.1f}", SMALLEST: f"{drawing.smallest():.1f}"}
    return finish(paint(drawing), texts)
