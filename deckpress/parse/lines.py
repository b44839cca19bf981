"""mistune's block parser, taught to remember on which line of the file each block stands.

mistune parses a list item or a quote as a document of its own, with the indentation cut off. Line
by line such a child still matches its parent, so a child only needs to know where it begins.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from re import Match
from typing import Any, NamedTuple

from mistune.block_parser import BlockParser
from mistune.core import BlockState

from deckpress.parse.fences import FenceReader

_MARKER_ALONE = re.compile(r"[ \t]*(?:[*+-]|\d{1,9}[.)])[^\S\n]*\n")
"""An item that begins below its marker; mistune takes spaces of every kind for nothing there."""


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
        if self._line_starts is None:
            self._line_starts = [0, *(found.end() for found in re.finditer("\n", self.src))]
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
        start = self.cursor if self.block_start is None else self.block_start
        token.setdefault("line", self.line_at(start))
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
        self.tokens[-1].setdefault("line", self.line_at(self.cursor))

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

    def parse_method(self, m: Match[str], state: BlockState) -> int | None:
        """Run the rule that matched, and note the line of each block that it adds."""
        assert isinstance(state, SourceState)
        outer = (state.rule, state.block_start, state.child_start, state.child_lines)
        count = len(state.tokens)
        state.ended = None if state.block_start is None else (state.rule, state.child_start)
        state.rule, state.block_start, state.child_start = m.lastgroup or "", m.start(), m.start()
        state.child_lines = []
        end = super().parse_method(m, state)
        for token in state.tokens[count:]:
            token.setdefault("line", state.line_at(m.start()))
        if m.lastgroup == "list" and len(state.tokens) > count:
            items = state.tokens[count]["children"]
            for item, line in zip(items, state.child_lines, strict=True):
                item["line"] = line
        state.rule, state.block_start, state.child_start, state.child_lines = outer
        state.ended = None
        return end
