"""A canvas on which formulas have heavier strokes, as thick as those of the letters beside them.

Computer Modern, in which matplotlib sets formulas, was cut for print: on a screen its hairlines are
thinner than a pixel. Here each glyph of a formula is filled and has a line around it.
"""

from __future__ import annotations

from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from deckpress.diagrams.text_metrics import split_formulas

_PARSER = MathTextParser("path")
POINTS = 72
"""To an inch."""
_STROKE = 0.012
"""Width of the line around a glyph of a formula, in font sizes: half of it lies outside."""


class MathsRenderer(RendererAgg):
    """Draws formulas as outlines, and all else as matplotlib does."""

    def draw_mathtext(
        self, gc: Any, x: float, y: float, s: str, prop: FontProperties, angle: float
    ) -> None:
        """Draw a line that has formulas in it, from its place on the baseline, in pixels."""
        size = prop.get_size_in_points()
        pixels: float = self.points_to_pixels(1)  # type: ignore[no-untyped-call]
        to_page = Affine2D().scale(pixels).rotate_deg(angle).translate(x, self.height - y)
        start = 0.0
        for piece, is_maths in split_formulas(s):
            path = TextPath((start, 0), piece, size, prop)
            gc.set_linewidth(_STROKE * size * pixels * is_maths)
            self.draw_path(gc, path, to_page, gc.get_rgb())  # type: ignore[no-untyped-call]
            start += _PARSER.parse(piece, POINTS, prop)[0]


class MathsCanvas(FigureCanvasAgg):
    """A canvas with such a renderer."""

    renderer_type: type[MathsRenderer] = MathsRenderer

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        width, height = figure.bbox.size
        self._sole = self.renderer_type(width, height, figure.dpi)

    def get_renderer(self) -> MathsRenderer:
        """Return the only renderer, since a figure on it keeps its size."""
        return self._sole
