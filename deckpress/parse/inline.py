"""What may stand within a line: mistune's inline rules, and formulas, clozes and footnotes.

Every token that a message may speak of carries the `offset` of its first character in the text it
was read from; the reader of the document turns it into a line and a column.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, MutableMapping
from re import Match
from typing import Any

from mistune.core import InlineState
from mistune.inline_parser import InlineParser

from deckpress.notes import Token
from deckpress.parse.cjk import joins_without_space
from deckpress.parse.emphasis import delimiter, resolve_emphasis
from deckpress.parse.html_names import is_html_tag

MAX_DEPTH = 20
"""Spans nested deeper than this are read as text."""

_MATH = (
    r"\$\$(?P<display>(?:\\.|[^\\$]|\$(?!\$))+?)\$\$"
    r"|\$`(?P<ticked>[^`\n]+)`\$"
    r"|\$(?![\s$])(?P<inline>(?:\\.|[^\\$`])+?)(?<!\s)\$(?!\d)"
    r"|\\\((?P<round>(?:\\[^)]|[^\\])+?)\\\)"
    r"|\\\[(?P<square>(?:\\[^\]]|[^\\])+?)\\\]"
)
_MATH_RE = re.compile(_MATH, re.S)
_DISPLAY = frozenset({"display", "square"})
_MATH_CLOSER = {r"\(": r"\)", r"\[": r"\]"}
_CODE = r"(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"
_CLOZE_PIECE = re.compile(
    rf"{_CODE}|{_MATH}|\\.|(?P<open>\{{\{{c\d+::)|(?P<close>\}}\}})|(?P<hint>::)", re.S
)
_SPANS = {
    "~~": (r"(?<!~)~~(?=[^\s~])", r"(?<![\s~])~~(?!~)"),
    "==": (r"(?<![A-Za-z0-9=])==(?=[^\s=])", r"(?<![\s=])==(?![A-Za-z0-9=])"),
}
"""What opens and closes a span; `a==b and c==d` is a program's, and marks nothing."""
_SPAN_PIECE = {
    marker: re.compile(rf"{_CODE}|{_MATH}|\\.|(?P<close>{close})", re.S)
    for marker, (_, close) in _SPANS.items()
}
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TRIGGER = re.compile(r"[\\`*_\[\]<\n$]|!\[|\{\{ *[cC] *\d|==|~~|https?://|www\.")
_MARKS = re.compile(r"[*_~=\s]*")
_URL_TAIL = re.compile(r"[.,:;!?\"'*_~]+$")
_URL = r"(?:https?://|(?<![^\s*_~(])www\.)[^\s<>\u3000-\u303f\uff00-\uffef“”‘’…]+"
_PICTURE_WITH_BLANK = (
    r"!\[(?P<picture_alt>[^\[\]\n]*)\]\("
    r"(?P<picture>[^\s<>()\"][^\n<>()\"]* [^\n<>()\"]*\.[A-Za-z0-9]{2,4})"
    r"(?: +\"(?P<picture_title>[^\"\n]*)\")? *\)"
)


class NoteInlineState(InlineState):
    """A piece of text in parsing, with the place where it begins in the block's text."""

    def __init__(self, env: MutableMapping[str, Any]) -> None:
        super().__init__(env)
        self.base = 0
        """Characters of the block's text before this state's text."""
        self.located: list[Token] = []
        """All tokens of the block that carry an `offset`."""
        self.bracket_offsets: dict[int, int] = {}
        self.unclosed: set[str] = set()
        """Markers that have no closing one further on, not to be looked for again."""

    def add(self, token: Token, start: int) -> None:
        """Add a token that messages may speak of; `start` counts from this state's text."""
        token["offset"] = self.base + start
        self.located.append(token)
        self.append_token(token)

    def part(self, start: int, end: int) -> NoteInlineState:
        """Return the state for a span of this state's text."""
        part = NoteInlineState(self.env)
        part.depth, part.in_link = self.depth + 1, self.in_link
        part.src = self.src[start:end]
        part.base = self.base + start
        part.located = self.located
        return part


