"""What a picture shows → its PNG, painted by matplotlib; the one step that needs it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Any

from deckpress.diagnostics import Diagnostics, Location, error, has_errors
from deckpress.diagrams import (
    ColorRole,
    Drawing,
    Drawn,
    Frame,
    Label,
    Line,
    PlacedLabel,
    PlacedNode,
    Plot,
)
from deckpress.diagrams.areas import boxes_of, write_boxes
from deckpress.diagrams.diagram_blocks import DiagramBlock
from deckpress.diagrams.flowcharts import Graph, labels_of
from deckpress.diagrams.geometry import KAPPA, Box, Path, Point, box_around, polygon, rounded
from deckpress.diagrams.grid import Diagram
from deckpress.diagrams.grid.grid_layout import lay_out
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
from deckpress.diagrams.png import AREAS, SMALLEST, WIDTH, finish
from deckpress.diagrams.text_metrics import check_labels, font, letter, measure

_BEND = 7.0
"""Radius of an arrow's corners, in points."""
_WIDTH = 1.4
"""Of lines, in points."""
_HEAD = (8.5, 3.3)
"""Length and half width of an arrow head, in points."""
Way = tuple[list[Point], list[int]]
_MOVE, _LINE_TO, _CURVE, _CLOSE = 1, 2, 4, 79
"""matplotlib's codes (`matplotlib.path.Path`)."""


def paint(drawing: Drawing) -> Any:
    """Return the pixels of a drawing as an array of rows of RGBA bytes."""
    from matplotlib.figure import Figure

    from deckpress.diagrams.maths_canvas import MathsCanvas

    figure = Figure(
        (drawing.width / 72, drawing.height / 72), dpi=72 * PIXELS, facecolor=PAPER, frameon=True
    )
    canvas: Any = MathsCanvas(figure)
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
            if frame.label:
                self._paint_label(frame.label, _fill(frame))
        for label in drawing.labels:
            self._paint_label(label)
        for node in drawing.nodes:
            self._paint_node(node)

    def _paint_frame(self, frame: Frame) -> None:
        self._paint_path(rounded(frame.box, 8), _fill(frame), FRAME.edge, 0.9)

    def _paint_node(self, node: PlacedNode) -> None:
        paint = PAINTS[node.color_role]
        if node.shape.is_table:
            self._paint_cells(node, paint)
            paint = Paint("none", paint.edge)
        for path in node.shape.paths(node.box):
            if node.shape.is_junction:
                self._paint_path(path, LINE, LINE, 0)
            else:
                style = "dashed" if node.is_dashed else "solid"
                self._paint_path(path, paint.fill, paint.edge, _WIDTH, style)
        for label in node.labels:
            self._paint_label(label)

    def _paint_cells(self, node: PlacedNode, paint: Paint) -> None:
        rows, columns = node.cells
        width, height = node.box.width / columns, node.box.height / rows
        for row in range(rows):
            for column in range(columns):
                fill = (MARK if (row, column) in node.marked else paint).fill
                left, top = node.box.left + column * width, node.box.top + row * height
                cell = polygon(Box(left, top, width, height).corners)
                self._paint_path(cell, fill, PAINTS[ColorRole.SOFT].edge, 0.8)

    def _paint_line(self, line: Line) -> None:
        style = (0, (3.2, 2.4)) if line.is_dashed else "solid"
        vertices, codes = _way(line)
        self._add_patch(vertices, codes, "none", LINE, _WIDTH, style)
        if line.has_end:
            self._paint_head(line.points[-1], line.points[-2])
        if line.has_start:
            self._paint_head(line.points[0], line.points[1])

    def _paint_head(self, tip: Point, before: Point) -> None:
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
        self._paint_path(polygon(corners), LINE, LINE, 0.4)

    def _paint_label(self, placed: PlacedLabel, paper: str = PAPER) -> None:
        lettering = letter(placed.label.text, placed.size, is_bold=placed.is_bold)
        if placed.is_on_line:
            behind = box_around(placed.centre, lettering.width, lettering.height).grown(1.5)
            self._paint_path(rounded(behind, 3), paper, "none", 0)
        ink = PAINTS[placed.color_role].ink
        y = placed.centre[1] - lettering.height / 2
        for line in lettering.lines:
            y += line.ascent
            self._figure.text(
                placed.centre[0] / (self._figure.get_figwidth() * 72),
                1 - y / self._height,
                line.text,
                fontproperties=font(placed.size, is_bold=placed.is_bold),
                color=ink,
                ha="center",
                va="baseline",
                zorder=next(self._order),
            )
            y += line.descent + lettering.leading

    def _paint_path(
        self, path: Path, fill: str, edge: str, width: float, style: str = "solid"
    ) -> None:
        vertices, codes = [path.start], [_MOVE]
        for segment in path.segments:
            vertices += segment
            codes += [_LINE_TO] if len(segment) == 1 else [_CURVE] * len(segment)
        self._add_patch([*vertices, path.start], [*codes, _CLOSE], fill, edge, width, style)

    def _add_patch(
        self,
        vertices: list[Point],
        codes: list[int],
        fill: str,
        edge: str,
        width: float,
        style: Any = "solid",
    ) -> None:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path as PlottedPath

        patch = PathPatch(
            PlottedPath(vertices, codes),
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
            _toward(corner, before, radius * (1 - KAPPA)),
            _toward(corner, after, radius * (1 - KAPPA)),
            leave,
        ]
        codes += [_LINE_TO, _CURVE, _CURVE, _CURVE]
    return [*vertices, points[-1]], [*codes, _LINE_TO]


def _back(tip: Point, before: Point) -> Point:
    return _toward(tip, before, min(_HEAD[0] * 0.72, math.dist(tip, before)))


def _toward(point: Point, goal: Point, by: float) -> Point:
    distance = math.dist(point, goal) or 1
    return (
        point[0] + (goal[0] - point[0]) / distance * by,
        point[1] + (goal[1] - point[1]) / distance * by,
    )


def draw(block: DiagramBlock) -> Drawn:
    """Return a block's picture, or what is wrong with it."""
    content = block.content
    if isinstance(content, Plot):
        return run_plot(content)
    with style_context():
        diagnostics = list(check_labels(_labels(content)))
        if has_errors(diagnostics):
            return Drawn(b"", tuple(diagnostics))
        drawing = _lay_out(content, block.where, diagnostics)
        return Drawn(_finish(content, drawing) if drawing else b"", tuple(diagnostics))


def _labels(content: Diagram | Graph) -> Iterable[tuple[Label, bool]]:
    if isinstance(content, Diagram):
        return content.labels()
    return labels_of(content)


def _lay_out(content: Diagram | Graph, where: Location, diagnostics: Diagnostics) -> Drawing | None:
    if isinstance(content, Diagram):
        return lay_out(content, measure, diagnostics)
    from deckpress.diagrams.flowcharts.flowchart_layout import lay_out as lay_out_graph
    from deckpress.diagrams.flowcharts.graphviz import LayoutError, MissingExtraError

    try:
        return lay_out_graph(content, measure)
    except (LayoutError, MissingExtraError) as problem:
        diagnostics.append(error(where, str(problem)))
        return None


def _finish(content: Diagram | Graph, drawing: Drawing) -> bytes:
    texts = {
        WIDTH: f"{drawing.width:.1f}",
        SMALLEST: f"{drawing.smallest():.1f}",
        AREAS: write_boxes(boxes_of(content, drawing, measure)),
    }
    return finish(paint(drawing), texts)
