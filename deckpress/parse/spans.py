"""What may stand within a line: mistune's spans, and formulas, clozes, footnotes and addresses.

Each rule is a pattern that finds where the span begins, and a function that reads it; the function
returns where the span ends, or None to leave the text to the other rules.
"""

from __future__ import annotations

import re
from re import Match

from mistune.helpers import HTML_ATTRIBUTES, HTML_TAGNAME
from mistune.inline_parser import InlineParser

from deckpress.parse.cjk import is_cjk_punctuation
from deckpress.parse.clozes import split_hint
from deckpress.parse.dollars import find_before_digit, find_spaced, is_half_a_formula, is_prose
from deckpress.parse.inline import MAX_DEPTH, NoteInlineParser, NoteInlineState, Rule

_MATH = (
    r"\$\$(?P<display>(?:\\.|[^\\$]|\$(?!\$))+?)\$\$"
    r"|\$`(?P<ticked>[^`\n]+)`\$"
    r"|\$(?![\s$])(?P<inline>(?:\\.|[^\\$`])+?)(?<!\s)\$(?!\d)"
    r"|\\\((?P<round>(?:\\[^()]|[^\\])+?)\\\)"
    r"|\\\[(?P<square>(?:\\[^\[\]]|[^\\])+?)\\\]"
)
"""A formula ends where the next one begins, so that looking for its end costs little."""
_MATH_RE = re.compile(_MATH, re.S)
_DISPLAY = frozenset({"display", "square"})
_CODE = r"(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"
_LINK_ADDRESS = r"(?:<[^<>\n]*>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)"
_LINK_TITLE = r"(?:\s+(?:\"[^\"]*\"|'[^']*'))?"
_LINK = (
    r"!?\[(?:\\.|[^\[\]\\]|\[[^\[\]]*\](?:\([^\s()]*\))?)*\]"
    rf"\(\s*{_LINK_ADDRESS}{_LINK_TITLE}\s*\)"
)
_TAG = rf"<{HTML_TAGNAME}{HTML_ATTRIBUTES}\s*/?>|</{HTML_TAGNAME}\s*>"
_AUTO_LINK = InlineParser.SPECIFICATION["auto_link"]
_WHOLE = rf"{_CODE}|{_MATH}|\\.|{_TAG}|{_AUTO_LINK}|{_LINK}"
"""What is one thing, even where the marks that end a span stand in it."""
_CLOZE_PIECE = re.compile(
    rf"{_WHOLE}|(?P<open>\{{\{{c\d{{1,9}}::)|(?P<close>\}}\}})|(?P<brace>[{{}}])", re.S
)
_SPANS = {
    "~~": (r"(?<!~)~~(?=[^\s~])", r"(?<![\s~])~~(?!~)"),
    "==": (r"(?<![A-Za-z0-9=])==(?=[^\s=])", r"(?<![\s=])==(?![A-Za-z0-9=])"),
}
"""What opens and closes a span; `a==b and c==d` is a program's, and marks nothing."""
_SPAN_PIECE = {
    marker: re.compile(rf"{_WHOLE}|(?P<close>{close})", re.S)
    for marker, (_, close) in _SPANS.items()
}
_URL_TAIL = re.compile(r"[.,:;!?\"'*_~]+$")
_URL = r"(?:https?://|(?<![^\s*_~(])www\.)[^\s<>\u3000-\u303f\uff00-\uffef“”‘’…]+"
_STRAY_TEX = (
    r"(?<![\w:\\/.])\\(?:begin\{(?:align|aligned|equation|gather|gathered|cases|[bpvV]?matrix|array"
    r"|split|multline|eqnarray)\*?\}|(?:alpha|beta|gamma|delta|epsilon|varepsilon|theta|lambda|mu|pi|rho"
    r"|sigma|tau|phi|varphi|omega|Gamma|Delta|Theta|Lambda|Sigma|Phi|Omega|d?frac|sum|prod|sqrt|math(?:bf|bb"
    r"|cal|rm)|boldsymbol|times|cdot|leq|geq|neq|approx|infty|partial|nabla|(?:left|right)arrow)(?![A-Za-z]))"
)
"""TeX that no program and no path has, but a forgetful author."""
_FOREIGN_MEDIA = r"\[sound:(?P<sound>[^\]\n]+)\]|!\[\[(?P<wiki>[^\[\]\n|]+)\]\]"
_PICTURE_WITH_BLANK = (
    r"!\[(?P<picture_alt>[^\[\]\n]*)\]\("
    r"(?P<picture>[^\s<>()\"][^\n<>()\"]* [^\n<>()\"]*\.[A-Za-z0-9]{2,4})"
    r"(?: +\"(?P<picture_title>[^\"\n]*)\")? *\)"
)


