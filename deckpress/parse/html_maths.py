"""A block of an author's HTML → the formulas in its text, found by the rules of Markdown's text.

GitHub shows formulas in HTML as well. A formula ends before the next tag, and there is none in the
elements whose text is code, in attributes and in comments.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from deckpress.html_tokens import Inside, TokenKind, read_html
from deckpress.notes import Passage, Token
from deckpress.parse.formula_rules import FORMULA_RULES
from deckpress.parse.inline import NoteInlineParser, NoteInlineState
from deckpress.parse.maths import WITHOUT_MATHS

_MAY_HAVE_MATHS = re.compile(r"[$\\＄]")
_PARSER = NoteInlineParser((*FORMULA_RULES, ("backslash", r"\\[!-/:-@\[-`{-~]", None)))
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")


def read_html_maths(raw: str, passage: Passage, env: MutableMapping[str, Any]) -> Iterator[Token]:
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


def _in_html(token: Token) -> Token:
    token["in_html"] = True
    if "raw_offset" in token:
        start, first = token["offset"], token["raw_offset"]
        token["span"] = (start, first + len(token["raw"]) + first - start)
    return token


def decoded(formula: Token) -> Token:
    """Return a formula with the character references of HTML in it decoded, `&lt;` and the like.

    Its `escapes` say how much longer the author's text is, character by character.
    """
    parts, escapes, end, length = [], list[int](), 0, 0
    raw = formula["raw"]
    for found in _REFERENCE.finditer(raw):
        written = html.unescape(found.group(0)).replace("\n", " ")
        if written == found.group(0):
            continue
        parts += [raw[end : found.start()], written]
        length += found.start() - end
        escapes += [length] * (len(found.group(0)) - len(written))
        length, end = length + len(written), found.end()
    return formula | {"raw": "".join([*parts, raw[end:]]), "escapes": tuple(escapes)}
