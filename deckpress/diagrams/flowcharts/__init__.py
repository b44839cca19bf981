"""Flowcharts that GitHub and Graphviz know as well, in ` ```mermaid ` and ` ```dot ` blocks.

Here is a flowchart as its author meant it, in whichever language, and how a parser builds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from deckpress.diagnostics import Diagnostic, Diagnostics, Location, error, quote
from deckpress.diagrams import ColorRole, Label, NodeShape
from deckpress.diagrams.node_shapes import RoundedBox

MOST_NODES, MOST_EDGES, MOST_LEVELS = 100, 200, 8
"""A picture with more nodes, arrows or groups in groups is read on no phone."""


class Direction(StrEnum):
    """Where the arrows lead."""

    DOWN = "TB"
    UP = "BT"
    RIGHT = "LR"
    LEFT = "RL"


@dataclass(frozen=True)
class Node:
    """A step of the flowchart."""

    id: str
    label: Label
    shape: NodeShape = field(default_factory=RoundedBox)
    is_dashed: bool = False
    where: Location = field(repr=False, compare=False, default=Location(""))

    @property
    def color_role(self) -> ColorRole:
        """Its colour, as a flowchart's forms say what its nodes are."""
        return self.shape.color_role


@dataclass(frozen=True)
class Edge:
    """An arrow between two nodes or groups, by their ids."""

    start: str
    end: str
    label: Label | None = None
    is_dashed: bool = False
    has_start: bool = False
    """Whether it has a head where it starts."""
    has_end: bool = True
    """Whether it has a head where it ends."""
    is_hidden: bool = False
    """Whether it only puts its nodes in order."""
    id: str = ""
    """Its own name, where it has one; nothing of it is drawn."""
    where: Location = field(repr=False, compare=False, default=Location(""))


@dataclass(frozen=True)
class Group:
    """A frame around nodes and other groups."""

    id: str
    label: Label | None
    members: tuple[str, ...]
    """The ids of the nodes that stand in it and in none of its groups."""
    groups: tuple[Group, ...] = ()
    where: Location = field(repr=False, compare=False, default=Location(""))


@dataclass(frozen=True)
class Graph:
    """A whole flowchart.

    No group is empty, each node stands in one group at most, and ids of edges are those of nodes
    or groups. No edge joins a group to what stands in it.
    """

    direction: Direction
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    groups: tuple[Group, ...] = ()
    title: Label | None = None


def all_groups(groups: Iterable[Group]) -> Iterator[Group]:
    """Yield groups and the groups in them, each before those that it holds."""
    for group in groups:
        yield group
        yield from all_groups(group.groups)


def nodes_in(group: Group) -> list[str]:
    """Return the ids of the nodes that stand in a group or in one of its groups."""
    return [member for inner in all_groups([group]) for member in inner.members]


def labels_of(graph: Graph) -> list[tuple[Label, bool]]:
    """Return every label of a flowchart, and whether it is bold."""
    titles = [(graph.title, True)] if graph.title else []
    groups = [(group.label, False) for group in all_groups(graph.groups) if group.label]
    edges = [(edge.label, False) for edge in graph.edges if edge.label]
    return [*titles, *((node.label, False) for node in graph.nodes), *edges, *groups]


def with_labels(graph: Graph, change: Callable[[Label], Label]) -> Graph:
    """Return a flowchart each of whose labels is changed by a function."""

    def changed(label: Label | None) -> Label | None:
        return None if label is None else change(label)

    def change_group(group: Group) -> Group:
        inner = tuple(change_group(child) for child in group.groups)
        return replace(group, label=changed(group.label), groups=inner)

    return replace(
        graph,
        nodes=tuple(replace(node, label=change(node.label)) for node in graph.nodes),
        edges=tuple(replace(edge, label=changed(edge.label)) for edge in graph.edges),
        groups=tuple(change_group(group) for group in graph.groups),
        title=changed(graph.title),
    )


@dataclass(frozen=True)
class Source:
    """A block's text, and where its lines stand in the author's file."""

    text: str
    rows: Sequence[tuple[int, int]]
    """The line and column at which each line of the text begins."""
    file: str

    def where(self, index: int) -> Location:
        """Return the place in the file of a character, counted from 0."""
        row = self.text.count("\n", 0, index)
        if row >= len(self.rows):
            return Location(self.file, *self.rows[-1]) if self.rows else Location(self.file)
        line, column = self.rows[row]
        return Location(self.file, line, column + index - (self.text.rfind("\n", 0, index) + 1))


class FlowchartError(Exception):
    """What is wrong with a statement of a flowchart, and where: the parser goes on behind it."""

    def __init__(self, index: int, message: str) -> None:
        self.index = index
        super().__init__(message)


@dataclass
class _OpenGroup:
    id: str
    label: Label | None
    where: Location
    mentioned: dict[str, None] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)


