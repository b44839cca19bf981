"""The styles in which folds ask: `<details>`, and callouts of Obsidian."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest

from deckpress.markdown import Token, plain_text
from deckpress.markdown.obsidian_syntax import is_question, is_success, split_title
from deckpress.notes.styles import NOTHING, Heading, Item, Known, Reason, Split
from deckpress.notes.styles.blocks import (
    Headings,
    Sections,
    as_paragraph,
    shows_nothing,
    split_links,
    visible,
)
from deckpress.notes.styles.folds import Fold, Position, between, find_folds, separate_ends
from deckpress.notes.styles.questions import asks, is_answer_label


def split_details(blocks: Sequence[Token], known: Known = NOTHING) -> Split:
    """Return the notes of a file whose folded `<details>` ask.

    The summary is the question, unless it is a label such as *Answer*, or that of other folds, too:
    then it is what stands above the fold, up to the fold or heading before. A fold such as *Hint*
    above the answer is a part of the question, and another one below it of the answer.
    """
    splitter = _DetailsSplitter(known)
    splitter.read(blocks, ())
    return splitter.split


class _DetailsSplitter:
    def __init__(self, known: Known) -> None:
        self._known = known
        self.split = Split()
        self._headings = Headings()
        self._above: list[Token] = []
        """The blocks since the last fold or heading, that heading first."""

    def read(self, blocks: Sequence[Token], context: tuple[Heading, ...]) -> None:
        blocks = separate_ends(blocks)
        folds = find_folds(blocks)
        labels = Counter(fold.label for fold in folds)
        end, count, hints = Position(0, 0), len(self.split.items), list[Token]()
        for fold, below in zip_longest(folds, folds[1:]):
            self._read_outside(between(blocks, end, fold.start))
            end, whole = fold.end, between(blocks, fold.start, fold.end)
            is_label = self._is_label(fold, labels[fold.label])
            if is_label and not fold.is_answer and below and _is_answer_to(fold, below, blocks):
                hints += whole
                continue
            if is_label and len(self.split.items) > count and not split_links(self._above)[0]:
                self._lengthen([*hints, *whole])
            else:
                self._read_fold(fold, context, hints, is_label=is_label)
            hints = []
        self._read_outside(between(blocks, end, Position(len(blocks), 0)))
        self._leave_out()

    def _is_label(self, fold: Fold, times: int) -> bool:
        """Return whether a summary, which occurs so many times, asks nothing by itself."""
        if fold.summary and self._known.has([fold.summary]):
            return False
        return fold.is_answer or not fold.label or (times > 1 and not asks(fold.label))

    def _read_outside(self, blocks: Sequence[Token]) -> None:
        for block in blocks:
            if block.type == "heading":
                self._leave_out()
                self._headings.enter(block)
            self._above.append(block)

    def _read_fold(
        self, fold: Fold, context: tuple[Heading, ...], hints: Sequence[Token], *, is_label: bool
    ) -> None:
        """Add a fold as a note, or the notes in it; `hints` are the folds right above it."""
        if not is_label and len(find_folds(fold.body)) > 1:
            self._leave_out()
            chapter = tuple(fold.summary.children) if fold.summary else ()
            self.read(fold.body, (*context, *self._headings.context(), chapter))
            return
        context, line = (*context, *self._headings.context()), fold.line
        asked = [fold.summary] if fold.summary else []
        above, links = split_links(self._above)
        if is_label and not above:
            self.split.leave_out(Reason.BETWEEN, (*hints, *asked, *fold.body))
            return
        if is_label:
            self.split.leave_out(Reason.LINKS, links)
            asked, context, line = self._asked_above(above, context)
        else:
            self._leave_out()
        asked += hints
        if asked:
            self.split.items.append(Item(line, (*asked, *fold.body), context, asked=len(asked)))
        else:
            self.split.leave_out(Reason.BETWEEN, fold.body)

    def _lengthen(self, blocks: Sequence[Token]) -> None:
        """Add a second answer, or what explains it, to the last note."""
        last = self.split.items[-1]
        whole = (*last.blocks, *self._above, *blocks)
        self._above = []
        self.split.items[-1] = replace(last, blocks=whole)

    def _asked_above(
        self, above: list[Token], context: tuple[Heading, ...]
    ) -> tuple[list[Token], tuple[Heading, ...], int]:
        """Return what stands above a fold as its question: the text, or else the heading."""
        self._above = []
        line = above[0].line
        text = [block for block in above if block.type != "heading"]
        if text:
            return text, context, line
        return [as_paragraph(above[0])], context[:-1], line

    def _leave_out(self) -> None:
        text, links = split_links(block for block in self._above if block.type != "heading")
        self._above = []
        self.split.leave_out(Reason.LINKS, links)
        self.split.leave_out(Reason.BETWEEN if self.split.items else Reason.ABOVE, text)


def _is_answer_to(fold: Fold, below: Fold, blocks: Sequence[Token]) -> bool:
    """Return whether the next fold is the answer to what a fold, such as *Hint*, is a part of."""
    return below.is_answer and not visible(between(blocks, fold.end, below.start))


def split_callouts(blocks: Sequence[Token]) -> Split:
    """Return the notes of a file whose callouts ask: the title asks, the text below it answers."""
    sections = Sections(Reason.AMONG)
    items = list[Item]()
    for block in blocks:
        if block.type == "heading":
            sections.enter(block)
        elif is_question(block):
            items.append(read_question(block, sections.headings.context()))
        else:
            sections.add(block)
    sections.leave_out_outside()
    sections.split.items += items
    return sections.split


def read_question(callout: Token, context: tuple[Heading, ...]) -> Item:
    """Return a callout as an item; without a title, its first block asks."""
    title, body = split_title(callout)
    asked = [block.replace(is_title=False) for block in title]
    if body and is_success(body[-1]) and (len(body) > 1 or asked):
        answer = _without_label(body[-1])
        asked += body[:-1]
        return Item(callout.line, (*asked, *answer), context, asked=len(asked))
    return Item(callout.line, (*asked, *body), context, asked=len(asked))


def _without_label(callout: Token) -> list[Token]:
    """Return what an answer's callout holds, without a title such as *Answer*."""
    title, body = split_title(callout)
    if title and body and is_answer_label(plain_text(title)):
        return list(body)
    return [*title, *body]


def merge_callouts(items: Iterable[Item], callouts: Sequence[Item]) -> list[Item]:
    """Return the notes of a file and those of its callouts, in the order of the file.

    A heading with nothing but such callouts below it is no note, but above them.
    """
    above = {id(token) for callout in callouts for heading in callout.context for token in heading}
    kept = [
        item
        for item in items
        if not all(map(shows_nothing, item.blocks[1:])) or not _is_above(item, above)
    ]
    return sorted([*kept, *callouts], key=lambda item: item.line)


def _is_above(item: Item, above: set[int]) -> bool:
    return any(id(token) in above for token in item.blocks[0].children)
