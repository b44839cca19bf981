"""What MathJax says of a formula → what its author is told: where, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from deckpress.formulas import TOKEN, Flaw, token_before
from deckpress.typeset.advice import COMMANDS, ENVIRONMENTS, MACROS
from deckpress.typeset.verdict import Fault

_SENTENCES = {
    "CantUseHash1": r"# stands for an argument only in a macro: write \#",
    "DoubleExponent": "a second superscript: write {a^b}^c or a^{b^c}",
    "DoubleExponentPrime": "a prime behind a superscript: write a'^b or {a^b}'",
    "DoubleSubscripts": "a second subscript: write {a_b}_c or a_{b_c}",
    "EnvBadEnd": r"\begin{%1} is ended by \end{%2}: make the two names equal",
    "EnvMissingEnd": r"\begin{%1} is never ended: add \end{%1}",
    "ExtraCloseLooking": "} stands where ] is missing: add ] before it",
    "ExtraCloseMissingOpen": "} closes nothing here: remove it, or add the { before it",
    "ExtraLeftMissingRight": r"\left has no \right in its group: add \right), or \right. for none",
    "ExtraMiddle": r"\middle stands outside \left and \right: write \vert, or add both",
    "ExtraOpenMissingClose": "{ is never closed: add }",
    "MathNotTerminated": r"$ in the text opens a formula that has no end: add $, or write \$",
    "MaxBufferSize": "too much for MathJax's buffer: divide it into several",
    "MaxMacroSub1": "commands expand without end: write the formula without them",
    "MissingArgFor": "%1 has no argument: add {…}",
    "MissingBeginExtraEnd": r"\end{%1} ends nothing here: remove it, or add \begin{%1}",
    "MissingBoxFor": r"%1 must be followed by \text{…}",
    "MissingCloseBrace": "{ is never closed: add }",
    "MissingCloseBracket": "[ behind %1 is never closed: add ]",
    "MissingDimOrUnits": "%1 needs a length with its unit, such as 1em",
    "MissingLeftExtraRight": r"\right has no \left in its group: add \left(, or \left. for none",
    "MissingOrUnrecognizedDelim": r"%1 needs a bracket behind it, such as ( or \{, or . for none",
    "MissingScript": "^ or _ has nothing behind it: add what is raised or lowered",
    "MisplacedLimits": r"%1 must follow an operator, such as \sum",
    "NoClosingDelim": "%1 is never closed: end it with the character that it began with",
    "AmbiguousUseOf": "%1 is used twice in one group: put braces around one of them",
    "TooDeep": "nested too deep for MathJax: simplify it",
    "TooLarge": "takes more memory than a formula may: simplify it",
    "TooSlow": "takes MathJax longer than a formula may: simplify it",
    "UnknownEnv": 'unknown environment "%1"',
    "UndefinedControlSequence": "undefined control sequence %1",
    "UnsafeLink": "%1 links to %2: a card may link to https://… only",
    "Definition": "%1 would hold for other cards as well, and not for all: " + f"use {MACROS}",
}
"""By the id of MathJax's error; `%1` and `%2` are the names that go with it."""

_MISPLACED = {
    "&": r"& stands outside a table: write \&, or put it into aligned, cases or a matrix",
}
_REQUIRE = r"%1 works in no deck: write the formula without the package"


def explain(fault: Fault, tex: str, macros: Iterable[str] = ()) -> Flaw:
    """Return where a formula is wrong, why, and what to do.

    `macros` are the names of the deck's own commands, which may be what the author meant.
    """
    start = _find_start(fault, tex)
    return Flaw(start, _describe(fault, tex, start) + _remedy(fault, macros))


def _describe(fault: Fault, tex: str, start: int) -> str:
    names = fault.names
    if fault.error == "Misplaced":
        what = token_before(tex, fault.end).text
        return _MISPLACED.get(what, f"{what} stands where it has no meaning: remove it")
    if fault.error == "Definition" and names[0] == r"\require":
        return _fill(_REQUIRE, names)
    if fault.error in _SENTENCES:
        return _fill(_SENTENCES[fault.error], names)
    if fault.error in ("TypeError", "RangeError", "InternalError"):
        return f"MathJax itself fails ({fault.message}): write it otherwise"
    return f"{fault.message[:1].lower()}{fault.message[1:]}"


def _fill(sentence: str, names: tuple[str, ...]) -> str:
    for number, name in enumerate(names, 1):
        sentence = sentence.replace(f"%{number}", name)
    return sentence


def _remedy(fault: Fault, macros: Iterable[str]) -> str:
    if fault.error == "UndefinedControlSequence":
        name = fault.names[0].removeprefix("\\")
        if advice := COMMANDS.get(name):
            return f": {advice}"
        near = _nearest(name, fault, macros)
        return (
            f". Did you mean \\{near}?" if near else f": write it out, or define it under {MACROS}"
        )
    if fault.error == "UnknownEnv":
        if advice := ENVIRONMENTS.get(fault.names[0]):
            return f": {advice}"
        return (
            f'. Did you mean "{fault.nearest}"?'
            if fault.nearest
            else ": write aligned, cases or a matrix"
        )
    return ""


def _nearest(name: str, fault: Fault, macros: Iterable[str]) -> str:
    import difflib

    known = [*macros, *filter(None, [fault.nearest])]
    return next(iter(difflib.get_close_matches(name, known, 1)), "")


def _find_start(fault: Fault, tex: str) -> int:
    """Return where to look: at what was left open, or at the last thing that MathJax read."""
    if fault.error == "EnvMissingEnd":
        return _unclosed(tex, rf"\begin{{{fault.names[0]}}}")
    if fault.error == "ExtraLeftMissingRight":
        return _unclosed(tex, r"\left")
    named = fault.names[0] if fault.names else ""
    at = tex.rfind(named, 0, fault.end) if named.startswith("\\") else -1
    return token_before(tex, fault.end).start if at < 0 else at


def _unclosed(tex: str, opener: str) -> int:
    r"""Return where the last `\left` or `\begin{…}` stands that nothing closes."""
    ends = {r"\left": r"\right"}.get(opener, opener.replace("begin", "end"))
    opened = [0]
    for token in TOKEN.finditer(tex):
        if token.group(0) == opener:
            opened.append(token.start())
        elif token.group(0) == ends and len(opened) > 1:
            opened.pop()
    return opened[-1]
