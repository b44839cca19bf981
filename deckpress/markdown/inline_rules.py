"""What may stand within a line, and what may be wrong with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from re import Match

from mistune.inline_parser import InlineParser

from deckpress.diagnostics import Diagnostic, Location, Severity, quote
from deckpress.languages.scripts import CJK_MARKS
from deckpress.markdown import NEAR_CLOZE, MistuneToken, begins_no_cloze, cut_origins
from deckpress.markdown.formula_rules import FORMULA_RULES
from deckpress.markdown.html_tokens import TAG
from deckpress.markdown.inline_parser import MAX_DEPTH, NoteInlineParser, NoteInlineState, Rule
from deckpress.markdown.math_delimiters import CODE_OPEN, MATHS, pieces
from deckpress.patterns import lazy_pattern

LINK_ADDRESS = r"(?:<[^<>\n]*>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)"
LINK_TITLE = r"(?:\s++(?:\"[^\"]*\"|'[^']*'))?+"
_LINK = (
    r"!?\[(?:\\.|[^\[\]\\]|\[[^\[\]]*\](?:\([^\s()]*\))?+)*+\]"
    rf"\(\s*+{LINK_ADDRESS}{LINK_TITLE}\s*+\)"
)
"""Read without a second thought: brackets in brackets could be read in 2ⁿ ways."""
_AUTO_LINK = InlineParser.SPECIFICATION["auto_link"]
_WHOLE = rf"{CODE_OPEN}|{MATHS}|\\.|{TAG}|{_AUTO_LINK}|{_LINK}"
"""What is one thing, even where the marks that end a span stand in it."""
_CLOZE_PIECE = lazy_pattern(
    rf"{_WHOLE}|(?P<open>\{{\{{c\d{{1,9}}::)|(?P<close>\}}\}})|(?P<brace>[{{}}])", re.S
)
_HINT_MARK = re.compile(":(?=:)")
_ELEMENT_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)")
_SPANS = {
    "~~": (r"(?<!~)~~(?=[^\s~])", r"(?<![\s~])~~(?!~)"),
    "==": (r"(?<![A-Za-z0-9=])==(?=[^\s=])", r"(?<![\s=])==(?![A-Za-z0-9=])"),
}
"""What opens and closes a span; `a==b and c==d` is a program's, and marks nothing."""
_SPAN_PIECE = {
    marker: lazy_pattern(rf"{_WHOLE}|(?P<close>{close})", re.S)
    for marker, (_, close) in _SPANS.items()
}
_URL_TAIL = ".,:;!?\"'*_~"
"""The sentence's own punctuation, where it stands behind an address."""
_NOT_IN_URL = rf"\s<>{CJK_MARKS}“”‘’…"
_URL_OPEN = rf"(?:https?://|(?<![^\s*_~(])www\.)(?=[^{_NOT_IN_URL}])"
MAX_LABEL = 999
"""Characters of a link's label (CommonMark, section 4.7); no name of a file is longer either."""
_FOREIGN_MEDIA = (
    rf"\[sound:(?P<sound>[^\]\n]{{1,{MAX_LABEL}}})\]"
    rf"|!\[\[(?P<wiki>[^\[\]\n|]+)\]\](?!\(\s*+{LINK_ADDRESS}{LINK_TITLE}\s*+\))"
)
"""What other tools have for media; `![[a]](b.png)` is a picture, described in brackets."""
_PICTURE_WITH_SPACE = (
    r"!\[(?P<picture_alt>[^\[\]\n]*)\]\("
    r"(?P<picture>[^\s<>()\"][^ \n<>()\"]*+ [^\n<>()\"]*\.[A-Za-z0-9]{2,4})"
    r"(?: +\"(?P<picture_title>[^\"\n]*)\")? *\)"
)
_LEVELS = {
    "unclosed_math": Severity.ERROR,
    "unclosed_cloze": Severity.ERROR,
    "brackets": Severity.HINT,
    "spaced_formula": Severity.HINT,
}
"""Of what is more, or less, than a warning."""
_LEVELS_IN_HTML = {"brackets": Severity.HINT, "spaced_formula": Severity.HINT}


