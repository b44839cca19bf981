"""Diagrams laid out: nothing overlaps, arrows meet their nodes, and all of it is on the page."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.diagnostics import Diagnostics, has_errors
from deckpress.diagrams import Drawing, Line, Measure, PlacedLabel, PlacedNode, text_metrics
from deckpress.diagrams.geometry import Box, Point
from deckpress.diagrams.grid import Diagram, Node, NodeKind, Route, Span, span_of
from deckpress.diagrams.grid.diagram_page import MARGIN
from deckpress.diagrams.grid.diagram_syntax import parse_diagram
from deckpress.diagrams.grid.grid_layout import lay_out
from deckpress.diagrams.node_shapes import Dot
from deckpress.diagrams.palette import style_context
from tests.support.drawings import LSTM, encloses, measure

Places = dict[str, PlacedNode]
"""Where each node stands, by its id."""


def parse(text: str) -> Diagram:
    """Return the diagram of a text that is right."""
    rows = [(index + 1, 1) for index in range(text.count("\n") + 1)]
    diagnostics: Diagnostics = []
    diagram = parse_diagram(text, rows, "deck.md", diagnostics)
    assert diagram is not None, [*map(str, diagnostics)]
    return diagram


def draw(text: str) -> tuple[Drawing, Places]:
    """Return the drawing of a text, and where each node stands."""
    diagram = parse(text)
    diagnostics: Diagnostics = []
    drawing = lay_out(diagram, measure, diagnostics)
    assert drawing is not None, [*map(str, diagnostics)]
    return drawing, places_of(diagram, drawing)


def message(text: str) -> str:
    """Return why a diagram cannot be laid out, with its place."""
    diagnostics: Diagnostics = []
    drawing = lay_out(parse(text), measure, diagnostics)
    assert drawing is None
    (diagnostic,) = diagnostics
    return f"{diagnostic.location.line}:{diagnostic.location.column} {diagnostic.message}"


def places_of(diagram: Diagram, drawing: Drawing) -> Places:
    """Return where each node stands."""
    return dict(zip((node.id for node in diagram.nodes), drawing.nodes, strict=True))


# What holds for every picture


def check(diagram: Diagram, drawing: Drawing, measure: Measure = measure) -> None:
    """Assert what holds for every picture."""
    places = places_of(diagram, drawing)

    def box_of(placed: PlacedLabel) -> Box:
        """Return the rectangle that a label takes."""
        width, height = measure(placed.label.text, placed.size, placed.is_bold)
        return Box(placed.centre[0] - width / 2, placed.centre[1] - height / 2, width, height)

    check_boxes(drawing, box_of)
    check_columns(diagram, places)
    check_frames(diagram, drawing, box_of)
    for arrow, line in zip(diagram.arrows, drawing.lines, strict=True):
        assert is_on_border(places[arrow.start], line.points[0]), arrow
        assert is_on_border(places[arrow.end], line.points[-1]), arrow
        assert not [id_ for id_, node in places.items() if is_in_way(node, line)], arrow


def check_boxes(drawing: Drawing, box_of: Callable[[PlacedLabel], Box]) -> None:
    """Assert that neither nodes nor labels overlap, and that all is within the margin."""
    boxes = [node.box for node in drawing.nodes]
    labels = [box_of(placed) for placed in drawing.labels]
    titles = [box_of(frame.label) for frame in drawing.frames if frame.label]
    for first, second in combinations([*boxes, *labels, *titles], 2):
        assert not first.overlaps(second, -0.6), (first, second)
    page = Box(0, 0, drawing.width, drawing.height).grown(-MARGIN)
    for box in [*boxes, *labels, *titles, *(frame.box for frame in drawing.frames)]:
        assert encloses(page, box)
    for x, y in (point for line in drawing.lines for point in way_of(line)):
        assert encloses(page, Box(x, y, 0, 0))
    for node in drawing.nodes:
        assert all(encloses(node.box, box_of(placed)) for placed in node.labels)


def check_columns(diagram: Diagram, places: Places) -> None:
    """Assert that columns follow each other, as do rows, and wide nodes stand over theirs."""
    for node, other in combinations(diagram.nodes, 2):
        for axis in (0, 1):
            (a, b), (c, d) = along(node, axis), along(other, axis)
            first, second = side(places[node.id].box, axis), side(places[other.id].box, axis)
            if b < c:
                assert first[1] < second[0] + 0.1
            elif d < a:
                assert second[1] < first[0] + 0.1
            elif a <= c and d <= b and a < b and node.kind.shape.is_stretched:
                assert first[0] < second[0] + 0.1
                assert second[1] < first[1] + 0.1


def along(node: Node, axis: int) -> tuple[int, int]:
    """Return the first and the last column (axis 0) or row of a node."""
    span = span_of(node)
    return (span.left, span.right) if axis == 0 else (span.top, span.bottom)


def side(box: Box, axis: int) -> tuple[float, float]:
    """Return where a box begins and ends along an axis."""
    return (box.left, box.right) if axis == 0 else (box.top, box.bottom)


def check_frames(diagram: Diagram, drawing: Drawing, box_of: Callable[[PlacedLabel], Box]) -> None:
    """Assert that each frame holds its group's nodes, and its label, and nothing else."""
    places, held = places_of(diagram, drawing), []
    for frame in drawing.frames:
        met = {id_ for id_, node in places.items() if frame.box.overlaps(node.box, -0.5)}
        assert all(encloses(frame.box.grown(-7), places[id_].box) for id_ in met)
        assert frame.label is None or encloses(frame.box, box_of(frame.label))
        held.append((sorted(met), frame.label.label.text if frame.label else ""))
    for first, second in combinations([frame.box for frame in drawing.frames], 2):
        assert encloses(first, second) or encloses(second, first) or not first.overlaps(second)
    groups = [
        (sorted(group.members), group.label.text if group.label else "") for group in diagram.groups
    ]
    assert sorted(held) == sorted(groups)


