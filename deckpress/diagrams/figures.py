"""A matplotlib figure → its PNG, with what is wrong with its letters.

This module imports matplotlib: import it only where something is drawn.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from deckpress.diagrams import png
from deckpress.diagrams.explanations import FigureError
from deckpress.diagrams.style import PIXELS

POINTS = 72
"""To an inch."""
_SLACK = 2
"""Points that something may stick out of a figure without being missed."""

_PLAIN_GLYPH = re.compile(r"Glyph (\d+) ")
_MATHS_GLYPH = re.compile(r"does not have a glyph for .*\[U\+([0-9a-fA-F]+)\]")
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
            yield _lost(chr(int(found.group(1))))


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


def _lost(char: str) -> Fault:
    return Fault(
        f'no font of the pictures has "{char}" (U+{ord(char):04X}): write it otherwise', char
    )


def _lost_in_maths(char: str) -> Fault:
    advice = "put it outside the $" if ord(char) > 0x2E7F else "write it otherwise"
    return Fault(f'maths in pictures has no "{char}" (U+{ord(char):04X}): {advice}', char)


def _lost_family(name: str) -> Fault:
    message = f'plot asks for a font that is not there ("{name}"): leave the fonts to the deck'
    return Fault(message, name)


@contextmanager
def listening() -> Iterator[list[Fault]]:
    """Yield a list to which goes what matplotlib logs of fonts and glyphs that are missing."""
    faults: list[Fault] = []
    handler = _Listener(faults)
    logs = [logging.getLogger(f"matplotlib.{name}") for name in ("mathtext", "font_manager")]
    for log in logs:
        log.addHandler(handler)
    try:
        yield faults
    finally:
        for log in logs:
            log.removeHandler(handler)


class _Listener(logging.Handler):
    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        glyph, family = _MATHS_GLYPH.search(message), _FAMILY.search(message)
        if glyph:
            self._faults.append(_lost_in_maths(chr(int(glyph.group(1), 16))))
        elif family:
            self._faults.append(_lost_family(family.group(1)))
