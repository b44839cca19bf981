"""Mermaid's own parser judges ours: what it takes is drawn as it says, what it refuses is refused.

Each file of `cases/mermaid/` holds many flowcharts, and behind each what Mermaid makes of it, and
what we say of it. `pytest --accept` writes both; read the diff.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pytest

from deckpress.diagnostics import Diagnostic, Diagnostics
from deckpress.diagrams.flowcharts import Graph
from deckpress.diagrams.flowcharts.mermaid import parse_mermaid
from tests.support.cases import Case, format_case, read_cases
from tests.support.mermaid import Chart, Judge, chart_of

CASES = read_cases("mermaid")

OTHERWISE = {
    # Mermaid takes them, and we do not
    "header flowchart BR": "a direction that no page of Mermaid's has",
    "header alone": "a picture of nothing",
    "direction LR": "a picture of nothing",
    "accTitle: x": "a picture of nothing",
    "accDescr{x}": "a picture of nothing",
    "comment with braces": "Mermaid takes the rest of the text for a directive: nothing is drawn",
    "form with properties": "no page of Mermaid's has them, and it draws nothing of them",
    "shape without a colon": "Mermaid passes over what it does not know: the shape is lost",
    "A@{shape:cyl}": "Mermaid passes over what it does not know: the shape is lost",
    "id click first": "Mermaid takes the arrow for a node that is clicked on: nothing is drawn",
    "group with the word end": "Mermaid takes the next line into the title",
    "subgraph end⏎A⏎end": "Mermaid takes the next line into the title",
    "end before a node": "reads as if the end were a node",
    "A --> B; %%": "Mermaid takes the signs of the comment for a node",
    "A --> B direction LR": "Mermaid passes over the whole line",
    # Mermaid refuses them, and we do not
    "group without a title": "Mermaid's grammar takes it, and its program then fails",
    "A -->|yes|   B": "spaces that nobody sees",
    "subgraph a  [T] ⏎A⏎end": "spaces that nobody sees",
    "arrow around an at sign without spaces": "Mermaid takes the text for an arrow's id",
    # both take them, and the pictures differ
    "edge with an id that is a node": "Mermaid draws no node, and then fails at the arrow to it",
    "label in quotes with a backslash": "two backslashes are a line break in our labels",
    "%%⏎A-->B": "Mermaid takes the signs of the comment for a node",
    "A--hello-->B": "Mermaid takes the o for the end of the arrow",
    "1x-->B": "Mermaid takes the x for the end of the arrow",
    "subgraph one⏎A⏎end⏎subgraph one⏎B⏎end": "Mermaid draws two groups in one place",
    "subgraph s⏎direction LR;A-->B⏎end": "Mermaid passes over the rest of the line",
    "A[a⏎%%b⏎c]": "the line of a comment is an empty line of the label",
}
"""The flowcharts on which we differ on purpose, and why."""

STYLES, ICONS = "colours and other styles", "icons and images"
NOT_DRAWN = {
    # a deck has one style
    "style of a node": STYLES,
    "style of an arrow": STYLES,
    "class of a node": STYLES,
    "class of many nodes": STYLES,
    "header behind a directive": STYLES,
    "front matter with settings": STYLES,
    "label with bold HTML": STYLES,
    "label in quotes with Markdown": STYLES,
    "Markdown on an arrow": STYLES,
    # a picture does not move, and nobody can click on it
    "edge with an id and properties": STYLES,
    "click with a link": STYLES,
    "click with a call": STYLES,
    # its fonts have no icons, and it is drawn without the network
    "label with an icon": ICONS,
    "icon as a shape": ICONS,
    "image as a shape": ICONS,
    # a graph is laid out as a whole
    "group with a direction": "direction of a subgraph",
    # Mermaid passes over it, too
    "direction outside of groups": "direction outside of a subgraph",
    # the alt text is read out
    "title for screen readers": "accTitle and accDescr",
    "description of several lines": "accTitle and accDescr",
}
"""Flowcharts of which we leave something out, and how the hint begins that says so."""


@dataclass(frozen=True)
class Verdict:
    """What both parsers make of a flowchart."""

    name: str
    text: str
    mermaid: Chart | str
    graph: Graph | None
    diagnostics: list[Diagnostic]

    @property
    def heading(self) -> str:
        """What stands above the outcome in the case file."""
        return f"{self.name} → {'refused' if isinstance(self.mermaid, str) else 'drawn'}"

    @property
    def outcome(self) -> str:
        """What Mermaid makes of it, and what we say of it."""
        return "".join(f"{line}\n" for line in (self.mermaid, *self.diagnostics))

    @cached_property
    def agrees(self) -> bool:
        """Whether we draw the same, or refuse it as well."""
        if isinstance(self.mermaid, str) or self.graph is None:
            return isinstance(self.mermaid, str) and self.graph is None
        return chart_of(self.graph) == self.mermaid.drawn()


@pytest.fixture(scope="module")
def verdicts() -> dict[str, list[Verdict]]:
    """What both parsers make of the flowcharts of each file."""
    judge = Judge()
    return {
        name: [_judge(judge, *chart) for chart in _charts(case)] for name, case in CASES.items()
    }


def _charts(case: Case) -> list[tuple[str, str]]:
    return [(name, case[name]) for name in list(case.texts)[::2]]


def _judge(judge: Judge, name: str, text: str) -> Verdict:
    places = [(line, 1) for line in range(1, text.count("\n") + 2)]
    diagnostics: Diagnostics = []
    graph = parse_mermaid(text, places, "deckpress", diagnostics)
    return Verdict(name, text, judge.ask(text), graph, diagnostics)


@pytest.mark.parametrize("name", CASES)
def test_cases(
    name: str, verdicts: dict[str, list[Verdict]], request: pytest.FixtureRequest
) -> None:
    """Mermaid still makes of each flowchart what its file says, and we still say the same of it."""
    texts = {}
    for verdict in verdicts[name]:
        texts[verdict.name] = verdict.text.encode()
        texts[verdict.heading] = verdict.outcome.encode()
    written, case = format_case(name, texts), CASES[name]
    if request.config.getoption("--accept"):
        case.path.write_text(written, encoding="utf-8", newline="\n")
    assert written == case.path.read_text(encoding="utf-8")


def test_both_draw_and_refuse_the_same(verdicts: dict[str, list[Verdict]]) -> None:
    """Whoever writes what GitHub draws gets the same picture here, but for what is on the list."""
    every = [verdict for judged in verdicts.values() for verdict in judged]
    assert len(every) > 500
    assert {verdict.name for verdict in every if not verdict.agrees} == set(OTHERWISE)


@pytest.mark.parametrize("name", NOT_DRAWN)
def test_what_is_not_drawn_is_told(name: str, verdicts: dict[str, list[Verdict]]) -> None:
    """Nothing that Mermaid draws is left out without a word."""
    (sample,) = (
        verdict for judged in verdicts.values() for verdict in judged if verdict.name == name
    )
    assert sample.graph is not None
    (diagnostic,) = sample.diagnostics
    assert diagnostic.message.startswith(NOT_DRAWN[name])


def test_nothing_else_is_told(verdicts: dict[str, list[Verdict]]) -> None:
    """What is drawn as on GitHub has no hint."""
    messages = {
        diagnostic.message
        for judged in verdicts.values()
        for verdict in judged
        if verdict.graph
        for diagnostic in verdict.diagnostics
    }
    expected = set(NOT_DRAWN.values())
    assert {start for start in expected for text in messages if text.startswith(start)} == expected
    assert len(messages) == len(expected)
