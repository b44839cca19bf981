"""The code of a plot, run to its picture: in a process that is used for nothing else afterwards.

This module imports matplotlib: import it only where something is drawn.
"""

from __future__ import annotations

import builtins
import random
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from types import CodeType, ModuleType
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from deckpress.diagrams import explanations, figures
from deckpress.diagrams.cage import Limits
from deckpress.diagrams.drawing import Drawn
from deckpress.diagrams.explanations import FigureError
from deckpress.diagrams.glyphs import listening_to
from deckpress.diagrams.plot import Plot
from deckpress.diagrams.style import style_context
from deckpress.errors import has_errors

_SEED = 0


def warm_up() -> None:
    """Draw something, so that this process and its children have fonts and parsers at hand."""
    with style_context():
        figure, axes = plt.subplots(layout="constrained")
        axes.set_title("激活 $x_1$", weight="bold")
        figures.save(figure, Limits.pixels)
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
            png, more = figures.save(_only_figure(), limits.pixels)
    except BaseException as problem:  # SystemExit among them, and it is all the author's
        return Drawn(b"", (explanations.explain(problem, plot, limits),))
    return _with_faults(png, (*figures.faults_told(messages), *more), plot)


def _with_faults(png: bytes, faults: Iterable[figures.Fault], plot: Plot) -> Drawn:
    found = [explanations.place(each.message, each.about, plot) for each in faults]
    return Drawn(b"" if has_errors(found) else png, tuple(dict.fromkeys(found)))


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