def is_on_border(node: PlacedNode, point: Point) -> bool:
    """Return whether a point lies on the outline of a node, within a point."""
    outline, box = node.shape, node.box
    return outline.contains(box.grown(1), point) and not outline.contains(box.grown(-1), point)


def is_in_way(node: PlacedNode, line: Line) -> bool:
    """Return whether a line runs through a node; a dot is where lines meet."""
    inner = node.box.grown(-1.5)
    through = (node.shape.contains(inner, point) for point in way_of(line))
    return node.shape != Dot() and any(through)


def way_of(line: Line) -> list[Point]:
    """Return points along a line, about two points apart."""
    if line.is_curved:
        return [bezier(line.points, step / 60) for step in range(61)]
    corners = []
    for (x1, y1), (x2, y2) in pairwise(line.points):
        steps = max(1, round(math.dist((x1, y1), (x2, y2)) / 2))
        corners += [
            (x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps)
            for step in range(steps + 1)
        ]
    return corners


def bezier(points: tuple[Point, ...], t: float) -> Point:
    """Return a point of a curve by de Casteljau's construction."""
    while len(points) > 1:
        points = tuple((a + (c - a) * t, b + (d - b) * t) for (a, b), (c, d) in pairwise(points))
    return points[0]


# Random diagrams

LABELS = (
    '""',
    "x",
    "Input layer",
    "输入",
    "softmax 层",
    "$x_t$",
    "$\\sum_{i=1}^n w_i x_i$",
    "隐藏状态 $h_{t-1}$",
    "first\\\\second line",
    "第一行\\\\$\\frac{a}{b}$",
    "a label that is long enough to make its column wide",
)
BESIDE = ("", "", "", "$W_x$", "so", "逐点相乘", "a few words")
MATRICES = ("1 & **2** \\\\ 3 & 4", "1", "$x_1$ & $x_2$ & 三")
FORMS = ("->", "->", "->", "--", "<->", "..>", "<..>", "..")


def fill_grid(
    choose: Callable[[int], int], rows: int, columns: int
) -> tuple[list[list[str]], dict[str, Span]]:
    """Return a grid of ids at random, some of them wide or high."""
    grid = [["." for _ in range(columns)] for _ in range(rows)]
    spans: dict[str, Span] = {}
    for row in range(rows):
        for column in range(columns):
            if grid[row][column] != "." or (choose(4) == 0 and (spans or row < rows - 1)):
                continue
            wide = column + 1 < columns and grid[row][column + 1] == "." and choose(6) == 0
            high = row + 1 < rows and choose(8) == 0
            id_ = f"n{len(spans)}"
            span = Span(row, column, row + high, column + wide)
            spans[id_] = span
            for y in range(span.top, span.bottom + 1):
                grid[y][span.left : span.right + 1] = [id_] * (span.right - span.left + 1)
    return grid, spans


