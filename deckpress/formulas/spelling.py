r"""What MathJax typesets without a word, and the author cannot have meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from deckpress.errors import Level, quote
from deckpress.formulas.tex import TOKEN, Flaw

_TEXT = frozenset(
    rf"\{name}"
    for name in "text textrm textbf textit textsf texttt textnormal textup mbox hbox fbox tag tag*"
    " label ref eqref mathrm mathbf mathsf mathtt operatorname operatorname* href class style"
    " cssId color textcolor colorbox fcolorbox unicode ce pu mathtip texttip".split()
)
"""The commands whose argument is text, or is set upright as text is."""
_STARRED = frozenset(r"\operatorname* \tag* \hspace*".split())
_CJK = (
    r"\u2e80-\u2fff\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
_CJK_TEXT = re.compile(rf"[{_CJK}](?:[{_CJK}，。、；：（）]*[{_CJK}])?")
_WIDE = re.compile(r"[\uff01-\uff5e\u3001\u3002]")
_ESCAPED = frozenset("#$%&_{}")
_NAMES = {"\\": r"\backslash", "~": r"\sim", "^": "^", "_": "_"}
_TIMES = re.compile(r"(?<=[\w)\]}'])\s*(\*)\s*(?=[\w(\[{\\])")


def check_spelling(tex: str) -> Iterator[Flaw]:
    r"""Yield what MathJax is silent about, in no order.

    That is a `%` that hides something, Chinese outside of `\text`, full-width marks, and as a
    matter of style a `*` for multiplication.
    """
    texts = list(_text_spans(tex))
    yield from (flaw for flaw in _check_comments(tex) if not _is_within(flaw.start, texts))
    plain = _blank_out(tex, texts)
    yield from _check_cjk(plain)
    yield from _check_wide(_CJK_TEXT.sub(_blanks, plain))
    yield from _check_stars(plain)


def _text_spans(tex: str) -> Iterator[tuple[int, int]]:
    """Yield where each argument begins and ends that is text."""
    end = 0
    tokens = list(TOKEN.finditer(tex))
    for at, token in enumerate(tokens):
        if token.start() >= end and token.group(0) in _TEXT:
            end = _group_end(tokens, at + 1)
            yield token.end(), end


def _group_end(tokens: Sequence[re.Match[str]], at: int) -> int:
    """Return where the group ends that begins with a token, or that token if it begins none."""
    depth = 0
    for token in tokens[at:]:
        depth += (token.group(0) == "{") - (token.group(0) == "}")
        if depth <= 0 and not token.group(0).isspace():
            return token.end()
    return tokens[-1].end() if tokens else 0


def _is_within(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _blank_out(tex: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        tex = tex[:start] + " " * (end - start) + tex[end:]
    return tex


def _blanks(found: re.Match[str]) -> str:
    return " " * len(found.group(0))


def _check_comments(tex: str) -> Iterator[Flaw]:
    for token in TOKEN.finditer(tex):
        if token.group(0).startswith("%"):
            hidden = token.group(0)[1:].strip()
            if not _is_remark(tex, token.start(), token.end(), hidden):
                what = f"and hides {quote(hidden)}" if hidden else "and is not shown"
                message = rf"% begins a comment {what}: write \%"
                yield Flaw(token.start(), message, Level.WARNING)


def _is_remark(tex: str, start: int, end: int, hidden: str) -> bool:
    """Say whether a comment is meant as one: behind a blank, with more lines to come."""
    goes_on = tex.startswith("\n", end) and bool(tex[end:].strip())
    return goes_on and (not hidden or start == 0 or tex[start - 1].isspace())


def _check_cjk(plain: str) -> Iterator[Flaw]:
    for found in _CJK_TEXT.finditer(plain):
        text = found.group(0)
        message = rf"{quote(text)} is text: write \text{{{text}}}"
        yield Flaw(found.start(), message, Level.WARNING)


def _check_wide(plain: str) -> Iterator[Flaw]:
    if first := _WIDE.search(plain):
        marks = "".join(dict.fromkeys(_WIDE.findall(plain)))
        message = f"full-width {marks}: write {''.join(map(_narrow, marks))}"
        yield Flaw(first.start(), message, Level.WARNING)


def _narrow(mark: str) -> str:
    """Return what TeX has for a full-width mark."""
    if mark in "、。":
        return "," if mark == "、" else "."
    narrow = chr(ord(mark) - 0xFEE0)
    if narrow in _NAMES:
        return _NAMES[narrow]
    return f"\\{narrow}" if narrow in _ESCAPED else narrow


def _check_stars(plain: str) -> Iterator[Flaw]:
    message = r"* is shown as ∗: write \cdot or \times to multiply, \ast to convolve"
    for found in _TIMES.finditer(plain):
        before = plain[: found.start(1)]
        command = re.search(r"\\[A-Za-z]+$", before)
        if not (command and command.group(0) + "*" in _STARRED):
            yield Flaw(found.start(1), message, Level.STYLE)
