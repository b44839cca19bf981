"""The deck's own commands → what is wrong with them, at their line of deck.toml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deckpress.errors import Problem, excerpt
from deckpress.formulas import MacroError, check_structure, count_parameters, expand_macros
from deckpress.project import Macro
from deckpress.typeset import Formula, Verdict, explain

_ONLY_A_PIECE = frozenset(
    "EnvMissingEnd ExtraLeftMissingRight MissingArgFor MissingBeginExtraEnd MissingLeftExtraRight"
    " MissingOrUnrecognizedDelim MissingScript Misplaced MisplacedLimits ExtraMiddle".split()
)
"""What is no error of a macro, since the formula that uses it may bring the rest."""


def samples_of(macros: Mapping[str, Macro]) -> dict[str, Formula]:
    """Return for each macro a formula that uses it, but for those that cannot be written out."""
    return {
        name: Formula(tex, display=True)
        for name, macro in macros.items()
        if macro.body.strip() and not check_structure(tex := _write_out(name, macros)[0])
    }


def check_macros(
    macros: Mapping[str, Macro], samples: Mapping[str, Formula], verdicts: Mapping[Formula, Verdict]
) -> Iterator[tuple[str, Problem]]:
    """Yield the name of each macro that is wrong, and what is wrong with it."""
    for name, macro in macros.items():
        tex, message = _write_out(name, macros)
        flaw = check_structure(tex)
        if not message and flaw and macro.body.strip():
            message = flaw.message
        culprit = ""
        if name in samples and not message:
            verdict = verdicts[samples[name]]
            for fault in verdict.faults[:1]:
                if fault.error not in _ONLY_A_PIECE:
                    message = explain(fault, tex, macros).message
                    culprit = fault.names[0] if fault.names else ""
        if message:
            yield name, _tell(name, macro, message, culprit)


def _write_out(name: str, macros: Mapping[str, Macro]) -> tuple[str, str]:
    """Return a macro with a letter for each argument, and why that cannot be written out."""
    bodies = {each: macro.body for each, macro in macros.items()}
    call = f"\\{name}" + "{x}" * count_parameters(bodies[name])
    try:
        return expand_macros(call, bodies).text, ""
    except MacroError as problem:
        return call, str(problem)


def _tell(name: str, macro: Macro, message: str, culprit: str) -> Problem:
    at = macro.body.find(culprit) if culprit else -1
    shown = excerpt(macro.body, at) if at >= 0 else ""
    return Problem(macro.location, f"macro \\{name}: {message}", excerpt=shown)
