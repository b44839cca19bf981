"""MathJax, asked once for each formula that the tests of a process hold."""

from __future__ import annotations

from collections.abc import Sequence

from deckpress.formulas import Formula, TypesetResult
from deckpress.formulas.engine import typeset_here

_VERDICTS: dict[Formula, TypesetResult] = {}


def typeset_once(formulas: Sequence[Formula]) -> list[TypesetResult]:
    """Return what MathJax says of each formula; it is asked once in a run of the tests."""
    new = [formula for formula in formulas if formula not in _VERDICTS]
    _VERDICTS.update(zip(new, typeset_here(new), strict=True))
    return [_VERDICTS[formula] for formula in formulas]
