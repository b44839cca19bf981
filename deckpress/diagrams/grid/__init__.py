"""The ` ```diagram ` block: here is a diagram as its author wrote it, nodes on a grid with arrows.

`diagram_syntax` reads it, and `grid_layout` says where everything stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from deckpress.diagrams import ColorRole, Label, NodeShape
from deckpress.errors import Location


class NodeKind(StrEnum):
    """What a node is; it decides its form and its colour."""

    BOX = "box"
    GATE = "gate"
    OP = "op"
    STATE = "state"
    MEMORY = "memory"
    IN = "in"
    OUT = "out"
    TEXT = "text"
    STACK = "stack"
    UNIT = "unit"
    DROPPED = "dropped"
    MASK = "mask"
    MATRIX = "matrix"
    DOT = "dot"


LOOKS = {
    NodeKind.BOX: (NodeShape.BOX, ColorRole.PLAIN),
    NodeKind.GATE: (NodeShape.BOX, ColorRole.AMBER),
    NodeKind.OP: (NodeShape.CIRCLE, ColorRole.ROSE),
    NodeKind.STATE: (NodeShape.PILL, ColorRole.BLUE),
    NodeKind.MEMORY: (NodeShape.PILL, ColorRole.GREEN),
    NodeKind.IN: (NodeShape.BOX, ColorRole.SOFT),
    NodeKind.OUT: (NodeShape.BOX, ColorRole.VIOLET),
    NodeKind.TEXT: (NodeShape.NONE, ColorRole.PLAIN),
    NodeKind.STACK: (NodeShape.STACK, ColorRole.BLUE),
    NodeKind.UNIT: (NodeShape.CIRCLE, ColorRole.BLUE),
    NodeKind.DROPPED: (NodeShape.CIRCLE, ColorRole.FAINT),
    NodeKind.MASK: (NodeShape.BOX, ColorRole.FAINT),
    NodeKind.MATRIX: (NodeShape.MATRIX, ColorRole.PLAIN),
    NodeKind.DOT: (NodeShape.DOT, ColorRole.PLAIN),
}
"""The form and colour of each kind."""


class Route(StrEnum):
    """The way an arrow takes from node to node."""

    STRAIGHT = "straight"
    HV = "hv"
    """Across first, then up or down."""
    VH = "vh"
    """Up or down first, then across."""
    CURVED = "curved"
    LEFT = "left"
    """Out at the left side and in at the left side, around what is between."""
    RIGHT = "right"
    OVER = "over"
    UNDER = "under"


AROUND = frozenset({Route.LEFT, Route.RIGHT, Route.OVER, Route.UNDER})
"""The routes that leave a node and come in at the same side."""


@dataclass(frozen=True)
class Node:
    """A node: what it is, and which cells of the grid it takes."""

    id: str
    kind: NodeKind
    label: Label
    row: int
    """Of its first cell, counted from 0 at the top."""
    column: int
    """Of its first cell, counted from 0 at the left."""
    rows: int = 1
    columns: int = 1
    cells: tuple[tuple[Label, ...], ...] = ()
    """The labels of a matrix, row by row."""
    marked: tuple[tuple[int, int], ...] = ()
    """The cells of a matrix that are marked, by row and column from 0."""
    where: Location = field(repr=False, compare=False, default=Location(""))


@dataclass(frozen=True)
class Arrow:
    """An arrow between two nodes, by their ids."""

    start: str
    end: str
    route: Route
    label: Label | None
    is_dashed: bool
    has_start: bool
    """Whether it has a head where it starts."""
    has_end: bool
    """Whether it has a head where it ends."""
    where: Location = field(repr=False, compare=False)


@dataclass(frozen=True)
class Group:
    """A frame around nodes, by their ids."""

    label: Label | None
    members: tuple[str, ...]
    where: Location = field(repr=False, compare=False)


@dataclass(frozen=True)
class Diagram:
    """A whole picture."""

    rows: int
    columns: int
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...] = ()
    groups: tuple[Group, ...] = ()
    title: Label | None = None
    notes: tuple[Label, ...] = ()

    def labels(self) -> Iterator[tuple[Label, bool]]:
        """Yield every text in the picture, and whether it is bold."""
        if self.title:
            yield self.title, True
        for node in self.nodes:
            yield node.label, False
            yield from ((cell, False) for row in node.cells for cell in row)
        beside = [*(arrow.label for arrow in self.arrows), *(group.label for group in self.groups)]
        yield from ((label, False) for label in (*beside, *self.notes) if label)
