"""What MathJax says of a formula → what its author is told: where, what is wrong, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from deckpress.formulas import Flaw, token_before
from deckpress.typeset.advice import COMMANDS, ENVIRONMENTS, MACROS
from deckpress.typeset.causes import find_cause
from deckpress.typeset.sentences import FAILURES, OTHER_DEFINITIONS, SENTENCES
from deckpress.typeset.verdict import Fault

_INTERNAL = frozenset({"TypeError", "RangeError", "InternalError"})
"""JavaScript's errors, which come of a mistake of MathJax's own."""


def explain(fault: Fault, tex: str, macros: Iterable[str] = ()) -> Flaw:
    """Return where a formula is wrong, why, and what to do.

    `macros` are the names of the deck's own commands, which may be what the author meant.
    """
    cause, start = find_cause(fault, tex)
    if cause.error == "UndefinedControlSequence":
        return Flaw(start, _unknown_command(cause, macros))
    if cause.error == "UnknownEnv":
        return Flaw(start, _unknown_environment(cause))
    return Flaw(start, _describe(cause, tex, start))


def _unknown_command(fault: Fault, macros: Iterable[str]) -> str:
    name = fault.names[0].removeprefix("\\")
    said = _fill(SENTENCES[fault.error], fault.names)
    if advice := COMMANDS.get(name):
        return f"{said}: {advice}"
    known = [*macros, *filter(None, [fault.nearest])]
    if near := difflib.get_close_matches(name, known, 1):
        return f"{said}. Did you mean \\{near[0]}?"
    return f"{said}: write it out, or define it under {MACROS}"


def _unknown_environment(fault: Fault) -> str:
    said = _fill(SENTENCES[fault.error], fault.names)
    if advice := ENVIRONMENTS.get(fault.names[0]):
        return f"{said}: {advice}"
    if fault.nearest:
        return f'{said}. Did you mean "{fault.nearest}"?'
    return f"{said}: write aligned, cases or a matrix"


def _describe(fault: Fault, tex: str, start: int) -> str:
    error, names = fault.error, fault.names
    if error == "Definition" and names[0] in OTHER_DEFINITIONS:
        return _fill(SENTENCES["DefinitionOfOther"], names) + OTHER_DEFINITIONS[names[0]]
    if error == "MissingArgFor" and (taker := _command_just_before(tex, start)):
        return f"{names[0]} needs braces around it: write {taker}{{{names[0]}…}}"
    if error == "Misplaced" and names[0] == "&":
        error = "MisplacedTab"
    if error == "TokenNotFoundForCommand" and not names[1]:  # in a CD
        error = "ArrowCutShort"
    if error in _INTERNAL:
        known = (FAILURES[part] for part in FAILURES if part in tex)
        return next(known, f"MathJax itself fails ({fault.message}): write it otherwise")
    if error in SENTENCES:
        return _fill(SENTENCES[error], names)
    return f"{fault.message[:1].lower()}{fault.message[1:]}"


def _command_just_before(tex: str, start: int) -> str:
    r"""Return the command that takes the one at a place for its argument, as in `\hat\frac`."""
    before = token_before(tex, start)
    end = before.start + len(before.text)
    is_command = before.text[:1] == "\\" and before.text[1:].isalpha()
    return before.text if is_command and tex[end:start].isspace() | (end == start) else ""


def _fill(sentence: str, names: tuple[str, ...]) -> str:
    for number, name in enumerate(names, 1):
        sentence = sentence.replace(f"%{number}", name)
    return sentence
