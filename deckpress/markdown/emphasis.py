"""Bold and italic as CommonMark defines them, mended for text in Chinese, Japanese and Korean.

CommonMark (section 6.2) lets a run of `*` or `_` open or close emphasis by what stands on either
side of it: space, punctuation, or neither. In `中文**强调（括号）**后面` the closing run stands
between a bracket and a letter, and so stays literal. The "CJK-friendly emphasis" amendment
(github.com/tats-u/markdown-cjk-friendly) counts a CJK character on either side as neither;
so an emoji does here.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from deckpress.languages.scripts import is_wide
from deckpress.markdown import MistuneToken

_TYPE, _TWO_TEXTS = itemgetter("type"), ("text", "text")
MAX_DEPTH = 20
"""Emphasis nested deeper than this stays literal text."""


@dataclass
class _Opener:
    """A run in the output that may still open emphasis."""

    index: int
    marker: str
    length: int
    written: int
    can_close: bool


def delimiter(run: str, before: str, after: str) -> MistuneToken:
    """Return the token for a run of `*` or `_` that stands between two characters."""
    left = _flanks(before, after)
    right = _flanks(after, before)
    if run[0] == "_":
        left, right = (
            left and (not right or _is_punctuation(before)),
            right and (not left or _is_punctuation(after)),
        )
    return {"type": "delimiter", "raw": run, "can_open": left, "can_close": right}


def resolve_emphasis(tokens: list[MistuneToken]) -> tuple[list[MistuneToken], MistuneToken | None]:
    """Return the tokens with the delimiters among them turned into emphasis or into text.

    The first run that stays text because it would close what is nested too deep is returned too.
    """
    if "delimiter" not in map(_TYPE, tokens):
        return join_texts(tokens), None
    resolver = _Resolver()
    for token in tokens:
        if token["type"] == "delimiter":
            resolver.add_run(token)
        else:
            resolver.out.append(token)
    return join_texts(resolver.out), resolver.too_deep


def join_texts(tokens: list[MistuneToken]) -> list[MistuneToken]:
    """Return the tokens with neighbouring texts made one, so that `[` and `latex]` are seen."""
    if _TWO_TEXTS not in pairwise(map(_TYPE, tokens)):
        return tokens
    joined: list[MistuneToken] = []
    texts: list[MistuneToken] = []
    for token in tokens:
        if _is_text(token):
            texts.append(token)
            continue
        if texts:
            joined.append(_join(texts))
            texts = []
        joined.append(token)
    return [*joined, _join(texts)] if texts else joined


def _join(texts: list[MistuneToken]) -> MistuneToken:
    if len(texts) == 1:
        return texts[0]
    origins: list[tuple[int, int]] = []
    start = 0
    for text in texts:
        for index, offset in text["origins"]:
            origins.append((start + index, offset))
        start += len(text["raw"])
    raw = "".join([text["raw"] for text in texts])
    return texts[0] | {"raw": raw, "origins": tuple(origins)}


def _rest(run: MistuneToken, taken: int) -> MistuneToken:
    """Return what is left of a run of delimiters as the text it is."""
    ((_, offset),) = run["origins"]
    rest = {"raw": run["raw"][taken:], "origins": ((0, offset + taken),)}
    return {"type": "text", "passage": run["passage"], **rest}


def _is_text(token: MistuneToken) -> bool:
    """Return whether a token is a text that knows its place; an address within a link does not."""
    return token["type"] == "text" and "origins" in token


class _Resolver:
    """Pairs runs from left to right; `out` is the tree so far, `openers` point into it."""

    def __init__(self) -> None:
        self.out: list[MistuneToken] = []
        self.openers: list[_Opener] = []
        self.too_deep: MistuneToken | None = None
        """The first run that closes nothing because of MAX_DEPTH."""
        self._hopeless: dict[tuple[str, int, bool], int] = {}
        """For each sort of closer, how many of the first openers it can never match: CommonMark's
        `openers_bottom`. What is too deep to be wrapped once is so for good."""

    def add_run(self, run: MistuneToken) -> None:
        """Let a run close what it can, and keep the rest of it as an opener or as text."""
        written = left = len(run["raw"])
        marker = run["raw"][0]
        while left and run["can_close"]:
            taken = self._close(run, left)
            if not taken:
                break
            left -= taken
        if left and run["can_open"]:
            self.openers.append(_Opener(len(self.out), marker, left, written, run["can_close"]))
        if left:
            self.out.append(_rest(run, written - left))

    def _close(self, closer: MistuneToken, available: int) -> int:
        sort = (closer["raw"][0], len(closer["raw"]) % 3, closer["can_open"])
        floor = min(self._hopeless.get(sort, 0), len(self.openers))
        positions = range(len(self.openers) - 1, floor - 1, -1)
        fits = (index for index in positions if _is_pair(self.openers[index], closer))
        if (position := next(fits, None)) is not None:
            if taken := self._wrap(position, available):
                return taken
            self.too_deep = self.too_deep or closer
        self._hopeless[sort] = len(self.openers)
        return 0

    def _wrap(self, position: int, available: int) -> int:
        """Wrap what follows an opener; return how many characters that took on each side."""
        opener = self.openers[position]
        children = join_texts(self.out[opener.index + 1 :])
        depth = 1 + max((child.get("depth", 0) for child in children), default=0)
        if depth > MAX_DEPTH:
            return 0
        self._forget_openers_from(position + 1)
        taken = 2 if min(opener.length, available) >= 2 else 1
        kind = "strong" if taken == 2 else "emphasis"
        run = self.out[opener.index]
        self.out[opener.index :] = [{"type": kind, "children": children, "depth": depth}]
        opener.length -= taken
        if opener.length:
            self.out.insert(opener.index, run | {"raw": opener.marker * opener.length})
        else:
            self._forget_openers_from(position)
        return taken

    def _forget_openers_from(self, position: int) -> None:
        del self.openers[position:]
        for sort, floor in self._hopeless.items():
            self._hopeless[sort] = min(floor, position)


def _is_pair(opener: _Opener, closer: MistuneToken) -> bool:
    """Apply CommonMark's rules 9 and 10: runs that could do both pair by multiples of three."""
    written = len(closer["raw"])
    if opener.marker != closer["raw"][0]:
        return False
    if not (opener.can_close or closer["can_open"]):
        return True
    return (opener.written + written) % 3 != 0 or opener.written % 3 == written % 3 == 0


def _flanks(outer: str, inner: str) -> bool:
    """Return whether a run between `outer` and `inner` hugs the inner character."""
    if inner.isspace():
        return False
    if not _is_punctuation(inner):
        return True
    return outer.isspace() or _is_punctuation(outer) or is_wide(outer)


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS" and not is_wide(char)
