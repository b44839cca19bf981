"""Mermaid flowcharts: what GitHub draws is read, and what it refuses is told with its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.diagnostics import Severity
from deckpress.diagrams import NodeShape
from deckpress.diagrams.flowcharts import Direction, all_groups, labels_of, with_labels
from deckpress.diagrams.flowcharts.mermaid import parse_mermaid
from deckpress.diagrams.node_shapes import (
    Circle,
    Cylinder,
    Diamond,
    Ellipse,
    Hexagon,
    Parallelogram,
    Pill,
    RoundedBox,
    Stack,
)
from tests.support.flowcharts import FIRST, Language, any_texts

LANGUAGE = Language(parse_mermaid)
read, graph_of, edges_of = LANGUAGE.read, LANGUAGE.graph_of, LANGUAGE.edges_of


@pytest.mark.parametrize(
    ("header", "direction"),
    [
        ("flowchart TB", Direction.DOWN),
        ("graph TD;", Direction.DOWN),
        ("flowchart", Direction.DOWN),
        ("flowchart BT", Direction.UP),
        ("graph LR", Direction.RIGHT),
        ("flowchart RL", Direction.LEFT),
        ("flowchart-elk LR", Direction.RIGHT),
    ],
)
def test_directions(header: str, direction: Direction) -> None:
    """A flowchart leads where its first line says, and down where it says nothing."""
    assert graph_of(f"{header}\nA-->B").direction is direction


@pytest.mark.parametrize(
    ("written", "outline", "label"),
    [
        ("A", RoundedBox(), "A"),
        ("A[text]", RoundedBox(), "text"),
        ("A(text)", RoundedBox(), "text"),
        ("A([text])", Pill(), "text"),
        ("A[[text]]", RoundedBox(), "text"),
        ("A[(text)]", Cylinder(), "text"),
        ("A((text))", Circle(), "text"),
        ("A(((text)))", Circle(), "text"),
        ("A(-text-)", Ellipse(), "text"),
        ("A{text}", Diamond(), "text"),
        ("A{{text}}", Hexagon(), "text"),
        ("A[/text/]", Parallelogram(), "text"),
        ("A[\\text\\]", Parallelogram(), "text"),
        ("A[/text\\]", Parallelogram(), "text"),
        ("A>text]", RoundedBox(), "text"),
        ("A@{ shape: cyl, label: 'text' }", Cylinder(), "text"),
        ('A@{ shape: diamond, label: "a, b" }', Diamond(), "a, b"),
        ("A@{shape: docs}", Stack(), "A"),
        ("A[text]:::important", RoundedBox(), "text"),
    ],
)
def test_forms(written: str, outline: NodeShape, label: str) -> None:
    """Every form of a node that Mermaid has is drawn as the nearest one."""
    (node,) = graph_of(f"flowchart TB\n{written}").nodes
    assert (node.id, node.shape, node.label.text) == ("A", outline, label)


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("[学习率 太大?]", "学习率 太大?"),
        ('["f(x) [0]"]', "f(x) [0]"),
        ("[a<br>b<br/>c<br />d]", "a\\\\b\\\\c\\\\d"),
        ("[a\\nb]", "a\\\\b"),
        ('["a\nb"]', "a\\\\b"),
        ("[a\n  b]", "a\\\\b"),
        ('["text" x]', "text x"),
        ("[&amp; #amp;]", "& &"),
        ("[**a** `b`]", "**a** `b`"),
        ('["`**bold** and *slanted*`"]', "bold and slanted"),
        ('["#quot;x#quot; #35; &lt;b&gt;"]', '"x" # <b>'),
        ("[<b>a</b>]", "a"),
        ('["$$x_{t}$$ 时刻"]', "$x_{t}$ 时刻"),
        ('["$\\nu_t$ 次"]', "$\\nu_t$ 次"),
        ("[costs 5$]", "costs 5\\$"),
        ("[from $5 to $6]", "from \\$5 to \\$6"),
        ("[C:\\dir\\\\sub]", "C:\\dir\\sub"),
        ("[fa:fa-car Car]", "Car"),
        ('[" "]', ""),
    ],
)
def test_labels(written: str, label: str) -> None:
    """Labels show what GitHub shows: line breaks, entities, maths, and no marks of a style."""
    (node,) = graph_of(f"flowchart TB\nA{written}").nodes
    assert node.label.text == label


@pytest.mark.parametrize(
    ("written", "edges"),
    [
        ("A-->B", ["A->B"]),
        ("A --- B", ["A-B"]),
        ("A -.-> B", ["A..>B"]),
        ("A -..-> B", ["A..>B"]),
        ("A -.- B", ["A..B"]),
        ("A ==> B", ["A->B"]),
        ("A === B", ["A-B"]),
        ("A <--> B", ["A<->B"]),
        ("A <-.-> B", ["A<..>B"]),
        ("A --o B", ["A->B"]),
        ("A x--x B", ["A<->B"]),
        ("A -----> B", ["A->B"]),
        ("A ~~~ B", []),
        ("A -- text --> B", ["A->B:text"]),
        ("A --text--- B", ["A-B:text"]),
        ("A -. 虚线 .-> B", ["A..>B:虚线"]),
        ("A == text ==> B", ["A->B:text"]),
        ('A -- "f(x)" --> B', ["A->B:f(x)"]),
        ("A-->|是|B", ["A->B:是"]),
        ('A -->|"f(x) | y"| B', ["A->B:f(x) | y"]),
        ("A --> B --> C", ["A->B", "B->C"]),
        ("A & B --> C & D", ["A->C", "A->D", "B->C", "B->D"]),
        ("A-->B; B-->C;", ["A->B", "B->C"]),
        ("A-->A", ["A->A"]),
        ("A e1@--> B\ne1@{ animate: true }", ["A->B"]),
        ("a-b --> c.d", ["a-b->c.d"]),
        ("甲 --> 乙", ["甲->乙"]),
        ("A-->\nB", ["A->B"]),
        ("A\n--> B", ["A->B"]),
        ("A -- f(x) --> B", ["A->B:f(x)"]),
        ("A -->|a\nb| B", ["A->B:a\\\\b"]),
        ("A <--- B", ["A-B"]),
        ("A:::y1--> B", ["A->B"]),
        ("A&B --> C", ["A&B->C"]),
        ("A e1@--> B\nB --> e1@{ shape: cyl }", ["A->B", "B->e1"]),
        ("A-->B\n%% B-->C", ["A->B"]),
    ],
)
def test_arrows(written: str, edges: list[str]) -> None:
    """Every arrow that Mermaid has is read, with its label, in chains and between many nodes."""
    assert edges_of(f"flowchart TB\n{written}") == edges


def test_groups() -> None:
    """Groups stand in groups, and a node in the first group to be closed that names it."""
    graph = graph_of(
        "flowchart TB\nsubgraph one [编码器]\nsubgraph two\na-->b\nend\nb-->c\nend\n"
        'subgraph "In words"\nc-->d\nend\none-->d'
    )
    shown = {
        group.id: (group.label and group.label.text, group.members)
        for group in all_groups(graph.groups)
    }
    assert shown == {
        "one": ("编码器", ("c",)),
        "two": ("two", ("a", "b")),
        "In words": ("In words", ("d",)),
    }
    assert [group.id for group in graph.groups] == ["one", "In words"]
    assert [node.id for node in graph.nodes] == ["a", "b", "c", "d"]


def test_an_empty_group_is_a_node() -> None:
    """A group without nodes shows its title in a box, as on GitHub."""
    graph = graph_of("flowchart TB\nsubgraph s [Later]\nend\na-->s")
    assert not graph.groups
    assert {node.id: node.label.text for node in graph.nodes} == {"a": "a", "s": "Later"}


def test_groups_of_one_title_are_two() -> None:
    """Groups without an id may have the same title, or none."""
    group = "subgraph Same title\n{0}1\nend\nsubgraph\n{0}2\nend\n"
    graph = graph_of(f"flowchart TB\n{group.format('a')}{group.format('b')}")
    assert [group.members for group in graph.groups] == [("a1",), ("a2",), ("b1",), ("b2",)]
    assert len({group.id for group in graph.groups}) == 4


def test_front_matter_and_settings() -> None:
    """The title of the front matter is drawn, and settings of Mermaid's own are passed over."""
    text = '---\ntitle: "训练"\nconfig:\n  theme: dark\n---\n%%{init: {"a": 1}}%%\ngraph LR\na-->b'
    graph = graph_of(text)
    assert graph.title is not None
    assert graph.title.text == "训练"
    assert graph.title.where.line == FIRST + 1