class NoteInlineParser(InlineParser):
    """The inline parser of deckpress; call it with a state."""

    state_cls = NoteInlineState

    def __init__(self) -> None:
        super().__init__(max_nested_level=MAX_DEPTH)
        self.rules = []
        for name, pattern, rule in _RULES:
            method = (lambda m, state, rule=rule: rule(self, m, state)) if rule else None
            self.specification[name] = pattern or self.specification[name]
            self._methods[name] = method or getattr(self, "parse_" + name)
            self.rules.append(name)

    def parse(self, state: InlineState) -> list[Token]:
        """Read the state's text into tokens: look for the next character that may begin a span."""
        sc = self.compile_sc()
        src, text_start, position = state.src, 0, 0
        while trigger := _TRIGGER.search(src, position):
            start = trigger.start()
            m = sc.match(src, start)
            if m is None:
                position = start + 1
                continue
            self._add_text(src[text_start:start], state)
            end = self.parse_method(m, state)
            text_start = start if end is None else end
            position = start + 1 if end is None else end
        self._add_text(src[text_start:], state)
        state.tokens = self.finalize_tokens(state.tokens, state.depth)
        return state.tokens

    def finalize_tokens(self, tokens: list[Token], depth: int) -> list[Token]:
        """Pair the delimiters of bold and italic; mistune calls this for link texts as well."""
        return resolve_emphasis(tokens)

    def process_text(self, text: str, state: InlineState, parse_emphasis: bool = True) -> None:
        """Add literal text, as the rules that mistune brings do."""
        state.append_token({"type": "text", "raw": text})

    def _add_text(self, text: str, state: InlineState) -> None:
        if text:
            self.process_text(_ENTITY.sub(_character, text) if "&" in text else text, state)

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
        end = super().parse_inline_html(m, state)
        if end is None:
            return None
        token = state.tokens.pop()
        raw = token["raw"]
        if raw.startswith("<!--"):
            state.add({"type": "comment", "raw": raw[4:-3]}, m.start())
        elif not is_html_tag(raw):
            state.add({"type": "unknown_html", "raw": raw}, m.start())
        else:
            state.add(token, m.start())
        return end


