"""Code keeps its text whatever it is, and has colours unless that would take too long."""

from __future__ import annotations

import sys
import time

import pytest

from deckpress.render import field_markup as code_module
from deckpress.render.field_markup import highlight_code


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
