"""On which line of the file each block stands, and where code between fences ends."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from re import Match
from typing import Any, NamedTuple

from mistune.block_parser import BlockParser
from mistune.core import BlockState

from deckpress.patterns import lazy_pattern

_CONTAINERS = {"list": "list item", "block_quote": "quote", "footnote": "footnote"}
"""What a fence may stand in, by the rule that reads it."""
CLOSED = (
    "closes the code fence of line {}, though it is indented otherwise, and closes nothing on "
    "GitHub: indent it as far as that line"
)
"""What is said of a line that was meant as a closing fence."""
_BEGINS_NOTE = lazy_pattern(
    r"^ {0,3}(?:#{1,6}[ \t]|\d{1,9}[.)][ \t]|\*\*|</?details\b|(?:[QA]|问|答)[:：])", re.M
)
_FENCE = lazy_pattern(
    r"^(?P<lead>(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))*+)(?P<marker>`{3,}|~{3,})(?P<info>.*)$",
    re.M,
)
_MARKER_ALONE = re.compile(r"[ \t]*(?:[*+-]|\d{1,9}[.)])[^\S\n]*\n")
"""An item that begins below its marker; mistune takes spaces of every kind for nothing there."""


def find_end(
    marker: str, text: str, start: int, known: dict[str, re.Match[str] | None]
) -> tuple[re.Match[str] | None, bool]:
    """Return the line that closes a fence, and whether it is indented as it should be.

    Code begins at `start` of a text. A line that is indented otherwise closes it where no other
    does, or only behind a fence that opens. `known` keeps what closes each fence, so that no text
    is read again and again.
    """
    close = known.get(marker)
    if marker not in known or (close and close.start() < start):
        close = known[marker] = _closing(marker, " {0,3}").search(text, start)
    end = close.start() if close else len(text)
    indented = _closing(marker, r"[ \t]*").search(text, start, end)
    if indented and (close is None or _opens(marker).search(text, indented.end(), end)):
        return indented, False
    return close, True


def _opens(marker: str) -> re.Pattern[str]:
    """Return what a line is that opens a fence of a kind, and names a language."""
    return re.compile(rf"^ {{0,3}}{marker[0]}{{3,}}[ \t]*\w", re.M)


def _closing(marker: str, indent: str) -> re.Pattern[str]:
    return re.compile(rf"^{indent}{marker[0]}{{{len(marker)},}}[ \t]*(?:\n|\Z)", re.M)


def is_below_blank_line(text: str, start: int) -> bool:
    """Return whether the line above the one that begins at a place of a text is blank."""
    above = text.rfind("\n", 0, max(start - 1, 0)) + 1
    return not text[above:start].strip()


def holds_notes(code: str) -> bool:
    """Return whether code seems to have swallowed the notes behind it."""
    return _BEGINS_NOTE.search(code) is not None


def ends_with(container: str, marker: str) -> str:
    """Return what to say of code that ends with its container, named by its rule."""
    name = _CONTAINERS[container]
    advice = "begin" if container == "block_quote" else "indent"
    how = "with > as well" if container == "block_quote" else "as far as this one"
    return (
        f"code fence ends with its {name}, since no line in that closes it: {advice} the closing "
        f"{marker} {how}, or add it"
    )


@dataclass
class FenceReader:
    """Reads the lines of a list item once, to know which fence is open in it."""

    start: int
    """Where the item begins, in characters of the text."""
    end: int
    """What was read."""
    marker: str = ""
    """The fence that is open, if one is."""
    opened: int = 0
    """Where its line begins."""

    def read_to(self, text: str, end: int) -> None:
        """Read on to a line of a text."""
        for match in _FENCE.finditer(text, self.end, end):
            marker, info = match.group("marker"), match.group("info").strip()
            if not self.marker and not (marker[0] == "`" and "`" in info):
                self.marker, self.opened = marker, match.start()
            elif not info and self.is_closed_by(marker):
                self.marker = ""
        self.end = end

    def is_closed_by(self, marker: str) -> bool:
        """Return whether a line of no more than a fence closes the one that is open."""
        return bool(self.marker) and marker.startswith(self.marker)


def restore_tabs(row: str, source: str) -> str:
    """Return a row of code with the tabs of its line of the file, which mistune wrote as spaces.

    A tab stays whole where the code begins at or before it; of one that begins earlier the rest is
    spaces (CommonMark 0.31, "Tabs").
    """
    code = row.lstrip(" ")
    before = source[: len(source) - len(code)] if source.endswith(code) else ""
    blanks = before[len(before.rstrip(" \t")) :]
    if not code or "\t" not in blanks:
        return row
    column = _width(before) - (len(row) - len(code))
    if before.rstrip().endswith(">"):  # mistune counts the columns of a quote from its own text
        column = min(column, _width(before.rstrip()) + 1)
    for index in range(len(before) - len(blanks), len(before) + 1):
        width = _width(before[:index])
        if width >= column:
            return " " * (width - column) + before[index:] + code
    return row


def _width(text: str) -> int:
    """Return how many columns a text takes from the beginning of a line."""
    return len(text.expandtabs(4))


class Gap(NamedTuple):
    """Where a paragraph goes on behind definitions, which are no part of it."""

    row: int
    """The lines of the paragraph before."""
    skipped: int
    """The lines of all definitions before."""
    end: int
    """The characters of the paragraph before."""


class SourceState(BlockState):
    """A document, list item or quote in parsing, with the line of the file it begins on."""

    def __init__(self, parent: SourceState | None = None) -> None:
        super().__init__(parent)
        self.first_line = 1
        """The line of the file, from 1, on which this state's text begins."""
        self.block_start: int | None = None
        """Where the block being parsed begins, in characters of this state's text."""
        self.child_start = 0
        """Where the next child begins, in characters of this state's text."""
        self.child_lines: list[int] = []
        """The line of the file, from 1, of each child of the block being parsed."""
        self.rule: str = ""
        """The rule that reads the block being parsed."""
        self.container: str = parent.rule if parent else ""
        """The rule that reads what this state's text stands in: `list` or the like."""
        self.ended: tuple[str, int] | None = None
        """The rule of the quote or list that the block being parsed ends, which is no token yet,
        and where the child of that begins, in characters of this state's text."""
        self.fences: FenceReader | None = None
        """What was read of the list item in parsing, to know whether a fence is open in it."""
        self.closing_fences: dict[str, Match[str] | None] = {}
        """The next line that closes each kind of fence, where one was looked for."""
        self.definition_end: int | None = None
        """Where the last definition ends, which is no block, in characters of this state's text."""
        self._line_starts: list[int] | None = None

    def line_at(self, offset: int) -> int:
        """Return the line of the file, from 1, at an offset of this state's text."""
        if not offset:  # as it is for most items of lists, which are one line
            return self.first_line
        if self._line_starts is None:
            self._line_starts = [0, *(match.end() for match in re.finditer("\n", self.src))]
        return self.first_line + bisect_right(self._line_starts, offset) - 1

    def child_state(self, src: str, lazy_line_starts: set[int] | None = None) -> SourceState:
        """Return the state of a list item or quote, whose text begins at `child_start`.

        In a list the following item begins at the line that was read last.
        """
        child = SourceState(self)
        child.process(src)
        child.lazy_line_starts = lazy_line_starts or set()
        begins_below = _MARKER_ALONE.match(self.src, self.child_start) is not None
        self.child_lines.append(self.line_at(self.child_start))
        child.first_line = self.child_lines[-1] + begins_below
        self.child_start = self.src.rfind("\n", 0, max(self.cursor - 1, 0)) + 1
        return child

    def append_token(self, token: dict[str, Any]) -> None:
        """Add a block, with its line."""
        if "line" not in token:
            start = self.cursor if self.block_start is None else self.block_start
            token["line"] = self.line_at(start)
        super().append_token(token)

    def prepend_token(self, token: dict[str, Any]) -> None:
        """Add a quote, with its line, before the block that ended it, if that has added any."""
        assert self.block_start is not None
        token.setdefault("line", self.line_at(self.block_start))
        if self.tokens[-1]["line"] < token["line"]:
            super().append_token(token)
        else:
            super().prepend_token(token)

    def append_paragraph(self) -> int | None:
        """Lengthen the paragraph before, and return its end; None if another block is between."""
        if self.ended:
            return None
        self._note_gap()
        return super().append_paragraph()

    def add_paragraph(self, text: str) -> None:
        """Add a paragraph, with its line, or lengthen the one before."""
        self._note_gap()
        super().add_paragraph(text)
        if "line" not in self.tokens[-1]:
            self.tokens[-1]["line"] = self.line_at(self.cursor)

    def _note_gap(self) -> None:
        """Let a paragraph that goes on behind a definition know how many lines that has."""
        last = self.last_token()
        if self.cursor == self.definition_end and last and last["type"] == "paragraph":
            gaps: list[Gap] = last.setdefault("gaps", [])
            before = gaps[-1] if gaps else Gap(0, 0, 0)
            row = before.row + last["text"].count("\n", before.end)
            skipped = self.line_at(self.cursor) - last["line"] - row
            gaps.append(Gap(row, skipped, len(last["text"])))


