"""The deck's own commands → what is wrong with them, at their line of deck.toml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from deckpress.errors import Problem, excerpt
from deckpress.formulas import Flaw, MacroError, check_structure, count_parameters, expand_macros
from deckpress.project import Macro
from deckpress.typeset import Fault, Formula, Verdict, explain

_ONLY_A_PIECE = frozenset(
    "EnvMissingEnd ExtraLeftMissingRight ExtraMiddle MisplacedLimits Misplaced MissingArgFor"
    " MissingBeginExtraEnd MissingLeftExtraRight MissingOrUnrecognizedDelim MissingScript".split()
)
"""What is no error of a macro, since the formula that uses it may bring the rest."""


class Sample(NamedTuple):
    """A macro in use, with a letter for each of its arguments."""

    formula: Formula
    flaw: Flaw | None
    """Why MathJax need not be asked."""


def samples_of(macros: Mapping[str, Macro]) -> dict[str, Sample]:
    """Return each of the macros in use, by name."""
    bodies = {name: macro.body for name, macro in macros.items()}
    return {name: _sample(name, bodies) for name in macros}


def _sample(name: str, bodies: Mapping[str, str]) -> Sample:
    call = f"\\{name}" + "{x}" * count_parameters(bodies[name])
    try:
        tex = expand_macros(call, bodies).text
    except MacroError as problem:
        return Sample(Formula(call, display=True), Flaw(0, str(problem)))
    return Sample(Formula(tex, display=True), check_structure(tex) if tex.strip() else None)


def check_macros(
    macros: Mapping[str, Macro], samples: Mapping[str, Sample], verdicts: Mapping[Formula, Verdict]
) -> Iterator[tuple[str, Problem]]:
    """Yield the name of each macro that is wrong, and what is wrong with it."""
    for name, (formula, flaw) in samples.items():
        if flaw:
            yield name, _tell(name, macros[name], flaw.message, "")
            continue
        for fault in verdicts[formula].faults:
            if fault.error not in _ONLY_A_PIECE and not _is_of_other(fault, macros[name], macros):
                message = explain(fault, formula.tex, macros).message
                yield name, _tell(name, macros[name], message, "".join(fault.names[:1]))


def _is_of_other(fault: Fault, macro: Macro, macros: Mapping[str, Macro]) -> bool:
    """Say whether a fault is that of a macro which this one uses; it is told of there."""
    culprit = "".join(fault.names[:1])
    return culprit not in macro.body and any(culprit in each.body for each in macros.values())


def _tell(name: str, macro: Macro, message: str, culprit: str) -> Problem:
    at = macro.body.find(culprit) if culprit else -1
    shown = excerpt(macro.body, at) if at >= 0 else ""
    return Problem(macro.location, f"macro \\{name}: {message}", excerpt=shown)
