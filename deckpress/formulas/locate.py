"""Where a formula is wrong: MathJax names what it stumbles over, which may be far behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckpress.formulas import TexError
from deckpress.formulas.tex import TOKEN, Token, closes_group, opens_group, token_before

_STUMBLES = frozenset(
    "ExtraCloseMissingOpen MissingBeginExtraEnd MissingLeftExtraRight MissingCloseBrace Misplaced"
    " MissingOpenForSub MissingOpenForSup".split()
)
"""Errors that may be due to something which is missing further back."""
_CLOSERS = re.compile(r"\}|&|\\\\|\\right|\\end\{.*")
_ROW_OR_CELL = frozenset({"&", r"\\"})
_AT_THE_BRACE = frozenset("ExtraCloseMissingOpen ExtraCloseLooking MissingCloseBrace".split())
_ALONE = {"MissingLeftExtraRight": r"\right", "ExtraMiddle": r"\middle"}
"""The command that stands without its partner."""


def find_cause(fault: TexError, tex: str) -> tuple[TexError, int]:
    """Return what is really wrong, and how many characters of the formula stand before it."""
    start = _find_start(fault, tex)
    if fault.error in _STUMBLES and (missing := _find_missing(tex, start)):
        error, start, name = missing
        return TexError(error, fault.message, (name,), start + 1), start
    if fault.error == "Misplaced":
        return fault._replace(names=(token_before(tex, fault.end).text,)), start
    return fault, start


def _find_start(fault: TexError, tex: str) -> int:
    """Return where to look: at what was left open, or at the last thing that MathJax read."""
    if fault.error == "EnvMissingEnd":
        return _last_unclosed(tex, rf"\begin{{{fault.names[0]}}}", rf"\end{{{fault.names[0]}}}")
    if fault.error == "ExtraLeftMissingRight":
        return _last_unclosed(tex, r"\left", r"\right")
    if fault.error in _ALONE:
        return max(tex.rfind(_ALONE[fault.error], 0, fault.end), 0)
    last = token_before(tex, fault.end)
    commands = [name for name in fault.names if name.startswith("\\") and name != "\\"]
    if commands and fault.error != "ExtraCloseLooking":
        return _command_before(tex, commands[-1], last.start)
    if last.text == "}" and fault.error not in _AT_THE_BRACE:
        return _opener_of(tex, last.start)
    return last.start


def _find_missing(tex: str, start: int) -> tuple[str, int, str] | None:
    r"""Return what is missing before a `}`, `&`, `\right` or `\end`: error, place and name."""
    closer = next((each.text for each, _ in _walk(tex) if each.start == start), "")
    if not _CLOSERS.fullmatch(closer):
        return None
    before = tex[:start].rstrip()
    if before.endswith(("^", "_")) and not before[:-1].endswith("\\"):
        return "MissingScript", len(before) - 1, before[-1]
    place, opener = _innermost(tex, start)
    if opener == r"\left" and closer not in (r"\right", r"\\"):
        return _torn_or_open(tex, place) if closer == "&" else ("ExtraLeftMissingRight", place, "")
    if closer == "&" and not opener and (torn := _first_torn(tex)) is not None:
        return _torn_or_open(tex, torn)
    if opener.startswith(r"\begin") and closer in ("}", r"\right"):
        return "EnvMissingEnd", place, opener[len(r"\begin{") : -1]
    if opener == "{" and closer not in ("}", "&", r"\\"):
        return "BraceTooLate", place, closer
    return None


def _torn_or_open(tex: str, left: int) -> tuple[str, int, str]:
    is_open = _innermost(tex, len(tex)).start == left
    return ("ExtraLeftMissingRight" if is_open else "CellTorn"), left, r"\left"


def _walk(tex: str) -> Iterator[tuple[Token, list[Token]]]:
    r"""Yield each token with the braces, `\left` and `\begin` that are open before it."""
    opened: list[Token] = []
    for found in TOKEN.finditer(tex):
        token = Token(found.start(), found.group(0))
        yield token, opened
        if token.text == "{" or opens_group(token.text):
            opened.append(token)
        elif (token.text == "}" or closes_group(token.text)) and opened:
            opened.pop()


def _innermost(tex: str, end: int) -> Token:
    """Return what is open at a place and was opened last; an empty token if nothing is."""
    states = [opened for _, opened in _walk(tex[:end])]  # one list, as it is at the end
    return states[-1][-1] if states and states[-1] else Token(0, "")


def _first_torn(tex: str) -> int | None:
    r"""Return where the first `\left` stands whose row or cell ends before its `\right`."""
    torn = (
        opened[-1].start
        for token, opened in _walk(tex)
        if token.text in _ROW_OR_CELL and opened and opened[-1].text == r"\left"
    )
    return next(torn, None)


def _opener_of(tex: str, close: int) -> int:
    """Return where the brace stands that a `}` closes."""
    opened = (opened for token, opened in _walk(tex) if token.start == close)
    return next((each[-1].start for each in opened if each), close)


def _command_before(tex: str, name: str, end: int) -> int:
    """Return where a command stands before a place: the last one that is no deeper in braces."""
    depth, inner = 0, end
    tokens = [found for found in TOKEN.finditer(tex) if found.start() <= end]
    for found in reversed(tokens):
        depth += (found.group(0) == "}") - (found.group(0) == "{")
        if re.match(rf"{re.escape(name)}(?![A-Za-z])", found.group(0)):
            if depth <= 0:
                return found.start()
            inner = found.start()
    return inner


def _last_unclosed(tex: str, opener: str, closer: str) -> int:
    """Return where the last one of an opener stands that nothing closes."""
    opened = [0]
    for found in TOKEN.finditer(tex):
        if found.group(0) == opener:
            opened.append(found.start())
        elif found.group(0) == closer and len(opened) > 1:
            opened.pop()
    return opened[-1]
