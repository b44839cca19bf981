"""The blocks our Markdown has beyond mistune's: formulas, GitHub's tables, and footnotes.

Each rule is a pattern that finds where the block begins, and a function that reads it; the function
returns where the block ends, or None to leave the text to the other rules.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from re import Match
from typing import Any, NamedTuple

from mistune.core import BlockState
from mistune.helpers import BLOCK_TAGS, PRE_TAGS, unescape_char

from deckpress.diagnostics import Diagnostics, Location, error, warning
from deckpress.markdown import MistuneToken
from deckpress.markdown.html_tokens import ends_with_line, is_html_element
from deckpress.markdown.math_delimiters import find_tag, holds_tex, is_display_text
from deckpress.markdown.positions import (
    CLOSED,
    FenceReader,
    LineKeepingParser,
    SourceState,
    ends_with,
    find_end,
    holds_notes,
    is_below_blank_line,
)

_ALWAYS_BLOCKS = frozenset({*BLOCK_TAGS, *PRE_TAGS})
"""Elements whose tags begin a block even if text stands behind them in their line."""
_TOO_DEEP = "lists or quotes are nested more than 20 levels deep: what is deeper is shown as text"
"""mistune's limit (`DEFAULT_MAX_NESTED_LEVEL`)."""
_CONTAINERS = ("list", "block_quote", "footnote")
_FORMULA_START = r"^ {0,3}(?P<formula_open>\$\$(?!\$)|\\\[)"
_FORMULA = {
    "$$": re.compile(
        r" {0,3}\$\$((?:[^\n$\\]|\\(?:.|(?=\n))|\$(?!\$)|\n(?![ \t]*\n))*)\$\$([^\n]*)(?:\n|$)"
    ),
    "\\[": re.compile(
        r" {0,3}\\\[((?:[^\n\\]|\\(?:[^\[\]\n]|(?=\n))|\n(?![ \t]*\n))*)\\\]([^\n]*)(?:\n|$)"
    ),
}
_MATH_FENCE = re.compile(r"math(?![^\s{,])")
_TABLE_START = (
    r"^ {0,3}(?=[^\n]*\|)[^\n]*\n(?= {0,3}[-:|])(?=[^\n]*\|)"
    r" {0,3}\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+(?:\n|$)"
)
_FOOTNOTE_START = r"^ {0,3}\[\^(?P<footnote_label>[^\]\s]+)\]:[ \t]*"
_FOOTNOTE_MORE = re.compile(r"(?:(?:[ \t]*\n)*(?: {2,}|\t)[^\n]*\S[^\n]*(?:\n|$))+")
_FOOTNOTE_LAZY = re.compile(
    r"(?! {0,3}(?:\[\^|[-+*>#]|\d+[.)]|`{3}|~{3}|\$\$|<!--))[^\n]*\S[^\n]*(?:\n|$)"
)
_PIPE = re.compile(
    r"\\.|(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"
    r"|\$(?![\s$])(?:\\.|[^\\$`])+?(?<!\s)\$(?![A-Za-z\d])|\|"
)
"""What `|` must be looked for around: escapes, code and formulas, but not `|$HOME|$PATH|`."""


BlockRule = tuple[str, str, Any, str]
"""A rule: its name, its pattern, its function, and the rule that it comes before."""


