"""The style of Obsidian's plugin for spaced repetition: `Q::A`, `Q:::A`, and `?` between lines.

Source: the plugin's own pages (st3v3nmw/obsidian-spaced-repetition, `q-and-a-cards.md` and
`decks.md`): both sides touch the `?`, and a blank line ends the card. Here a blank line beside the
`?` is overlooked, since to the plugin that is a card without an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from deckpress.notes import Kind, Token, cut_text, plain_text
from deckpress.parse.markdown import Document
from deckpress.parse.note_styles.model import Item, Reason, Split
from deckpress.parse.note_styles.outline import as_paragraph, shows_nothing
from deckpress.parse.note_styles.sections import Sections
from deckpress.parse.note_styles.text_lines import line_of, split_lines, without_break

_SEPARATOR = re.compile(r"(?<!:):{2,3}(?!:)")
_NAME_BEFORE = re.compile(r"[A-Za-z_]\w*\Z")
_NAME_BEHIND = re.compile(r"~?[A-Za-z_]\w*")
_NAMESPACE = re.compile(r"std|\w*_\w*|[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*")


class Card(NamedTuple):
    """A line that is a card."""

    question: list[Token]
    answer: list[Token]
    kind: Kind


def split_line(line: Sequence[Token]) -> Card | None:
    """Return the card that a line `Q::A` or `Q:::A` is; None if it is a text.

    Not in code, nor where `::` only joins the names of a program, as in `std::vector`.
    """
    found = [
        (index, colons)
        for index, token in enumerate(line)
        if token["type"] == "text" and "origins" in token
        for colons in _SEPARATOR.finditer(token["raw"])
    ]
    for index, colons in found:
        text = line[index]
        if _joins_names(text["raw"], colons):
            continue
        question = [*line[:index], *cut_text(text, 0, len(text["raw"][: colons.start()].rstrip()))]
        behind = len(text["raw"]) - len(text["raw"][colons.end() :].lstrip())
        answer = [*cut_text(text, behind, len(text["raw"])), *without_break(line[index + 1 :])]
        if plain_text(question) and any(not shows_nothing(each) for each in answer):
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
    return any("separates" in block or any(_cards_in(block)) for block in blocks)


def _cards_in(block: Token) -> Iterator[Card]:
    if block["type"] in ("paragraph", "block_text"):
        yield from filter(None, map(split_line, split_lines(block["children"])))
    elif block["type"] == "list":
        for item in block["children"]:
            for child in item["children"]:
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
            is_apart = block["line"] > self._end + 1
            self._end = self._document.last_line(block)
            if block["type"] == "heading" and not (self._answer and not is_apart):
                self._end_card()
                self._end_group()
                self.sections.enter(block)
            elif block.get("tags"):
                self._end_card()
                self._end_group()
                self.sections.add(block)
            elif block["type"] == "comment":
                self._read_comment(block, is_apart=is_apart)
            else:
                self._read_block(block, is_apart=is_apart)
            self._heading = block if block["type"] == "heading" else None
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
        if "separates" in block:
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
            self._asked = [separator | {"children": []}]  # which is reported

    def _end_card(self) -> None:
        if self._answer is not None:
            blocks = (*self._asked, *self._answer)
            self._add(Item(blocks[0]["line"], blocks, asked=len(self._asked), kind=self._kind))
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
        elif block["type"] == "list":
            self._end_group()
            self._read_list(block)
        else:
            self._read_paragraph(block)

    def _read_paragraph(self, block: Token) -> None:
        rest: list[Token] = []
        for line in split_lines(block["children"]):
            if card := split_line(line):
                self._keep(block, rest)
                rest = []
                self._end_group()
                self._add(_item_of(card, line_of(line) or block["line"]))
            else:
                rest += line
        self._keep(block, rest)

    def _keep(self, block: Token, rest: list[Token]) -> None:
        if without_break(rest):
            line = line_of(rest) or block["line"]
            self._group.append(block | {"children": without_break(rest), "line": line})

    def _read_list(self, block: Token) -> None:
        """Add the items of a list that are cards, each with what stands below it."""
        for each in block["children"]:
            first, *below = each["children"] or [{"type": ""}]
            is_text = first["type"] in ("paragraph", "block_text")
            card = split_line(first["children"]) if is_text else None
            if not card:
                self._read_uncarded([first, *below])
                continue
            item = _item_of(card, each["line"])
            own = [one for one in below if not any(_cards_in(one))]
            self._add(replace(item, blocks=(*item.blocks, *own)))
            self._read_uncarded([one for one in below if any(_cards_in(one))])

    def _read_uncarded(self, blocks: Sequence[Token]) -> None:
        for block in blocks:
            if block["type"] == "list" and any(_cards_in(block)):
                self._read_list(block)
            elif block["type"] in ("paragraph", "block_text"):
                self._read_paragraph(block)
            elif block["type"]:
                is_heading = block["type"] == "heading"
                self.sections.add(as_paragraph(block) if is_heading else block)


def _item_of(card: Card, line: int) -> Item:
    question = {"type": "paragraph", "children": card.question, "line": line}
    answer = question | {"children": card.answer}
    return Item(line, (question, answer), asked=1, kind=card.kind)