class Builder:
    """Collects a flowchart; a node mentioned in several groups stands in the first to be closed."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._nodes: dict[str, Node] = {}
        self._edges: list[Edge] = []
        self._open: list[_OpenGroup] = [_OpenGroup("", None, source.where(0))]
        self._placed: set[str] = set()
        self._group_ids: dict[str, int] = {}
        self.direction = Direction.DOWN
        self.title: Label | None = None
        self.diagnostics: Diagnostics = []

    def report(self, index: int, message: str) -> None:
        """Add what is wrong at a character of the text."""
        self.diagnostics.append(error(self._source.where(index), message))

    def node(self, id_: str) -> Node | None:
        """Return what is known of a node."""
        return self._nodes.get(id_)

    def put(self, node: Node, index: int, *, is_mentioned: bool = True) -> None:
        """Add a node, or describe it anew; raises FlowchartError.

        It stands in the innermost open group, unless it is only described there.
        """
        if node.id not in self._nodes and len(self._nodes) == MOST_NODES:
            message = f"flowchart has more than {MOST_NODES} nodes: make two flowcharts"
            raise FlowchartError(index, message)
        self._nodes[node.id] = node
        if is_mentioned:
            self._open[-1].mentioned[node.id] = None

    def join(self, edge: Edge, index: int) -> None:
        """Add an edge between nodes or groups; raises FlowchartError."""
        if len(self._edges) == MOST_EDGES:
            message = f"flowchart has more than {MOST_EDGES} arrows: make two flowcharts"
            raise FlowchartError(index, message)
        self._edges.append(edge)

    def joins(self, start: str, end: str) -> bool:
        """Return whether there is an edge from one to the other already."""
        return any((edge.start, edge.end) == (start, end) for edge in self._edges)

    def open_group(self, id_: str, label: Label | None, index: int) -> None:
        """Begin a group inside of the innermost open one; raises FlowchartError."""
        if len(self._open) > MOST_LEVELS:
            message = f"group stands in more than {MOST_LEVELS - 1} others: leave some out"
            raise FlowchartError(index, message)
        siblings = {group.id for group in self._open[-1].groups}
        if id_ in self._group_ids and id_ not in siblings:
            raise FlowchartError(
                index, f"group {quote(id_)} stands in two places: give one another name"
            )
        self._group_ids.setdefault(id_, index)
        self._open.append(_OpenGroup(id_, label, self._source.where(index)))

    def name_group(self, label: Label | None) -> None:
        """Set the title of the innermost open group."""
        self._open[-1].label = label

    @property
    def depth(self) -> int:
        """How many groups are open."""
        return len(self._open) - 1

    @property
    def unclosed(self) -> tuple[str, Location]:
        """The id and the place of the innermost open group."""
        return self._open[-1].id, self._open[-1].where

    def new_group_id(self, wanted: str) -> str:
        """Return an id that no group has; the one that is wanted, if it is free."""
        taken = self._group_ids
        return wanted if wanted not in taken else f"{wanted} ({len(taken)})"

    def close_group(self) -> None:
        """End the innermost open group; an empty one becomes a node that shows its title."""
        group = self._open.pop()
        members = [
            id_ for id_ in group.mentioned if id_ not in self._placed and id_ not in self._group_ids
        ]
        self._placed.update(members)
        if members or group.groups:
            made = Group(group.id, group.label, tuple(members), tuple(group.groups), group.where)
            self._open[-1].groups.append(made)
            return
        label = group.label or Label(" ", group.where)
        node = Node(group.id, label, where=group.where)
        del self._group_ids[group.id]
        self._nodes[group.id] = node
        self._open[-1].mentioned[group.id] = None

    def drop_group(self) -> None:
        """Forget the innermost open group, in which nothing stands."""
        group = self._open.pop()
        self._group_ids.pop(group.id, None)

    def finish(self) -> Graph | None:
        """Return the flowchart; None, and a problem, where its groups are impossible."""
        root = self._open[0]
        nodes = tuple(node for node in self._nodes.values() if node.id not in self._group_ids)
        graph = Graph(self.direction, nodes, tuple(self._edges), _merge(root.groups), self.title)
        impossible = list(_check_edges(graph))
        self.diagnostics += impossible
        return None if impossible else graph


def _merge(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Return groups, those that were begun twice by the same id as one."""
    merged: dict[str, Group] = {}
    for group in groups:
        known = merged.get(group.id)
        if known:
            members = tuple(dict.fromkeys((*known.members, *group.members)))
            inner = (*known.groups, *group.groups)
            group = replace(known, members=members, groups=inner, label=known.label or group.label)
        merged[group.id] = group
    return tuple(replace(group, groups=_merge(group.groups)) for group in merged.values())


def _check_edges(graph: Graph) -> Iterator[Diagnostic]:
    held = {
        group.id: {*nodes_in(group), *(inner.id for inner in all_groups([group]))}
        for group in all_groups(graph.groups)
    }
    for edge in graph.edges:
        for outer, inner in ((edge.start, edge.end), (edge.end, edge.start)):
            if inner in held.get(outer, ()):
                name = "itself" if inner == outer else f"{quote(inner)} in it"
                message = f"arrow joins group {quote(outer)} to {name}: join it to a node instead"
                yield error(edge.where, message)
                break
