"""What authors write in a ` ```diagram ` block is read as they mean it, or refused with advice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.diagnostics import Diagnostic, Diagnostics, Severity, has_errors
from deckpress.diagrams.diagram_blocks import DiagramBlock, find_diagram_blocks
from deckpress.diagrams.grid import Diagram, NodeKind, Route
from deckpress.diagrams.grid.diagram_syntax import parse_diagram
from deckpress.notes.builder import parse_notes
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project, open_standalone
from tests.support.cases import read_cases
from tests.support.projects import DECK_TOML, ROOT

pytestmark = pytest.mark.usefixtures("kept_processes_draw")

REFUSED = ROOT / "tests/refused_diagrams.md"
MACROS = {"R": "\\mathbb{R}", "vect": "\\mathbf{#1}", "loop": "\\loop"}


def read(text: str, macros: Mapping[str, str] = MACROS) -> tuple[Diagram | None, list[Diagnostic]]:
    """Return what a block's text says, with the places of a block that begins in line 1."""
    rows = [(index + 1, 1) for index in range(text.count("\n") + 1)]
    diagnostics: Diagnostics = []
    return parse_diagram(text, rows, "deck.md", diagnostics, macros), diagnostics


def diagram_of(text: str) -> Diagram:
    """Return the diagram of a text that is right."""
    diagram, diagnostics = read(text)
    assert [*map(str, diagnostics)] == []
    assert diagram
    return diagram


def messages(text: str) -> list[str]:
    """Return what is wrong with a text, each with its place."""
    diagram, diagnostics = read(text)
    assert diagram is None
    return [str(diagnostic).removeprefix("deck.md:") for diagnostic in diagnostics]


# Texts that are refused


def problems_of(path: Path) -> list[Diagnostic]:
    """Return what is wrong with a lone file."""
    return list(prepare(*open_standalone(path), now=1_700_000_000).diagnostics)


