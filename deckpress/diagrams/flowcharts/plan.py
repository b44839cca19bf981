"""What Graphviz is told of a flowchart: the sizes of its parts, and which of them are tied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from deckpress.diagrams.drawing import Label
from deckpress.diagrams.flowcharts.circles import find_backward
from deckpress.diagrams.flowcharts.graph import (
    Direction,
    Edge,
    Graph,
    Group,
    Node,
    all_groups,
    nodes_in,
)
from deckpress.diagrams.flowcharts.graphviz import Cluster, Part, Tie
from deckpress.diagrams.flowcharts.loops import Extent, size_with_loops
from deckpress.diagrams.grid.page import wrap
from deckpress.diagrams.grid.sizes import Measure
from deckpress.diagrams.outlines import size_of
from deckpress.diagrams.style import LABEL, SMALL

_WIDEST = 170.0
"""Points; longer labels of nodes are wrapped."""
_WIDEST_ON_LINE = 120.0
"""Points; longer labels of arrows are wrapped."""
_STRAIGHT = 6
"""How much more an arrow wants to be straight than one that leads back."""
_AIR = 4.0
"""Points around the label of an arrow, and around the title of a group."""


class Plan:
    """A flowchart in Graphviz's terms.

    Nodes are called n0, n1, …, arrows e0, e1, …, their labels l0, l1, …, and groups g0, g1, …, by
    their order; from the label on, an arrow is called f0, f1, ….
    """

    def __init__(self, graph: Graph, measure: Measure) -> None:
        self._measure, self._groups = measure, graph.groups
        self.nodes: Mapping[str, Node] = {
            node.id: replace(node, label=self._wrap(node.label, _WIDEST)) for node in graph.nodes
        }
        """With their labels wrapped."""
        self.edges: Sequence[Edge] = [
            replace(edge, label=edge.label and self._wrap(edge.label, _WIDEST_ON_LINE))
            for edge in graph.edges
        ]
        """With their labels wrapped."""
        self.groups = {group.id: group for group in all_groups(graph.groups)}
        self.names = {
            **{id_: f"n{at}" for at, id_ in enumerate(self.nodes)},
            **{id_: f"g{at}" for at, id_ in enumerate(self.groups)},
        }
        self._ends = [
            (self._node_for(edge.start, is_start=True), self._node_for(edge.end, is_start=False))
            for edge in self.edges
        ]
        self.backward = find_backward(list(self.nodes), self._ends)
        """Of each edge, whether it is laid out from its end to its start."""
        self.leads_across = graph.direction in (Direction.RIGHT, Direction.LEFT)
        self.sizes = {id_: self._size(node) for id_, node in self.nodes.items()}

    def _wrap(self, label: Label, widest: float) -> Label:
        size = LABEL if widest == _WIDEST else SMALL
        lines = wrap(label.text, widest, lambda line: self._measure(line, size, False)[0])
        return replace(label, text="\\\\".join(lines))

    def _size(self, node: Node) -> Extent:
        text = node.label.text
        width, height = self._measure(text, LABEL, False) if text else (0.0, 0.0)
        return size_of(node.outline, width, height)

    def _node_for(self, id_: str, *, is_start: bool) -> str:
        """Return a node itself; for a group, the node at that end of it."""
        group = self.groups.get(id_)
        if group is None:
            return id_
        members = nodes_in(group)
        inside = set(members)
        inner = [edge for edge in self.edges if edge.start in inside and edge.end in inside]
        taken = {edge.start if is_start else edge.end for edge in inner if edge.start != edge.end}
        free = [member for member in members if member not in taken]
        return (free or members)[-1 if is_start else 0]

    def extent(self, label: Label | None) -> Extent:
        """Return the room that the label of an arrow or group takes; none takes none."""
        return self._measure(label.text, SMALL, False) if label and label.text else (0.0, 0.0)

    def loops(self, id_: str) -> list[int]:
        """Return which edges lead from a node to itself, by their places in the order."""
        return [
            at
            for at, ends in enumerate(self._ends)
            if ends == (id_, id_) and not self.edges[at].is_hidden
        ]

    def is_loop(self, at: int) -> bool:
        """Say whether an edge leads from a node to itself."""
        return self._ends[at][0] == self._ends[at][1]

    def clusters(self) -> Cluster:
        """Return all parts in their groups; labels stand in the innermost group of both ends."""
        holders = dict(_holders(self._groups, ()))
        labels: dict[str, list[Part]] = {}
        for at, edge in enumerate(self.edges):
            if edge.label and not self.is_loop(at):
                start, end = self._ends[at]
                holder = _shared(holders.get(start, ()), holders.get(end, ()))
                width, height = self.extent(edge.label)
                part = Part(f"l{at}", width + 2 * _AIR, height + 2 * _AIR)
                labels.setdefault(holder, []).append(part)
        free = [id_ for id_ in self.nodes if id_ not in holders]
        inner = tuple(self._cluster(group, labels) for group in self._groups)
        return Cluster("", None, (*self._parts(free), *labels.get("", ())), inner)

    def _cluster(self, group: Group, labels: Mapping[str, Sequence[Part]]) -> Cluster:
        parts = (*self._parts(group.members), *labels.get(group.id, ()))
        inner = tuple(self._cluster(each, labels) for each in group.groups)
        width, height = self.extent(group.label)
        title = (width + 2 * _AIR, height + _AIR) if width else None
        return Cluster(self.names[group.id], title, parts, inner)

    def _parts(self, ids: Iterable[str]) -> Iterator[Part]:
        for id_ in ids:
            labels = [self.extent(self.edges[at].label) for at in self.loops(id_)]
            size = size_with_loops(self.sizes[id_], labels, leads_across=self.leads_across)
            yield Part(self.names[id_], *size)

    def ties(self, ranks: int) -> list[Tie]:
        """Return the arrows; `ranks` is how many ranks an arrow without a label spans."""
        return [tie for at in range(len(self.edges)) for tie in self._ties(at, ranks)]

    def _ties(self, at: int, ranks: int) -> Iterator[Tie]:
        if self.is_loop(at):
            return
        start, end = (self.names[id_] for id_ in self._ends[at])
        if self.backward[at]:
            start, end = end, start
        weight = 1 if self.backward[at] else _STRAIGHT
        if self.edges[at].label:
            yield Tie(f"e{at}", start, f"l{at}", weight=weight)
            yield Tie(f"f{at}", f"l{at}", end, weight=weight)
        else:
            yield Tie(f"e{at}", start, end, ranks, weight)


def _holders(
    groups: Iterable[Group], above: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield for each node the groups that hold it, the outermost first."""
    for group in groups:
        yield from ((member, (*above, group.id)) for member in group.members)
        yield from _holders(group.groups, (*above, group.id))


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """Return the innermost group that holds both of two nodes, or nothing."""
    shared = ""
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared = a
    return shared
