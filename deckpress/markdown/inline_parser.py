"""mistune's inline parser, taught to remember where in its text each span stands.

Every token that a message may speak of carries the `offset` of its first character in the text it
was read from; the reader of the document turns it into a line and a column. Text is spoken of
less often, and keeps what its place can be found by.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, MutableMapping
from re import Match
from typing import Any

from mistune.core import InlineState
from mistune.inline_parser import InlineParser

from deckpress.languages.scripts import joins_without_space
from deckpress.markdown import MistuneToken, SourceSpan
from deckpress.markdown.emphasis import delimiter, resolve_emphasis
from deckpress.markdown.html_tokens import (
    Inside,
    is_html_tag,
    read_html,
    read_tag,
    without_controls,
)
from deckpress.markdown.math_delimiters import WITHOUT_MATHS

MAX_DEPTH = 20
"""Spans nested deeper than this are read as text."""

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TRIGGER = re.compile(r"\\|`|\*|_|\[|\]|<|\n|\$|＄|!\[|\{\{ *[cC] *\d|==|~~|https?://|www\.")
"""What a span may begin with; a set of characters among these would be looked for more slowly."""
_LINK_TAG = re.compile("<(/?)[aA][ >]")
_MARKS = re.compile(r"[*_~=\s]*")
_MAX_MARKS = 40

_NOWHERE = SourceSpan("", ())

Rule = tuple[str, str | None, Callable[[Any, Any, Any], int | None] | None]


class NoteInlineState(InlineState):
    """A piece of text in parsing, with the place where it begins in the block's text."""

    def __init__(self, env: MutableMapping[str, Any], passage: SourceSpan = _NOWHERE) -> None:
        super().__init__(env)
        self.src = passage.text
        self.passage = passage
        """The block's text."""
        self.index = 0
        """Where in this state's text the span begins that is being read."""
        self.base = 0
        """Characters of the block's text before this state's text."""
        self.located: list[MistuneToken] = []
        """All tokens of the block that carry an `offset`."""
        self.bracket_offsets: dict[int, int] = {}
        self.is_paragraph = False
        """Whether the text is all of a paragraph, and no cell, heading or part of a text."""
        self.in_html = False
        """Whether the text is a piece of an author's HTML, and not Markdown."""
        self.without_maths = Inside(WITHOUT_MATHS)
        """Whether the text stands in an element of the author's HTML that has no formulas."""
        self.literal: set[int] = set()
        """Places in the block's text of dollars and brackets that are no more than that."""
        self.unclosed: set[str] = set()
        """Markers that have no closing one further on, not to be looked for again."""

    def append_token(self, token: MistuneToken) -> None:
        """Add a token; a text begins where the span begins that is being read."""
        if token["type"] in ("text", "delimiter"):
            token["passage"], token["origins"] = self.passage, ((0, self.base + self.index),)
            self.tokens.append(token)
        else:
            super().append_token(token)

    def add_text(self, text: str, start: int) -> None:
        """Add a text that begins at a place of this state's text."""
        origins = ((0, self.base + start),)
        self.tokens.append(
            {"type": "text", "raw": text, "passage": self.passage, "origins": origins}
        )

    def add(self, token: MistuneToken, start: int) -> None:
        """Add a token that messages may speak of; `start` counts from this state's text."""
        token["offset"] = self.base + start
        self.located.append(token)
        self.append_token(token)

    def point_at(self, kind: str, start: int, raw: str = "") -> None:
        """Let a message speak of a place in the text without a token of its own."""
        self.located.append({"type": kind, "raw": raw, "offset": self.base + start})

    def part(self, start: int, end: int) -> NoteInlineState:
        """Return the state for a span of this state's text."""
        part = NoteInlineState(self.env, self.passage)
        part.depth, part.in_link = self.depth + 1, self.in_link
        part.src = self.src[start:end]
        part.base = self.base + start
        part.located, part.literal = self.located, self.literal
        part.without_maths = self.without_maths
        return part


