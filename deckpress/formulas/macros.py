"""The deck's own TeX commands, written out: Anki's MathJax knows no macros but its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from string import ascii_letters
from typing import NamedTuple

from deckpress.diagnostics import TextDiagnostic
from deckpress.formulas.tex import TOKEN, Replacement, Rewritten, check_length, rewrite
from deckpress.notes import Note
from deckpress.patterns import lazy_pattern

MAX_EXPANSIONS = 1000
"""A formula whose macros expand more often than this is taken for endless."""
MAX_WRITTEN = 20_000
"""Characters that a macro may come to; twice as many as a formula may have."""
_COMMAND = lazy_pattern(r"\\(?:verb(?![A-Za-z])\s*(\S).*?\1|([A-Za-z]+)|.)", re.S)
r"""A command, whose name is the second group; `\verb` with what it shows as it is written."""
_PARAMETER = re.compile(r"#([1-9])")
_LEFT_OUT = {"label": 1}
"""Commands that are left out, and how many arguments they take.

MathJax 3.2.2 keeps labels until it is reset (`allLabels` in its `input/tex/Tags.ts`), and Anki does
not reset it between cards (`typesetClear` without `texReset` in its `reviewer.js`): the second time
that a card is shown, its label would be "multiply defined".
"""


class MacroError(Exception):
    """A macro that cannot be written out; the message says why."""

    def __init__(self, message: str, start: int, name: str) -> None:
        super().__init__(message)
        self.start = start
        """Characters of the formula before the macro."""
        self.name = name
        """The macro's, without its backslash."""


def count_parameters(body: str) -> int:
    """Return how many arguments a macro takes: the highest of its `#1` to `#9`."""
    return max((int(number) for number in _PARAMETER.findall(body)), default=0)


def expand_macros(tex: str, macros: Mapping[str, str]) -> Rewritten:
    r"""Return a formula with the deck's macros written out, and its `\label`s left out.

    `macros` maps a name without its backslash to TeX in which `#1` to `#9` stand for the arguments.
    Raises MacroError if an argument is missing or the expansion has no end.
    """
    edits: list[Replacement] = []
    shown, end, size = "", 0, 0
    while call := _next_call(tex, end, macros):
        start = call.start()
        shown = tex[end:start] or shown
        written, end = _expand_call(tex, call, macros)
        if _grow_together(shown, written or tex[end : end + 1]):
            written = f" {written}"
        shown, size = written or shown, size + len(written)
        if size > MAX_WRITTEN:
            raise _grows(call, start)
        edits.append(Replacement(start, end, written, tex[start:end]))
    return rewrite(tex, edits)


def _next_call(tex: str, start: int, macros: Mapping[str, str]) -> re.Match[str] | None:
    if not macros and not any(f"\\{name}" in tex for name in _LEFT_OUT):
        return None
    commands = _COMMAND.finditer(tex, start)
    return next(
        (command for command in commands if command[2] in macros or command[2] in _LEFT_OUT), None
    )


def _grow_together(before: str, behind: str) -> bool:
    r"""Return whether a command and a letter would become one, as `\in` and `t` would `\int`."""
    command = before.rstrip(ascii_letters)
    is_letter = behind[:1].isascii() and behind[:1].isalpha()
    return is_letter and command != before and command.endswith("\\")


def _join(pieces: Iterable[str]) -> str:
    """Return pieces of TeX as one, with a space where a command and a letter would become one."""
    joined = ""
    for piece in pieces:
        joined += f" {piece}" if _grow_together(joined, piece) else piece
    return joined


def _expand_call(tex: str, call: re.Match[str], macros: Mapping[str, str]) -> tuple[str, int]:
    """Return what stands for a macro's call, and where its last argument ends.

    What a macro writes may end in a macro that takes its arguments from the text behind.
    """
    start = call.start()
    done, (rest, end) = "", _write_out(tex, call, macros, start)
    for _ in range(MAX_EXPANSIONS):
        text = rest + tex[end:]
        inner_call = _next_call(text, 0, macros)
        if inner_call is None or inner_call.start() >= len(rest):
            return _join([done, rest]), end
        if len(done) + len(rest) > MAX_WRITTEN:
            raise _has_no_end(call, macros) or _grows(call, start)
        written, after = _write_out(text, inner_call, macros, start)
        done = _join([done, rest[: inner_call.start()]])
        end += max(0, after - len(rest))
        rest = written + rest[after:]
    raise _has_no_end(call, macros) or _grows(call, start, f"{MAX_EXPANSIONS:,} other macros")


