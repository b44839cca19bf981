"""What MathJax typesets without an error, and the author cannot have meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from deckpress.diagnostics import Severity, TextDiagnostic, quote
from deckpress.formulas.tex import MARKUP, TOKEN
from deckpress.languages.scripts import CJK_LETTERS, FULL_WIDTH_ASCII
from deckpress.markdown import CLOZE_OF_MANY

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
_STARRED = frozenset(r"\operatorname* \tag* \hspace*".split())
_WITH_TEXT = _TEXT | _UPRIGHT | _OPAQUE
_TAKES_TEXT = re.compile("|".join(map(re.escape, sorted(_WITH_TEXT))))
_CJK_TEXT = f"[{CJK_LETTERS}](?:[，。、；：（）]*+[{CJK_LETTERS}])*+"
"""A pattern; few decks have such a formula, and `re` takes 5 ms to compile it."""
_WIDE = re.compile(f"[{FULL_WIDTH_ASCII}、。]")
_ESCAPED = frozenset("#$%&_{}")
_NAMES = {"\\": r"\backslash", "~": r"\sim", "^": "^", "_": "_"}
_REFERENCE = re.compile(r"\\(?:ref|eqref|refeq)(?![A-Za-z])\s*(?:\{[^{}]*\})?")
"""What shows a number of another formula (`HandleRef` in MathJax 3.2.2)."""
_NO_COLUMNS = re.compile(r"\\begin\s*\{(?:array|(?:cramped)?subarray)\}(?!\s*[\[{])")
_MANY = 2
"""Pieces of Chinese in one formula that are told of one by one."""
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]{2,}")
"""Words in Hebrew, Arabic and the like; a letter alone has no direction to lose."""
_HIGHLIGHT = re.compile(r"(?<![\w)\]}=])==(?=[^\s=])([^=]*[^\s=])==(?![\w(\\{=])")
"""What is marked as in text; a comparison has something on both its sides."""
_TIMES = re.compile(r"(?<=[\w)\]}'])\s*(\*)\s*(?=[\w(\[{\\])")


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
    if not _TAKES_TEXT.search(tex):  # as in most formulas
        return
    end = 0
    tokens = list(TOKEN.finditer(tex))
    for index, token in enumerate(tokens):
        name = token.group(0)
        if token.start() >= end and name in _WITH_TEXT:
            end = _argument_end(tokens[index + 1 :], token.end())
            yield Argument(token.end(), end, name in _TEXT, name not in _UPRIGHT)


def _argument_end(tokens: Sequence[re.Match[str]], start: int) -> int:
    """Return where the argument ends: with its closing brace, or after a single character."""
    depth = 0
    for token in tokens:
        text = token.group(0)
        depth += (text == "{") - (text == "}")
        if depth <= 0 and not text.isspace():
            is_whole = text[0] in "\\}"
            indent = len(text) - len(text.lstrip())
            return token.end() if is_whole else token.start() + indent + 1
    return tokens[-1].end() if tokens else start


def check_text(tex: str, arguments: Iterable[Argument]) -> Iterator[TextDiagnostic]:
    r"""Yield what is TeX in a text, and shown there as it is written: `\text{a\_b}`."""
    for argument in arguments:
        if not argument.is_text:
            continue
        text = _MATHS.sub(spaces, tex[argument.start : argument.end])
        for match in _SHOWN_AS_WRITTEN.finditer(text):
            shown, mark = match.group(0), match.group(1)
            remedy = (
                f"write {mark}" if mark else f"write ${shown}$ there, or end the text before it"
            )
            message = f"{shown} is shown with its backslash in a text: {remedy}"
            yield TextDiagnostic(argument.start + match.start(), message, Severity.WARNING)


def spaces(match: re.Match[str]) -> str:
    """Return as many spaces as a match is long, to put in its place."""
    return " " * len(match.group(0))


def check_usage(tex: str) -> Iterator[TextDiagnostic]:
    r"""Yield what MathJax is silent about, in no order.

    That is a `%` that hides something, Chinese outside of `\text`, TeX within it, full-width marks,
    words in Arabic or Hebrew, a highlight, a reference, an array without columns, and as a matter
    of style a `*` for multiplication.
    """
    arguments = list(find_text(tex))
    yield from check_text(tex, arguments)
    maths = _blank_out(tex, [argument for argument in arguments if argument.is_opaque])
    yield from _check_comments(maths)
    yield from _check_references(tex)
    yield from _check_arrays(maths)
    yield from _check_clozes(tex)
    plain = _blank_out(maths, arguments)
    if not plain.isascii():
        yield from _check_cjk(plain)
        yield from _check_wide(re.sub(_CJK_TEXT, spaces, plain))
    if not tex.isascii():
        yield from _check_right_to_left(tex)
    yield from _check_highlights(plain)
    yield from _check_stars(plain)


def _blank_out(tex: str, arguments: Iterable[Argument]) -> str:
    for start, end, *_ in arguments:
        tex = f"{tex[:start]}{{{' ' * (end - start - 2)}}}{tex[end:]}" if end - start > 1 else tex
    return tex


def _check_comments(tex: str) -> Iterator[TextDiagnostic]:
    for token in MARKUP.finditer(tex) if "%" in tex else ():
        if token.group(0).startswith("%"):
            hidden = token.group(0)[1:].strip()
            if not _is_remark(tex, token.start(), token.end(), hidden):
                what = f"and hides {quote(hidden)}" if hidden else "and is not shown"
                message = rf"% begins a comment {what}: write \%"
                yield TextDiagnostic(token.start(), message, Severity.WARNING)


def _is_remark(tex: str, start: int, end: int, hidden: str) -> bool:
    """Return whether a comment is meant as one: behind a space, with more lines to come."""
    goes_on = tex.startswith("\n", end) and bool(tex[end:].strip())
    return goes_on and (not hidden or start == 0 or tex[start - 1].isspace())


def _check_references(tex: str) -> Iterator[TextDiagnostic]:
    for match in _REFERENCE.finditer(tex):
        message = "shows ??? on a card: name what is meant"
        yield TextDiagnostic(
            match.start(), f"{match.group(0).rstrip()} {message}", Severity.WARNING
        )


def _check_arrays(maths: str) -> Iterator[TextDiagnostic]:
    for match in _NO_COLUMNS.finditer(maths):
        message = (
            f"{match.group(0)} takes what follows for its columns: write {match.group(0)}{{cc}}"
        )
        yield TextDiagnostic(match.start(), message, Severity.WARNING)


def _check_clozes(tex: str) -> Iterator[TextDiagnostic]:
    for match in filter(itemgetter(1), CLOZE_OF_MANY.finditer(tex)):
        message = f"{match.group(0)} begins no cloze: write {{{{c{match.group(1)}::answer}}}}"
        yield TextDiagnostic(match.start(), message, Severity.WARNING)


def _check_cjk(plain: str) -> Iterator[TextDiagnostic]:
    matches = list(re.finditer(_CJK_TEXT, plain))
    for text in matches if len(matches) <= _MANY else matches[:1]:
        message = rf"{quote(text.group(0))} is text: write \text{{{text.group(0)}}}"
        if len(matches) > _MANY:
            message += f", or end the formula before it (so in {len(matches)} places)"
        yield TextDiagnostic(text.start(), message, Severity.WARNING)


def _check_wide(plain: str) -> Iterator[TextDiagnostic]:
    if first := _WIDE.search(plain):
        marks = "".join(dict.fromkeys(_WIDE.findall(plain)))
        message = f'full-width "{marks}": write {"".join(map(_narrow, marks))}'
        yield TextDiagnostic(first.start(), message, Severity.WARNING)


def _check_right_to_left(tex: str) -> Iterator[TextDiagnostic]:
    if word := _RIGHT_TO_LEFT.search(tex):
        message = (
            f"{quote(word.group(0))} is drawn from left to right here: end the formula before it"
        )
        yield TextDiagnostic(word.start(), message, Severity.WARNING)


def _check_highlights(plain: str) -> Iterator[TextDiagnostic]:
    for match in _HIGHLIGHT.finditer(plain):
        message = f"== begins no cloze in a formula: write {{{{c1::{match.group(1)}}}}}"
        yield TextDiagnostic(match.start(), message, Severity.WARNING)


def _narrow(mark: str) -> str:
    """Return what TeX has for a full-width mark."""
    if mark in "、。":
        return "," if mark == "、" else "."
    narrow = chr(ord(mark) - 0xFEE0)
    if narrow in _NAMES:
        return _NAMES[narrow]
    return f"\\{narrow}" if narrow in _ESCAPED else narrow


def _check_stars(plain: str) -> Iterator[TextDiagnostic]:
    message = r"* is shown as ∗: write \cdot or \times to multiply, \ast if it is meant"
    for match in _TIMES.finditer(plain):
        before = plain[: match.start(1)]
        command = re.search(r"\\[A-Za-z]+$", before)
        if not (command and command.group(0) + "*" in _STARRED):
            yield TextDiagnostic(match.start(1), message, Severity.STYLE)
