"""Blocks that describe a picture → PNG files: here is a picture that is laid out, as values.

`diagram_blocks` finds the blocks in the notes. `grid` reads ` ```diagram `, `flowcharts` reads
` ```mermaid ` and ` ```dot `, and `plots` runs Python. `rasterize` makes a PNG of what they
describe, and `image_store` keeps what was drawn. Only `rasterize` and what it calls needs
matplotlib.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

from deckpress.diagnostics import Diagnostic, Location
from deckpress.formulas.tex import Rewritten

Point = tuple[float, float]
"""x and y."""
MATHS = r"\$(?:\\.|[^$\\])*\$"
"""The pattern of a formula in a label."""


class NodeShape(StrEnum):
    """The form of a node."""

    BOX = "box"
    """A rectangle with slightly rounded corners."""
    PILL = "pill"
    """A rectangle whose ends are half circles."""
    CIRCLE = "circle"
    ELLIPSE = "ellipse"
    DIAMOND = "diamond"
    HEXAGON = "hexagon"
    SLANTED = "slanted"
    """A parallelogram."""
    CYLINDER = "cylinder"
    STACK = "stack"
    """Sheets behind each other."""
    MATRIX = "matrix"
    """A table of cells; each label is a cell's."""
    DOT = "dot"
    """A small filled point where arrows meet."""
    NONE = "none"
    """Nothing but the label."""


class ColorRole(StrEnum):
    """What a colour says; style.py has the colours."""

    PLAIN = "plain"
    SOFT = "soft"
    AMBER = "amber"
    ROSE = "rose"
    BLUE = "blue"
    GREEN = "green"
    VIOLET = "violet"
    FAINT = "faint"


@dataclass(frozen=True)
class Box:
    """An upright rectangle."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.top + self.height

    @property
    def centre(self) -> Point:
        """The point in its middle."""
        return self.left + self.width / 2, self.top + self.height / 2

    @property
    def corners(self) -> list[Point]:
        """Its corners, from the upper left one on with the clock."""
        return [
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
        ]

    def overlaps(self, other: Box, apart: float = 0) -> bool:
        """Say whether two rectangles share more than an edge, or stand nearer than `apart`."""
        return (
            self.left < other.right + apart
            and other.left < self.right + apart
            and self.top < other.bottom + apart
            and other.top < self.bottom + apart
        )

    def grown(self, by: float) -> Box:
        """Return the rectangle with a margin around it."""
        return Box(self.left - by, self.top - by, self.width + 2 * by, self.height + 2 * by)

    def moved(self, x: float, y: float) -> Box:
        """Return the rectangle moved to the right and down."""
        return Box(self.left + x, self.top + y, self.width, self.height)


def box_around(centre: Point, width: float, height: float) -> Box:
    """Return the rectangle of a width and height that has a point in its middle."""
    return Box(centre[0] - width / 2, centre[1] - height / 2, width, height)


@dataclass(frozen=True)
class Label:
    r"""A text in a picture: `$…$` is maths, `\\` outside of it breaks the line."""

    text: str
    where: Location = field(repr=False, compare=False)
    """Where its first character stands in the author's file."""
    rewritten: Rewritten | None = field(default=None, repr=False, compare=False)
    """The text as made from what the author wrote, where macros are written out in it."""

    def at(self, offset: int) -> Location:
        """Return where a character of the text stands in the author's file, counted from 0."""
        by = self.rewritten.origin(offset) if self.rewritten else offset
        return Location(self.where.file, self.where.line, self.where.column + by)


@dataclass(frozen=True)
class PlacedLabel:
    """A label at its place."""

    label: Label
    centre: Point
    size: float
    """The font's, in points."""
    is_bold: bool = False
    tone: ColorRole = ColorRole.PLAIN
    is_on_line: bool = False
    """Whether it is drawn over an arrow, and needs paper behind it."""


@dataclass(frozen=True)
class Shape:
    """A node at its place."""

    box: Box
    outline: NodeShape
    tone: ColorRole
    words: tuple[PlacedLabel, ...] = ()
    is_dashed: bool = False
    marked: tuple[tuple[int, int], ...] = ()
    """Of a matrix, the cells that are marked, by row and column from 0."""
    cells: tuple[int, int] = (1, 1)
    """Of a matrix, how many rows and columns it has."""


@dataclass(frozen=True)
class Line:
    """An arrow along its way."""

    points: tuple[Point, ...]
    """Corners of a polyline; if `is_curved`, a start and the control points of cubic Béziers."""
    is_curved: bool = False
    is_dashed: bool = False
    has_start: bool = False
    """Whether an arrow head stands at the first point."""
    has_end: bool = True
    """Whether an arrow head stands at the last point."""


@dataclass(frozen=True)
class Frame:
    """A group's rectangle, behind its nodes."""

    box: Box
    words: PlacedLabel | None
    depth: int = 0
    """How many frames it stands in."""


@dataclass(frozen=True)
class Drawing:
    """All of a picture, at its place."""

    width: float
    height: float
    frames: tuple[Frame, ...] = ()
    shapes: tuple[Shape, ...] = ()
    lines: tuple[Line, ...] = ()
    words: tuple[PlacedLabel, ...] = ()
    """The labels of arrows, the title and the notes."""

    def smallest(self) -> float:
        """Return the size of the smallest letters, in points; infinite where there are none."""
        words = [*self.words, *(each for shape in self.shapes for each in shape.words)]
        words += [frame.words for frame in self.frames if frame.words]
        return min((each.size for each in words), default=math.inf)


@dataclass(frozen=True)
class Drawn:
    """What came of a picture."""

    png: bytes
    """Empty where a problem is an error."""
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class Plot:
    """Python code that draws one picture with matplotlib."""

    code: str
    """Without the indentation that a block has in a list item."""
    where: Location = field(repr=False, compare=False)
    """Where the code's first character stands in the author's file."""