def test_colours_are_told_once() -> None:
    """Colours stop nothing: one hint says that they are not drawn."""
    text = (
        "flowchart TB\nA:::x --> B\nstyle A fill:#f9f\nclassDef x fill:#f96\nclass A x\n"
        'linkStyle 0 stroke:red\nclick A "https://example.org"'
    )
    graph, diagnostics = read(text)
    assert graph is not None
    assert len(graph.edges) == 1
    assert [diagnostic.severity for diagnostic in diagnostics] == [Severity.HINT]
    assert str(diagnostics[0]).startswith("deck.md:12:3: hint: colours and other styles")


def test_direction_of_a_group_is_told_once() -> None:
    """Whoever gives a group a direction of its own is told that it is not drawn."""
    _, diagnostics = read("flowchart TB\nsubgraph s\ndirection LR\na-->b\nend")
    assert [str(diagnostic) for diagnostic in diagnostics] == [
        "deck.md:13:3: hint: direction of a subgraph is not drawn: it is laid out like the whole "
        "flowchart"
    ]


def test_the_repr_tells_what_is_drawn_and_not_where_it_was_written() -> None:
    """A picture stays the same when its block is moved or blank lines are put into it."""
    graph = graph_of("flowchart TB\nA[x] -->|y| B")
    elsewhere = graph_of("%% moved\n\nflowchart TB\n\n\n   A[x]   -->|y|   B")
    assert repr(graph) == repr(elsewhere)
    assert repr(graph) != repr(graph_of("flowchart TB\nA[x] -->|z| B"))