class LineKeepingParser(BlockParser):
    """mistune's block parser over `SourceState`: every token it makes has a `line`."""

    state_cls = SourceState

    def parse(self, state: BlockState, rules: list[str] | None = None) -> None:
        """Read the blocks of a text, as mistune does: each rule begins with a line."""
        sc = self.compile_sc(rules)
        while state.cursor < state.cursor_max:
            first, end = state.src[state.cursor], None
            if first == "\n":
                end = self._read_blank_lines(state)
            elif first in " \t":
                end = self._parse_indent_code_fast(state)
            state.cursor = self._read_block(sc, state) if end is None else end

    def _read_blank_lines(self, state: BlockState) -> int | None:
        """Read blank lines, which every second block is, without asking each rule; return the end.

        None where what is left of a line is no line.
        """
        match = self.BLANK_LINE.match(state.src, state.cursor)
        if match is None:
            return None
        state.append_token({"type": "blank_line"})
        return match.end()

    def _read_block(self, sc: re.Pattern[str], state: BlockState) -> int:
        """Read a block by the rule for its first line, or else as a paragraph; return its end."""
        match = sc.match(state.src, state.cursor)
        if match and (end := self.parse_method(match, state)):
            return end
        end = state.find_line_end()
        while match is None and end < state.cursor_max and not sc.match(state.src, end):
            end = state.find_line_end_at(end)
        state.add_paragraph(state.get_text(end))
        return end

    def parse_method(self, m: Match[str], state: BlockState) -> int | None:
        """Run the rule that matched, and note the line of each block that it adds."""
        assert isinstance(state, SourceState)
        outer = (state.rule, state.block_start, state.child_start, state.child_lines)
        count = len(state.tokens)
        state.ended = None if state.block_start is None else (state.rule, state.child_start)
        state.rule, state.block_start, state.child_start = m.lastgroup or "", m.start(), m.start()
        state.child_lines = []
        end = self._methods[state.rule](m, state)
        for token in state.tokens[count:]:
            if "line" not in token:
                token["line"] = state.line_at(m.start())
        if m.lastgroup == "list" and len(state.tokens) > count:
            items = state.tokens[count]["children"]
            for item, line in zip(items, state.child_lines, strict=True):
                item["line"] = line
        state.rule, state.block_start, state.child_start, state.child_lines = outer
        state.ended = None
        return end
