"""Formulas → verdicts: remembered ones at once, the others by MathJax."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from deckpress.typeset.memory import MOST, key_of, read_verdicts, write_verdicts
from deckpress.typeset.verdict import Formula, Typeset, Verdict

Progress = Callable[[Iterable[Verdict], int], Iterable[Verdict]]
"""Shows how far the typesetting is: takes verdicts to come, and how many, and yields them."""


def remembering(folder: Path | None, progress: Progress = lambda verdicts, _: verdicts) -> Typeset:
    """Return what typesets formulas, and remembers its verdicts in a folder, if any.

    The engine is started only if there is a formula that the folder does not know. What is returned
    raises EngineError if it cannot be started.
    """

    def typeset(formulas: Sequence[Formula]) -> list[Verdict]:
        keys = {formula: key_of(formula) for formula in formulas}
        known = read_verdicts(folder) if folder else {}
        unknown = [formula for formula in keys if keys[formula] not in known]
        fresh = dict(zip(unknown, progress(_typeset(unknown), len(unknown)), strict=True))
        used = {key: fresh.get(formula) or known[key] for formula, key in keys.items()}
        if fresh and folder:
            others = [each for each in known.items() if each[0] not in used]
            write_verdicts(folder, dict(others[-MOST:]) | used)
        return [used[keys[formula]] for formula in formulas]

    return typeset


def typeset_here(formulas: Sequence[Formula]) -> list[Verdict]:
    """Return what MathJax says of each formula, and remember nothing."""
    fresh = dict(zip(unique := [*dict.fromkeys(formulas)], _typeset(unique), strict=True))
    return [fresh[formula] for formula in formulas]


def trust(formulas: Sequence[Formula]) -> list[Verdict]:
    """Return that all is well with each formula, for a build that does not want them checked."""
    return [Verdict() for _ in formulas]


def _typeset(formulas: Sequence[Formula]) -> Iterator[Verdict]:
    if formulas:
        from deckpress.typeset.workers import typeset  # here because few builds need the engine

        yield from typeset(formulas)