def test_labels_can_be_listed_and_changed() -> None:
    """Each label that a picture shows can be checked, and be replaced."""
    graph = graph_of("---\ntitle: t\n---\nflowchart TB\nsubgraph g\nA -->|e| B\nend")
    assert [label.text for label, _ in labels_of(graph)] == ["t", "A", "B", "e", "g"]
    changed = with_labels(graph, lambda label: type(label)(label.text * 2, label.where))
    assert [label.text for label, _ in labels_of(changed)] == ["tt", "AA", "BB", "ee", "gg"]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["11:3: flowchart is empty: begin it with flowchart TB, and write A --> B below it"]),
        ("flowchart TB", ["11:3: flowchart is empty: write an arrow in it, such as A --> B"]),
        (
            "sequenceDiagram\nA->>B: hi",
            ['11:3: only flowcharts are drawn: "sequenceDiagram" is another kind of diagram'],
        ),
        ("pie title x", ['11:3: only flowcharts are drawn: "pie" is another kind of diagram']),
        ("flowchar TB\nA-->B", ['11:3: "flowchar" begins no flowchart, did you mean "flowchart"?']),
        ("A --> B", ['11:3: "A" begins no flowchart: begin with flowchart TB']),
        ("flowchart lr\nA", ['11:13: unknown direction "lr", did you mean "LR"?']),
        ("flowchart XY\nA", ['11:13: unknown direction "XY" (known: TB, TD, BT, LR, RL)']),
        ("flowchart TB A-->B", ['11:16: "A-->B" is too much here: write it in the next line']),
        (
            "graph TB\nA --> B\n%%{init: {}\nC",
            ["13:3: directive is never closed: add }%% at its end"],
        ),
        ("%%{init: {}\ngraph TB", ["11:3: directive is never closed: add }%% at its end"]),
        ("graph TB\nA[text", ["12:4: [ is not closed: add ] behind the label"]),
        ("graph TB\nA([text]", ["12:4: ([ is not closed: add ]) behind the label"]),
        ("graph TB\nA{text]\nB-->C", ["12:4: { is not closed: add } behind the label"]),
        ('graph TB\nA["text]', ['12:5: quotes are not closed: add " behind the label']),
        ('graph TB\nA["text" x', ["12:4: [ is not closed: add ] behind the label"]),
        ("graph TB\nA[a@b]", ['12:6: "@" in a label: put the label in quotes, ["…"]']),
        ("graph TB\nA[f(x)]", ['12:6: "(" in a label: put the label in quotes, ["…"]']),
        ("graph TB\nA{x|y}", ['12:6: "|" in a label: put the label in quotes, {"…"}']),
        ("graph TB\nA[]", ['12:5: label is empty: write a text, or " " for none']),
        ("graph TB\nA -->", ["12:5: --> leads nowhere: write a node's id behind it"]),
        (
            "graph TB\nA -->\nend",
            [
                "12:5: --> leads nowhere: write a node's id behind it",
                '13:3: "end" closes no subgraph: remove it',
            ],
        ),
        ("graph TB\n--> B", ["12:3: arrow comes from nowhere: write a node's id before it"]),
        ("graph TB\nA & --> B", ["12:5: & joins nothing: write a node's id behind it"]),
        ("graph TB\nA -> B", ['12:5: "-> B" is no arrow: write -->, ---, -.-> or ==>']),
        ("graph TB\nA -- text B", ["12:5: -- is no whole arrow: write --> or -- text -->"]),
        ("graph TB\nA -. text -> B", ["12:5: -. is no whole arrow: write --> or -. text .->"]),
        ("graph TB\nA -->|yes B", ["12:8: | is not closed: add | behind the arrow's label"]),
        ("graph TB\nA -->|f(x)| B", ['12:10: "(" in a label: put the label in quotes, |"…"|']),
        (
            "graph TB\nA -. v1.0 .-> B",
            ['12:10: "." in a label: put the label in quotes, -. "…" .->'],
        ),
        (
            "graph TB\nA B",
            ['12:5: "B" is too much here: write an arrow before it, or begin a new line'],
        ),
        (
            "graph TB\nA [text] --> B",
            ['12:5: blank before "[": write the bracket right behind the node\'s id'],
        ),
        (
            "graph TB\n[text] --> B",
            ['12:3: "[text] --> B" has no id: write one before it, as in A[text]'],
        ),
        ("graph TB\n（text）", ["12:3: full-width （ means nothing here: write ("]),
        ("graph TB\nA--> end", ['12:8: "end" cannot be an id in Mermaid: write End']),
        (
            "graph TB\nsubgraph s [Title]\nA-->B",
            ['12:3: subgraph "s" is not closed: add a line "end" behind it'],
        ),
        (
            "graph TB\nA-->B %% tail",
            ["12:9: comment stands behind a statement: write it on a line of its own"],
        ),
        (
            "graph TB %% tail\nA-->B",
            ["11:12: comment stands behind a statement: write it on a line of its own"],
        ),
        ("graph TB\nA-->B\nstyle A", ["13:3: style needs more: write style A fill:#f96"]),
        (
            "graph TB\nA-->B\nlinkStyle 1 stroke:red",
            ["13:13: there is no arrow 1 above: the first one is 0"],
        ),
        (
            "graph TB\nsubgraph One, two\nA\nend",
            ['12:15: "," in a label: put the label in quotes, subgraph "…"'],
        ),
        ("graph TB\nA-->B\nend", ['13:3: "end" closes no subgraph: remove it']),
        ("graph TB\nsubgraph s [Title\nA\nend", ["12:14: [ is not closed: add ] behind the label"]),
        (
            "graph TB\nsubgraph s\ndirection rl\nA\nend",
            ['13:13: unknown direction "rl", did you mean "RL"?'],
        ),
        (
            "graph TB\nsubgraph s\nA\nend\ns --> A",
            ['15:5: arrow joins group "s" to "A" in it: join it to a node instead'],
        ),
        (
            "graph TB\nsubgraph s\nA\nend\ns --> s",
            ['15:5: arrow joins group "s" to itself: join it to a node instead'],
        ),
        (
            "graph TB\nsubgraph s [One]\nsubgraph s [Two]\nA\nend\nend",
            ['13:3: subgraph "s" is given twice: choose another id'],
        ),
        (
            "graph TB\nA@{ shape: cylindr }",
            ['12:14: unknown shape "cylindr", did you mean "cylinder"?'],
        ),
        (
            "graph TB\nA@{ shape: rect",
            ['12:4: @{ is not closed: write @{ shape: name, label: "text" }'],
        ),
        (
            "graph TB\nA[f(x)]\nB -->\n\n;C-->D",
            [
                '12:6: "(" in a label: put the label in quotes, ["…"]',
                "13:5: --> leads nowhere: write a node's id behind it",
            ],
        ),
    ],
)
def test_mistakes(text: str, messages: list[str]) -> None:
    """What GitHub would not draw is told at its line and column, with what to do."""
    LANGUAGE.check_refused(text, messages)