class NoteInlineParser(InlineParser):
    """Reads a text by `rules`: a name, a pattern, and a function or None for the method's own."""

    state_cls = NoteInlineState

    def __init__(self, rules: Iterable[Rule], trigger: str = "") -> None:
        """Read by these rules; `trigger` is what those of a dialect may begin with."""
        super().__init__(max_nested_level=MAX_DEPTH)
        self._trigger = re.compile(f"{_TRIGGER.pattern}|{trigger}") if trigger else _TRIGGER
        self._too_deep: MistuneToken | None = None
        """The first delimiter of a text, or of a link in it, that is nested too deep."""
        self.rules = []
        for name, pattern, rule in rules:
            method = (lambda m, state, rule=rule: rule(self, m, state)) if rule else None
            self.specification[name] = pattern or self.specification[name]
            self._methods[name] = method or getattr(self, "parse_" + name)
            self.rules.append(name)

    def is_plain(self, text: str) -> bool:
        """Return whether there is nothing in a text but itself, as in most headings and items."""
        return "&" not in text and self._trigger.search(text) is None

    def parse(self, state: InlineState) -> list[MistuneToken]:
        """Read the state's text into tokens: look for the next character that may begin a span."""
        assert isinstance(state, NoteInlineState)
        sc = self.compile_sc()
        src, text_start, position = state.src, 0, 0
        while trigger := self._trigger.search(src, position):
            start = trigger.start()
            m = sc.match(src, start)
            if m is None:
                position = start + 1
                continue
            if text_start < start:
                self._add_text(text_start, start, state)
            state.index = start
            end = self._methods[m.lastgroup or ""](m, state)
            text_start = start if end is None else end
            position = start + 1 if end is None else end
        if text_start < len(src):
            self._add_text(text_start, len(src), state)
        state.tokens = self.finalize_tokens(state.tokens, state.depth)
        if self._too_deep:
            ((_, offset),) = self._too_deep["origins"]
            state.point_at("too_deep", offset - state.base)
            self._too_deep = None
        return state.tokens

    def finalize_tokens(self, tokens: list[MistuneToken], depth: int) -> list[MistuneToken]:
        """Pair the delimiters of bold and italic; mistune calls this for link texts as well."""
        tokens, too_deep = resolve_emphasis(tokens)
        self._too_deep = self._too_deep or too_deep
        return tokens

    def process_text(self, text: str, state: InlineState, parse_emphasis: bool = True) -> None:
        """Add literal text, as the rules that mistune brings do."""
        assert isinstance(state, NoteInlineState)
        state.add_text(text, state.index)

    def _add_text(self, start: int, end: int, state: NoteInlineState) -> None:
        """Add what stands between spans, each character reference in it as a text of its own."""
        text, read = state.src[start:end], 0
        if "&" not in text:
            state.add_text(text, start)
            return
        for entity in _ENTITY.finditer(text):
            if read < entity.start():
                state.add_text(text[read : entity.start()], start + read)
            state.add_text(html.unescape(entity.group(0)), start + entity.start())
            read = entity.end()
        if read < len(text):
            state.add_text(text[read:], start + read)

    def parse_backslash(self, m: Match[str], state: InlineState) -> int:
        """Read a character that a backslash makes literal."""
        assert isinstance(state, NoteInlineState)
        state.index += 1
        self.process_text(m.group(0)[1], state)
        return m.end()

    def parse_delimiter(self, m: Match[str], state: InlineState) -> int:
        """Read a run of `*` or `_`; runs are paired when the whole text is read."""
        before = state.src[m.start() - 1 : m.start()] or "\n"
        after = state.src[m.end() : m.end() + 1] or "\n"
        state.append_token(delimiter(m.group(0), before, after))
        return m.end()

    def parse_hard_break(self, m: Match[str], state: InlineState) -> int:
        """Read a line's end behind a backslash."""
        state.append_token({"type": "linebreak"})
        return m.end()

    def parse_newline(self, m: Match[str], state: InlineState) -> int:
        """Read a line's end: behind two spaces a break, else a space, or nothing."""
        last = state.tokens[-1] if state.tokens else {"type": "", "raw": ""}
        spaces = 0
        if last["type"] == "text":
            text = last["raw"].rstrip(" ")
            spaces = len(last["raw"]) - len(text)
            last["raw"] = text
        if spaces >= 2:
            state.append_token({"type": "linebreak"})
        elif not _joined(state.src, m.start(), m.end()):
            state.append_token({"type": "softbreak"})
        return m.end()

    def parse_link(self, m: Match[str], state: InlineState) -> int | None:
        """Open a link or an image."""
        assert isinstance(state, NoteInlineState)
        state.bracket_offsets[len(state.tokens)] = m.start()
        return super().parse_link(m, state)

    def parse_link_close(self, m: Match[str], state: InlineState) -> int:
        """Close a link or an image, and note where it began."""
        assert isinstance(state, NoteInlineState)
        end = super().parse_link_close(m, state)
        token = state.tokens[-1]
        if token["type"] in ("link", "image") and "offset" not in token:
            token["offset"] = state.base + state.bracket_offsets[len(state.tokens) - 1]
            state.located.append(token)
        return end

    def parse_inline_html(self, m: Match[str], state: InlineState) -> int | None:
        """Read a tag or a comment; a word in angle brackets that is no element stays text."""
        assert isinstance(state, NoteInlineState)
        if m.group(0) in ("<!", "<?"):
            end = super().parse_inline_html(m, state)
            raw = "" if end is None else state.tokens.pop()["raw"]
        else:
            raw = read_tag(state.src, m.start())
            end = m.start() + len(raw)
            if link := _LINK_TAG.match(raw):
                state.in_link = not link.group(1)
        if not raw:
            return None
        if raw.startswith("<!--"):
            state.add({"type": "comment", "raw": raw[4:-3]}, m.start())
        elif not is_html_tag(raw):
            state.add({"type": "unknown_html", "raw": raw}, m.start())
        else:
            state.add({"type": "inline_html", "raw": without_controls(raw)}, m.start())
            for tag in read_html(raw):
                state.without_maths.read(tag)
        return end


def plain_tokens(passage: SourceSpan) -> list[MistuneToken]:
    """Return what the parser makes of a text with nothing else in it."""
    if not passage.text:
        return []
    return [{"type": "text", "raw": passage.text, "passage": passage, "origins": ((0, 0),)}]


def _joined(src: str, start: int, end: int) -> bool:
    before = _MARKS.match(src[max(start - _MAX_MARKS, 0) : start][::-1])
    after = _MARKS.match(src, end, end + _MAX_MARKS)
    assert before
    assert after
    left, right = start - before.end() - 1, after.end()
    return left >= 0 and right < len(src) and joins_without_space(src[left], src[right])
