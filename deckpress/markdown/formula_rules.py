"""What begins like a formula, in a line or in an author's HTML: read as one, or left as text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, MutableMapping
from re import Match
from typing import Any

from deckpress.languages.scripts import is_cjk_punctuation
from deckpress.markdown import MistuneToken, SourceSpan
from deckpress.markdown.html_tokens import Inside, TokenKind, read_html
from deckpress.markdown.inline_parser import NoteInlineParser, NoteInlineState, Rule
from deckpress.markdown.math_delimiters import (
    DISPLAY,
    WITHOUT_MATHS,
    find_before_digit,
    find_maths,
    find_spaced,
    find_tag,
    holds_tex,
    is_half_a_display,
    is_half_a_formula,
    is_plain_tex,
    is_prose,
    is_text,
    is_words,
    looks_like_tex,
    without_tags,
)
from deckpress.patterns import lazy_pattern

_DOLLARS = re.compile(r"\$\$?(?!\$)|\$+")
_STRAY_TEX = (
    r"(?<![\w:\\/.])\\(?:begin\{(?:align|aligned|equation|gather|gathered|cases|[bpvV]?matrix|array"
    r"|split|multline|eqnarray)\*?\}|(?:alpha|beta|gamma|delta|epsilon|varepsilon|theta|lambda|mu|pi|rho"
    r"|sigma|tau|phi|varphi|omega|Gamma|Delta|Theta|Lambda|Sigma|Phi|Omega|d?frac|sum|prod|sqrt|math(?:bf|bb"
    r"|cal|rm)|boldsymbol|times|cdot|leq|geq|neq|approx|infty|partial|nabla|(?:left|right)arrow)(?![A-Za-z]))"
)
"""TeX that no program and no path has, but a forgetful author."""
_MAY_HAVE_MATHS = lazy_pattern(r"[$\\＄]")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")


def _read_math(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int | None:
    start = m.start()
    if state.without_maths or state.base + start in state.literal:
        return _read_sign(parser, m, state)
    if state.src.startswith("$$$", start):
        return _read_sign(parser, m, state)
    maths = find_maths(state.src, start)
    if maths is None:
        return _read_single_sign(parser, m, state)
    kind = maths.lastgroup
    assert kind
    tex = maths.group(kind)
    if is_text(maths) or (state.in_html and kind == "display" and not _is_displayed(tex)):
        state.point_at("brackets", start, maths.group(0))
        if m.group(0) != "$":  # else what opens within would be read to the same end again
            opened = re.finditer(re.escape(m.group(0)), maths.group(0))
            state.literal.update(state.base + start + delimiter.start() for delimiter in opened)
        return _read_sign(parser, m, state)
    if tag := "" if kind == "ticked" else find_tag(state.src, *maths.span(kind)):
        return _read_over_tag(parser, m, state, maths, tag)
    if kind == "inline":
        if is_words(state.src, maths.end(), tex):
            return _read_single_sign(parser, m, state)
        if is_prose(state.src, start, maths.end(), tex):
            state.point_at("prose_in_dollars", start, tex)
    name = "display_math" if kind in DISPLAY else "inline_math"
    _add_formula(state, name, start, tex, maths.start(kind))
    return maths.end()


def _is_displayed(tex: str) -> bool:
    """Return whether `$$…$$` in HTML holds a formula; "$$ or $$$" are prices."""
    return holds_tex(tex, square=True, alone=True)


def _read_sign(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int:
    r"""Read dollars, or the bracket of `\(` and `\[`, as the text it is to Markdown."""
    run = _DOLLARS.match(state.src, m.start())
    if run is None:
        return parser.parse_backslash(m, state)
    signs = run.group(0)
    parser.process_text(signs, state)
    return m.start() + len(signs)


def _read_over_tag(
    parser: NoteInlineParser, m: Match[str], state: NoteInlineState, maths: Match[str], tag: str
) -> int | None:
    """Leave to the text what would be a formula if there were no tag in it."""
    start, kind = m.start(), maths.lastgroup
    assert kind
    if m.group(0) == "$" and not looks_like_tex(without_tags(maths.group(kind))):
        return _read_single_sign(parser, m, state)
    state.point_at("tag_in_math", start, tag)
    state.literal.add(state.base + maths.end(kind))
    return _read_sign(parser, m, state)


def _read_single_sign(
    parser: NoteInlineParser, m: Match[str], state: NoteInlineState
) -> int | None:
    """Read what opens no formula, and point at what was meant to."""
    start = m.start()
    if m.group(0) != "$":
        return parser.parse_backslash(m, state)
    if state.src.startswith("$$", start):
        if not is_half_a_display(state.src, start, is_paragraph=state.is_paragraph):
            return _read_sign(parser, m, state)
        state.add({"type": "unclosed_math", "raw": "$$"}, start)
        return start + 2
    if spaced := find_spaced(state.src, start):
        return _read_spaced(parser, spaced, state)
    if tex := find_before_digit(state.src, start):
        state.point_at("math_before_digit", start, tex)
        state.unclosed.add("stray_tex")  # what stands behind the $ is told of by this
    elif is_half_a_formula(state.src, start):
        state.point_at("half_a_formula", start)
        state.unclosed.add("stray_tex")
    return None


def _read_spaced(parser: NoteInlineParser, match: Match[str], state: NoteInlineState) -> int:
    """Read `$ x $`, which is no formula to GitHub, as what was meant."""
    start, tex = match.start(), match.group(2)
    if is_plain_tex(match):
        state.point_at("spaced_formula", start, tex)
        _add_formula(state, "inline_math", start, match.group(0)[1:-1], start + 1)
    else:
        state.point_at("spaced_math", start, tex)
        parser.process_text(match.group(0), state)
    return match.end()


def _add_formula(state: NoteInlineState, kind: str, start: int, tex: str, first: int) -> None:
    """Add a formula that begins at `start`, and its TeX at `first`."""
    _close_up(state)
    state.add({"type": kind, "raw": tex, "raw_offset": state.base + first}, start)


def _close_up(state: NoteInlineState) -> None:
    """Drop the space between full-width punctuation and a formula; only GitHub needs it there."""
    last = state.tokens[-1] if state.tokens else {}
    text = last.get("raw", "") if last.get("type") == "text" else ""
    closed = text.rstrip(" ")
    if closed != text and is_cjk_punctuation(closed[-1:]):
        last["raw"] = closed


def _read_stray_tex(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> None:
    """Leave TeX outside any formula to the text; the first of a text is told of."""
    if "stray_tex" not in state.unclosed and not state.without_maths:
        state.unclosed.add("stray_tex")
        state.point_at("stray_tex", m.start(), m.group(0))


def _read_wide_dollar(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> None:
    """Leave the `＄` of a Chinese keyboard to the text, where it is no price."""
    if not state.without_maths:
        state.point_at("wide_dollar", m.start())


FORMULA_RULES: tuple[Rule, ...] = (
    ("math", r"\$|\\[(\[]", _read_math),
    ("wide_dollar", "＄(?![\\d\\s])", _read_wide_dollar),
    ("stray_tex", _STRAY_TEX, _read_stray_tex),
)


_PARSER = NoteInlineParser((*FORMULA_RULES, ("backslash", r"\\[!-/:-@\[-`{-~]", None)))


def read_html_maths(
    raw: str, passage: SourceSpan, env: MutableMapping[str, Any]
) -> Iterator[MistuneToken]:
    """Yield the formulas in a piece of HTML, and what a message may speak of, by their `offset`.

    A formula has its `span` in the HTML, and its TeX as it is written there (see `decoded`).
    """
    if not _MAY_HAVE_MATHS.search(raw):
        return
    without_maths = Inside(WITHOUT_MATHS)
    for piece in read_html(raw):
        without_maths.read(piece)
        if piece.kind is TokenKind.TEXT and not without_maths:
            state = NoteInlineState(env, passage)
            state.src, state.base, state.in_html = piece.raw, piece.start, True
            _PARSER.parse(state)
            for token in state.located:
                yield _in_html(token)


def _in_html(token: MistuneToken) -> MistuneToken:
    token["in_html"] = True
    if "raw_offset" in token:
        start, first = token["offset"], token["raw_offset"]
        token["span"] = (start, first + len(token["raw"]) + first - start)
    return token


def decoded(formula: MistuneToken) -> MistuneToken:
    """Return a formula with the character references of HTML in it decoded, `&lt;` and the like.

    Its `escapes` say how much longer the author's text is, character by character.
    """
    parts, escapes, end, length = [], list[int](), 0, 0
    raw = formula["raw"]
    for match in _REFERENCE.finditer(raw):
        written = html.unescape(match.group(0)).replace("\n", " ")
        if written == match.group(0):
            continue
        parts += [raw[end : match.start()], written]
        length += match.start() - end
        escapes += [length] * (len(match.group(0)) - len(written))
        length, end = length + len(written), match.end()
    return formula | {"raw": "".join([*parts, raw[end:]]), "escapes": tuple(escapes)}