def _read_math(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int | None:
    opener, start = m.group(0), m.start()
    found = None
    if opener == "$" or _MATH_CLOSER[opener] in state.src[m.end() :]:
        found = _MATH_RE.match(state.src, start)
    if found is not None:
        name = found.lastgroup
        assert name
        kind = "display_math" if name in _DISPLAY else "inline_math"
        state.add({"type": kind, "raw": found.group(name)}, start)
        return found.end()
    if opener != "$":
        return _read_escape(parser, m, state)
    if state.src.startswith("$$", start):
        state.add({"type": "unclosed_math", "raw": "$$"}, start)
        return start + 2
    return None


def _character(entity: Match[str]) -> str:
    return html.unescape(entity.group(0))


def _read_escape(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int:
    parser.process_text(m.group(0)[1], state)
    return m.end()


def _read_delimiter(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int:
    before = state.src[m.start() - 1 : m.start()] or "\n"
    after = state.src[m.end() : m.end() + 1] or "\n"
    state.append_token(delimiter(m.group(0), before, after))
    return m.end()


def _read_newline(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int:
    """Two blanks or a backslash before a line's end break it; else it is a blank, or nothing."""
    hard = m.group(0).startswith("\\")
    last = state.tokens[-1] if state.tokens else None
    if last and last["type"] == "text":
        text = last["raw"].rstrip(" ")
        hard = hard or len(last["raw"]) - len(text) >= 2
        last["raw"] = text
    if hard:
        state.append_token({"type": "linebreak"})
    elif not _joined(state.src, m.start(), m.end()):
        state.append_token({"type": "softbreak"})
    return m.end()


def _joined(src: str, start: int, end: int) -> bool:
    before = _MARKS.match(src[:start][::-1][:40])
    after = _MARKS.match(src, end)
    assert before
    assert after
    left, right = start - before.end() - 1, after.end()
    return left >= 0 and right < len(src) and joins_without_space(src[left], src[right])


def _read_span(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int | None:
    """Read `~~struck~~` or `==marked==`."""
    marker, start = m.group(0), m.end()
    if marker in state.unclosed or state.depth >= MAX_DEPTH:
        return None
    close = _find_span_end(state.src, start, marker)
    if close is None:
        state.unclosed.add(marker)
        return None
    kind = "strikethrough" if marker == "~~" else "mark"
    state.add({"type": kind, "children": parser.render(state.part(start, close))}, m.start())
    return close + 2


def _find_span_end(src: str, start: int, marker: str) -> int | None:
    """Find the closing marker, looking past code and formulas."""
    closes = (found for found in _SPAN_PIECE[marker].finditer(src, start) if found.group("close"))
    first = next(closes, None)
    return first.start() if first else None


def _read_cloze(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int | None:
    if "cloze" in state.unclosed or state.depth >= MAX_DEPTH:
        return None
    end, hint = _find_cloze_end(state.src, m.end())
    if end is None:
        state.unclosed.add("cloze")
        state.add({"type": "unclosed_cloze", "raw": m.group(0)}, m.start())
        return m.end()
    inner = parser.render(state.part(m.end(), end if hint is None else hint))
    if hint is not None:
        shown = parser.render(state.part(hint + 2, end))
        inner.append({"type": "cloze_hint", "children": shown})
    attrs = {"number": int(m.group("cloze_number"))}
    state.add({"type": "cloze", "children": inner, "attrs": attrs}, m.start())
    return end + 2


def _read_near_cloze(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int:
    """Read `{{c1:` or `{{C1::`, which may be a slip of the pen, as text."""
    attrs = {"number": m.group("near_number")}
    state.add({"type": "near_cloze", "raw": m.group(0), "attrs": attrs}, m.start())
    return m.end()


def _find_cloze_end(src: str, start: int) -> tuple[int | None, int | None]:
    """Return where a deletion's `}}` stands, and the `::` of its hint if it has one."""
    depth, hint = 0, None
    for found in _CLOZE_PIECE.finditer(src, start):
        if found.group("open"):
            depth += 1
        elif found.group("close"):
            if depth == 0:
                return found.start() + _closes_brace(src, start, found.start()), hint
            depth -= 1
        elif found.group("hint") and depth == 0 and hint is None:
            hint = found.start()
    return None, None


def _closes_brace(src: str, start: int, end: int) -> bool:
    """Say whether the first of three `}` closes a `{` of the deletion's own, as in `{x}}}`."""
    return src.startswith("}}}", end) and src.count("{", start, end) > src.count("}", start, end)


def _read_footnote(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int:
    state.add({"type": "footnote_ref", "raw": m.group("footnote_key")}, m.start())
    return m.end()


def _read_picture_with_blank(
    parser: NoteInlineParser, m: Match[str], state: NoteInlineState
) -> int:
    """Read `![](a b.png)`, which is no picture on GitHub, but is meant as one."""
    alt = {"type": "text", "raw": m.group("picture_alt")}
    attrs = {"url": m.group("picture"), "title": m.group("picture_title")}
    state.add(
        {"type": "image", "children": [alt], "attrs": attrs, "needs_brackets": True}, m.start()
    )
    return m.end()


def _read_url(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int | None:
    """Read a bare address; like GitHub, leave the sentence's own punctuation outside."""
    url = _URL_TAIL.sub("", m.group(0))
    while url.endswith(")") and url.count(")") > url.count("("):
        url = _URL_TAIL.sub("", url[:-1])
    if state.brackets and "]" in url:
        url = url[: url.index("]")]
    if state.in_link:
        return None
    address = url if url.startswith("http") else f"http://{url}"
    link = {"type": "link", "children": [{"type": "text", "raw": url}], "attrs": {"url": address}}
    state.add(link | {"_autolink": url}, m.start())
    return m.start() + len(url)


_Rule = Callable[[Any, Any, Any], int | None]
_RULES: tuple[tuple[str, str | None, _Rule | None], ...] = (
    ("cloze", r"\{\{c(?P<cloze_number>\d+)::", _read_cloze),
    ("near_cloze", r"\{\{ *[cC] *(?P<near_number>\d+) *::?", _read_near_cloze),
    ("math", r"\$|\\[(\[]", _read_math),
    ("hard_break", r"\\\n\s*", _read_newline),
    ("backslash", r"\\[!-/:-@\[-`{-~]", _read_escape),
    ("codespan", None, None),
    ("delimiter", r"\*+|_+", _read_delimiter),
    ("footnote", r"\[\^(?P<footnote_key>[^\]\s]+)\]", _read_footnote),
    ("picture_with_blank", _PICTURE_WITH_BLANK, _read_picture_with_blank),
    ("link", None, None),
    ("link_close", None, None),
    ("auto_link", None, None),
    ("auto_email", None, None),
    ("inline_html", None, None),
    ("newline", r"\n\s*", _read_newline),
    ("span", "|".join(opener for opener, _ in _SPANS.values()), _read_span),
    ("url", _URL, _read_url),
)
