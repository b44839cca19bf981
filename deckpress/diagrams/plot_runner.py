"""The code of a plot, run to its picture, in a process that is used for nothing else afterwards."""

from __future__ import annotations

import builtins
import random
import re
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from deckpress.diagnostics import has_errors
from deckpress.diagrams import Drawn, Plot, plot_errors, png
from deckpress.diagrams.maths_canvas import POINTS, MathsCanvas, MathsRenderer
from deckpress.diagrams.palette import PIXELS, style_context
from deckpress.diagrams.plot_errors import FigureError
from deckpress.diagrams.plot_sandbox import Limits
from deckpress.diagrams.text_metrics import (
    format_lost,
    format_lost_in_maths,
    listening_to,
    lost_in_maths,
)

_SLACK = 2
"""Points that something may stick out of a figure without being missed."""
_PLAIN_GLYPH = re.compile(r"Glyph (\d+) ")
_FAMILY = re.compile(r"Font family \[?['\"]?(.+?)['\"]?\]? not found")
_SEED = 0


@dataclass(frozen=True)
class PlotFault:
    """Something wrong with a figure."""

    message: str
    about: str = ""
    """What the author may have written there, to look for it in the code."""


def save(figure: Figure, most_pixels: int) -> tuple[bytes, list[PlotFault]]:
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


class _Renderer(MathsRenderer):
    """A renderer that remembers how large the letters were that it was asked to draw."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call]
        self.sizes: set[float] = set()

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: FontProperties, *rest: Any, **named: Any
    ) -> None:
        if s.strip():
            self.sizes.add(prop.get_size_in_points())
        super().draw_text(gc, x, y, s, prop, *rest, **named)  # type: ignore[no-untyped-call]


class _Canvas(MathsCanvas):
    renderer_type = _Renderer

    @property
    def sizes(self) -> set[float]:
        """The sizes of all letters so far, in points."""
        assert isinstance(self._sole, _Renderer)
        return self._sole.sizes


def _find_lost_glyphs(caught: Iterable[warnings.WarningMessage]) -> Iterator[PlotFault]:
    for warning in caught:
        match = _PLAIN_GLYPH.match(str(warning.message))
        if match:
            char = chr(int(match.group(1)))
            yield PlotFault(format_lost(char), char)


def _find_cut_edges(figure: Figure, canvas: _Canvas) -> Iterator[PlotFault]:
    inches = figure.get_tightbbox(canvas.get_renderer())
    width, height = figure.get_size_inches()
    out = max(-inches.x0, -inches.y0, inches.x1 - width, inches.y1 - height) * POINTS
    if out > _SLACK:
        message = (
            f"plot sticks out of its picture by {out:.0f} points, and is cut there: "
            "make figsize larger, or leave the layout to matplotlib"
        )
        yield PlotFault(message)  # a warning would be told once only, since pictures are kept


def _lost_family(name: str) -> PlotFault:
    message = f'plot asks for a font that is not there ("{name}"): leave the fonts to the deck'
    return PlotFault(message, name)


def faults_in(messages: Iterable[str]) -> Iterator[PlotFault]:
    """Yield what is wrong by what matplotlib has logged of fonts and glyphs."""
    for message in messages:
        char, family = lost_in_maths(message), _FAMILY.search(message)
        if char:
            yield PlotFault(format_lost_in_maths(char), char)
        elif family:
            yield _lost_family(family.group(1))


def warm_up() -> None:
    """Draw something, so that this process and its children have fonts and parsers at hand."""
    with style_context():
        figure, axes = plt.subplots(layout="constrained")
        axes.set_title("激活 $x_1$", weight="bold")
        save(figure, Limits.pixels)
        plt.close(figure)


def execute(plot: Plot, limits: Limits, folder: str) -> Drawn:
    """Return the picture that a plot's code leaves, or what is wrong with the code.

    What the code prints, and what it does to this process, is for the caller to contain.
    """
    tempfile.tempdir = folder
    try:
        with ExitStack() as stack:
            stack.enter_context(style_context())
            messages = stack.enter_context(listening_to(["mathtext", "font_manager"]))
            _run(compile(_at_its_lines(plot), plot.where.file, "exec", dont_inherit=True))
            png, more = save(_only_figure(), limits.pixels)
    except BaseException as problem:  # SystemExit among them, and it is all the author's
        return Drawn(b"", (plot_errors.explain(problem, plot, limits),))
    return _with_faults(png, (*faults_in(messages), *more), plot)


def _with_faults(png: bytes, faults: Iterable[PlotFault], plot: Plot) -> Drawn:
    diagnostics = [plot_errors.place(fault.message, fault.about, plot) for fault in faults]
    return Drawn(b"" if has_errors(diagnostics) else png, tuple(dict.fromkeys(diagnostics)))


def _at_its_lines(plot: Plot) -> str:
    """Return the code so that Python counts its lines as the author's editor does."""
    return "\n" * (plot.where.line - 1) + plot.code


def _run(code: CodeType) -> None:
    """Run code as the main program, with the same random numbers every time."""
    sys.dont_write_bytecode = True
    random.seed(_SEED)
    np.random.seed(_SEED)
    _seed_generators()
    plt.show = _show_nothing
    main = ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    exec(code, main.__dict__)


def _show_nothing(*_: Any, **__: Any) -> None:
    """Stand for `plt.show`: the picture is saved instead."""


def _seed_generators() -> None:
    """Have `np.random.default_rng()` count from our seed where the author gives none."""
    make = np.random.default_rng
    np.random.default_rng = lambda seed=None: make(_SEED if seed is None else seed)


def _only_figure() -> Figure:
    numbers = plt.get_fignums()
    if not numbers:
        raise FigureError("plot leaves no figure: draw one with matplotlib.pyplot")
    if len(numbers) > 1:
        message = f"plot leaves {len(numbers)} figures: keep one, a block is one picture"
        raise FigureError(message)
    return plt.figure(numbers[0])
