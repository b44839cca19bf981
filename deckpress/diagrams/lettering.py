"""Labels as matplotlib sets them: their lines, and how large each is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from deckpress.diagrams.drawing import MATHS
from deckpress.diagrams.style import FAMILIES, PIXELS

PIECE = re.compile(MATHS + r"|\\\\|\\.|[^$\\]+|.", re.S)
"""A part of a label: a formula, the end of a line, an escape, or plain text."""
_ASCENT, _DESCENT = 0.88, 0.24
"""Of a line without high formulas, in font sizes, so that labels in a row share their baseline."""
_LEADING = 0.16
"""Between two lines, in font sizes."""


@dataclass(frozen=True)
class TextLine:
    """A line of a label, measured in points."""

    text: str
    width: float
    ascent: float
    descent: float


@dataclass(frozen=True)
class Lettering:
    """A label's lines at some size."""

    lines: tuple[TextLine, ...]
    leading: float
    """Points between the lines."""

    @property
    def width(self) -> float:
        """The longest line's width in points."""
        return max(line.width for line in self.lines)

    @property
    def height(self) -> float:
        """The height of all lines in points."""
        heights = [line.ascent + line.descent for line in self.lines]
        return sum(heights) + self.leading * (len(heights) - 1)


def split_lines(text: str) -> list[str]:
    r"""Return the lines of a label: `\\` outside of maths ends one."""
    lines = [""]
    for piece in PIECE.findall(text):
        if piece == "\\\\":
            lines.append("")
        else:
            lines[-1] += piece
    return [line.strip() for line in lines]


def letter(text: str, size: float, *, is_bold: bool = False) -> Lettering:
    """Return a label's lines with their extents; `size` is the font's, in points."""
    return _letter(text, size, is_bold)


@cache
def _letter(text: str, size: float, is_bold: bool) -> Lettering:
    lines = tuple(_measure(line, size, is_bold) for line in split_lines(text))
    return Lettering(lines, _LEADING * size)


def measure(text: str, size: float, is_bold: bool) -> tuple[float, float]:
    """Return the width and height that a label takes, in points."""
    lettering = letter(text, size, is_bold=is_bold)
    return lettering.width, lettering.height


def font(size: float, *, is_bold: bool) -> Any:
    """Return matplotlib's description of the pictures' font."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(
        family=list(FAMILIES),
        size=size,
        weight="bold" if is_bold else "normal",
        math_fontfamily="cm",
    )


def _measure(line: str, size: float, is_bold: bool) -> TextLine:
    from matplotlib.cbook import is_math_text

    has_maths = bool(is_math_text(line))
    text = line if has_maths else line.replace("\\$", "$")
    width, height, depth = _renderer().get_text_width_height_descent(
        text, font(size, is_bold=is_bold), has_maths
    )
    ascent = max(_ASCENT * size, (height - depth) / PIXELS)
    return TextLine(line, width / PIXELS, ascent, max(_DESCENT * size, depth / PIXELS))


@cache
def _renderer() -> Any:
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(16, 16, 72 * PIXELS)
