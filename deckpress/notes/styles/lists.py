"""The style of lists: each numbered item is a note, or each bullet, where these ask."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from functools import cached_property
from itertools import accumulate

from deckpress.diagnostics import Location, hint, warning
from deckpress.markdown import FIRST_YEAR, Token, cut_text
from deckpress.notes.styles import Item, Known, Reason, Split
from deckpress.notes.styles.answers import count_above_rule, split_definition, split_first_line
from deckpress.notes.styles.blocks import (
    Headings,
    is_divider,
    is_ordered_list,
    level,
    split_links,
    visible,
)
from deckpress.notes.styles.bold import read_opener
from deckpress.notes.styles.folds import cut_html
from deckpress.notes.styles.list_items import asks_in_first_block, find_asking_bullets, has_gap
from deckpress.notes.styles.qa import split_at_answer
from deckpress.notes.styles.questions import is_answer_title

_NEARLY_ITEM = re.compile(r"(\d{1,3})(?:\.(?=[^\s\d.a-z])(?:-\s+)?|[．、]\s*)")
_DASHED_ITEM = re.compile(r"(\d{1,3})(?:\s+[-–—]\s*|[-–—]\s+)(?=\w)")
_NUMBERED_HTML = re.compile(r"\s*<(div|p|center)\b[^<>]*>\s*(\d{1,9})[.)]\s+(?=\S)", re.I)
_END_TAG = re.compile(r"\s*</(?:div|p|center)\s*>\s*$", re.I)


def find_lists(blocks: Sequence[Token], steps: Set[int], known: Known) -> frozenset[int]:
    """Return the `id` of each list that asks: by numbers, but for `steps`, or by bullets."""
    numbered = {id(block) for block in blocks if is_ordered_list(block)}
    return frozenset((numbered - steps) | find_asking_bullets(blocks, steps, known))


def split_list(blocks: Sequence[Token], file: str, asking: Set[int]) -> Split:
    """Return the notes of a file whose numbered items ask, or bullets.

    `file` is how messages name it; `asking` has the `id` of each list of questions.
    """
    splitter = _ListSplitter(file, blocks, asking)
    splitter.read()
    return splitter.split


def has_questions(blocks: Sequence[Token], asking: Set[int]) -> bool:
    """Return whether there is a list of questions, or a paragraph that is nearly an item of one."""
    return bool(asking) or any(map(_find_number, blocks)) or _has_mostly_nearly(blocks, asking)


class _ListSplitter:
    """Takes every item of every list of questions, and the text that should have been indented."""

    def __init__(self, file: str, blocks: Sequence[Token], asking: Set[int]) -> None:
        self._file, self._blocks, self._asking = file, blocks, asking
        self.split = Split()
        self._headings = Headings()
        self._outside: list[Token] = []
        """The blocks since the last list or heading."""
        self._next_number: int | None = None
        """What the last list of this section would go on with; None if there was no list yet."""
        self._chapters: set[int] = set()
        """The levels of headings that a list follows at once."""
        self._titles: set[str] = set()
        """The titles of parts of answers."""
        self._takes_nearly = _has_mostly_nearly(blocks, asking)
        """Whether the questions are paragraphs such as `1.问题`, which are no items to Markdown."""

    def read(self) -> None:
        """Read the file's blocks into `split`."""
        for index, block in enumerate(self._blocks):
            if block.type == "heading":
                self._read_heading(index, block)
            elif self._is_questions(block):
                self._add_list(block)
            elif self._takes_nearly and (number := _find_number(block, dashed=True)):
                self._add_nearly(block, number)
            elif _find_number(block):
                message = "looks like a numbered question: write 1. with a blank behind the dot"
                self._report(block, message)
                self.split.leave_out(Reason.NO_NUMBER, [block])
            elif item := self._numbered_html(block):
                self._add_item(item)
            else:
                self._outside.append(block)
        self._end_section(None)

    def _is_questions(self, block: Token) -> bool:
        if id(block) not in self._asking:
            return False
        is_next = _start(block) == self._next_number
        return not self._takes_nearly or is_next or any(map(asks_in_first_block, block.children))

    def _read_heading(self, index: int, heading: Token) -> None:
        if self._is_part(index, heading):
            self._titles.add(heading.text)
            self._outside.append(heading)
            return
        self._end_section(heading)
        self._headings.enter(heading)
        if index + 1 < len(self._blocks) and self._is_questions(self._blocks[index + 1]):
            self._chapters.add(level(heading))

    def _is_part(self, index: int, heading: Token) -> bool:
        """Return whether a heading between two items belongs to the answer before it.

        The list below it goes on with the next number, but not at once; and the heading is of no
        level that chapters have.
        """
        if self._next_number is None:
            return False
        title = heading.text
        if title in self._titles or (is_answer_title(title) and not self._is_chapter(index)):
            return True
        if level(heading) in self._chapters:
            return False
        below = self._next_lists[index]
        if below == len(self._blocks) or _start(self._blocks[below]) != self._next_number:
            return False
        return self._texts[index] > self._texts[below]

    def _is_chapter(self, index: int) -> bool:
        """Return whether a list of questions, numbered anew, follows a heading at once."""
        below = self._blocks[index + 1] if index + 1 < len(self._blocks) else None
        return (
            below is not None
            and self._is_questions(below)
            and _start(below) != self._next_number
            and any(map(asks_in_first_block, below.children))
        )

    @cached_property
    def _next_lists(self) -> list[int]:
        """For each block the index of the next list of questions, or how many blocks there are."""
        next_lists, below = [0] * len(self._blocks), len(self._blocks)
        for index in range(len(self._blocks) - 1, -1, -1):
            next_lists[index] = below
            if id(self._blocks[index]) in self._asking:
                below = index
        return next_lists

    @cached_property
    def _texts(self) -> list[int]:
        """For each block how many blocks from it on are text that belongs to a note."""
        texts = [0, *(_is_text(block) for block in reversed(self._blocks))]
        return [*accumulate(texts)][::-1]

    def _add_list(self, block: Token) -> None:
        start = _start(block)
        if self._next_number is not None:
            self._place_outside(goes_on=start == self._next_number)
        else:
            self._leave_out_above()
        for item in block.children:
            self._check_number(item)
            context = self._headings.context()
            blocks = tuple(item.children)
            blocks = _split_paragraph(item.line, blocks)
            asked = count_above_rule(blocks)
            self.split.items.append(Item(item.line, blocks, context, asked=asked))
        self._outside, self._next_number = [], start + len(block.children)

    def _add_nearly(self, block: Token, match: re.Match[str]) -> None:
        """Add a paragraph that begins with a number as an item, and report it."""
        first, *rest = block.children
        message = f"read as a numbered question: write {match[1]}. with a space behind the dot"
        self.split.diagnostics.append(hint(Location(self._file, block.line), message))
        children = [*cut_text(first, match.end(), len(first.raw)), *rest]
        if self._next_number is None:
            self._leave_out_above()
            self._next_number = int(match[1])
        question = block.replace(children=children)
        blocks = _split_paragraph(block.line, (question,))
        self._next_number = self._next_number or 0
        self._add_item(Item(block.line, blocks, self._headings.context()))

    def _numbered_html(self, block: Token) -> Item | None:
        """Return a `<div>` with the next number as an item."""
        if block.type != "block_html":
            return None
        match = _NUMBERED_HTML.match(block.raw)
        end = _END_TAG.search(block.raw)
        if not match or not end or int(match[2]) != self._next_number:
            return None
        question = cut_html(block, match.end(), end.start())
        return Item(block.line, tuple(question), self._headings.context())

    def _add_item(self, item: Item) -> None:
        assert self._next_number is not None
        if self.split.items:
            self._place_outside(goes_on=True)
        self.split.items.append(item)
        self._outside, self._next_number = [], self._next_number + 1

    def _check_number(self, item: Token) -> None:
        if (written := item.written) >= FIRST_YEAR:
            message = f"number {written}. is on no card: write {written}\\. if it is no number"
            where = Location(self._file, item.line)
            self.split.diagnostics.append(hint(where, message))

    def _end_section(self, below: Token | None) -> None:
        """Place the text at a section's end; `below` is the heading that follows."""
        open_headings = self._headings.open
        if self._next_number is not None:
            self._place_outside()
        elif open_headings and (below is None or level(below) <= level(open_headings[-1])):
            text, links = split_links(self._outside)
            if text:
                self._report(
                    text[0],
                    "no list of questions under this heading: its text is left out of the deck",
                )
            self.split.leave_out(Reason.LINKS, links)
            self.split.leave_out(Reason.NO_LIST, text)
        else:
            self._leave_out_above()
        self._outside, self._next_number = [], None

    def _leave_out_above(self) -> None:
        """Leave out what stands above the first list of a section."""
        text, links = split_links(self._outside)
        reason = Reason.UNDER_HEADING if self._headings.open else Reason.ABOVE
        self.split.leave_out(Reason.LINKS, links)
        self.split.leave_out(reason, text)
        self._outside = []

    def _place_outside(self, *, goes_on: bool = False) -> None:
        """Give the last item the text below it, if a reader takes that for its answer."""
        shown = self._shown_outside()
        item = self.split.items[-1]
        if not (goes_on or self._takes_nearly or _lacks_answer(item)):
            if shown:
                self._report(
                    shown[0],
                    "not indented, and so left out of the deck: "
                    f"indent it to make it part of the item in line {item.line}",
                )
            text, links = split_links(self._outside)
            self.split.leave_out(Reason.LINKS, links)
            self.split.leave_out(Reason.NOT_INDENTED, text)
            return
        if shown and not self._takes_nearly:
            self._report(
                shown[0],
                f"not indented, but read as part of the item in line {item.line}: "
                "indent it as far as the item's text",
            )
        blocks = item.blocks + tuple(self._outside)
        self.split.items[-1] = replace(item, blocks=blocks)

    def _shown_outside(self) -> list[Token]:
        return [block for block in self._outside if not is_divider(block)]

    def _report(self, block: Token, message: str) -> None:
        self.split.diagnostics.append(warning(Location(self._file, block.line), message))