@st.composite
def texts(pick: st.DrawFn) -> str:
    """Draw the text of a diagram; most of them can be laid out."""

    def choose(count: int) -> int:
        return pick(st.integers(0, count - 1))

    grid, spans = fill_grid(choose, 1 + choose(4), 1 + choose(4))
    lines = [f"| {' '.join(row)} |" for row in grid]
    ids = list(spans) or ["n0"]
    kinds = list(NodeKind)
    for id_ in ids:
        kind = kinds[choose(len(kinds))]
        label = MATRICES[choose(3)] if kind is NodeKind.MATRIX else LABELS[choose(len(LABELS))]
        lines.append(f"{id_}: {'' if kind is NodeKind.DOT else label} {{{kind}}}")
    routes = ["", "", "", *(f" [{route}]" for route in Route)]
    for _ in range(choose(6)):
        start, end, form = ids[choose(len(ids))], ids[choose(len(ids))], FORMS[choose(len(FORMS))]
        route, label = routes[choose(len(routes))], BESIDE[choose(len(BESIDE))]
        lines.append(f"{start} {form} {end}{route}{': ' if label else ''}{label}")
    for _ in range(choose(3)):
        top, left = choose(len(grid)), choose(len(grid[0]))
        whole = Span(top, left, top + choose(3), left + choose(3))
        members = [id_ for id_, span in spans.items() if whole.holds(span)]
        title = ('"层" ', '"A longer name of a group" ', "")[choose(3)]
        lines += [f"group {title}: {' '.join(members)}"] if members else []
    lines += ["title: 一个图 of $x$"] * (choose(4) == 0) + ["note: a note"] * choose(3)
    return "\n".join(lines)


@given(texts())
@settings(max_examples=300)
def test_whatever_is_laid_out_is_in_order(text: str) -> None:
    """Any diagram is laid out with nothing overlapping, or refused with a message."""
    rows = [(index + 1, 1) for index in range(text.count("\n") + 1)]
    diagnostics: Diagnostics = []
    diagram = parse_diagram(text, rows, "deck.md", diagnostics)
    assert (diagram is None) == has_errors(diagnostics)
    if diagram:
        drawing = lay_out(diagram, measure, diagnostics)
        assert (drawing is None) == has_errors(diagnostics)
        if drawing:
            check(diagram, drawing)


# Diagrams as authors write them

AUTHORS = {
    "a cell": LSTM,
    "a chain": "| a b c |\na -> b -> c: then",
    "a column": "| a |\n| b |\n| c |\na -> b: 一\nb -> c: $W_x$",
    "a fan": "| a . d |\n| b . e |\n| c . f |\na, b, c -> d, e, f",
    "around": "| a b c |\na -> c [over]: skip\na -> c [under]: also\nb -> b: again",
    "at the sides": "| a |\n| b |\n| c |\na -> c [left]: 残差\na -> c [right]: skip\nb -> b [left]",
    "curves": "| a b |\n| c d |\na -> b [curved]: x\na -> d [curved]: y\nb -> d [curved]",
    "there and back": "| a . b |\na -> b: 编码\nb -> a: 解码",
    "corners": "| a . |\n| . d |\na -> d [hv]\nd -> a [hv]: so",
    "wide and high": "| a a b |\n| c d b |\na -> b\nc, d -> a\nd -> b",
    "empty cells": "| . . . |\n| . a . |\n| . . . |",
    "groups in groups": '| a b c |\n| d e f |\ngroup "all": a b c d e f\ngroup "left": a d\n'
    'group "dark": b c e f\ngroup "deep": c f',
    "a named loop": '| h |\nh: $h_t$ {state}\nh -> h: $W_{hh}$\ngroup "循环网络": h',
    "a matrix": "| q m |\nm: 1 & **2** \\\\ 3 & 4 {matrix}\nq -> m: look up",
    "a dot": "| a d b |\n| . . c |\nd: {dot}\na -- d\nd -> b\nd -> c [vh]",
    "many twins": "| a b |\na -> b: 1\na -> b: 2\na -> b: 3\na -> b: 4\na -> b: 5",
    "twins at a dot": "| a d |\nd: {dot}\na -> d: in\nd -> a: out",
    "a slanted arrow to a pill": "| a . |\n| . b |\nb: state {state}\na -> b",
    "a bend that is straight": "| a b |\nb: $x$ {text}\na -> b [hv]: a few words",
    "a long title": f"title: {'a title of words ' * 6}\n| a |\nnote: {'一二三四五六七八九' * 8}",
}
"""Diagrams that can be drawn; each has something of its own that may go wrong."""


