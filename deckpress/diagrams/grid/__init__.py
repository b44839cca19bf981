"""The ` ```diagram ` block: here is a diagram as its author wrote it, its nodes at their cells.

`diagram_syntax` reads it, and `grid_layout` says where everything stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import combinations

from deckpress.diagnostics import Diagnostic, Diagnostics, Location, error, quote
from deckpress.diagrams import ColorRole, Label, NodeShape
from deckpress.diagrams.node_shapes import Bare, Circle, Dot, Matrix, Pill, RoundedBox, Stack

EMPTY = "."


class NodeKind(StrEnum):
    """What a node is, by the word for it in braces: its form and its colour."""

    BOX = "box", RoundedBox(), ColorRole.PLAIN
    GATE = "gate", RoundedBox(), ColorRole.AMBER
    OP = "op", Circle(), ColorRole.ROSE, 25
    STATE = "state", Pill(), ColorRole.BLUE
    MEMORY = "memory", Pill(), ColorRole.GREEN
    IN = "in", RoundedBox(), ColorRole.SOFT
    OUT = "out", RoundedBox(), ColorRole.VIOLET
    TEXT = "text", Bare(), ColorRole.PLAIN
    STACK = "stack", Stack(), ColorRole.BLUE
    UNIT = "unit", Circle(), ColorRole.BLUE, 25
    DROPPED = "dropped", Circle(), ColorRole.FAINT, 25
    MASK = "mask", RoundedBox(), ColorRole.FAINT
    MATRIX = "matrix", Matrix(), ColorRole.PLAIN
    DOT = "dot", Dot(), ColorRole.PLAIN

    shape: NodeShape
    color_role: ColorRole
    least: float
    """The least width and height of such a node, in points, where its shape has no such bounds."""

    def __new__(
        cls, word: str, shape: NodeShape, color_role: ColorRole, least: float = 0
    ) -> NodeKind:
        """Return a word that knows how nodes of its kind look."""
        kind = str.__new__(cls, word)
        kind._value_ = word
        kind.shape, kind.color_role, kind.least = shape, color_role, least
        return kind


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


@dataclass(frozen=True)
class Cell:
    """One id in a row, or `.`."""

    id: str
    where: Location


@dataclass(frozen=True)
class Span:
    """Cells of the grid that form a rectangle; the last row and column are in it."""

    top: int
    left: int
    bottom: int
    right: int

    def along(self, axis: int) -> tuple[int, int]:
        """Return the first and the last column (axis 0) or row (axis 1)."""
        return (self.left, self.right) if axis == 0 else (self.top, self.bottom)

    def meets(self, other: Span) -> bool:
        """Return whether the two have a cell in common."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def holds(self, other: Span) -> bool:
        """Return whether all cells of the other are in this one."""
        return (
            self.top <= other.top
            and self.left <= other.left
            and self.bottom >= other.bottom
            and self.right >= other.right
        )


def span_of(node: Node) -> Span:
    """Return the cells that a node takes."""
    bottom, right = node.row + node.rows - 1, node.column + node.columns - 1
    return Span(node.row, node.column, bottom, right)


def span_along(node: Node, axis: int) -> tuple[int, int]:
    """Return the first and the last column (axis 0) or row (axis 1) that a node takes."""
    return span_of(node).along(axis)


def span_around(group: Group, nodes: Iterable[Node]) -> Span:
    """Return the cells that a group's frame stands around."""
    spans = [span_of(node) for node in nodes if node.id in group.members]
    return Span(
        min(span.top for span in spans),
        min(span.left for span in spans),
        max(span.bottom for span in spans),
        max(span.right for span in spans),
    )


def find_nodes(grid: Sequence[Sequence[Cell]], diagnostics: Diagnostics) -> list[Node]:
    """Return the nodes of a grid in reading order, labelled by their ids.

    An id that is repeated makes one wide or high node; its cells must form a rectangle.
    """
    places: dict[str, list[tuple[int, int, Cell]]] = {}
    for row, cells in enumerate(grid):
        for column, cell in enumerate(cells):
            if cell.id != EMPTY:
                places.setdefault(cell.id, []).append((row, column, cell))
    nodes = []
    for id_, taken in places.items():
        node = _node(id_, taken)
        nodes.append(node)
        if len(taken) != node.rows * node.columns:
            message = (
                f'"{id_}" stands apart from itself: repeat an id only side by side, '
                "to make its node wide or high"
            )
            diagnostics.append(error(taken[-1][2].where, message))
    return nodes