def _close_up(state: NoteInlineState) -> None:
    """Drop the blank between full-width punctuation and a formula; only GitHub needs it there."""
    last = state.tokens[-1] if state.tokens else {}
    text = last.get("raw", "") if last.get("type") == "text" else ""
    closed = text.rstrip(" ")
    if closed != text and is_cjk_punctuation(closed[-1:]):
        last["raw"] = closed


def _read_math(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int | None:
    start = m.start()
    if found := _MATH_RE.match(state.src, start):
        name = found.lastgroup
        assert name
        kind = "display_math" if name in _DISPLAY else "inline_math"
        if name == "inline" and is_prose(state.src, start, found.end(), found.group(name)):
            state.point_at("prose_in_dollars", start, found.group(name))
        _close_up(state)
        raw_offset = state.base + found.start(name)
        state.add({"type": kind, "raw": found.group(name), "raw_offset": raw_offset}, start)
        return found.end()
    if m.group(0) != "$":
        return parser.parse_backslash(m, state)
    if state.src.startswith("$$", start):
        state.add({"type": "unclosed_math", "raw": "$$"}, start)
        return start + 2
    if spaced := find_spaced(state.src, start):
        state.point_at("spaced_math", start, spaced.group(2))
        parser.process_text(spaced.group(0), state)
        return spaced.end()
    if tex := find_before_digit(state.src, start):
        state.point_at("math_before_digit", start, tex)
        state.unclosed.add("stray_tex")  # what stands behind the $ is told of by this
    elif is_half_a_formula(state.src, start):
        state.point_at("half_a_formula", start)
        state.unclosed.add("stray_tex")
    return None


def _read_stray_tex(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> None:
    """Leave TeX outside any formula to the text; the first of a text is told of."""
    if "stray_tex" not in state.unclosed:
        state.unclosed.add("stray_tex")
        state.point_at("stray_tex", m.start(), m.group(0))


def _read_wide_dollar(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> None:
    """Leave the `＄` of a Chinese keyboard to the text, where it is no price."""
    state.point_at("wide_dollar", m.start())


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
    end = _find_cloze_end(state.src, m.end())
    if end is None:
        state.unclosed.add("cloze")
        state.add({"type": "unclosed_cloze", "raw": m.group(0)}, m.start())
        return m.end()
    inner, hint = split_hint(parser.render(state.part(m.end(), end)))
    if hint is not None:
        inner.append({"type": "cloze_hint", "children": hint})
    attrs = {"number": int(m.group("cloze_number"))}
    state.add({"type": "cloze", "children": inner, "attrs": attrs}, m.start())
    return end + 2


def _read_foreign_media(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int:
    """Read `[sound:a.mp3]` of Anki or `![[a.png]]` of Obsidian as the text it is to Markdown."""
    attrs = {"url": m.group("sound") or m.group("wiki")}
    state.add({"type": "foreign_media", "raw": m.group(0), "attrs": attrs}, m.start())
    return m.end()


def _read_near_cloze(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int:
    """Read `{{c1:` or `{{C1::`, which may be a slip of the pen, as text."""
    attrs = {"number": m.group("near_number")}
    state.add({"type": "near_cloze", "raw": m.group(0), "attrs": attrs}, m.start())
    return m.end()


def _find_cloze_end(src: str, start: int) -> int | None:
    """Return where a deletion's `}}` stands; of `}}}` the first may close a `{` of its own."""
    depth = braces = 0
    for found in _CLOZE_PIECE.finditer(src, start):
        if found.group("open"):
            depth += 1
        elif brace := found.group("brace"):
            braces = max(braces + (1 if brace == "{" else -1), 0)
        elif found.group("close"):
            if depth == 0:
                return found.start() + (src.startswith("}}}", found.start()) and braces > 0)
            depth -= 1
    return None


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


RULES: tuple[Rule, ...] = (
    ("cloze", r"\{\{c(?P<cloze_number>\d{1,9})::", _read_cloze),
    ("near_cloze", r"\{\{ *[cC] *(?P<near_number>\d+) *::?", _read_near_cloze),
    ("math", r"\$|\\[(\[]", _read_math),
    ("wide_dollar", "＄(?![\\d\\s])", _read_wide_dollar),
    ("stray_tex", _STRAY_TEX, _read_stray_tex),
    ("hard_break", r"\\\n\s*", None),
    ("backslash", r"\\[!-/:-@\[-`{-~]", None),
    ("codespan", None, None),
    ("delimiter", r"\*+|_+", None),
    ("footnote", r"\[\^(?P<footnote_key>[^\]\s]+)\]", _read_footnote),
    ("foreign_media", _FOREIGN_MEDIA, _read_foreign_media),
    ("picture_with_blank", _PICTURE_WITH_BLANK, _read_picture_with_blank),
    ("link", None, None),
    ("link_close", None, None),
    ("auto_link", None, None),
    ("auto_email", None, None),
    ("inline_html", None, None),
    ("newline", r"\n\s*", None),
    ("span", "|".join(opener for opener, _ in _SPANS.values()), _read_span),
    ("url", _URL, _read_url),
)
