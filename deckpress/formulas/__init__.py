"""TeX formulas, and what Anki's MathJax makes of them, as values.

`tex` is TeX's own structure, `macros` writes the deck's commands out, `math_field` is the field
that MathJax typesets, and `card_sides` what each side of a card shows of it. `typesetting` asks
MathJax (`engine`), or the cache of earlier answers. What is wrong is found by `usage` and by
MathJax; `locate` finds the place, and `tex_messages` and `replacements` say what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

PROGRAM = Path(__file__).with_name("engine.js")
"""What finds the verdicts, once MathJax's own parts are there."""
LIMITS = {
    "TooSlow": "interrupted",
    "TooLarge": "out of memory",
    "TooDeep": "call stack",
}
"""The errors of formulas that come to a limit, and what the JavaScript engine says of them."""


class Formula(NamedTuple):
    """A formula as a card holds it, with entities read."""

    tex: str
    display: bool
    """Whether it stands on a line of its own."""


class TexError(NamedTuple):
    """An error that MathJax finds in a formula."""

    error: str
    """MathJax's id of it, such as UndefinedControlSequence."""
    message: str = ""
    """MathJax's own words for it."""
    names: tuple[str, ...] = ()
    """The commands or environments that the message names."""
    end: int = 0
    """Characters of the formula that MathJax had read."""
    nearest: str = ""
    """The name most like one that MathJax does not know; empty if none is."""


@dataclass(frozen=True)
class TypesetResult:
    """How a formula comes out; without faults, as its author wrote it."""

    width: float = 0.0
    """In em of MathJax's own font."""
    faults: tuple[TexError, ...] = ()
    """One, or one for each command that MathJax does not know."""


class EngineError(Exception):
    """MathJax cannot be started; the message says why."""


Typeset = Callable[[Sequence[Formula]], Sequence[TypesetResult]]
"""Says of each formula what MathJax makes of it."""
