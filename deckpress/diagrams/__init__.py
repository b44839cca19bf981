"""Blocks that describe a picture → PNG files: here is a picture that is laid out, as values.

`diagram_blocks` finds the blocks in the notes. `grid` reads ` ```diagram `, `flowcharts` reads
` ```mermaid ` and ` ```dot `, both draw nodes in the forms of `node_shapes`, and `plots` runs
Python. `rasterize` makes a PNG of what they describe, and `image_store` keeps what was drawn. Only
`rasterize` and what it calls needs matplotlib.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, NamedTuple

from deckpress.diagnostics import Diagnostic, Location
from deckpress.diagrams.geometry import Box, Path, Point, leaving_point, on_axis
from deckpress.formulas.tex import Rewritten

MATHS = r"\$(?:\\.|[^$\\])*\$"
"""The pattern of a formula in a label."""
Extent = tuple[float, float]
"""A width and a height, in points."""
Measure = Callable[[str, float, bool], Extent]
"""Takes a label's text, the font's size in points and whether it is bold; returns how large it
is."""
_MARGIN = 4.0
"""How far from its corners a node is met by the outermost of several arrows, in points."""


class ColorRole(StrEnum):
    """What a colour says; `palette` has the colours."""

    PLAIN = "plain"
    SOFT = "soft"
    AMBER = "amber"
    ROSE = "rose"
    BLUE = "blue"
    GREEN = "green"
    VIOLET = "violet"
    FAINT = "faint"


@dataclass(frozen=True)
class NodeShape(ABC):
    """The form of a node; `node_shapes` has them all."""

    name: ClassVar[str]
    color_role: ClassVar[ColorRole] = ColorRole.PLAIN
    """Its colour in flowcharts, whose forms say what nodes are."""
    dot_names: ClassVar[str] = ""
    """Graphviz's shapes that it is the nearest to, with spaces between."""
    mermaid_names: ClassVar[str] = ""
    """Mermaid's shapes that it is the nearest to, with spaces between."""
    mermaid_forms: ClassVar[str] = ""
    """How Mermaid writes such nodes around their text, which `…` stands for."""
    is_stretched: ClassVar[bool] = False
    """Whether a node in the grid is as large as its cells, and not as its label needs."""
    is_table: ClassVar[bool] = False
    """Whether a node in the grid has rows and columns of labels."""
    is_junction: ClassVar[bool] = False
    """Whether it is a part of arrows: in their colour, without a label, and they may cross it."""

    @abstractmethod
    def paths(self, box: Box) -> Iterator[Path]:
        """Yield what is painted of a node that fills a rectangle, from the back to the front."""

    def contains(self, box: Box, point: Point) -> bool:
        """Return whether a point lies inside of a node, and not on its outline."""
        x, y = box.distances(point)
        return x < box.width / 2 and y < box.height / 2

    @abstractmethod
    def size_around(self, width: float, height: float) -> Extent:
        """Return how large a node of a flowchart is around its label."""

    def grid_size(self, width: float, height: float) -> Extent:
        """Return how large a node in the grid is around its label, or a cell around its own."""
        return self.size_around(width, height)

    def label_centre(self, box: Box) -> Point:
        """Return where the middle of a node's label stands."""
        return box.centre

    def corner_radius(self, box: Box) -> float:
        """Return the radius of corners so round that arrows keep away from them."""
        return 0.0


@dataclass(frozen=True)
class Label:
    r"""A text in a picture: `$…$` is maths, `\\` outside of it breaks the line."""

    text: str
    where: Location = field(repr=False, compare=False)
    """Where its first character stands in the author's file."""
    rewritten: Rewritten | None = field(default=None, repr=False, compare=False)
    """The text as made from what the author wrote, where macros are written out in it."""

    def location_at(self, offset: int) -> Location:
        """Return where a character of the text stands in the author's file, counted from 0."""
        by = self.rewritten.origin(offset) if self.rewritten else offset
        return Location(self.where.file, self.where.line, self.where.column + by)


class PlacedLabel(NamedTuple):
    """A label at its place."""

    label: Label
    centre: Point
    size: float
    """The font's, in points."""
    is_bold: bool = False
    color_role: ColorRole = ColorRole.PLAIN
    is_on_line: bool = False
    """Whether it is drawn over an arrow, and needs paper behind it."""


class PlacedNode(NamedTuple):
    """A node at its place."""

    box: Box
    shape: NodeShape
    color_role: ColorRole
    labels: tuple[PlacedLabel, ...] = ()
    is_dashed: bool = False
    marked: tuple[tuple[int, int], ...] = ()
    """Of a matrix, the cells that are marked, by row and column from 0."""
    cells: tuple[int, int] = (1, 1)
    """Of a matrix, how many rows and columns it has."""

    def contains(self, point: Point) -> bool:
        """Return whether a point lies inside, and not on the outline."""
        return self.shape.contains(self.box, point)

    def crossing(self, inside: Point, outside: Point) -> Point:
        """Return where a straight line from a point within to one outside meets the outline."""
        return leaving_point(inside, outside, self.contains)

    def port(self, point: Point, axis: int, sign: int) -> Point:
        """Return where a line through a point meets the outline.

        The line runs along an axis (0 is x, 1 is y), and leaves the node at that end of it.
        """
        middle, half = self.box.centre[axis], (self.box.width, self.box.height)[axis] / 2
        beside = point[1 - axis]
        outside = on_axis(middle + sign * (half + 1), beside, axis)
        return self.crossing(on_axis(middle, beside, axis), outside)

    def room_beside(self, place: float, axis: int) -> float:
        """Return how far to either side of a place along an axis a line may still meet the node."""
        length, middle = (self.box.width, self.box.height)[axis], self.box.centre[axis]
        inset = min(max(0.4 * self.shape.corner_radius(self.box), _MARGIN), length / 2)
        return max(length / 2 - inset - abs(place - middle), 0)


class Line(NamedTuple):
    """An arrow along its way."""

    points: tuple[Point, ...]
    """Corners of a polyline; if `is_curved`, a start and the control points of cubic Béziers."""
    is_curved: bool = False
    is_dashed: bool = False
    has_start: bool = False
    """Whether an arrow head stands at the first point."""
    has_end: bool = True
    """Whether an arrow head stands at the last point."""


class Frame(NamedTuple):
    """A group's rectangle, behind its nodes."""

    box: Box
    label: PlacedLabel | None
    depth: int = 0
    """How many frames it stands in."""


class Drawing(NamedTuple):
    """All of a picture, at its place: each of its parts in the order in which they are written."""

    width: float
    height: float
    frames: tuple[Frame, ...] = ()
    nodes: tuple[PlacedNode, ...] = ()
    lines: tuple[Line, ...] = ()
    labels: tuple[PlacedLabel, ...] = ()
    """The labels of arrows, and behind them the title and the notes."""

    def smallest(self) -> float:
        """Return the size of the smallest letters, in points; infinite where there are none."""
        labels = [*self.labels, *(label for node in self.nodes for label in node.labels)]
        labels += [frame.label for frame in self.frames if frame.label]
        return min((label.size for label in labels), default=math.inf)


class Drawn(NamedTuple):
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
