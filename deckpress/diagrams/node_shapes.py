"""The shapes of nodes, a class each: all that is known of one stands there.

A new one is added to `SHAPES`, too. The kinds of nodes in the ` ```diagram ` block name a shape
(`grid`), and flowcharts find one by what their languages call it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from deckpress.diagrams import ColorRole, Extent, NodeShape
from deckpress.diagrams.geometry import KAPPA, Box, Path, Point, ellipse, polygon, rounded

_CORNER = 5.0
"""Radius of a box's corners, in points."""
_SHEET = 4.0
"""Points by which each sheet of a stack shows behind the one before."""
_BEHIND = 2 * _SHEET
"""Points of a stack's width and height that only its two sheets behind take."""
_CUT = 3.0
"""A hexagon's and a parallelogram's corners stand in by their height, divided by this."""
_LID = 6.0
"""Points by which the lid of a cylinder is higher in its middle than at its sides, at most."""
_NARROWEST = 34.0
"""The least width of a flowchart's node, in points."""
_ACROSS, _DOWN = 8.0, 5.0
"""Between a label and the sides of its box, in points."""


class RoundedBox(NodeShape):
    """A rectangle with slightly rounded corners."""

    name = "box"
    color_role = ColorRole.BLUE
    dot_names = (
        "box rect rectangle square Msquare component note tab folder record Mrecord signature"
    )
    mermaid_names = (
        "rect proc process rectangle rounded event subproc fr-rect framed-rectangle subprocess "
        "subroutine card notch-rect notched-rectangle doc document lin-rect lin-proc "
        "shaded-process lined-rectangle lined-process lin-doc lined-document tag-doc "
        "tagged-document tag-rect tag-proc tagged-rectangle tagged-process div-rect div-proc "
        "divided-rectangle divided-process win-pane window-pane internal-storage bow-rect "
        "bow-tie-rectangle stored-data flag paper-tape odd notch-pent notched-pentagon loop-limit "
        "fork join"
    )
    mermaid_forms = "(…) [[…]] […] >…]"
    is_stretched = True

    def paths(self, box: Box) -> Iterator[Path]:
        yield rounded(box, _CORNER)

    def size_around(self, width: float, height: float) -> Extent:
        return _padded(width, height)

    def grid_size(self, width: float, height: float) -> Extent:
        return max(32, width + 13), max(30, height + 10)


class Pill(NodeShape):
    """A rectangle whose ends are half circles."""

    name = "pill"
    color_role = ColorRole.GREEN
    dot_names = "rarrow larrow rpromoter lpromoter cds"
    mermaid_names = (
        "stadium pill terminal delay half-rounded-rectangle curv-trap curved-trapezoid display"
    )
    mermaid_forms = "([…])"
    is_stretched = True

    def paths(self, box: Box) -> Iterator[Path]:
        yield rounded(box, self.corner_radius(box))

    def contains(self, box: Box, point: Point) -> bool:
        if not super().contains(box, point):
            return False
        x, y = box.distances(point)
        radius = self.corner_radius(box)
        beyond = max(x - box.width / 2 + radius, 0), max(y - box.height / 2 + radius, 0)
        return math.hypot(*beyond) < radius

    def size_around(self, width: float, height: float) -> Extent:
        return _padded(width, height, 0.4 * (height + 2 * _DOWN) - _ACROSS)

    def grid_size(self, width: float, height: float) -> Extent:
        return max(32, width + 16), max(28, height + 8)

    def corner_radius(self, box: Box) -> float:
        return min(box.width, box.height) / 2


class Ellipse(NodeShape):
    """What Graphviz draws unless told otherwise."""

    name = "ellipse"
    dot_names = "ellipse oval egg"
    mermaid_names = "cloud bang ellipse"
    mermaid_forms = "(-…-)"

    def paths(self, box: Box) -> Iterator[Path]:
        yield ellipse(box)

    def contains(self, box: Box, point: Point) -> bool:
        x, y = box.distances(point)
        return (x / (box.width / 2)) ** 2 + (y / (box.height / 2)) ** 2 < 1

    def size_around(self, width: float, height: float) -> Extent:
        return max(1.28 * width + 12, _NARROWEST), 1.62 * height + 6


