"""The deck's own commands → what is wrong with them, at their line of deck.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
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


_WHATEVER_IT_TAKES = frozenset("UndefinedControlSequence UnknownEnv Definition".split())
"""What is an error whatever the arguments are."""


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
            in_quotes = "; TeX wants single quotes, '…'" if "control" in flaw.message else ""
            yield name, _tell(name, macros[name], flaw.message + in_quotes, "")
            continue
        for fault in verdicts[formula].faults:
            if _is_of_macro(fault, macros[name]):
                message = explain(fault, formula.tex, macros).message
                if fault.error == "Definition":
                    message = (
                        rf"write what it stands for, as in '\mathbb{{R}}', without {fault.names[0]}"
                    )
                yield name, _tell(name, macros[name], message, "".join(fault.names[:1]))


def with_users(names: Set[str], macros: Mapping[str, Macro]) -> Set[str]:
    """Return the names of some macros, and of those that use one of them."""
    commands = {f"\\{name}" for name in names}
    users = {name for name, macro in macros.items() if commands & _words(macro.body)}
    return names if users <= names else with_users(names | users, macros)


def _is_of_macro(fault: Fault, macro: Macro) -> bool:
    """Say whether a fault is the macro's own, and nothing that a better argument would mend.

    Nor is it that of another macro which this one uses; of that one it is told as well.
    """
    if fault.error in _ONLY_A_PIECE:
        return False
    if fault.names and fault.names[0] not in _words(macro.body):
        return False
    return fault.error in _WHATEVER_IT_TAKES or not count_parameters(macro.body)


def _words(body: str) -> frozenset[str]:
    """Return the commands and environments of a macro's body, by the names that MathJax uses."""
    return frozenset(re.findall(r"\\(?:[A-Za-z]+|.)|(?<=\{)[A-Za-z]+\*?(?=\})|[&^_#$]", body))


def _tell(name: str, macro: Macro, message: str, culprit: str) -> Problem:
    at = macro.body.find(culprit) if culprit else -1
    shown = excerpt(macro.body, at) if at >= 0 else ""
    return Problem(macro.location, f"macro \\{name}: {message}", excerpt=shown)
