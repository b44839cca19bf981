"""The deck's own TeX commands, written out: Anki's MathJax knows no macros but its own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deckpress.formulas.origins import Edit, Rewritten, rewrite
from deckpress.formulas.tex import TOKEN

MAX_EXPANSIONS = 1000
"""A formula whose macros expand more often than this is taken for endless."""

MAX_WRITTEN = 20_000
"""Characters that a macro may come to; twice as many as a formula may have."""

_COMMAND = re.compile(r"\\(?:([A-Za-z]+)|.)", re.S)
_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+\Z")
_PARAMETER = re.compile(r"#([1-9])")


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
    """Return a formula with the deck's macros written out.

    `macros` maps a name without its backslash to TeX in which `#1` to `#9` stand for the arguments.
    Raises MacroError if an argument is missing or the expansion has no end.
    """
    edits: list[Edit] = []
    end = 0
    while macros and (found := _next_macro(tex, end, macros)):
        written, end = _expand_call(tex, found, macros)
        edits.append(Edit(found.start(), end, written, tex[found.start() : end]))
    return rewrite(tex, edits)


def _next_macro(tex: str, start: int, macros: Mapping[str, str]) -> re.Match[str] | None:
    commands = _COMMAND.finditer(tex, start)
    return next((found for found in commands if found.group(1) in macros), None)


def _expand_call(tex: str, call: re.Match[str], macros: Mapping[str, str]) -> tuple[str, int]:
    """Return what stands for a macro's call, and where its last argument ends.

    What a macro writes may end in a macro that takes its arguments from the text behind.
    """
    start = call.start()
    done, (rest, end) = "", _write_out(tex, call, macros, start)
    for _ in range(MAX_EXPANSIONS):
        text = rest + tex[end:]
        found = _next_macro(text, 0, macros)
        if found is None or found.start() >= len(rest):
            return done + rest, end
        if len(done) + len(rest) > MAX_WRITTEN:
            break
        written, after = _write_out(text, found, macros, start)
        done += rest[: found.start()]
        end += max(0, after - len(rest))
        rest = written + rest[after:]
    message = f"macros expand without end: does {call.group(0)} use itself?"
    raise MacroError(message, start, call.group(1))


def _write_out(
    tex: str, call: re.Match[str], macros: Mapping[str, str], start: int
) -> tuple[str, int]:
    """Return a macro's body with its arguments, and where the last of them ends."""
    body = macros[call.group(1)]
    arguments, end = _read_arguments(tex, call, count_parameters(body), start)
    size = sum(len(arguments[int(number) - 1]) for number in _PARAMETER.findall(body))
    if size > MAX_WRITTEN:
        message = f"macro {call.group(0)} grows beyond {MAX_WRITTEN:,} characters: use it less"
        raise MacroError(message, start, call.group(1))

    def fill(place: re.Match[str]) -> str:
        argument = arguments[int(place.group(1)) - 1]
        joins = argument[:1].isalpha() and _ENDS_IN_COMMAND.search(body, 0, place.start())
        return f" {argument}" if joins else argument

    written = _PARAMETER.sub(fill, body)
    needs_blank = written[-1:].isalpha() and tex[end : end + 1].isalpha()
    return written + (" " if needs_blank else ""), end


def _read_arguments(tex: str, call: re.Match[str], count: int, start: int) -> tuple[list[str], int]:
    arguments: list[str] = []
    at = call.end()
    while len(arguments) < count:
        while tex[at : at + 1].isspace():
            at += 1
        end = _argument_end(tex, at)
        if end is None:
            things = "argument" if count == 1 else "arguments"
            message = f"macro {call.group(0)} takes {count} {things}: {{…}} is missing"
            raise MacroError(message, start, call.group(1))
        argument = tex[at:end]
        arguments.append(argument[1:-1] if argument.startswith("{") else argument)
        at = end
    return arguments, at


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
