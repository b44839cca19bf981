"""Graphviz's language: what says what is in a picture is read, and mistakes are told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.diagrams import NodeShape
from deckpress.diagrams.flowcharts import Direction, all_groups
from deckpress.diagrams.flowcharts.dot import parse_dot
from deckpress.diagrams.node_shapes import (
    Bare,
    Circle,
    Cylinder,
    Diamond,
    Dot,
    Ellipse,
    Hexagon,
    Parallelogram,
    RoundedBox,
    Stack,
)
from tests.support.flowcharts import Language, any_texts

LANGUAGE = Language(parse_dot)
read, graph_of, edges_of = LANGUAGE.read, LANGUAGE.graph_of, LANGUAGE.edges_of


@pytest.mark.parametrize(
    ("inside", "edges"),
    [
        ("a -> b", ["a->b"]),
        ("a -> b -> c;", ["a->b", "b->c"]),
        ("a -> {b c} -> d", ["a->b", "a->c", "b->d", "c->d"]),
        ("{a; b} -> c", ["a->c", "b->c"]),
        ("subgraph x {a b} -> c", ["a->c", "b->c"]),
        ('a -> b [label="是"]', ["a->b:是"]),
        ("a -> b [label=yes, style=dashed]", ["a..>b:yes"]),
        ("a -> b [style=dotted][label=x]", ["a..>b:x"]),
        ('edge [style="dashed"]; a -> b', ["a..>b"]),
        ("a -> b [dir=both]", ["a<->b"]),
        ("a -> b [dir=back]", ["a<-b"]),
        ("a -> b [dir=none]", ["a-b"]),
        ("a -> b [arrowhead=none]", ["a-b"]),
        ("a -> b [style=invis]", []),
        ("a:n -> b:port:s", ["a->b"]),
        ("a -> a", ["a->a"]),
        ("a -> b; a -> b", ["a->b", "a->b"]),
        ('"a b" -> 1.5 -> -3', ["a b->1.5", "1.5->-3"]),
        ('a -> "b" + "c"', ["a->bc"]),
        ("甲 -> 乙", ["甲->乙"]),
        ("a -> {} [label=x]; {} -> b", []),
        ("a -> b // to b\n/* a -> c\n */\n# a -> d", ["a->b"]),
    ],
)
def test_arrows(inside: str, edges: list[str]) -> None:
    """Arrows are read in chains, to many nodes at once, with labels, heads and dashes."""
    assert edges_of(f"digraph {{ {inside} \n}}") == edges


def test_graphs_without_heads() -> None:
    """The lines of a graph have no heads, and a strict one has each line once."""
    assert edges_of("graph { a -- b -- c [dir=forward] }") == ["a->b", "b->c"]
    assert edges_of("strict graph G { a -- b; a -- b }") == ["a-b"]


@pytest.mark.parametrize(
    ("attributes", "outline", "label"),
    [
        ("", Ellipse(), "a"),
        ("[shape=box]", RoundedBox(), "a"),
        ("[shape=circle]", Circle(), "a"),
        ("[shape=diamond]", Diamond(), "a"),
        ("[shape=plaintext]", Bare(), "a"),
        ("[shape=hexagon]", Hexagon(), "a"),
        ("[shape=parallelogram]", Parallelogram(), "a"),
        ("[shape=cylinder]", Cylinder(), "a"),
        ("[shape=box3d]", Stack(), "a"),
        ("[shape=point]", Dot(), "a"),
        ('[label="第一行\\n第二行\\l"]', Ellipse(), "第一行\\\\第二行"),
        ('[label="\\N: $\\nu_t$ and $\\lambda$"]', Ellipse(), "a: $\\nu_t$ and $\\lambda$"),
        ('[label="\\"x\\" costs 5$"]', Ellipse(), '"x" costs 5\\$'),
        ('[label="a \\\\ b"]', Ellipse(), "a \\ b"),
        ("[label=<<b>bold</b> &lt;x&gt;<br/>two>]", Ellipse(), "bold <x>\\\\two"),
        ('[shape=record label="{<p> x | y}"]', RoundedBox(), "x\\\\y"),
        ('[label=""]', Ellipse(), ""),
        ("[style=invis]", Bare(), ""),
    ],
)
def test_nodes(attributes: str, outline: NodeShape, label: str) -> None:
    """A node has the nearest form, and a label in which TeX is left alone."""
    (node,) = graph_of(f"digraph {{ a {attributes} }}").nodes
    assert (node.shape, node.label.text) == (outline, label)


def test_defaults_hold_within_their_braces() -> None:
    """What `node [...]` says holds for the nodes that come after it, until its braces end."""
    graph = graph_of("digraph { z; { node [shape=box]; a } b; a [label=x] }")
    shown = {node.id: (node.shape, node.label.text) for node in graph.nodes}
    assert shown == {"z": (Ellipse(), "z"), "a": (RoundedBox(), "x"), "b": (Ellipse(), "b")}


def test_a_cluster_can_be_written_in_parts_and_have_the_name_of_a_node() -> None:
    """Clusters of one name are one, and what they are called says nothing of nodes."""
    graph = graph_of(
        "digraph { cluster_a -> b; subgraph cluster_a { b } subgraph cluster_a { c } }"
    )
    assert [group.members for group in graph.groups] == [("b", "c")]
    assert [node.id for node in graph.nodes] == ["cluster_a", "b", "c"]


def test_groups_and_the_title() -> None:
    """Clusters are groups with their labels, other subgraphs are none, and the title is drawn."""
    graph = graph_of(
        'digraph { rankdir=LR; label="图"; subgraph cluster_a { label="外"; a; '
        'subgraph cluster_b { graph [label="内"]; b } } subgraph c { c } subgraph cluster_no {} }'
    )
    assert graph.direction is Direction.RIGHT
    assert graph.title is not None
    assert graph.title.text == "图"
    shown = [
        (group.label and group.label.text, group.members) for group in all_groups(graph.groups)
    ]
    assert shown == [("外", ("a",)), ("内", ("b",))]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["11:3: flowchart is empty: write digraph { a -> b; }"]),
        ("digraph {}", ["11:3: flowchart is empty: write an arrow in it, such as a -> b;"]),
        ("digrap { a }", ['11:3: "digrap" begins no flowchart, did you mean "digraph"?']),
        ("a -> b", ['11:3: "a" begins no flowchart: write digraph { a -> b; }']),
        ("digraph G a -> b", ['11:13: { is missing before "a": add it']),
        ("digraph {\n a -> b", ["11:11: { is not closed: add } at its end"]),
        ("digraph { a } }", ['11:17: "}" stands behind the last brace: remove it']),
        ("digraph { a -> }", ["11:15: -> leads nowhere: write a node behind it"]),
        ("digraph {\n -> b }", ["12:4: -> comes from nowhere: write a node before it"]),
        (
            "digraph { a -- b }",
            ["11:15: -- does not belong in a digraph: write ->, or begin with graph"],
        ),
        (
            "graph { a -> b }",
            ["11:13: -> does not belong in a graph: write --, or begin with digraph"],
        ),
        ("digraph { a => b }", ['11:15: "=>" is no arrow: write ->']),
        ("digraph { a --> b }", ['11:15: "-->" is no arrow: write ->']),
        ("digraph { a → b }", ['11:15: "→" is no arrow: write ->']),
        ("digraph { a [label=x }", ["11:15: [ is not closed: add ] behind the attributes"]),
        ("digraph { a [label=] }", ["11:22: value of label is missing: write label=value"]),
        ('digraph { a [label="x] }', ['11:22: quotes are not closed: add " at their end']),
        (
            "digraph { a [label=<x] }",
            ["11:22: < is not closed: add > behind the HTML, or put the text in quotes"],
        ),
        ("digraph { /* a }", ["11:13: comment is not closed: add */ at its end"]),
        ("digraph { /* a; /* b }", ["11:13: comment is not closed: add */ at its end"]),
        ("digraph {\nrankdir=tb; a }", ['12:11: unknown rankdir "tb", did you mean "TB"?']),
        ("digraph { a -> b [dir=bth] }", ['11:25: unknown dir "bth", did you mean "both"?']),
        (
            "digraph { node shape=box; a }",
            ["11:18: [ is missing behind node: write node [name=value];"],
        ),
        ("digraph { a -> node }", ["11:15: -> leads nowhere: write a node behind it"]),
        ("digraph { a: -> b }", ["11:14: port is missing behind the colon: write a:port, or a"]),
        (
            "digraph { subgraph cluster_a { subgraph cluster_a { b } } }",
            ['11:34: group "subgraph cluster_a" stands in two places: give one another name'],
        ),
        ("digraph { a；b }", ["11:14: full-width ； means nothing here: write ;"]),
        ("digraph { a % b }", ['11:15: "%" means nothing here: put texts in quotes']),
        ("digraph { [x=1] }", ['11:13: "[" is not understood here: write a node, as in a -> b;']),
    ],
)
def test_mistakes(text: str, messages: list[str]) -> None:
    """What Graphviz would not read is told at its line and column, with what to do."""
    LANGUAGE.check_refused(text, messages)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "digraph {\n a [shape=dimond] }",
            '12:13: warning: unknown shape "dimond", did you mean "diamond"?',
        ),
        ("digraph {\n a [shape=xyzzy] }", '12:13: warning: unknown shape "xyzzy": a box is drawn'),
        (
            "digraph {\n a [color=red]; b [fillcolor=blue] }",
            "12:13: hint: colours of Graphviz are not drawn: the deck's pictures have their own "
            "style",
        ),
    ],
)
def test_what_is_drawn_otherwise_is_told(text: str, message: str) -> None:
    """Unknown shapes and colours stop nothing, and are told once."""
    graph, diagnostics = read(text)
    assert graph is not None
    assert [str(diagnostic) for diagnostic in diagnostics] == [f"deck.md:{message}"]


def test_too_deep_braces_are_told() -> None:
    """However deep braces are nested, the answer is an error at a place."""
    _, diagnostics = read("digraph " + "{" * 5000)
    assert diagnostics[0].message == "braces are nested deeper than 40: remove some"


WORDS = (
    'digraph graph strict subgraph cluster_a node edge a b { } [ ] -> -- = ; , : + " < > label '
    "shape box dir both rankdir LR style dashed invis // /* */ # $ \\ \\n 中文 1.5 -2 ； =>"
)


@settings(max_examples=200)
@given(any_texts(WORDS), st.booleans())
def test_no_text_breaks_the_reader(text: str, is_begun: bool) -> None:
    """Whatever stands in a block, the answer is a flowchart or an error at a place in the file."""
    LANGUAGE.check_read_or_refused(f"digraph {{\n{text}\n}}" if is_begun else text)
