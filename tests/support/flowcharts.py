"""What the tests of the flowcharts' languages share: texts in a file, and arrows as short texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from deckpress.diagnostics import Diagnostic, Diagnostics, Severity
from deckpress.diagrams.flowcharts import Graph

FIRST = 11
"""The line of the file at which the texts of these tests begin, indented by two characters."""

Read = Callable[[str], tuple[Graph | None, list[Diagnostic]]]
Parse = Callable[[str, Sequence[tuple[int, int]], str, Diagnostics], Graph | None]


def reader(parse: Parse) -> Read:
    """Return what reads a text in a language as if it stood in a file."""

    def read(text: str) -> tuple[Graph | None, list[Diagnostic]]:
        rows = [(FIRST + index, 3) for index in range(text.count("\n") + 1)]
        diagnostics: Diagnostics = []
        return parse(text, rows, "deck.md", diagnostics), diagnostics

    return read


def sound_graph(read: Read, text: str) -> Graph:
    """Return the flowchart of a text in which nothing is wrong."""
    graph, diagnostics = read(text)
    assert graph is not None, diagnostics
    assert not [
        diagnostic for diagnostic in diagnostics if diagnostic.severity is not Severity.HINT
    ]
    return graph


def arrows(graph: Graph) -> list[str]:
    """Return the arrows of a flowchart, each as a short text."""
    return [
        f"{edge.start}{'<' if edge.has_start else ''}{'..' if edge.is_dashed else '-'}"
        f"{'>' if edge.has_end else ''}{edge.end}{':' + edge.label.text if edge.label else ''}"
        for edge in graph.edges
        if not edge.is_hidden
    ]