class Circle(Ellipse):
    """As wide as high."""

    name = "circle"
    dot_names = "circle doublecircle Mcircle"
    mermaid_names = (
        "circle circ sm-circ start small-circle dbl-circ double-circle fr-circ stop "
        "framed-circle cross-circ summary crossed-circle"
    )
    mermaid_forms = "(((…))) ((…))"

    def size_around(self, width: float, height: float) -> Extent:
        diameter = max(math.hypot(width, height) + 8, _NARROWEST)
        return diameter, diameter

    def grid_size(self, width: float, height: float) -> Extent:
        diameter = math.hypot(width, 0.7 * height) + 7
        return diameter, diameter

    def corner_radius(self, box: Box) -> float:
        return min(box.width, box.height) / 2


class Dot(Circle):
    """A small filled point where arrows meet."""

    name = "dot"
    dot_names = "point"
    mermaid_names = "f-circ filled-circle junction"
    mermaid_forms = ""
    is_junction = True

    def size_around(self, width: float, height: float) -> Extent:
        return 8, 8

    def grid_size(self, width: float, height: float) -> Extent:
        return 5, 5


class Diamond(NodeShape):
    """A square on its corner."""

    name = "diamond"
    color_role = ColorRole.AMBER
    dot_names = "diamond Mdiamond"
    mermaid_names = (
        "diam diamond decision question tri triangle extract flip-tri flipped-triangle "
        "manual-file hourglass collate bolt com-link lightning-bolt"
    )
    mermaid_forms = "{…}"

    def paths(self, box: Box) -> Iterator[Path]:
        x, y = box.centre
        yield polygon([(x, box.top), (box.right, y), (x, box.bottom), (box.left, y)])

    def contains(self, box: Box, point: Point) -> bool:
        x, y = box.distances(point)
        return x / (box.width / 2) + y / (box.height / 2) < 1

    def size_around(self, width: float, height: float) -> Extent:
        return max(1.55 * width + 16, 2 * _NARROWEST), 2.82 * height + 6


class Hexagon(NodeShape):
    """A rectangle whose left and right ends are pointed."""

    name = "hexagon"
    color_role = ColorRole.ROSE
    dot_names = "hexagon octagon doubleoctagon tripleoctagon septagon pentagon polygon"
    mermaid_names = "hex hexagon prepare"
    mermaid_forms = "{{…}}"

    def paths(self, box: Box) -> Iterator[Path]:
        cut, y = _cut_of(box), box.centre[1]
        left, right, top, bottom = box.left + cut, box.right - cut, box.top, box.bottom
        upper = [(left, top), (right, top), (box.right, y)]
        yield polygon([*upper, (right, bottom), (left, bottom), (box.left, y)])

    def contains(self, box: Box, point: Point) -> bool:
        if not super().contains(box, point):
            return False
        x, y = box.distances(point)
        return x < box.width / 2 - _cut_of(box) * y / (box.height / 2)

    def size_around(self, width: float, height: float) -> Extent:
        return _padded(width, height, 2 * (height + 2 * _DOWN) / _CUT - _ACROSS)


class Parallelogram(NodeShape):
    """A rectangle that leans to the right."""

    name = "slanted"
    color_role = ColorRole.SOFT
    dot_names = "parallelogram trapezium invtrapezium triangle invtriangle house invhouse"
    mermaid_names = (
        "lean-r lean-right in-out lean-l lean-left out-in trap-b trapezoid priority "
        "trapezoid-bottom trap-t inv-trapezoid manual trapezoid-top sl-rect manual-input "
        "sloped-rectangle"
    )
    mermaid_forms = "[/…/] [/…\\] [\\…\\] [\\…/]"

    def paths(self, box: Box) -> Iterator[Path]:
        cut = _cut_of(box)
        upper = [(box.left + cut, box.top), (box.right, box.top)]
        yield polygon([*upper, (box.right - cut, box.bottom), (box.left, box.bottom)])

    def contains(self, box: Box, point: Point) -> bool:
        if not super().contains(box, point):
            return False
        cut, (x, y) = _cut_of(box), box.centre
        shift = cut / 2 * (point[1] - y) / (box.height / 2)
        return abs(point[0] - x + shift) < box.width / 2 - cut / 2

    def size_around(self, width: float, height: float) -> Extent:
        return _padded(width, height, 2 * (height + 2 * _DOWN) / _CUT - _ACROSS / 2)