def test_what_is_refused_is_told_of_word_for_word(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each message stands beside the page of wrong diagrams, with the place of the wrong word."""
    monkeypatch.chdir(REFUSED.parent)
    seen = "".join(f"{diagnostic}\n" for diagnostic in problems_of(Path(REFUSED.name)))
    expected = REFUSED.with_suffix(".txt")
    if request.config.getoption("--accept"):
        expected.write_text(seen, encoding="utf-8")
    assert seen == expected.read_text(encoding="utf-8")


def lines_of_notes() -> dict[str, range]:
    """Return the lines of each note of the page of wrong diagrams, by its question."""
    lines = REFUSED.read_text(encoding="utf-8").split("\n")
    starts = [index for index, line in enumerate(lines, 1) if re.match(r"\d+\. ", line)]
    ends = [*starts[1:], len(lines) + 1]
    return {lines[start - 1]: range(start, end) for start, end in zip(starts, ends, strict=True)}


def test_each_wrong_diagram_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No diagram of the page passes, and there are enough of them."""
    monkeypatch.chdir(REFUSED.parent)
    diagnostics = problems_of(Path(REFUSED.name))
    assert {diagnostic.severity for diagnostic in diagnostics} == {Severity.ERROR}
    reported = {diagnostic.location.line for diagnostic in diagnostics}
    notes = lines_of_notes()
    assert [name for name, lines in notes.items() if not reported & set(lines)] == []
    assert len(notes) >= 100


@pytest.mark.parametrize("end", ["\r\n", "\r"], ids=["CRLF", "CR"])
def test_places_do_not_depend_on_the_ends_of_lines(
    end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file from Windows has its mistakes at the same lines and columns."""
    monkeypatch.chdir(tmp_path)
    path = Path(REFUSED.name)
    path.write_bytes(REFUSED.read_bytes().replace(b"\n", end.encode()))
    expected = REFUSED.with_suffix(".txt").read_text(encoding="utf-8")
    assert [*map(str, problems_of(path))] == expected.splitlines()


PLACES = read_cases("diagrams/places")
"""Files with a wrong arrow behind a ‸."""


@pytest.mark.parametrize("place", PLACES)
def test_the_place_is_that_of_the_wrong_word(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a block stands, line and column lead to the word to be changed."""
    monkeypatch.chdir(tmp_path)
    marked = PLACES[place]["notes.md"]
    before, _, _ = marked.partition("‸")
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    Path("notes.md").write_text(marked.replace("‸", ""), encoding="utf-8")
    expected = f'notes.md:{line}:{column}: unknown arrow "=>", did you mean "->"?'
    assert [*map(str, problems_of(Path("notes.md")))] == [expected]


# What a text says

KINDS = {
    "": NodeKind.BOX,
    "a: label": NodeKind.BOX,
    **{f"a: label {{{kind}}}": kind for kind in NodeKind if kind is not NodeKind.DOT},
    "a: {dot}": NodeKind.DOT,
    "a: 1 & 2 {matrix}": NodeKind.MATRIX,
    "a: { gate }": NodeKind.GATE,
    "a:{gate}": NodeKind.GATE,
    "a , b : x {op}": NodeKind.OP,
    "b, a: {op}": NodeKind.OP,
}


@pytest.mark.parametrize("line", KINDS)
def test_a_node_is_of_the_kind_in_braces(line: str) -> None:
    """The last word in braces is the kind, with or without spaces; without one it is a box."""
    node, _ = diagram_of(f"| a b |\n{line}").nodes
    assert node.kind is KINDS[line]


LABELS = {
    "": "a",
    "a: {gate}": "a",
    "a: Input layer": "Input layer",
    "a:   two  blanks   {gate}": "two  blanks",
    'a: ""': "",
    'a: "" {gate}': "",
    "a: {dot}": "",
    "a: $x_{t}$": "$x_{t}$",
    "a: $x_{t}$ {gate}": "$x_{t}$",
    "a: 输入\\\\$x$ {in}": "输入\\\\$x$",
    "a: set {x} of": "set {x} of",
    "a: b -> c: d": "b -> c: d",
    "a: costs \\$5": "costs \\$5",
    "a: | b # c": "| b # c",
    "a: $\\R^n$ and $\\vect x$": "$\\mathbb{R}^n$ and $\\mathbf{x}$",
    "a: \\R outside of maths": "\\R outside of maths",
    "b, a: both": "both",
}


@pytest.mark.parametrize("line", LABELS)
def test_a_node_shows_its_label(line: str) -> None:
    """The label is what stands behind the colon, and else the id; the deck's macros are known."""
    node, _ = diagram_of(f"| a b |\n{line}").nodes
    assert node.label.text == LABELS[line]


GRIDS: dict[str, tuple[tuple[int, int], dict[str, tuple[int, int, int, int]]]] = {
    "| a |": ((1, 1), {"a": (0, 0, 1, 1)}),
    "| a b |": ((1, 2), {"a": (0, 0, 1, 1), "b": (0, 1, 1, 1)}),
    "|a b|": ((1, 2), {"a": (0, 0, 1, 1), "b": (0, 1, 1, 1)}),
    "| a b": ((1, 2), {"a": (0, 0, 1, 1), "b": (0, 1, 1, 1)}),
    "| a | b |": ((1, 2), {"a": (0, 0, 1, 1), "b": (0, 1, 1, 1)}),
    "|\ta\tb\t|": ((1, 2), {"a": (0, 0, 1, 1), "b": (0, 1, 1, 1)}),
    "| . . |\n| . a |": ((2, 2), {"a": (1, 1, 1, 1)}),
    "| a a |\n| b c |": ((2, 2), {"a": (0, 0, 1, 2), "b": (1, 0, 1, 1), "c": (1, 1, 1, 1)}),
    "| a b |\n| a c |": ((2, 2), {"a": (0, 0, 2, 1), "b": (0, 1, 1, 1), "c": (1, 1, 1, 1)}),
    "| . a a |\n| b a a |": ((2, 3), {"a": (0, 1, 2, 2), "b": (1, 0, 1, 1)}),
    "| 输入 h_1 |": ((1, 2), {"输入": (0, 0, 1, 1), "h_1": (0, 1, 1, 1)}),
    "| 1 A a |": ((1, 3), {"1": (0, 0, 1, 1), "A": (0, 1, 1, 1), "a": (0, 2, 1, 1)}),
    "| a |\n\n# then\na: x\n| b |": ((2, 1), {"a": (0, 0, 1, 1), "b": (1, 0, 1, 1)}),
}
"""Rows, how many rows and columns they make, and of each node its row, column, height, width."""


@pytest.mark.parametrize("text", GRIDS)
def test_rows_give_each_node_its_cells(text: str) -> None:
    """A node stands where its id does, over all cells that have it."""
    diagram = diagram_of(text)
    cells = {node.id: (node.row, node.column, node.rows, node.columns) for node in diagram.nodes}
    assert ((diagram.rows, diagram.columns), cells) == GRIDS[text]


ARROWS: dict[str, list[str]] = {
    "a -> b": ["a-b"],
    "a->b": ["a-b"],
    "a -> b -> c": ["a-b", "b-c"],
    "a, b -> c": ["a-c", "b-c"],
    "a -> b , c": ["a-b", "a-c"],
    "a, b -> c, d": ["a-c", "a-d", "b-c", "b-d"],
    "a -> b, c -> d": ["a-b", "a-c", "b-d", "c-d"],
    "a -- b ..> c": ["a-b", "b-c"],
    "a -> a": ["a-a"],
    "a -> b\na -> b": ["a-b", "a-b"],
    "输入 -> b": ["输入-b"],
    "输入->b": ["输入-b"],
}


@pytest.mark.parametrize("text", ARROWS)
def test_arrows_join_each_with_each(text: str) -> None:
    """A chain is arrows one after the other, and a comma list each with each."""
    arrows = diagram_of(f"| a b c d 输入 |\n{text}").arrows
    assert [f"{arrow.start}-{arrow.end}" for arrow in arrows] == ARROWS[text]


WAYS: dict[str, tuple[Route, str | None]] = {
    "a -> b": (Route.STRAIGHT, None),
    "a -> b: so": (Route.STRAIGHT, "so"),
    "a -> b :so": (Route.STRAIGHT, "so"),
    "a -> b:": (Route.STRAIGHT, None),
    "a -> b: [x]: y": (Route.STRAIGHT, "[x]: y"),
    "a -> b: $\\R$": (Route.STRAIGHT, "$\\mathbb{R}$"),
    "a -> b: one\\\\two": (Route.STRAIGHT, "one\\\\two"),
    "a -> a": (Route.STRAIGHT, None),
    **{f"a -> b [{route}]": (route, None) for route in Route},
    **{f"a -> b[ {route} ] : 所以": (route, "所以") for route in Route},
}


@pytest.mark.parametrize("text", WAYS)
def test_an_arrow_has_a_route_and_a_label(text: str) -> None:
    """The route stands in brackets and the label behind the colon; both may be left out."""
    (arrow,) = diagram_of(f"| a b |\n{text}").arrows
    assert (arrow.route, arrow.label and arrow.label.text) == WAYS[text]


def test_a_chain_shares_its_route_and_label() -> None:
    """What stands behind a chain goes for each of its arrows."""
    arrows = diagram_of("| a b c |\n| d e f |\na, b -> d -> e [curved]: so").arrows
    assert {(arrow.route, arrow.label and arrow.label.text) for arrow in arrows} == {
        (Route.CURVED, "so")
    }
    assert len(arrows) == 3


MATRICES: dict[str, tuple[list[list[str]], list[tuple[int, int]]]] = {
    "1": ([["1"]], []),
    "1 & 2": ([["1", "2"]], []),
    "1&2\\\\3&4": ([["1", "2"], ["3", "4"]], []),
    "**1** & 2 \\\\ 3 & **4**": ([["1", "2"], ["3", "4"]], [(0, 0), (1, 1)]),
    "** $x$ ** & 二": ([["$x$", "二"]], [(0, 0)]),
    "& 2 \\\\ 3 &": ([["", "2"], ["3", ""]], []),
    "$a & b$ & 2": ([["$a & b$", "2"]], []),
    "$\\R$ & A\\&B": ([["$\\mathbb{R}$", "A\\&B"]], []),
    "2 ** 3 & **": ([["2 ** 3", "**"]], []),
}


@pytest.mark.parametrize("text", MATRICES)
def test_a_matrix_is_written_as_in_tex(text: str) -> None:
    r"""`&` divides cells, `\\` rows, and `**…**` marks a cell; within dollars they mean maths."""
    (node,) = diagram_of(f"| m |\nm: {text} {{matrix}}").nodes
    cells, marked = MATRICES[text]
    assert [[cell.text for cell in row] for row in node.cells] == cells
    assert [*node.marked] == marked
    assert node.label.text == ""


GROUPS: dict[str, list[tuple[str | None, tuple[str, ...]]]] = {
    'group "Encoder": a b': [("Encoder", ("a", "b"))],
    'group "编码器 $x$" : a, b': [("编码器 $x$", ("a", "b"))],
    "group: a": [(None, ("a",))],
    "group:a,b": [(None, ("a", "b"))],
    'group "": a a b': [(None, ("a", "b"))],
    "group: a\ngroup: a b": [(None, ("a",)), (None, ("a", "b"))],
}


@pytest.mark.parametrize("text", GROUPS)
def test_a_group_has_a_name_and_members(text: str) -> None:
    """The name may be left out, and members stand with commas or without, in any order."""
    groups = diagram_of(f"| a b c |\n{text}").groups
    assert [(group.label and group.label.text, group.members) for group in groups] == GROUPS[text]


def test_title_and_notes_are_read() -> None:
    """There is one title and any number of notes, with their maths."""
    diagram = diagram_of("title : LSTM $\\R$\n| a |\nnote: one\nnote : 二: $x$")
    assert diagram.title
    assert diagram.title.text == "LSTM $\\mathbb{R}$"
    assert [note.text for note in diagram.notes] == ["one", "二: $x$"]


WORDS = {
    "titles": "| titles b |\ntitles: x\ntitles -> b",
    "notes": "| notes b |\nnotes: x",
    "groups": "| groups b |\ngroups: x\nb -> groups",
    "grouped": "| grouped b |\ngrouped: x",
}


@pytest.mark.parametrize("word", WORDS)
def test_ids_may_begin_as_other_lines_do(word: str) -> None:
    """Only `group`, `title` and `note` themselves are words of the language."""
    assert diagram_of(WORDS[word]).nodes[0].id == word


# Macros

MACRO_MISTAKES = {
    "a: so $\\vect$": "2:8: macro \\vect takes 1 argument: {…} is missing",
    "a: $x + \\vect$ then $y$": "2:9: macro \\vect takes 1 argument: {…} is missing",
    "a -> b: $\\loop$": "2:10: macros expand without end: does \\loop use itself?",
}


@pytest.mark.parametrize("line", MACRO_MISTAKES)
def test_a_misused_macro_is_told_at_its_place(line: str) -> None:
    """A macro without its argument, or without an end, is told of where it is written."""
    assert messages(f"| a b |\n{line}") == [MACRO_MISTAKES[line]]


MACRO_PLACES = {
    "| a b |\na: $\\R$ and ‸🙂": 'no font of the pictures has "🙂"',
    "| a b |\na: $\\R + ‸\\foo$": "pictures are set by matplotlib, which does not know \\foo",
    "| a b |\na -> b: $\\vect{x}$ ‸🙂": 'no font of the pictures has "🙂"',
    "| m |\nm: $\\R$ & $\\R$ ‸🙂 {matrix}": 'no font of the pictures has "🙂"',
    "title: $\\R$ ‸🙂\n| a |": 'no font of the pictures has "🙂"',
}


@pytest.mark.parametrize("marked", MACRO_PLACES)
def test_places_are_right_behind_a_macro(
    marked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A macro that stands for something longer moves no column of what is told."""
    monkeypatch.chdir(tmp_path)
    Path("source").mkdir()
    Path("source/deck.toml").write_text(
        DECK_TOML + "[formulas.macros]\nR = '\\mathbb{R}'\nvect = '\\mathbf{#1}'\n"
    )
    lines = ['```diagram one "One."', *marked.split("\n"), "```"]
    text = "1. One?\n\n" + "\n".join(f"   {line}" for line in lines)
    before, _, _ = text.partition("‸")
    place = f"{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2]) + 1}"
    Path("source/notes.md").write_text(text.replace("‸", "") + "\n", encoding="utf-8")
    (diagnostic,) = prepare(*open_project(Path()), now=1_700_000_000).diagnostics
    assert str(diagnostic).startswith(f"source/notes.md:{place}: {MACRO_PLACES[marked]}")


# Keys

TEXT = """\
title: T
| a b . |
| c d d |
a: x {gate}
b: $y$
c: 1 & 2 {matrix}
a -> b [curved]: so
b -> d
group "G": a c
note: n
"""


def block_of(
    written: str, before: str = "1. One?\n\n", indent: str = "   ", language: str = "diagram"
) -> DiagramBlock:
    """Return the picture of a file with one block."""
    lines = [f'```{language} one "One."', *written.rstrip("\n").split("\n"), "```"]
    text = before + "".join(f"{indent}{line}\n" for line in lines)
    notes, parse_diagnostics, *_ = parse_notes(text, "deck.md")
    diagnostics: Diagnostics = []
    blocks = find_diagram_blocks(notes, MACROS, Path(), diagnostics)
    assert not has_errors([*parse_diagnostics, *diagnostics]), [*map(str, diagnostics)]
    (block,) = blocks
    return block


SAME = {
    "comments": TEXT.replace("a: x", "# a comment\na: x"),
    "blank lines": TEXT.replace("\n", "\n\n"),
    "indentation": "\n".join(f"   {line}" for line in TEXT.split("\n")),
    "spaces in rows": TEXT.replace("| a b . |", "|  a   b  .|"),
    "bars in rows": TEXT.replace("| a b . |", "| a | b | . |"),
    "spaces around colons": TEXT.replace("a: x", "a :   x"),
    "spaces at ends of lines": TEXT.replace("\n", "  \n"),
    "Windows": TEXT.replace("\n", "\r\n"),
    "nodes in another order": TEXT.replace("a: x {gate}\nb: $y$\n", "b: $y$\na: x {gate}\n"),
    "title below": TEXT.replace("title: T\n", "").replace("note: n", "title: T\nnote: n"),
    "rows below": TEXT.replace("| a b . |\n", "").replace("| c d d |\n", "")
    + "| a b . |\n| c d d |\n",
    "a box that says so": TEXT.replace("b: $y$", "b: $y$ {box}"),
    "an id for its own label": TEXT + "d: d\n",
    "members with commas": TEXT.replace("a c\n", "a, c\n"),
    "a route that says straight": TEXT.replace("b -> d", "b -> d [straight]"),
}


@pytest.mark.parametrize("spelling", SAME)
def test_the_same_picture_has_the_same_key(spelling: str) -> None:
    """What changes nothing in the picture does not have it drawn anew."""
    assert block_of(SAME[spelling]).key == block_of(TEXT).key


OTHER = {
    "a title": TEXT.replace("title: T", "title: U"),
    "no title": TEXT.replace("title: T\n", ""),
    "a label": TEXT.replace("a: x", "a: y"),
    "a label's maths": TEXT.replace("$y$", "$z$"),
    "no label": TEXT.replace("a: x", 'a: ""'),
    "a kind": TEXT.replace("{gate}", "{op}"),
    "a cell's place": TEXT.replace("| a b . |", "| a . b |"),
    "a wide node": TEXT.replace("| c d d |", "| c d . |"),
    "an empty row": TEXT.replace("| c d d |", "| . . . |\n| c d d |"),
    "an empty column": TEXT.replace("b . |", "b . . |").replace("d d |", "d d . |"),
    "a cell of a matrix": TEXT.replace("1 & 2", "1 & 3"),
    "a marked cell": TEXT.replace("1 & 2", "1 & **2**"),
    "another arrow": TEXT + "a -> c\n",
    "an arrow less": TEXT.replace("b -> d\n", ""),
    "another way round": TEXT.replace("b -> d", "d -> b"),
    "a dashed arrow": TEXT.replace("b -> d", "b ..> d"),
    "two heads": TEXT.replace("b -> d", "b <-> d"),
    "no head": TEXT.replace("b -> d", "b -- d"),
    "a route": TEXT.replace("[curved]", "[over]"),
    "an arrow's label": TEXT.replace(": so", ": then"),
    "a group's name": TEXT.replace('"G"', '"H"'),
    "a group's member": TEXT.replace("a c\n", "a\n"),
    "a group less": TEXT.replace('group "G": a c\n', ""),
    "a note": TEXT.replace("note: n", "note: m"),
    "another note": TEXT + "note: m\n",
}


def test_every_change_has_a_key_of_its_own() -> None:
    """Whatever changes the picture has it drawn anew."""
    keys = {name: block_of(text).key for name, text in {"": TEXT, **OTHER}.items()}
    assert len(set(keys.values())) == len(keys)


KEYS_OF_STYLE = {
    "diagram": (TEXT, "fa3422a99a57"),
    "mermaid": (
        "flowchart LR\n  subgraph one [One]\n    a[Start] -->|yes| b{Is it?}\n  end\n"
        "  b -.-> c((End))\n  c <--> d[(Store)]",
        "52b6e6119270",
    ),
    "dot": (
        'digraph { rankdir=TB; subgraph cluster_x { label="X"; p [shape=box, style=dashed]; } '
        'p -> q [label="so"]; q -> r [dir=none]; }',
        "45c18a2bfddd",
    ),
    "plot": ("import matplotlib.pyplot as plt\nplt.plot([1, 2])", "277fb1b824de"),
}
"""A block of each language, and what the first version with this style named its picture by."""


@pytest.mark.parametrize("language", KEYS_OF_STYLE)
def test_pictures_of_a_style_are_found(language: str) -> None:
    """However the program changes, a deck keeps the pictures that were drawn for it once."""
    block, key = KEYS_OF_STYLE[language]
    assert block_of(block, language=language).key == key


STANDS = {
    "further down": ("1. One?\n\n   Yes.\n\n   So:\n\n", "   "),
    "in a list": ("1. One?\n\n   - Look:\n\n", "     "),
    "in a quote": ("1. One?\n\n", "   > "),
    "behind a heading": ("# On this\n\n1. One?\n\n", "   "),
    "in a footnote": ("1. One?[^a]\n\n   Yes.\n\n[^a]: See\n\n", "    "),
}


@pytest.mark.parametrize("place", STANDS)
def test_the_key_does_not_depend_on_where_the_block_stands(place: str) -> None:
    """A block that is moved within a file is not drawn anew."""
    before, indent = STANDS[place]
    assert block_of(TEXT, before, indent).key == block_of(TEXT).key


def test_a_changed_macro_changes_the_key() -> None:
    """A picture is drawn anew when a macro in its labels means something else, and only then."""

    def key(macros: Mapping[str, str]) -> str:
        diagram, _ = read("| a |\na: $\\R$", macros)
        return repr(diagram)

    assert key({"R": "x"}) == key({"R": "x", "S": "y"})
    assert key({"R": "x"}) != key({"R": "y"})


# Anything at all

LINES = st.one_of(
    st.text(max_size=40),
    st.text(alphabet='ab|.:->[]{}"$\\&*#, =<输入：', max_size=40),
    st.sampled_from(
        '|a|a b|a -> |a -> b [|a: {|m: & \\\\ {matrix}|group|group ":|title:|note|a: $|: |$'.split(
            "|"
        )
    ),
    st.sampled_from(["| a b |", "| a a |", "| a . b |", "a -> b", "group: a b", "b: x {op}"]),
)


@given(st.lists(LINES, max_size=8).map("\n".join))
@settings(max_examples=200)
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the build fail otherwise than by a message with its place."""
    diagram, diagnostics = read(text)
    assert (diagram is None) == has_errors(diagnostics)
    lines = text.split("\n")
    for diagnostic in diagnostics:
        assert 1 <= diagnostic.location.line <= len(lines)
        assert 1 <= diagnostic.location.column <= len(lines[diagnostic.location.line - 1]) + 1


@given(st.text(alphabet='ab|.:->[]{}"$\\&*#, =<\n输入：', max_size=80))
@settings(max_examples=200)
def test_any_block_is_built_or_refused(text: str) -> None:
    """A block of any characters is told of, if at all, at a place in its file."""
    block = "".join(f"   {line}\n" for line in text.split("\n") if "```" not in line)
    source = f'1. One?\n\n   ````diagram one "One."\n{block}   ````\n'
    notes, *_ = parse_notes(source, "deck.md")
    diagnostics: Diagnostics = []
    blocks = find_diagram_blocks(notes, {}, Path(), diagnostics)
    assert bool(blocks) != has_errors(diagnostics)
    lines = unicodedata.normalize("NFC", source).split("\n")
    assert all(3 <= diagnostic.location.line <= len(lines) for diagnostic in diagnostics)