def test_too_much_is_told() -> None:
    """A flowchart that no phone can show is an error and not a long wait."""
    many = " & ".join(f"n{index}" for index in range(90))
    _, diagnostics = read(f"graph TB\n{many} --> {many}")
    assert diagnostics[0].message == "flowchart has more than 200 arrows: make two flowcharts"
    _, diagnostics = read("graph TB\n" + "\n".join(f"n{index}" for index in range(200)))
    assert diagnostics[0].message == "flowchart has more than 100 nodes: make two flowcharts"
    _, diagnostics = read("graph TB\n" + "\n".join(["subgraph"] * 500 + ["end"] * 500))
    assert diagnostics[0].message == "group stands in more than 7 others: leave some out"


WORDS = (
    "A B C-1 end subgraph direction LR TB flowchart graph --> --- -.-> ==> -- -. == <--> ~~~ | & ; "
    '[ ] ( ) { } {{ }} [/ /] ([ ]) (( )) > @{ shape: cyl label " ` $ $$ \\ \\n <br> #35; ::: %% '
    "%%{ }%% style classDef x click 中文 （ …"
)


@settings(max_examples=200)
@given(any_texts(WORDS), st.booleans())
def test_no_text_breaks_the_reader(text: str, is_begun: bool) -> None:
    """Whatever stands in a block, the answer is a flowchart or an error at a place in the file."""
    LANGUAGE.check_read_or_refused(f"flowchart TB\n{text}" if is_begun else text)