class Cylinder(NodeShape):
    """What stands for a database."""

    name = "cylinder"
    color_role = ColorRole.VIOLET
    dot_names = "cylinder"
    mermaid_names = (
        "cyl cylinder database db h-cyl das horizontal-cylinder disk lin-cyl lined-cylinder "
        "datastore data-store"
    )
    mermaid_forms = "[(…)]"

    def paths(self, box: Box) -> Iterator[Path]:
        rise, x = _lid_of(box), box.centre[0]
        p, q = box.width / 2 * KAPPA, rise * KAPPA
        top, bottom = box.top + rise, box.bottom - rise
        right = x + box.width / 2
        yield Path(
            (box.left, top),
            [
                [(box.left, bottom)],
                [(box.left, bottom + q), (x - p, box.bottom), (x, box.bottom)],
                [(x + p, box.bottom), (right, bottom + q), (right, bottom)],
                [(box.right, top)],
            ],
        )
        yield ellipse(Box(box.left, box.top, box.width, 2 * rise))

    def contains(self, box: Box, point: Point) -> bool:
        if not super().contains(box, point):
            return False
        x, y = box.distances(point)
        sunk = _lid_of(box) * (1 - math.sqrt(1 - (x / (box.width / 2)) ** 2))
        return y < box.height / 2 - sunk

    def size_around(self, width: float, height: float) -> Extent:
        return _padded(width, height, above=1.5 * _LID)

    def label_centre(self, box: Box) -> Point:
        x, y = box.centre
        return x, y + _lid_of(box) / 2


class Stack(NodeShape):
    """Sheets behind each other."""

    name = "stack"
    color_role = ColorRole.BLUE
    dot_names = "box3d"
    mermaid_names = (
        "st-rect processes procs stacked-rectangle docs documents st-doc stacked-document"
    )
    is_stretched = True

    def paths(self, box: Box) -> Iterator[Path]:
        for sheet in self._sheets(box):
            yield rounded(sheet, _CORNER)

    def contains(self, box: Box, point: Point) -> bool:
        return super().contains(box, point) and any(
            sheet.contains(point) for sheet in self._sheets(box)
        )

    def size_around(self, width: float, height: float) -> Extent:
        return _padded(width, height, _BEHIND, _BEHIND)

    def grid_size(self, width: float, height: float) -> Extent:
        return max(34, width + 14) + _BEHIND, max(32, height + 10) + _BEHIND

    def label_centre(self, box: Box) -> Point:
        x, y = box.centre
        return x - _BEHIND / 2, y + _BEHIND / 2

    def _sheets(self, box: Box) -> Iterator[Box]:
        """Yield the sheets, the front one last."""
        for behind in (2, 1, 0):
            left, top = box.left + behind * _SHEET, box.top + (2 - behind) * _SHEET
            yield Box(left, top, box.width - _BEHIND, box.height - _BEHIND)


class Matrix(NodeShape):
    """A table of cells; each label is a cell's."""

    name = "matrix"
    is_table = True

    def paths(self, box: Box) -> Iterator[Path]:
        yield polygon(box.corners)

    def size_around(self, width: float, height: float) -> Extent:
        return _padded(width, height)

    def grid_size(self, width: float, height: float) -> Extent:
        return max(24, width + 9), max(24, height + 4)


class Bare(NodeShape):
    """Nothing but the label."""

    name = "none"
    dot_names = "plaintext plain none underline"
    mermaid_names = "text brace brace-l brace-r braces comment"

    def paths(self, box: Box) -> Iterator[Path]:
        yield from ()

    def size_around(self, width: float, height: float) -> Extent:
        return width + 8, height + 6

    def grid_size(self, width: float, height: float) -> Extent:
        return max(4, width + 3), max(18, height)


SHAPES: Mapping[str, NodeShape] = {
    shape.name: shape
    for shape in (
        *(RoundedBox(), Pill(), Ellipse(), Circle(), Dot(), Diamond(), Hexagon()),
        *(Parallelogram(), Cylinder(), Stack(), Matrix(), Bare()),
    )
}
"""All of them by their names."""


def _padded(width: float, height: float, beside: float = 0, above: float = 0) -> Extent:
    """Return how large a box is around its label, with room besides in its width and height."""
    return max(width + 2 * _ACROSS + beside, _NARROWEST), height + 2 * _DOWN + above


def _cut_of(box: Box) -> float:
    """Return by how many points a hexagon's and a parallelogram's corners stand in."""
    return min(box.height / _CUT, box.width / 4)


def _lid_of(box: Box) -> float:
    """Return half the height of a cylinder's lid, in points."""
    return min(box.height / 6, _LID)