def _write_out(
    tex: str, call: re.Match[str], macros: Mapping[str, str], start: int
) -> tuple[str, int]:
    """Return a macro's body with its arguments, and where the last of them ends."""
    name = call[2]
    body = macros.get(name, "")
    count = count_parameters(body) if name in macros else _LEFT_OUT[name]
    arguments, end = _read_arguments(tex, call, count, start)
    size = sum(len(arguments[int(number) - 1]) for number in _PARAMETER.findall(body))
    if size > MAX_WRITTEN:
        raise _grows(call, start)
    pieces = _PARAMETER.split(body)  # text and numbers by turns
    pieces[1::2] = [arguments[int(number) - 1] for number in pieces[1::2]]
    written = _join(pieces)
    needs_space = written[-1:].isalpha() and tex[end : end + 1].isalpha()
    return written + (" " if needs_space else ""), end


def _has_no_end(call: re.Match[str], macros: Mapping[str, str]) -> MacroError | None:
    """Return what to say of a macro that comes to one that uses itself; None if it does not."""
    names = (call[2], *sorted(_called_by(call[2], macros)))
    endless = next((name for name in names if name in _called_by(name, macros)), None)
    if endless is None:
        return None
    message = f"macros expand without end: does \\{endless} use itself?"
    return MacroError(message, call.start(), call[2])


def _called_by(name: str, macros: Mapping[str, str]) -> set[str]:
    """Return the macros that a macro's body calls, and those that they call, and so on."""
    known: set[str] = set()
    fresh = {name}
    while fresh:
        bodies = [macros.get(macro, "") for macro in fresh]
        called = {match[2] for body in bodies for match in _COMMAND.finditer(body)}
        fresh = (called & macros.keys()) - known
        known |= fresh
    return known


def _grows(
    call: re.Match[str], start: int, limit: str = f"{MAX_WRITTEN:,} characters"
) -> MacroError:
    message = f"macro {call[0]} grows beyond {limit}: use it less"
    return MacroError(message, start, call[2])


def _read_arguments(tex: str, call: re.Match[str], count: int, start: int) -> tuple[list[str], int]:
    arguments: list[str] = []
    index = call.end()
    while len(arguments) < count:
        while tex[index : index + 1].isspace():
            index += 1
        end = _argument_end(tex, index)
        if end is None:
            things = "argument" if count == 1 else "arguments"
            message = f"macro {call[0]} takes {count} {things}: {{…}} is missing"
            if call[2] in _LEFT_OUT:
                message = f"{call[0]} lacks an argument: add {{…}}"
            raise MacroError(message, start, call[2])
        argument = tex[index:end]
        arguments.append(argument[1:-1] if argument.startswith("{") else argument)
        index = end
    return arguments, index


def _argument_end(tex: str, start: int) -> int | None:
    depth = 0
    for token in TOKEN.finditer(tex, start):
        text = token.group(0)
        depth += (text == "{") - (text == "}")
        if depth < 0:
            return None
        if depth == 0:
            is_one = text == "}" or text.startswith("\\")
            return token.end() if is_one else start + 1
    return None


class ExpandedFormula(NamedTuple):
    """A formula without macros, or why they cannot be written out."""

    tex: Rewritten
    """What is shipped; where there is a mistake, what the author wrote."""
    diagnostic: TextDiagnostic | None = None
    macro: str = ""
    """The name of the macro that cannot be written out."""


def expand_all(notes: Iterable[Note], macros: Mapping[str, str]) -> dict[str, ExpandedFormula]:
    """Return all formulas of the notes by what their author wrote.

    `macros` maps a name without its backslash to TeX in which `#1` to `#9` stand for the arguments.
    """
    tokens = (token for note in notes for token, _ in note.formulas)
    return {raw: _expand_once(raw, macros) for raw in dict.fromkeys(token.raw for token in tokens)}


def _expand_once(raw: str, macros: Mapping[str, str]) -> ExpandedFormula:
    if too_long := check_length(raw, MAX_WRITTEN):
        return ExpandedFormula(Rewritten(raw), too_long)
    try:
        return ExpandedFormula(expand_macros(raw, macros))
    except MacroError as problem:
        return ExpandedFormula(
            Rewritten(raw), TextDiagnostic(problem.start, str(problem)), problem.name
        )
