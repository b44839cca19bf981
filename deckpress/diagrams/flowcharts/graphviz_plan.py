"""What Graphviz is asked: how large a flowchart's parts are, and which arrows lead back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from deckpress.diagrams import Extent, Label, Measure
from deckpress.diagrams.flowcharts import Direction, Edge, Graph, Group, Node, all_groups, nodes_in
from deckpress.diagrams.flowcharts.graphviz import Cluster, NodeBox, RankedEdge
from deckpress.diagrams.geometry import Box, Point
from deckpress.diagrams.grid.diagram_page import wrap
from deckpress.diagrams.palette import LABEL, SMALL

_REACH = 15.0
"""How far a loop leaves its node, in points."""
_HALF = 9.0
"""Half of a loop's width, in points."""
_LOOP_AIR = 4.0
"""Points around a loop's label."""
_WIDEST = 170.0
"""Points; longer labels of nodes are wrapped."""
_WIDEST_ON_LINE = 120.0
"""Points; longer labels of arrows are wrapped."""
_STRAIGHT = 6
"""How much more an arrow wants to be straight than one that leads back."""
_AIR = 4.0
"""Points around the label of an arrow, and around the title of a group."""


def find_back_edges(nodes: Sequence[str], ends: Sequence[tuple[str, str]]) -> list[bool]:
    """Return of each arrow whether it closes a cycle, when nodes are visited as they were written.

    `ends` are the nodes that each arrow starts and ends at; an arrow from a node to itself is none
    that leads back.
    """
    leaving: dict[str, list[tuple[int, str]]] = {id_: [] for id_ in nodes}
    for index, (start, end) in enumerate(ends):
        leaving[start].append((index, end))
    backward, on_way, done = [False] * len(ends), set[str](), set[str]()
    for root in _roots_first(nodes, ends):
        way = [(root, iter(leaving[root]))] if root not in done else []
        on_way.update(id_ for id_, _ in way)
        while way:
            id_, rest = way[-1]
            for index, end in rest:
                if end in on_way:
                    backward[index] = end != id_
                elif end not in done:
                    on_way.add(end)
                    way.append((end, iter(leaving[end])))
                    break
            else:
                way.pop()
                on_way.discard(id_)
                done.add(id_)
    return backward


def _roots_first(nodes: Sequence[str], ends: Sequence[tuple[str, str]]) -> list[str]:
    """Return the nodes in their order, those first that no other node leads to."""
    reached = {end for start, end in ends if start != end}
    return sorted(nodes, key=lambda id_: id_ in reached)


@dataclass(frozen=True)
class Loop:
    """A loop before it is cut at its node's outline."""

    points: tuple[Point, ...]
    """A start in the node's middle, and the control points of two cubic Béziers back to it."""
    label_centre: Point


def size_with_loops(size: Extent, labels: Sequence[Extent], *, leads_across: bool) -> Extent:
    """Return the size of a node and its loops, in the middle of which the node stands.

    `labels` are the sizes of the loops' labels, zero for a loop without one.
    """
    if not labels:
        return size
    if leads_across:
        width, height = size_with_loops(
            (size[1], size[0]), [(high, wide) for wide, high in labels], leads_across=False
        )
        return height, width
    beside = _REACH + max(_beside(width) for width, _ in labels)
    return size[0] + 2 * beside, max(size[1], sum(_slots(labels)))


def place_loops(box: Box, labels: Sequence[Extent], *, leads_across: bool) -> list[Loop]:
    """Return the loops of a node, of which each has its own slot beside the node."""
    if leads_across:
        turned = Box(-box.bottom, box.left, box.height, box.width)
        across = [(height, width) for width, height in labels]
        loops = place_loops(turned, across, leads_across=False)
        return [Loop(tuple(map(_turn, loop.points)), _turn(loop.label_centre)) for loop in loops]
    slots = _slots(labels)
    top = box.centre[1] - sum(slots) / 2
    loops = []
    for (width, _), slot in zip(labels, slots, strict=True):
        loops.append(_loop(box, top + slot / 2, width))
        top += slot
    return loops


