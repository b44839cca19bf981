"""A matplotlib figure → its PNG, with what is wrong with its letters.

This module imports matplotlib: import it only where something is drawn.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from deckpress.diagrams import png
from deckpress.diagrams.explanations import FigureError
from deckpress.diagrams.glyphs import lost_in_maths, say_lost, say_lost_in_maths
from deckpress.diagrams.style import PIXELS

POINTS = 72
"""To an inch."""
_SLACK = 2
"""Points that something may stick out of a figure without being missed."""

_PLAIN_GLYPH = re.compile(r"Glyph (\d+) ")
_FAMILY = re.compile(r"Font family \[?['\"]?(.+?)['\"]?\]? not found")


@dataclass(frozen=True)
class Fault:
    """Something wrong with a figure."""

    message: str
    about: str = ""
    """What the author may have written there, to look for it in the code."""


def save(figure: Figure, most_pixels: int) -> tuple[bytes, list[Fault]]:
    """Return a figure as a PNG of 2 pixels a point, exactly as large as it is, and its faults.

    Raises FigureError if it is wider or higher than `most_pixels`, and whatever matplotlib raises.
    """
    width, height = figure.get_size_inches()
    _check_size(width, height, most_pixels)
    figure.set_dpi(POINTS * PIXELS)
    canvas: Any = _Canvas(figure)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        canvas.draw()
        faults = [*_find_lost_glyphs(caught), *_find_cut_edges(figure, canvas)]
    text = {png.WIDTH: f"{width * POINTS:g}"}
    if canvas.sizes:
        text[png.SMALLEST] = f"{min(canvas.sizes):g}"
    return png.finish(canvas.buffer_rgba(), text), faults


def _check_size(width: float, height: float, most_pixels: int) -> None:
    most = most_pixels / POINTS / PIXELS
    if not 0 < max(width, height) <= most:
        message = f"plot is {width:g} × {height:g} inches large: make neither more than {most:.3g}"
        raise FigureError(message)
    if min(width, height) * POINTS * PIXELS < 1:
        raise FigureError(f"plot is {width:g} × {height:g} inches small: give it a figsize")


class _Canvas(FigureCanvasAgg):
    """A canvas that remembers how large the letters were that it was asked to draw."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        width, height = figure.bbox.size
        self._sole = _Renderer(width, height, figure.dpi)

    def get_renderer(self) -> _Renderer:
        return self._sole

    @property
    def sizes(self) -> set[float]:
        """The sizes of all letters so far, in points."""
        return self._sole.sizes


class _Renderer(RendererAgg):
    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call]
        self.sizes: set[float] = set()

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: FontProperties, *rest: Any, **named: Any
    ) -> None:
        if s.strip():
            self.sizes.add(prop.get_size_in_points())
        super().draw_text(gc, x, y, s, prop, *rest, **named)  # type: ignore[no-untyped-call]


def _find_lost_glyphs(caught: Iterable[warnings.WarningMessage]) -> Iterator[Fault]:
    for warning in caught:
        found = _PLAIN_GLYPH.match(str(warning.message))
        if found:
            char = chr(int(found.group(1)))
            yield Fault(say_lost(char), char)


def _find_cut_edges(figure: Figure, canvas: _Canvas) -> Iterator[Fault]:
    inches = figure.get_tightbbox(canvas.get_renderer())
    width, height = figure.get_size_inches()
    out = max(-inches.x0, -inches.y0, inches.x1 - width, inches.y1 - height) * POINTS
    if out > _SLACK:
        message = (
            f"plot sticks out of its picture by {out:.0f} points, and is cut there: "
            "make figsize larger, or leave the layout to matplotlib"
        )
        yield Fault(message)  # a warning would be told once only, since pictures are kept


def _lost_family(name: str) -> Fault:
    message = f'plot asks for a font that is not there ("{name}"): leave the fonts to the deck'
    return Fault(message, name)


def faults_told(messages: Iterable[str]) -> Iterator[Fault]:
    """Yield what is wrong by what matplotlib has logged of fonts and glyphs."""
    for message in messages:
        char, family = lost_in_maths(message), _FAMILY.search(message)
        if char:
            yield Fault(say_lost_in_maths(char), char)
        elif family:
            yield _lost_family(family.group(1))