class NoteBlockParser(LineKeepingParser):
    """The block parser of deckpress; what is wrong is added to `diagnostics`."""

    def __init__(
        self,
        file: str,
        diagnostics: Diagnostics,
        more: Iterable[BlockRule] = (),
        at_top: Iterable[BlockRule] = (),
    ) -> None:
        """Read a file also by the rules of a dialect, some of which no list or quote holds."""
        super().__init__()
        self.file = file
        self.diagnostics = diagnostics
        self.cut_cells: list[MistuneToken] = []
        """The texts of cells for which a table has no head."""
        for name, pattern, rule, before in at_top:
            self.register(name, pattern, rule, before=before)
        for name, pattern, rule, before in (*more, *_RULES):
            self.register(name, pattern, rule, before=before)
            for rules in (self.list_rules, self.block_quote_rules):
                self.insert_rule(rules, name, before=before)

    def location(self, state: BlockState, offset: int) -> Location:
        """Return the line of the file at an offset of a state's text."""
        assert isinstance(state, SourceState)
        return Location(self.file, state.line_at(offset))

    def parse_fenced_code(self, m: Match[str], state: BlockState) -> int | None:
        """Read code between fences; where none closes it, it ends with what it stands in."""
        assert isinstance(state, SourceState)
        marker, info = m.group("fenced_2"), m.group("fenced_3")
        if marker[0] == "`" and "`" in info:
            return None
        behind = min(m.end() + 1, state.cursor_max)
        if not info and self._closes_item(m, state):
            return behind if is_below_blank_line(state.src, m.start()) else None
        code_end, end = self._find_fence_end(m, state, behind)
        code = _without_indent(state.src[behind:code_end], len(m.group("fenced_1")))
        token = {"type": "block_code", "raw": code, "style": "fenced", "marker": marker}
        if _MATH_FENCE.match(info):
            token["type"] = "block_math"
        attrs = {"attrs": {"info": unescape_char(info).strip()}} if info else {}
        state.append_token(token | attrs)
        return end

    def _closes_item(self, m: Match[str], state: SourceState) -> bool:
        """Return whether a fence ends code of the list item above, which is indented more."""
        if not state.ended or state.ended[0] != "list":
            return False
        start = state.ended[1]
        if state.fences is None or state.fences.start != start:
            state.fences = FenceReader(start, start)
        state.fences.read_to(state.src, m.start())
        is_close = state.fences.is_closed_by(m.group("fenced_2"))
        if is_close:
            self._report_indent(state, state.fences.opened, m.start())
        return is_close

    def _report_indent(self, state: SourceState, opened: int, closed: int) -> None:
        where, message = self.location(state, closed), CLOSED.format(state.line_at(opened))
        self.diagnostics.append(warning(where, message))

    def _find_fence_end(self, m: Match[str], state: SourceState, start: int) -> tuple[int, int]:
        """Return where code ends that begins at `start`, and where what closes it does."""
        marker = m.group("fenced_2")
        close, is_as_indented = find_end(marker, state.src, start, state.closing_fences)
        if close and not is_as_indented:
            self._report_indent(state, m.start(), close.start())
        if close:
            return close.span()
        self._report_unclosed(m, state, holds_notes(state.src[start:]))
        return len(state.src), state.cursor_max

    def _report_unclosed(self, m: Match[str], state: SourceState, has_notes: bool) -> None:
        marker = m.group("fenced_2")
        where = self.location(state, m.start())
        if state.container:
            self.diagnostics.append(warning(where, ends_with(state.container, marker)))
        elif has_notes:
            message = f"code fence is never closed: add a line {marker} below the code"
            self.diagnostics.append(error(where, message))
        else:
            message = f"code fence ends with the file: add a line {marker} below the code"
            self.diagnostics.append(warning(where, message))

    def parse(self, state: BlockState, rules: list[str] | None = None) -> None:
        """Read the blocks of a text; what is nested too deep stays text."""
        left_out = [rule for rule in _CONTAINERS if rule not in (rules or self.rules)]
        if left_out and (deeper := self.compile_sc(left_out).search(state.src)):
            self.diagnostics.append(warning(self.location(state, deeper.start()), _TOO_DEEP))
        super().parse(state, rules)

    def parse_atx_heading(self, m: Match[str], state: BlockState) -> int:
        """Read a heading; a run of `#` behind a space at its end is no part of it."""
        text = m.group("atx_2").strip(string.whitespace)
        rest = text.rstrip().rstrip("#")
        if text.rstrip() != rest and (not rest or rest[-1].isspace()):
            text = rest.rstrip()
        attrs = {"level": len(m.group("atx_1"))}
        state.append_token({"type": "heading", "text": text, "attrs": attrs, "style": "atx"})
        return m.end() + 1

    def parse_raw_html(self, m: Match[str], state: BlockState) -> int | None:
        """Read a block of HTML; a name that HTML does not know is left to the text."""
        marker = m.group(0).strip()
        if marker == "<!--" and state.src.find("-->", m.end()) < 0:
            message = "HTML comment is never closed: add -->"
            self.diagnostics.append(error(self.location(state, m.start()), message))
        name = marker.lstrip("</")
        if name[:1].isalpha() and not is_html_element(name):
            return None
        is_open = marker[1:2].isalpha() and name.lower() not in _ALWAYS_BLOCKS
        if is_open and not ends_with_line(state.src, m.end(), state.find_line_end()):
            return state.append_paragraph()
        return super().parse_raw_html(m, state)


def _without_indent(code: str, columns: int) -> str:
    """Return code without as many spaces before each line, as far as there are."""
    return re.sub(rf"(?m)^ {{1,{columns}}}", "", code) if columns else code


def _read_formula(parser: LineKeepingParser, m: Match[str], state: BlockState) -> int | None:
    opener = m.group("formula_open")
    above = state.last_token()
    if opener == "$$" and above and above["type"] == "paragraph" and above["text"].count("$$") % 2:
        return state.append_paragraph()  # this $$ closes one that the paragraph opened
    match = _FORMULA[opener].match(state.src, m.start())
    if match is None:
        return None  # the inline rules tell of a $$ that is never closed, with its column
    if not _is_formula(opener, match):
        return None
    if match.group(2).strip():
        state.add_paragraph(match.group(0))  # a formula within a line of text
    else:
        state.append_token({"type": "block_math", "raw": match.group(1)})
    return match.end()


def _is_formula(opener: str, match: Match[str]) -> bool:
    """Return whether what stands between signs of a formula is one, and no words or HTML."""
    start, end = match.span(1)
    if opener != "$$":
        is_text = not holds_tex(match.group(1), square=True, alone=True)
    else:
        is_one_line = "\n" not in match.group(1)
        is_text = is_one_line and is_display_text(match.string, start - 2, end + 2, alone=True)
    return not is_text and not find_tag(match.string, start, end)


_MOST_FILLED = 10_000
"""Cells that the short rows of a table lack; without theirs the rows below look the same."""


