r"""Whatever MathJax says of a formula, its message points to a character of that formula."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.diagnostics import Diagnostic
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_standalone
from tests.support.formulas import GOOD, WRONG

PIECES = (
    *r"{ } & ^ _ % # ~ ' [ ] ( ) | < > x 2 中 😀 é , \\ \ \, :: }}".split(),
    *r"{{c1:: {{c2:: \left( \right) \left \right \middle| \begin \end \foo \fooo".split(),
    *r"\begin{cases} \end{cases} \begin{align} \end{align} \begin{array}{} \end{array}".split(),
    *r"\tag{1} \label{a} \label \ref{a} \text{ \frac \sqrt[ \hline \hdashline \limits".split(),
    *r"\over \verb| \ce{ \unicode{ \href{a} \style{a:url(} [1em] \prescript \require".split(),
    *(" ", "\n", "\n"),
)
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.S)
WRITTEN = [*GOOD, *(tex for wrong_formula in WRONG for tex in wrong_formula.unmarked)]
MARKDOWN = re.compile(r"^\s*(?:[-+*>#=|~`:]|\d+[.)])", re.M)
"""What Markdown would read otherwise at the beginning of a line."""

soups = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join)


@st.composite
def torn(draw: st.DrawFn) -> str:
    """Return a formula that somebody would write, with some of its tokens replaced."""
    tokens = TOKEN.findall(draw(st.sampled_from(WRITTEN)))
    for _ in range(draw(st.integers(1, 3))):
        index = draw(st.integers(0, len(tokens)))
        tokens[index : index + draw(st.integers(0, 2))] = [draw(st.sampled_from(PIECES))]
    return "".join(tokens)


def write(formulas: list[str], is_display: bool) -> tuple[str, list[range]]:
    """Return notes with these formulas, and the lines that each of them takes."""
    lines, places = [], list[range]()
    for number, tex in enumerate(formulas, 1):
        lines += [f"{number}. What is {number}?", ""]
        rows = tex.split("\n") if is_display else [f"${tex}$"]
        first = len(lines) + (2 if is_display else 1)
        places.append(range(first, first + len(rows)))
        marks = ["   $$"] if is_display else []
        lines += [*marks, *(f"   {row}" for row in rows), *marks, ""]
    return "\n".join(lines), places


def tell(text: str) -> list[Diagnostic]:
    """Return what is told of the formulas of a lone file in the current folder."""
    Path("notes.md").write_text(text, encoding="utf-8")
    diagnostics = prepare(*open_standalone(Path("notes.md")), int(time.time())).diagnostics
    return [diagnostic for diagnostic in diagnostics if diagnostic.message.startswith("formula: ")]


@pytest.fixture
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test write its files where nothing else is."""
    monkeypatch.chdir(tmp_path)


@settings(max_examples=25)
@given(formulas=st.lists(soups | torn(), min_size=12, max_size=12), is_display=st.booleans())
@pytest.mark.usefixtures("in_a_folder")
def test_a_message_points_into_its_formula(formulas: list[str], is_display: bool) -> None:
    """No message on random TeX leads behind its formula, before it, or to a space."""
    kept = []
    for tex in formulas:
        rows = [row.strip() for row in tex.replace("$", "").split("\n") if row.strip()]
        shown = ("\n" if is_display else " ").join(rows)
        kept += [shown] if shown and not MARKDOWN.search(shown) else []
    text, places = write(kept, is_display)
    lines = text.split("\n")
    for diagnostic in tell(text):
        line, column = diagnostic.location.line, diagnostic.location.column
        assert line is not None, diagnostic
        assert column is not None, diagnostic
        assert any(line in place for place in places), diagnostic
        assert lines[line - 1][column - 1 : column].strip(), diagnostic
