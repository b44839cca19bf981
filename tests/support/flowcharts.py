"""What the tests of the flowcharts' languages share: texts in a file, and arrows as short texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from deckpress.diagnostics import Diagnostic, Diagnostics, Severity
from deckpress.diagrams.flowcharts import Graph

FIRST = 11
"""The line of the file at which the texts of these tests begin, indented by two characters."""

Parse = Callable[[str, Sequence[tuple[int, int]], str, Diagnostics], Graph | None]


@dataclass(frozen=True)
class Language:
    """A language of flowcharts, whose texts are read as if they stood in a file."""

    parse: Parse

    def read(self, text: str) -> tuple[Graph | None, list[Diagnostic]]:
        """Return the flowchart of a text, if it is one, and what is said of it."""
        rows = [(FIRST + index, 3) for index in range(text.count("\n") + 1)]
        diagnostics: Diagnostics = []
        return self.parse(text, rows, "deck.md", diagnostics), diagnostics

    def graph_of(self, text: str) -> Graph:
        """Return the flowchart of a text in which nothing is wrong."""
        graph, diagnostics = self.read(text)
        assert graph is not None, diagnostics
        assert not [
            diagnostic for diagnostic in diagnostics if diagnostic.severity is not Severity.HINT
        ]
        return graph

    def edges_of(self, text: str) -> list[str]:
        """Return the arrows of such a flowchart, each as a short text."""
        return [
            f"{edge.start}{'<' if edge.has_start else ''}{'..' if edge.is_dashed else '-'}"
            f"{'>' if edge.has_end else ''}{edge.end}{':' + edge.label.text if edge.label else ''}"
            for edge in self.graph_of(text).edges
            if not edge.is_hidden
        ]

    def check_refused(self, text: str, messages: Sequence[str]) -> None:
        """Assert that a text is no flowchart, and what is said of it, from the line on."""
        graph, diagnostics = self.read(text)
        assert graph is None
        assert [str(diagnostic) for diagnostic in diagnostics] == [
            f"deck.md:{message}" for message in messages
        ]

    def check_read_or_refused(self, text: str) -> None:
        """Assert that a text is a flowchart, or has an error, and that all is said at a place."""
        graph, diagnostics = self.read(text)
        errors = [diagnostic for diagnostic in diagnostics if diagnostic.severity is Severity.ERROR]
        assert (graph is None) == bool(errors)
        for diagnostic in diagnostics:
            assert FIRST <= diagnostic.location.line <= FIRST + text.count("\n")
            assert diagnostic.location.column >= 3


def any_texts(words: str) -> st.SearchStrategy[str]:
    """Return any texts, and those that are made of a language's words, with and without blanks."""
    blanks = ("\n", " ", "\n\n", "\r", "\t")
    pieces = st.lists(st.sampled_from([*words.split(), *blanks]), max_size=40)
    return st.one_of(st.text(), pieces.map(" ".join), pieces.map("".join))