def _rest_of_url(without: str) -> re.Pattern[str]:
    """Return what an address goes on with: not over a bracket that pandoc escaped."""
    some = rf"[^{_NOT_IN_URL}\\{without}]*+"
    return lazy_pattern(rf"{some}(?:\\(?![\[\]]){some})*+")


_URL_REST, _URL_REST_IN_BRACKETS = _rest_of_url(""), _rest_of_url(r"\]")


def _read_span(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int | None:
    """Read `~~struck~~` or `==marked==`."""
    marker, start = m.group(0), m.end()
    if marker in state.unclosed or _is_too_deep(state, m.start()):
        return None
    close = _find_span_end(state, start, marker)
    if close is None:
        state.unclosed.add(marker)
        return None
    kind = "strikethrough" if marker == "~~" else "mark"
    state.add({"type": kind, "children": parser.render(state.part(start, close))}, m.start())
    return close + 2


def _is_too_deep(state: NoteInlineState, start: int) -> bool:
    """Return whether a span stays text because it is nested too deep, which is reported once."""
    is_too_deep = state.depth >= MAX_DEPTH
    if is_too_deep and "too_deep" not in state.unclosed:
        state.unclosed.add("too_deep")
        state.point_at("too_deep", start)
    return is_too_deep


def _find_span_end(state: NoteInlineState, start: int, marker: str) -> int | None:
    """Find the closing marker, looking past code and formulas."""
    found_pieces = pieces(_SPAN_PIECE[marker], state.src, start, state.delimiters.code_end)
    closes = (piece for piece in found_pieces if piece.group("close"))
    first = next(closes, None)
    return first.start() if first else None


def _read_cloze(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int | None:
    if "cloze" in state.unclosed or _is_too_deep(state, m.start()):
        return None
    end = _find_cloze_end(state, m.end())
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
    """Read `{{c1:` or `{{C1::`, which may be a mistake, as text."""
    attrs = {"number": m.group("near_number")}
    state.add({"type": "near_cloze", "raw": m.group(0), "attrs": attrs}, m.start())
    return m.end()


def _find_cloze_end(state: NoteInlineState, start: int) -> int | None:
    """Return where a deletion's `}}` stands; of `}}}` the first may close a `{` of its own."""
    depth = braces = 0
    for piece in pieces(_CLOZE_PIECE, state.src, start, state.delimiters.code_end):
        if piece.group("open"):
            depth += 1
        elif brace := piece.group("brace"):
            braces = max(braces + (1 if brace == "{" else -1), 0)
        elif piece.group("close"):
            if depth == 0:
                return piece.start() + (state.src.startswith("}}}", piece.start()) and braces > 0)
            depth -= 1
    return None


def _read_footnote(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int:
    state.add({"type": "footnote_ref", "raw": m.group("footnote_key")}, m.start())
    return m.end()


def _read_picture_with_space(
    parser: NoteInlineParser, m: Match[str], state: NoteInlineState
) -> int:
    """Read `![](a b.png)`, which is no picture on GitHub, but is meant as one."""
    alt = {"type": "text", "raw": m.group("picture_alt")}
    attrs = {"url": m.group("picture"), "title": m.group("picture_title")}
    state.add(
        {"type": "image", "children": [alt], "attrs": attrs, "needs_brackets": True}, m.start()
    )
    return m.end()


def _find_url_end(url: str) -> int:
    """Return where an address ends that runs into a sentence's marks and closing parentheses."""
    end, spare = len(url.rstrip(_URL_TAIL)), url.count(")") - url.count("(")
    while spare > 0 and url[end - 1] in _URL_TAIL + ")":
        spare -= url[end - 1] == ")"
        end -= 1
    return len(url[:end].rstrip(_URL_TAIL))


def _read_url(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int | None:
    """Read a bare address; like GitHub, leave the sentence's own punctuation outside."""
    if state.in_link:
        return None
    rest = (_URL_REST_IN_BRACKETS if state.brackets else _URL_REST).match(state.src, m.end())
    assert rest  # which may be empty
    url = state.src[m.start() : rest.end()]
    if state.src[rest.end() : rest.end() + 1] not in ("\\", "]"):
        url = url[: _find_url_end(url)]
    address = url if url.startswith("http") else f"http://{url}"
    link = {"type": "link", "children": [{"type": "text", "raw": url}], "attrs": {"url": address}}
    state.add(link | {"_autolink": url}, m.start())  # the key by which mistune undoes it in a link
    return m.start() + len(url)


RULES: tuple[Rule, ...] = (
    ("cloze", r"\{\{c(?P<cloze_number>\d{1,9})::", _read_cloze),
    ("near_cloze", NEAR_CLOZE, _read_near_cloze),
    *FORMULA_RULES,
    ("hard_break", r"\\\n\s*", None),
    ("backslash", r"\\[!-/:-@\[-`{-~]", None),
    ("codespan", None, None),
    ("delimiter", r"\*+|_+", None),
    ("footnote", rf"\[\^(?P<footnote_key>[^\]\s]{{1,{MAX_LABEL}}})\]", _read_footnote),
    ("foreign_media", _FOREIGN_MEDIA, _read_foreign_media),
    ("picture_with_space", _PICTURE_WITH_SPACE, _read_picture_with_space),
    ("link", None, None),
    ("link_close", None, None),
    ("auto_link", None, None),
    ("auto_email", None, None),
    ("inline_html", None, None),
    ("newline", r"\n\s*", None),
    ("span", "|".join(opener for opener, _ in _SPANS.values()), _read_span),
    ("url", _URL_OPEN, _read_url),
)


def split_hint(tokens: list[MistuneToken]) -> tuple[list[MistuneToken], list[MistuneToken] | None]:
    """Return what stands in a deletion before and behind the `::` of its hint; None without one.

    It is the first that its author wrote as such, and within nothing else: a `::` in a link, an
    address, code, emphasis or an HTML element belongs to that.
    """
    for index, token in _outside_elements(tokens):
        if token["type"] == "text" and (mark := _find_hint_mark(token)) is not None:
            before, behind = (
                cut_raw_text(token, 0, mark),
                cut_raw_text(token, mark + 2, len(token["raw"])),
            )
            return [*tokens[:index], *before], [*behind, *tokens[index + 1 :]]
    return tokens, None


def _outside_elements(tokens: Sequence[MistuneToken]) -> Iterator[tuple[int, MistuneToken]]:
    """Yield each token, with its place, that stands in no HTML element which ends behind it."""
    tags = [list(_tags_in(token)) for token in tokens]
    ends = Counter(name for of_token in tags for name, is_end in of_token if is_end)
    opened: Counter[str] = Counter()
    for index, token in enumerate(tokens):
        for name, is_end in tags[index]:
            ends[name] -= is_end
            opened[name] = max(opened[name] + (-1 if is_end else 1), 0)
        if not any(opened[name] and ends[name] for name in opened):
            yield index, token


def _tags_in(token: MistuneToken) -> Iterator[tuple[str, bool]]:
    """Yield the name of each HTML tag in a token, and whether it is one that ends an element."""
    for inner in _walk(token):
        tag = _ELEMENT_TAG.match(inner["raw"]) if inner["type"] == "inline_html" else None
        if tag:
            yield tag.group(2).lower(), bool(tag.group(1))


def _find_hint_mark(text: MistuneToken) -> int | None:
    """Return where a `::` stands in a text, of which no colon was escaped."""
    begins = {begin for begin, _ in text.get("origins", ())}
    marks = (match.start() for match in _HINT_MARK.finditer(text["raw"]))
    return next((mark for mark in marks if mark + 1 not in begins), None)


def cut_raw_text(text: MistuneToken, start: int, end: int) -> list[MistuneToken]:
    """Return a piece of a text, which knows its place as the whole does; nothing if it is empty."""
    if start == end:
        return []
    return [
        text | {"raw": text["raw"][start:end], "origins": cut_origins(text["origins"], start, end)}
    ]


def _walk(token: MistuneToken) -> Iterator[MistuneToken]:
    yield token
    for child in token.get("children", ()):
        yield from _walk(child)


def check_inline(token: MistuneToken, file: str) -> Diagnostic | None:
    """Return what is wrong with a token of a line, if something is."""
    kind = "picture_with_space" if "needs_brackets" in token else token["type"]
    sentence = _SENTENCES.get(kind)
    if sentence is None or (kind == "foreign_media" and token["raw"].startswith("!")):
        return None
    levels = _LEVELS_IN_HTML if token.get("in_html") else _LEVELS
    where = Location(file, token.get("line", 0), token.get("column", 0))
    level = levels.get(kind, Severity.WARNING)
    return Diagnostic(where, sentence(token), level, kind=kind)


def _format_stray_tex(token: MistuneToken) -> str:
    signs = "$$" if token["raw"].startswith("\\begin") else "$"
    return f"{token['raw']} stands outside any formula: put {signs} around it"


def _format_foreign_media(token: MistuneToken) -> str:
    url = token["attrs"]["url"]
    link = f"![](<{url}>)" if " " in url else f"![]({url})"
    return f"{token['raw']} is shown as text: write {link}"


def _dollar(token: MistuneToken) -> str:
    """Return how a dollar is written that is only a dollar; in HTML a backslash would be seen."""
    return "&#36;" if token.get("in_html") else r"\$"


def _format_brackets(token: MistuneToken) -> str:
    raw = token["raw"]
    remedies = {r"\(": "write $…$", r"\[": "write $$…$$"}
    remedy = remedies.get(raw[:2], r"write its words as \text{…}") + " if it is one"
    if token.get("in_html") or raw.startswith("$"):
        return f"{quote(raw)} is shown as it stands, and is no formula: {remedy}"
    return f"{quote(raw)} is shown in brackets, and is no formula: {remedy}"


_SENTENCES: Mapping[str, Callable[[MistuneToken], str]] = {
    "unclosed_math": lambda token: (
        "formula is never closed: add $$ (no blank line in between), or write " + _dollar(token) * 2
    ),
    "half_a_formula": lambda token: (
        f"$ has no partner: add the other $ of the formula, or write {_dollar(token)}"
    ),
    "prose_in_dollars": lambda token: (
        f"{quote(token['raw'])} is read as a formula: write {_dollar(token)} where none begins"
    ),
    "spaced_formula": lambda token: (
        f"read as a formula, though GitHub shows it as text for its spaces: write ${token['raw']}$"
    ),
    "spaced_math": lambda token: (
        f"no formula, since a blank stands within the $: write ${token['raw']}$"
    ),
    "math_before_digit": lambda token: (
        f"no formula, since a digit stands behind ${token['raw']}$: take it in"
    ),
    "tag_in_math": lambda token: (
        f"no formula, since the tag {token['raw']} stands in it: put spaces around <, or end the "
        "formula before it"
    ),
    "brackets": _format_brackets,
    "wide_dollar": lambda token: "full-width ＄ begins no formula: write $",
    "stray_tex": _format_stray_tex,
    "unclosed_cloze": lambda token: (
        f"cloze {token['raw']}… is never closed: add }}}} in the same paragraph"
    ),
    "near_cloze": lambda token: begins_no_cloze(token["raw"], token["attrs"]["number"]),
    "too_deep": lambda token: (
        "nested more than 20 levels deep, and so shown as text: take out some levels"
    ),
    "unknown_html": lambda token: (
        f"{token['raw']} is no HTML element and is shown as text: "
        f"write `{token['raw']}` if it is code"
    ),
    "foreign_media": _format_foreign_media,
    "picture_with_space": lambda token: (
        f"{token['attrs']['url']} has a blank, so GitHub shows no picture: "
        f"write ![…](<{token['attrs']['url']}>)"
    ),
}
"""By the type of the token."""