SELVES = [route for route in Route if route is not Route.STRAIGHT]


@pytest.mark.parametrize("route", SELVES)
@pytest.mark.parametrize("kind", ["box", "op", "state", "stack"])
def test_an_arrow_from_a_node_to_itself_is_seen(route: Route, kind: str) -> None:
    """Whatever its route, it runs outside of the node, as far as an arrow head is long."""
    text = f"| a b |\na: x {{{kind}}}\na -> a [{route}]: again"
    drawing, places = draw(text)
    check(parse(text), drawing)
    (line,) = drawing.lines
    outside = [point for point in way_of(line) if not holds_loosely(places["a"], point)]
    assert len(outside) >= 8
    assert line.points[0] != line.points[-1]


def holds_loosely(node: PlacedNode, point: Point) -> bool:
    """Return whether a point lies in a node or within 7.5 points of it."""
    return encloses(node.box.grown(7.5), Box(*point, 0, 0))


def test_a_wide_node_stands_over_its_columns() -> None:
    """A repeated id is as wide, or as high, as what stands beside its cells."""
    _, places = draw("| a a h |\n| b c h |\nb: a rather long label")
    wide, high = places["a"].box, places["h"].box
    assert (wide.left, wide.right) == pytest.approx((places["b"].box.left, places["c"].box.right))
    assert (high.top, high.bottom) == pytest.approx((wide.top, places["b"].box.bottom))


def test_a_label_makes_its_arrow_long_enough() -> None:
    """However long a label is, the nodes are moved apart until it fits between them."""
    label = "a label of a good many words that is longer than all of the nodes"
    drawing, places = draw(f"| a b |\na -> b: {label}")
    (placed,) = drawing.labels
    width, _ = measure(label, placed.size, False)
    assert places["b"].box.left - places["a"].box.right > width
    assert placed.centre[0] == pytest.approx(
        (places["a"].box.right + places["b"].box.left) / 2, abs=width
    )


@pytest.mark.parametrize("count", [2, 3])
def test_arrows_between_the_same_nodes_lie_side_by_side(count: int) -> None:
    """Two or three arrows between two nodes can be told from each other."""
    drawing, _ = draw("| a . b |\n" + "\n".join(["a -> b", "b -> a", "a ..> b"][:count]))
    heights = sorted(line.points[0][1] for line in drawing.lines)
    assert all(low + 5 < high for low, high in pairwise(heights))


def test_arrows_that_go_around_keep_apart() -> None:
    """Each further arrow over the same nodes runs further out."""
    drawing, places = draw("| a b c d |\na -> c [over]\na -> d [over]\nb -> d [over]")
    tops = sorted(min(y for _, y in line.points) for line in drawing.lines)
    assert all(low + 5 < high for low, high in pairwise(tops))
    assert tops[-1] < places["a"].box.top


FORMS_MEAN = {
    "->": (False, False, True),
    "<->": (False, True, True),
    "--": (False, False, False),
    "..>": (True, False, True),
    "<..>": (True, True, True),
    "..": (True, False, False),
}


@pytest.mark.parametrize("form", FORMS_MEAN)
def test_an_arrow_is_drawn_as_it_is_written(form: str) -> None:
    """Dots make it dashed, and a head stands where one is written."""
    drawing, _ = draw(f"| a b |\na {form} b")
    (line,) = drawing.lines
    assert (line.is_dashed, line.has_start, line.has_end) == FORMS_MEAN[form]