_CUT_ROW = (
    "row has more cells than the head of its table, and what is in them is left out: add heads, "
    r"or write \| for a | within a cell"
)


def _read_table(parser: LineKeepingParser, m: Match[str], state: BlockState) -> int | None:
    assert isinstance(parser, NoteBlockParser)
    assert isinstance(state, SourceState)
    header, delimiters = m.group(0).split("\n")[:2]
    heads, marks = _split_row(header), _split_row(delimiters)
    if len(heads) != len(marks):
        return None
    aligns = [_alignment(mark.text) for mark in marks]
    line = state.line_at(m.start())
    rows: list[MistuneToken] = []
    end, filled = m.end(), 0
    sc = parser.compile_sc(
        [rule for rule in parser.rules if rule not in ("table", "setex_heading")]
    )
    while end < state.cursor_max and not sc.match(state.src, end):
        text = state.get_line(end)
        if not text.strip():
            break
        row = _split_row(text)
        if cut := [cell for cell in row[len(aligns) :] if cell.text]:
            place = {"line": line + 2 + len(rows), "last_line": line + 2 + len(rows)}
            parser.cut_cells += ({"type": "text", "raw": f"{cell.text} ", **place} for cell in cut)
            parser.diagnostics.append(warning(parser.location(state, end), _CUT_ROW))
        filled += max(len(aligns) - len(row), 0)
        width = len(aligns) if filled <= _MOST_FILLED else len(row)
        cells = _cells(row, aligns[:width], line + 2 + len(rows), head=False)
        rows.append({"type": "table_row", "children": cells})
        end += len(text)
    head: MistuneToken = {"type": "table_head", "children": _cells(heads, aligns, line, head=True)}
    body: MistuneToken = {"type": "table_body", "children": rows}
    state.append_token({"type": "table", "children": [head, body] if rows else [head]})
    return end


class _Cell(NamedTuple):
    text: str
    from_end: int
    """How far before the end of its row it begins."""
    escapes: tuple[int, ...]
    """The places of each `|` that stands there as `\\|`."""


def _split_row(line: str) -> list[_Cell]:
    r"""Return the cells of a table row; a `|` in code, a formula or after `\` divides nothing."""
    text = line.strip().removeprefix("|")
    pipes = [match for match in _PIPE.finditer(text) if match.group(0) == "|"]
    starts = [0, *(pipe.end() for pipe in pipes)]
    ends = [*(pipe.start() for pipe in pipes), len(text)]
    cells = [_cell(text, start, end) for start, end in zip(starts, ends, strict=True)]
    return cells if cells[-1].text else cells[:-1]


def _cell(row: str, start: int, end: int) -> _Cell:
    text = row[start:end].lstrip()
    escapes = (match.start() for match in re.finditer(r"\\\|", text))
    places = tuple(place - before for before, place in enumerate(escapes))
    return _Cell(text.rstrip().replace("\\|", "|"), len(row) - end + len(text), places)


def _alignment(mark: str) -> str | None:
    left, right = mark.startswith(":"), mark.endswith(":")
    if left and right:
        return "center"
    return "left" if left else "right" if right else None


def _cells(
    row: list[_Cell], aligns: list[str | None], line: int, *, head: bool
) -> list[MistuneToken]:
    """Make a row as wide as its header, as GitHub does: short rows filled up, long ones cut."""
    cells = (row + [_Cell("", 0, ())] * len(aligns))[: len(aligns)]
    where = {"type": "table_cell", "line": line}
    return [
        {**where, **cell._asdict(), "attrs": {"align": align, "head": head}}
        for cell, align in zip(cells, aligns, strict=True)
    ]


def _read_footnote(parser: LineKeepingParser, m: Match[str], state: BlockState) -> int | None:
    assert isinstance(parser, NoteBlockParser)
    assert isinstance(state, SourceState)
    end = state.find_line_end_at(m.end())
    while lazy := _FOOTNOTE_LAZY.match(state.src, end):
        end = lazy.end()
    if more := _FOOTNOTE_MORE.match(state.src, end):
        end = more.end()
    body = re.sub(r"(?m)^(?: {1,4}|\t)", "", state.src[m.end() : end])
    child = SourceState(state)
    child.process(body)
    child.first_line = state.line_at(m.start())
    is_deep = child.depth() >= parser.max_nested_level
    excluded = _CONTAINERS if is_deep else ()
    parser.parse(child, [rule for rule in parser.list_rules if rule not in excluded])
    label = m.group("footnote_label").casefold()
    known = state.env.setdefault("footnotes", {})
    if label in known:
        message = f"footnote [^{label}] is defined twice: rename one of them"
        parser.diagnostics.append(error(parser.location(state, m.start()), message))
    known.setdefault(label, child.tokens)
    state.definition_end = end
    return end


_RULES: tuple[BlockRule, ...] = (
    ("formula", _FORMULA_START, _read_formula, "indent_code"),
    ("table", _TABLE_START, _read_table, "atx_heading"),
    ("footnote", _FOOTNOTE_START, _read_footnote, "ref_link"),
)
