"""Code keeps its text whatever it is, and has colours unless that would take too long."""

from __future__ import annotations

import html
import re
import sys
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deckpress.anki.cloze_filter import parse_clozes
from deckpress.markdown import MistuneToken, SourceSpan, Token
from deckpress.markdown.code_clozes import read_code
from deckpress.render import code as code_module
from deckpress.render.code import find_gaps, highlight_code
from deckpress.render.field_markup import write_commands


def test_code_has_colours() -> None:
    """A language that is known is shown with its colours, and nothing is said of it."""
    shown, message = highlight_code("x = 1", "python")
    assert '<span class="n">x</span>' in shown
    assert message == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no timer that interrupts")
@pytest.mark.parametrize(
    ("language", "piece"),
    [("autohotkey", "\n"), ("autoit", " "), ("csharp", "a\n"), ("c", "\n"), ("dot", "/* ")],
)
def test_code_that_takes_too_long_is_shown_without_colours(
    language: str, piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pygments would read each of these for minutes; the author is told, and the text is there."""
    monkeypatch.setattr(code_module, "_SECONDS", 0.2)
    code = (piece * 40_000)[:40_000]
    started = time.process_time()
    shown, message = highlight_code(code, language)
    assert time.process_time() - started < 5
    assert code in shown
    assert message == "code takes Pygments too long to read (shown without colours)"


def test_a_novel_in_a_fence_has_no_colours() -> None:
    """So much code is on no card to be read; it is packed as it is."""
    shown, message = highlight_code("x\n" * 25_001, "python")
    assert "x\nx\n" in shown
    assert message == (
        "code has 50,002 characters, where 50,000 is the limit (shown without colours)"
    )


@given(
    st.lists(st.sampled_from([*"ab {}\n\t:", "{{c1::", "{{c2::", "}}", "::", "向"]), max_size=30)
)
@example(["{{c1::", "\n", " ", "{{c2::", "a", "}}", "}}"])
def test_code_that_asks_loses_no_character(pieces: list[str]) -> None:
    """Without its marks a fence shows the code that its author wrote, with colours or without."""
    passage = SourceSpan("".join(pieces), tuple((row, 1) for row in range(1, 40)))
    tokens = read_code(passage, "python", "a.md", [])
    children = [Token.of(_flat(token)) for token in tokens]
    code, gaps = find_gaps(children)
    for language in ("python", "text"):
        shown = write_commands(highlight_code(code, language, gaps)[0])
        bare = write_commands(highlight_code(code, language)[0])
        assert _without_tags(_without_marks(shown)) == _without_tags(bare)


def _flat(token: MistuneToken) -> MistuneToken:
    """Return a token as the reader keeps it."""
    flat = {**token, **token.get("attrs", {})}
    if "children" in token:
        flat["children"] = [Token.of(_flat(child)) for child in token["children"]]
    return flat


def _without_marks(field: str) -> str:
    """Return a field as the back of a card has it."""
    parts = parse_clozes(field)
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def _without_tags(field: str) -> str:
    return html.unescape(re.sub("<[^<>]*>", "", field)).replace(" ", "").strip()