def test_titles_and_notes_are_wrapped_to_the_picture() -> None:
    """A long title or note makes a small picture higher, and hardly wider."""
    small, _ = draw("| a b |")
    large, _ = draw(f"title: {'many words ' * 15}\n| a b |\nnote: {'许多字' * 25} $x^2$ 完")
    assert large.width < 300
    assert large.height > small.height + 80
    check(parse("| a b |"), small)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "| a b c |\na -> c",
            '2:1 arrow from "a" to "c" would run through "b": '
            "give it another route, as in [curved] or [over] or [under], or move a node",
        ),
        (
            "| a b |\n| c d |\n\n  c, a -> d [hv]",
            '4:6 arrow from "a" to "d" would run through "b": '
            "give it another route, as in [curved] or [over] or [under], or move a node",
        ),
    ],
)
def test_an_arrow_through_a_node_is_refused(text: str, expected: str) -> None:
    """An arrow that would seem to end at another node is told of at its start."""
    assert message(text) == expected


def test_an_arrow_through_a_dot_is_drawn() -> None:
    """A dot is where arrows meet, so that others may run through it."""
    draw("| a d c |\nd: {dot}\na -> c")


MEASURES = {"by rule": measure, "by font": text_metrics.measure}


@pytest.mark.parametrize("measuring", MEASURES)
@pytest.mark.parametrize("name", AUTHORS)
def test_what_authors_write_is_in_order(name: str, measuring: str) -> None:
    """Diagrams of every sort are laid out, whatever the widths of their letters."""
    diagram = parse(AUTHORS[name])
    with style_context():
        diagnostics: Diagnostics = []
        drawing = lay_out(diagram, MEASURES[measuring], diagnostics)
        assert [*map(str, diagnostics)] == []
        assert drawing is not None
        check(diagram, drawing, MEASURES[measuring])


def lines_of(text: str) -> list[Line]:
    """Return the ways of a diagram's arrows, in order."""
    return [*draw(text)[0].lines]


SKIPS = ["b -> c [left]: short", "a -> d [left]: long"]


@pytest.mark.parametrize("order", [SKIPS, SKIPS[::-1]], ids=["short first", "long first"])
def test_a_short_detour_runs_inside_of_a_long_one(order: list[str]) -> None:
    """Whichever is written first, neither crosses the other, nor does a label hide an arrow."""
    text = "| d |\n| c |\n| b |\n| a |\na -> b -> c -> d\n" + "\n".join(order)
    drawing, _ = draw(text)
    check(parse(text), drawing)
    ways = dict(zip(["ab", "bc", "cd", *(arrow[0] for arrow in order)], drawing.lines, strict=True))
    assert ways["a"].points[1][0] < ways["b"].points[1][0]
    assert not any(placed.is_on_line for placed in drawing.labels)


@pytest.mark.parametrize(
    "text",
    [
        "| a b c |\nc ..> b [under]: back\nb ..> a [under]: back",
        "| a b |\na -> b [over]\na -> b [over]\nb -> a [over]",
        "| a |\n| b |\na -> b\na -> a [under]\nb -> b [over]",
        "| a b c |\nb -> a [over]\nb -> c [over]\nb -> b [over]",
    ],
)
def test_arrows_meet_a_side_apart_from_each_other(text: str) -> None:
    """Nobody takes the end of one arrow and the start of the next for one arrow."""
    ends = [end for line in lines_of(text) for end in (line.points[0], line.points[-1])]
    assert all(math.dist(*pair) > 4 for pair in combinations(ends, 2))


@pytest.mark.parametrize(
    ("around", "free"),
    [
        ("", "top"),
        ("a -> b [over]", "bottom"),
        ("a -> b [over]\nb -> a [under]", "left"),
        ("a -> b [curved]\nb -> a [curved]", "left"),
    ],
)
def test_a_loop_stands_at_a_free_side(around: str, free: str) -> None:
    """A loop without a route goes where no other arrow of its node is."""
    drawing, places = draw(f"| . a b |\n| . . . |\na -> a\n{around}\na -> b")
    box, corner = places["a"].box, drawing.lines[0].points[1]
    outside = {
        "top": corner[1] < box.top,
        "bottom": corner[1] > box.bottom,
        "left": corner[0] < box.left,
    }
    assert outside[free]
