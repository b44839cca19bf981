"""Keeps a formula on one line with the full-width mark or the footnote's number beside it.

A browser breaks a line before and after a typeset formula, as it would beside a picture, and so a
comma would begin the next line, which no Chinese or Japanese book would print.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from deckpress.notes import Token

_QUOTES = {"“": "Ps", "‘": "Ps", "”": "Pe", "’": "Pe"}
"""Marks that are as wide as a character in Chinese type; Unicode counts them among the narrow."""
_OPENS = frozenset({"Ps", "Pi"})
_CLOSES = frozenset({"Pe", "Pf", "Po"})


def keep_together(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the tokens of a line; a formula and what must not leave it become one `together`."""
    pending: list[Token] = []
    for token in tokens:
        if token["type"] == "inline_math":
            opening = _cut(pending, _trailing_mark(pending))
            yield from pending
            pending = [{"type": "together", "children": [*opening, token]}]
        elif token["type"] == "footnote_ref" and _ends_together(pending):
            pending[-1]["children"].append(token)
        elif token["type"] == "text" and _ends_together(pending):
            mark, rest = _split_mark(token["raw"])
            pending[-1]["children"] += [_text(mark)] if mark else []
            pending += [_text(rest)] if rest else []
        else:
            yield from pending
            pending = [token]
    yield from pending


def _ends_together(tokens: list[Token]) -> bool:
    return bool(tokens) and tokens[-1]["type"] == "together"


def _trailing_mark(tokens: list[Token]) -> str:
    last = tokens[-1] if tokens else {}
    text = str(last.get("raw", "")) if last.get("type") == "text" else ""
    return text[-1:] if _category(text[-1:]) in _OPENS else ""


def _cut(tokens: list[Token], mark: str) -> list[Token]:
    """Take a mark off the end of the last token; return it as a token of its own."""
    if not mark:
        return []
    rest = tokens.pop()["raw"].removesuffix(mark)
    tokens += [_text(rest)] if rest else []
    return [_text(mark)]


def _split_mark(text: str) -> tuple[str, str]:
    end = 0
    while end < len(text) and _category(text[end]) in _CLOSES:
        end += 1
    return text[:end], text[end:]


def _category(char: str) -> str:
    """Return the Unicode category of a full-width mark, or nothing for any other character."""
    if char in _QUOTES:
        return _QUOTES[char]
    is_wide = bool(char) and unicodedata.east_asian_width(char) in "WF"
    return unicodedata.category(char) if is_wide else ""


def _text(raw: str) -> Token:
    return {"type": "text", "raw": raw}