def _node(id_: str, taken: Sequence[tuple[int, int, Cell]]) -> Node:
    rows, columns = [row for row, _, _ in taken], [column for _, column, _ in taken]
    where = taken[0][2].where
    return Node(
        id=id_,
        kind=NodeKind.BOX,
        label=Label(id_, where),
        row=min(rows),
        column=min(columns),
        rows=max(rows) - min(rows) + 1,
        columns=max(columns) - min(columns) + 1,
        where=where,
    )


def check_groups(groups: Sequence[Group], nodes: Sequence[Node]) -> Iterator[Diagnostic]:
    """Yield what is wrong with frames: strangers in them, or other frames halfway in."""
    frames: dict[Span, Group] = {}
    for group in groups:
        span = span_around(group, nodes)
        frames.setdefault(span, group)
        inside = [node.id for node in nodes if span.meets(span_of(node))]
        strangers = [id_ for id_ in inside if id_ not in group.members]
        if strangers:
            message = (
                f'{_name(group)} would stand around "{strangers[0]}", too: '
                "add it to the group, or move it"
            )
            yield error(group.where, message)
    for (first_span, first), (span, group) in combinations(frames.items(), 2):
        if first_span.meets(span) and not first_span.holds(span) and not span.holds(first_span):
            names = f"{_name(group)} overlaps {_name(first)}"
            yield error(group.where, f"{names}: let one hold the other, or part them")


def _name(group: Group) -> str:
    return f"group {quote(group.label.text)}" if group.label else f'group of "{group.members[0]}"'


@dataclass(frozen=True)
class Need:
    """A length that some columns (or rows), with the gaps between them, must come to."""

    first: int
    last: int
    """The last one, which counts in."""
    length: float


@dataclass(frozen=True)
class Tracks:
    """The columns, or the rows, of a grid."""

    sizes: tuple[float, ...]
    """The width of each column (the height of each row)."""
    gaps: tuple[float, ...]
    """What lies before each, and, as the last, behind all of them."""

    def start(self, index: int) -> float:
        """Return where a column begins."""
        return sum(self.gaps[: index + 1]) + sum(self.sizes[:index])

    def end(self, index: int) -> float:
        """Return where a column ends."""
        return self.start(index) + self.sizes[index]

    def middle(self, first: int, last: int) -> float:
        """Return the middle of some columns."""
        return (self.start(first) + self.end(last)) / 2


def widen(tracks: Tracks, needs: Iterable[Need]) -> Tracks:
    """Return tracks that are wide enough for nodes that take more than one of them."""
    sizes = list(tracks.sizes)
    for need in sorted(needs, key=lambda need: (need.last - need.first, need.first)):
        inner = sum(tracks.gaps[need.first + 1 : need.last + 1])
        missing = need.length - inner - sum(sizes[need.first : need.last + 1])
        if missing > 0:
            for index in range(need.first, need.last + 1):
                sizes[index] += missing / (need.last + 1 - need.first)
    return replace(tracks, sizes=tuple(sizes))


def spread_tracks(tracks: Tracks, needs: Iterable[Need]) -> Tracks:
    """Return tracks that lie far enough apart.

    A need is here the distance from the end of its first column to the start of its last.
    """
    gaps = list(tracks.gaps)
    for need in sorted(needs, key=lambda need: (need.last - need.first, need.first)):
        inner = sum(tracks.sizes[need.first + 1 : need.last])
        missing = need.length - inner - sum(gaps[need.first + 1 : need.last + 1])
        if missing > 0:
            for index in range(need.first + 1, need.last + 1):
                gaps[index] += missing / (need.last - need.first)
    return replace(tracks, gaps=tuple(gaps))