def _split_paragraph(line: int, blocks: tuple[Token, ...]) -> tuple[Token, ...]:
    """Return an item's first paragraph as question and answer, if it says where that begins.

    By a line that begins with a colon, or, if it is all of the item, by a bold text that asks, by
    a line `Answer:`, or by a question mark at the end of the first line.
    """
    shown = visible(blocks)
    if not shown or shown[0].type not in ("paragraph", "block_text"):
        return blocks
    paragraph = shown[0].replace(type="paragraph")
    parts: Sequence[Token] | None = split_definition(paragraph)
    if not parts and len(shown) == 1 and not has_gap(shown):
        parts = _split_alone(paragraph.replace(line=line))
    return (*parts, *(block for block in blocks if block is not shown[0])) if parts else blocks


def _split_alone(paragraph: Token) -> Sequence[Token] | None:
    if opener := read_opener(paragraph):
        return (opener.question, *opener.rest)
    return split_at_answer(paragraph) or split_first_line(paragraph)


def _is_text(block: Token) -> bool:
    return block.type != "heading" and bool(split_links([block])[0])


def _start(block: Token) -> int:
    return block.start


def _find_number(block: Token, *, dashed: bool = False) -> re.Match[str] | None:
    """Return the number that a paragraph begins with, as `1.问题`, which is text to Markdown.

    With `dashed` also one before a dash, as in `6 - Why?`, which may be something else.
    """
    if block.type != "paragraph" or not block.children:
        return None
    first = block.children[0]
    if first.type != "text":
        return None
    number = _NEARLY_ITEM.match(first.raw)
    return number or (_DASHED_ITEM.match(first.raw) if dashed else None)


def _has_mostly_nearly(blocks: Sequence[Token], asking: Set[int]) -> bool:
    """Return whether more paragraphs than items of lists are numbered."""
    nearly = sum(_find_number(block, dashed=True) is not None for block in blocks)
    if nearly < 2:
        return False
    lists = [block for block in blocks if is_ordered_list(block) and id(block) in asking]
    return nearly > sum(asks_in_first_block(item) for block in lists for item in block.children)


def _lacks_answer(item: Item) -> bool:
    return len([block for block in item.blocks if not is_divider(block)]) < 2
