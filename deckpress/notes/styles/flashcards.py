"""The styles of Obsidian's plugins: `Q::A`, `?` between lines, and a tag `#card` beside notes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import NamedTuple

from deckpress.markdown import Token, cut_text, plain_text, walk
from deckpress.markdown.reader import Document
from deckpress.notes import Kind
from deckpress.notes.styles import Heading, Item, Reason, Split
from deckpress.notes.styles.blocks import (
    Headings,
    Section,
    Sections,
    as_paragraph,
    level,
    line_of,
    shows_nothing,
    split_lines,
    visible,
    without_break,
)
from deckpress.notes.styles.details import read_question

_SEPARATOR = re.compile(r"(?<!:):{2,3}(?!:)")
_NAME_BEFORE = re.compile(r"[A-Za-z_]\w*\Z")
_NAME_BEHIND = re.compile(r"~?[A-Za-z_]\w*")
_NAMESPACE = re.compile(r"std|\w*_\w*|[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*")
_CARD_TAGS = frozenset({"card", "cards", "flashcard", "flashcards"})
_TEXTS = ("paragraph", "block_text")


class Card(NamedTuple):
    """A line that is a card."""

    question: list[Token]
    answer: list[Token]
    kind: Kind


def split_line(line: Sequence[Token]) -> Card | None:
    """Return the card that a line `Q::A` or `Q:::A` is; None if it is a text.

    Not in code, nor where `::` only joins the names of a program, as in `std::vector`.
    """
    separators = [
        (index, colons)
        for index, token in enumerate(line)
        if token.type == "text" and token.origins
        for colons in _SEPARATOR.finditer(token.raw)
    ]
    for index, colons in separators:
        text = line[index]
        if _joins_names(text.raw, colons):
            continue
        question = [*line[:index], *cut_text(text, 0, len(text.raw[: colons.start()].rstrip()))]
        behind = len(text.raw) - len(text.raw[colons.end() :].lstrip())
        answer = [*cut_text(text, behind, len(text.raw)), *without_break(line[index + 1 :])]
        if plain_text(question) and any(not shows_nothing(part) for part in answer):
            return Card(question, answer, Kind.BASIC if len(colons[0]) == 2 else Kind.REVERSED)
        return None
    return None


def _joins_names(text: str, colons: re.Match[str]) -> bool:
    before = _NAME_BEFORE.search(text, max(colons.start() - 80, 0), colons.start())
    behind = _NAME_BEHIND.match(text, colons.end(), colons.end() + 80)
    if not before or not behind:
        return False
    is_call = text[behind.end() : behind.end() + 1] in ("(", "<") and before[0].isascii()
    is_chain = text.startswith("::", behind.end()) or text[: before.start()].endswith("::")
    names = (before[0], behind[0])
    return is_call or is_chain or any(map(_NAMESPACE.fullmatch, names))


def has_cards(blocks: Sequence[Token]) -> bool:
    """Return whether there is a card in a file."""
    return any(block.separates or any(_cards_in(block)) for block in blocks)


def _cards_in(block: Token) -> Iterator[Card]:
    if block.type in ("paragraph", "block_text"):
        yield from filter(None, map(split_line, split_lines(block.children)))
    elif block.type == "list":
        for item in block.children:
            for child in item.children:
                yield from _cards_in(child)


def split_cards(document: Document) -> Split:
    """Return the cards of a file, and what is in none of them."""
    splitter = _CardSplitter(document)
    splitter.read(document.blocks)
    splitter.sections.split.items += splitter.items()
    return splitter.sections.split


class _CardSplitter:
    """Goes over the blocks of a file; those without a blank line between are a group."""

    def __init__(self, document: Document) -> None:
        self.sections = Sections(Reason.AMONG)
        self._items: list[Item] = []
        self._comments: list[list[Token]] = []
        """Those that stand below each card."""
        self._document = document
        self._group: list[Token] = []
        """Blocks of the group that are in no card."""
        self._answer: list[Token] | None = None
        """The blocks of the answer below a `?`, if that is open."""
        self._asked: list[Token] = []
        self._is_heading = False
        """Whether a heading is what asks there."""
        self._kind = Kind.BASIC
        self._heading: Token | None = None
        """The block above, if that is a heading."""
        self._end = 0
        """The line on which the last block ended."""

    def read(self, blocks: Sequence[Token]) -> None:
        for block in blocks:
            is_apart = block.line > self._end + 1
            self._end = self._document.last_line(block)
            if block.type == "heading" and not (self._answer and not is_apart):
                self._end_card()
                self._end_group()
                self.sections.enter(block)
            elif block.tags:
                self._end_card()
                self._end_group()
                self.sections.add(block)
            elif block.type == "comment":
                self._read_comment(block, is_apart=is_apart)
            else:
                self._read_block(block, is_apart=is_apart)
            self._heading = block if block.type == "heading" else None
        self._end_card()
        self._end_group()
        self.sections.leave_out_outside()

    def _read_comment(self, comment: Token, *, is_apart: bool) -> None:
        """Add a comment to the card above, of which it may say something."""
        if self._answer is not None or self._group or is_apart or not self._items:
            self._read_block(comment, is_apart=is_apart)
        else:
            self._comments[-1].append(comment)

    def _read_block(self, block: Token, *, is_apart: bool) -> None:
        if is_apart and self._answer:
            self._end_card()
        if block.separates:
            self._begin_card(block)
        elif self._answer is not None:
            self._answer.append(block)
        else:
            if is_apart:
                self._end_group()
            self._read_lines(block)

    def _begin_card(self, separator: Token) -> None:
        if self._answer is not None:
            self._end_card()
        self._asked, self._group, self._answer = self._group, [], []
        self._kind = Kind.BASIC if plain_text([separator]) == "?" else Kind.REVERSED
        if not self._asked and self._heading:
            self._asked = [as_paragraph(self._heading)]
            self._is_heading = True
        elif not self._asked:
            self._asked = [separator.replace(children=[])]  # which is reported

    def _end_card(self) -> None:
        if self._answer is not None:
            blocks = (*self._asked, *self._answer)
            self._add(Item(blocks[0].line, blocks, asked=len(self._asked), kind=self._kind))
        self._answer, self._asked, self._is_heading = None, [], False

    def _add(self, item: Item) -> None:
        context = self.sections.headings.context()
        context = context[:-1] if self._is_heading else context
        self._items.append(replace(item, context=context))
        self._comments.append([])

    def items(self) -> Iterator[Item]:
        """Yield the cards, each with the comments below it."""
        for item, comments in zip(self._items, self._comments, strict=True):
            yield replace(item, blocks=(*item.blocks, *comments))

    def _end_group(self) -> None:
        for block in self._group:
            self.sections.add(block)
        self._group = []

    def _read_lines(self, block: Token) -> None:
        """Take the cards out of a block; the rest of it may be a question."""
        if not any(_cards_in(block)):
            self._group.append(block)
        elif block.type == "list":
            self._end_group()
            self._read_list(block)
        else:
            self._read_paragraph(block)

    def _read_paragraph(self, block: Token) -> None:
        rest: list[Token] = []
        for line in split_lines(block.children):
            if card := split_line(line):
                self._keep(block, rest)
                rest = []
                self._end_group()
                self._add(_item_of(card, line_of(line) or block.line))
            else:
                rest += line
        self._keep(block, rest)

    def _keep(self, block: Token, rest: list[Token]) -> None:
        if without_break(rest):
            line = line_of(rest) or block.line
            self._group.append(block.replace(children=without_break(rest), line=line))

    def _read_list(self, block: Token) -> None:
        """Add the items of a list that are cards, each with what stands below it."""
        for child in block.children:
            first, *below = child.children or [Token(type="")]
            is_text = first.type in ("paragraph", "block_text")
            card = split_line(first.children) if is_text else None
            if not card:
                self._read_uncarded([first, *below])
                continue
            item = _item_of(card, child.line)
            own = [part for part in below if not any(_cards_in(part))]
            self._add(replace(item, blocks=(*item.blocks, *own)))
            self._read_uncarded([part for part in below if any(_cards_in(part))])

    def _read_uncarded(self, blocks: Sequence[Token]) -> None:
        for block in blocks:
            if block.type == "list" and any(_cards_in(block)):
                self._read_list(block)
            elif block.type in ("paragraph", "block_text"):
                self._read_paragraph(block)
            elif block.type:
                is_heading = block.type == "heading"
                self.sections.add(as_paragraph(block) if is_heading else block)


def _item_of(card: Card, line: int) -> Item:
    question = Token(type="paragraph", children=card.question, line=line)
    answer = question.replace(children=card.answer)
    return Item(line, (question, answer), asked=1, kind=card.kind)


def is_card_tag(tag: str) -> bool:
    """Return whether a tag says that something is a card, as `card` and `flashcards::rivers` do."""
    return tag.partition("::")[0].casefold() in _CARD_TAGS


def says_card(tokens: Iterable[Token]) -> bool:
    """Return whether there is such a tag among tokens."""
    return any(is_card_tag(tag) for token in walk(tokens) for tag in token.tags)


def split_tagged(document: Document) -> Split:
    """Return the tagged headings, list items, paragraphs, callouts and cards of a file.

    A tag on a line of its own speaks of the cards `Q::A` below it. All else is left out.
    """
    split = Split()
    above = _Above(document.blocks)
    items, rest = _take_sections(document.blocks)
    split.items += items
    cards = split_cards(replace(document, blocks=tuple(rest)))
    tag_line = _find_tag_line(document.blocks)
    for card in cards.items:
        if says_card(card.blocks) or tag_line <= card.line:
            split.items.append(card)
        else:
            split.leave_out(Reason.PROSE, visible(card.blocks))
    left_over = [block for piece in cards.left_out for block in piece.blocks]
    _split_others(sorted(left_over, key=lambda block: block.line), above, split)
    split.items.sort(key=lambda item: item.line)
    return split


class _Above:
    """Which headings stand above a line."""

    def __init__(self, blocks: Iterable[Token]) -> None:
        headings = Headings()
        self._lines: list[int] = [0]
        self._contexts: list[tuple[Heading, ...]] = [()]
        for block in blocks:
            if block.type == "heading":
                headings.enter(block)
                self._lines.append(block.line)
                self._contexts.append(headings.context())

    def context(self, line: int) -> tuple[Heading, ...]:
        """Return the texts of the headings above a line, outermost first."""
        return self._contexts[bisect_right(self._lines, line) - 1]


def _find_tag_line(blocks: Iterable[Token]) -> float:
    """Return the first line of nothing but tags that says that cards are below it."""
    comments = (block for block in blocks if block.type == "comment")
    return next((block.line for block in comments if says_card([block])), inf)


def _take_sections(blocks: Sequence[Token]) -> tuple[list[Item], list[Token]]:
    """Return the notes of tagged headings, each with all below it, and the other blocks."""
    sections, rest, headings = list[Section](), list[Token](), Headings()
    open_level = 0
    for block in blocks:
        if block.type == "heading":
            headings.enter(block)
            if says_card([block]):
                open_level, context = level(block), headings.context()[:-1]
                sections.append(Section(block.line, [as_paragraph(block)], context))
                continue
            open_level = open_level if level(block) > open_level else 0
        (sections[-1].body if open_level else rest).append(block)
    return [
        Item(section.line, (*section.asked, *section.body), section.context) for section in sections
    ], rest


def _split_others(blocks: Sequence[Token], above: _Above, split: Split) -> None:
    """Add the tagged paragraphs, callouts and list items to a split; leave out the rest."""
    taken = set[int]()
    for index, block in enumerate(blocks):
        if index in taken:
            continue
        context = above.context(block.line)
        if block.type == "alert" and says_card(block.children[:1]):
            split.items.append(read_question(block, context))
        elif block.type == "list":
            _split_list(block, context, split)
        elif block.type == "paragraph" and says_card([block]):
            asked, answer = _split_paragraph(block)
            if not answer and _is_answer(blocks, index + 1, above):
                answer = [blocks[index + 1]]
                taken.add(index + 1)
            split.items.append(Item(block.line, (asked, *answer), context, asked=1))
        else:
            split.leave_out(Reason.PROSE, visible([block]))


def _is_answer(blocks: Sequence[Token], index: int, above: _Above) -> bool:
    """Return whether a block is the answer to the one above it: under the same heading."""
    if index >= len(blocks) or says_card([blocks[index]]):
        return False
    return above.context(blocks[index].line) == above.context(blocks[index - 1].line)


def _split_paragraph(paragraph: Token) -> tuple[Token, list[Token]]:
    """Return the line of a paragraph that has the tag, with those above it, and the lines below."""
    lines = split_lines(paragraph.children)
    end = next(index for index, line in enumerate(lines, 1) if says_card(line))
    asked, answer = (
        [token for line in part for token in line] for part in (lines[:end], lines[end:])
    )
    question = paragraph.replace(children=without_break(asked))
    return question, [paragraph.replace(children=answer)] if answer else []


def _split_list(block: Token, context: tuple[Heading, ...], split: Split) -> None:
    """Add the tagged items of a list, and of the lists in it, to a split."""
    for item in block.children:
        first, *below = item.children or [Token(type="")]
        if first.type in _TEXTS and says_card([first]):
            asked, answer = _split_paragraph(first.replace(type="paragraph", line=item.line))
            split.items.append(Item(item.line, (asked, *answer, *below), context, asked=1))
            continue
        for child in item.children:
            if child.type == "list":
                _split_list(child, context, split)
            else:
                split.leave_out(Reason.PROSE, visible([child]))