def _loop(box: Box, y: float, width: float) -> Loop:
    tip = box.right + _REACH
    out = (box.centre, (box.right, y - _HALF), (tip, y - _HALF), (tip, y))
    back = ((tip, y + _HALF), (box.right, y + _HALF), box.centre)
    return Loop((*out, *back), (tip + _LOOP_AIR + width / 2, y))


def _slots(labels: Sequence[Extent]) -> list[float]:
    """Return the height of each loop's slot."""
    return [max(height, 2 * _HALF) + _LOOP_AIR for _, height in labels]


def _beside(width: float) -> float:
    """Return the room beside a loop's tip."""
    return width + 2 * _LOOP_AIR if width else _LOOP_AIR


def _turn(point: Point) -> Point:
    """Turn what leads right to what leads up, and what leads down to what leads right."""
    return point[1], -point[0]


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
            **{id_: f"n{index}" for index, id_ in enumerate(self.nodes)},
            **{id_: f"g{index}" for index, id_ in enumerate(self.groups)},
        }
        self._ends = [
            (self._node_for(edge.start, is_start=True), self._node_for(edge.end, is_start=False))
            for edge in self.edges
        ]
        self.backward = find_back_edges(list(self.nodes), self._ends)
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
        return node.shape.size_around(width, height)

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
            index
            for index, ends in enumerate(self._ends)
            if ends == (id_, id_) and not self.edges[index].is_hidden
        ]

    def is_loop(self, index: int) -> bool:
        """Return whether an edge leads from a node to itself."""
        return self._ends[index][0] == self._ends[index][1]

    def clusters(self) -> Cluster:
        """Return all parts in their groups; labels stand in the innermost group of both ends."""
        holders = dict(_holders(self._groups, ()))
        labels: dict[str, list[NodeBox]] = {}
        for index, edge in enumerate(self.edges):
            if edge.label and not self.is_loop(index):
                start, end = self._ends[index]
                holder = _shared(holders.get(start, ()), holders.get(end, ()))
                width, height = self.extent(edge.label)
                part = NodeBox(f"l{index}", width + 2 * _AIR, height + 2 * _AIR)
                labels.setdefault(holder, []).append(part)
        free = [id_ for id_ in self.nodes if id_ not in holders]
        inner = tuple(self._cluster(group, labels) for group in self._groups)
        return Cluster("", None, (*self._parts(free), *labels.get("", ())), inner)

    def _cluster(self, group: Group, labels: Mapping[str, Sequence[NodeBox]]) -> Cluster:
        parts = (*self._parts(group.members), *labels.get(group.id, ()))
        inner = tuple(self._cluster(child, labels) for child in group.groups)
        width, height = self.extent(group.label)
        title = (width + 2 * _AIR, height + _AIR) if width else None
        return Cluster(self.names[group.id], title, parts, inner)

    def _parts(self, ids: Iterable[str]) -> Iterator[NodeBox]:
        for id_ in ids:
            labels = [self.extent(self.edges[index].label) for index in self.loops(id_)]
            size = size_with_loops(self.sizes[id_], labels, leads_across=self.leads_across)
            yield NodeBox(self.names[id_], *size)

    def ranked_edges(self, ranks: int) -> list[RankedEdge]:
        """Return the arrows; `ranks` is how many ranks an arrow without a label spans."""
        return [edge for index in range(len(self.edges)) for edge in self._ranked(index, ranks)]

    def _ranked(self, index: int, ranks: int) -> Iterator[RankedEdge]:
        if self.is_loop(index):
            return
        start, end = (self.names[id_] for id_ in self._ends[index])
        if self.backward[index]:
            start, end = end, start
        weight = 1 if self.backward[index] else _STRAIGHT
        if self.edges[index].label:
            yield RankedEdge(f"e{index}", start, f"l{index}", weight=weight)
            yield RankedEdge(f"f{index}", f"l{index}", end, weight=weight)
        else:
            yield RankedEdge(f"e{index}", start, end, ranks, weight)


def _holders(
    groups: Iterable[Group], above: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield for each node the groups that hold it, the outermost first."""
    for group in groups:
        yield from ((member, (*above, group.id)) for member in group.members)
        yield from _holders(group.groups, (*above, group.id))


def _shared(first: tuple[str, ...], second: tuple[str, ...]) -> str:
    """Return the innermost group that holds both of two nodes, or nothing."""
    shared = ""
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        shared = a
    return shared
