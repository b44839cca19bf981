r"""The text in a formula, as in `\text{…}`: where it is, and what it shows that was not meant.

Anki has MathJax without its package `textmacros`, so that text is shown as it is written, but for
`$…$`, braces and `\$`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from deckpress.errors import Level
from deckpress.formulas.tex import TOKEN, Flaw

_TEXT = frozenset(
    rf"\{name}"
    for name in "text textrm textbf textit textsf texttt textnormal textup mbox hbox fbox"
    " tag tag*".split()
)
_UPRIGHT = frozenset(
    rf"\{name}" for name in "mathrm mathbf mathsf mathtt operatorname operatorname*".split()
)
"""What sets letters upright, and Chinese with them, but is maths in all else."""
_OPAQUE = frozenset(
    rf"\{name}"
    for name in "label ref eqref href class style cssId color textcolor colorbox fcolorbox unicode"
    " ce pu mathtip texttip".split()
)
"""What has an argument that is no maths, and is not shown as it is."""
_MATHS = re.compile(r"\$[^$]*\$|\\\(.*?\\\)", re.S)
_SHOWN_AS_WRITTEN = re.compile(r"\\(?:([_%&#])|(?!(?:eq)?ref\b)[A-Za-z]+)")


class Argument(NamedTuple):
    """What a command takes that is not set as maths."""

    start: int
    """Characters of the formula before it."""
    end: int
    is_text: bool
    """Whether it is shown as it is written."""
    is_opaque: bool
    """Whether nothing in it is read as maths."""


def find_text(tex: str) -> Iterator[Argument]:
    """Yield the arguments that hold text, and those that set it upright."""
    end = 0
    tokens = list(TOKEN.finditer(tex))
    for at, token in enumerate(tokens):
        name = token.group(0)
        if token.start() >= end and name in _TEXT | _UPRIGHT | _OPAQUE:
            end = _argument_end(tokens[at + 1 :], token.end())
            yield Argument(token.end(), end, name in _TEXT, name not in _UPRIGHT)


def _argument_end(tokens: Sequence[re.Match[str]], start: int) -> int:
    """Return where the argument ends: with its closing brace, or after a single character."""
    depth = 0
    for token in tokens:
        text = token.group(0)
        depth += (text == "{") - (text == "}")
        if depth <= 0 and not text.isspace():
            is_whole = text[0] in "\\}"
            blanks = len(text) - len(text.lstrip())
            return token.end() if is_whole else token.start() + blanks + 1
    return tokens[-1].end() if tokens else start


def check_text(tex: str, arguments: Iterable[Argument]) -> Iterator[Flaw]:
    r"""Yield what is TeX in a text, and shown there as it is written: `\text{a\_b}`."""
    for argument in arguments:
        if not argument.is_text:
            continue
        text = _MATHS.sub(blanks, tex[argument.start : argument.end])
        for found in _SHOWN_AS_WRITTEN.finditer(text):
            shown, mark = found.group(0), found.group(1)
            remedy = (
                f"write {mark}" if mark else f"write ${shown}$ there, or end the text before it"
            )
            message = f"{shown} is shown with its backslash in a text: {remedy}"
            yield Flaw(argument.start + found.start(), message, Level.WARNING)


def blanks(found: re.Match[str]) -> str:
    """Return as many blanks as a match is long, to put in its place."""
    return " " * len(found.group(0))
