"""A flowchart as its author meant it, whichever language it was written in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from deckpress.diagrams.drawing import Label, Outline, Tone
from deckpress.errors import Location

MOST_NODES, MOST_EDGES, MOST_LEVELS = 100, 200, 8
"""A picture with more nodes, arrows or groups in groups is read on no phone."""

TONES = {
    Outline.DIAMOND: Tone.AMBER,
    Outline.PILL: Tone.GREEN,
    Outline.CYLINDER: Tone.VIOLET,
    Outline.SLANTED: Tone.SOFT,
    Outline.HEXAGON: Tone.ROSE,
    Outline.BOX: Tone.BLUE,
    Outline.STACK: Tone.BLUE,
}
"""Colours by form, as a flowchart's forms say what its nodes are; any other form is plain."""


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
    outline: Outline = Outline.BOX
    tone: Tone = Tone.PLAIN
    is_dashed: bool = False
    where: Location = field(repr=False, compare=False, default=Location(""))


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
    return [member for each in all_groups([group]) for member in each.members]


def labels_of(graph: Graph) -> list[tuple[Label, bool]]:
    """Return every label of a flowchart, and whether it is bold."""
    titles = [(graph.title, True)] if graph.title else []
    groups = [(each.label, False) for each in all_groups(graph.groups) if each.label]
    edges = [(each.label, False) for each in graph.edges if each.label]
    return [*titles, *((node.label, False) for node in graph.nodes), *edges, *groups]


def with_labels(graph: Graph, change: Callable[[Label], Label]) -> Graph:
    """Return a flowchart each of whose labels is changed by a function."""

    def changed(label: Label | None) -> Label | None:
        return None if label is None else change(label)

    def group(each: Group) -> Group:
        return replace(
            each, label=changed(each.label), groups=tuple(group(inner) for inner in each.groups)
        )

    return replace(
        graph,
        nodes=tuple(replace(node, label=change(node.label)) for node in graph.nodes),
        edges=tuple(replace(edge, label=changed(edge.label)) for edge in graph.edges),
        groups=tuple(group(each) for each in graph.groups),
        title=changed(graph.title),
    )
