"""TeX's own structure: tokens, braces, nesting; and which text another one was made from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from deckpress.diagnostics import TextDiagnostic
from deckpress.markdown import CLOZE_OPEN

MAX_LENGTH = 10_000
"""Characters of a formula; for so many MathJax may need some seconds, and no card shows them."""
MAX_NESTING = 100
"""Braces and environments within each other; the engine's stack holds several times as many."""
TOKEN = re.compile(
    r"\\(?:begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+\*?|\\.|%[^\n{}]*|[{}&]|[^\\{}&%]+", re.S
)
r"""The tokens of TeX; MathJax pairs braces even within a comment, so that `\text{5%}` is whole."""
MARKUP = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+\*?|\\.|%[^\n{}]*|\{|\}|&", re.S)
"""The tokens of TeX but for those of plain characters, which this skips."""
_NESTING = {"{": 1, r"\left": 1, "}": -1, r"\right": -1}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Token(NamedTuple):
    """A piece of TeX that means one thing."""

    start: int
    """Characters of the formula before it."""
    text: str


def nesting(token: str) -> int:
    r"""Return 1 for what opens braces, an environment or a `\left`, -1 for what closes one."""
    if token.startswith((r"\begin", r"\end")) and token.endswith("}"):
        return 1 if token.startswith(r"\begin") else -1
    return _NESTING.get(token, 0)


def check_structure(tex: str) -> TextDiagnostic | None:
    """Return what keeps a formula from being read at all, if something does.

    `tex` is what the back of a card shows, with its deletions filled in.
    """
    if not tex.strip():
        return TextDiagnostic(0, "there is nothing in it: write it, or remove its delimiters")
    if control := _CONTROL.search(tex):
        code = f"U+{ord(control.group(0)):04X}"
        return TextDiagnostic(control.start(), f"control character {code}: remove it")
    if too_long := check_length(tex, MAX_LENGTH):
        return too_long
    if unclosed := CLOZE_OPEN.search(tex):
        message = f"cloze {unclosed.group(0)}… is never closed: add }}}} where it ends"
        return TextDiagnostic(unclosed.start(), message)
    return _check_nesting(tex)


def check_length(tex: str, limit: int) -> TextDiagnostic | None:
    """Return that a formula is too long to be typeset, if it has more characters than a limit."""
    if len(tex) <= limit:
        return None
    length = f"{len(tex):,} characters, where {MAX_LENGTH:,} is the limit"
    return TextDiagnostic(len(tex) - len(tex.lstrip()), f"{length}: divide it into several")


def _check_nesting(tex: str) -> TextDiagnostic | None:
    braces: list[int] = []
    environments = 0
    for token in MARKUP.finditer(tex):
        text = token.group(0)
        if text == "}" and not braces:
            return TextDiagnostic(
                token.start(), "} closes nothing: remove it, or add the { before it"
            )
        if text == "{":
            braces.append(token.start())
        elif text == "}":
            braces.pop()
        else:
            environments += nesting(text)
        if len(braces) + environments > MAX_NESTING:
            limit = f"nested more than {MAX_NESTING} levels deep"
            return TextDiagnostic(token.start(), f"{limit}: simplify it")
    return TextDiagnostic(braces[-1], "{ is never closed: add }") if braces else None


def token_before(tex: str, end: int) -> Token:
    """Return the last token that begins before a place, spaces aside."""
    last = Token(0, "")
    for token in TOKEN.finditer(tex):
        start, text = token.start(), token.group(0)
        if start >= end:
            break
        if text[0] not in "\\{}&%":  # a run of plain characters: the last of them counts
            text = text[: end - start].rstrip()
            start, text = start + len(text) - 1, text[-1:]
        if text:
            last = Token(start, text)
    return last


class Replacement(NamedTuple):
    """A piece of a text, and what is written in its place."""

    start: int
    """Characters before the piece."""
    end: int
    written: str
    source: str = ""
    """What stood there, if it was a macro's call."""

    @property
    def name(self) -> str:
        """The macro's name, without its backslash."""
        match = re.match(r"\\([A-Za-z]+)", self.source)
        return match.group(1) if match else ""


class Rewritten(NamedTuple):
    """A text after some edits."""

    text: str
    edits: tuple[Replacement, ...] = ()
    """By place; they do not overlap."""

    def origin(self, offset: int) -> int:
        """Return the place in the first text of a character of this one.

        What an edit wrote comes from where the piece began. Both count from 0.
        """
        shift = 0
        for edit in self.edits:
            start = edit.start + shift
            if offset < start:
                break
            if offset < start + len(edit.written):
                return edit.start
            shift += len(edit.written) - (edit.end - edit.start)
        return offset - shift

    def edit_at(self, offset: int) -> Replacement | None:
        """Return the edit that wrote a character of this text, if one did."""
        origin = self.origin(offset)
        written = (edit for edit in self.edits if edit.start <= origin < edit.end)
        return next(written, None)


def rewrite(text: str, edits: Iterable[Replacement]) -> Rewritten:
    """Return a text with edits made; they come in order and do not overlap."""
    kept = tuple(edits)
    parts, end = [], 0
    for edit in kept:
        parts += [text[end : edit.start], edit.written]
        end = edit.end
    return Rewritten("".join([*parts, text[end:]]), kept)
