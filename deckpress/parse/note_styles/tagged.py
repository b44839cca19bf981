"""The style in which a tag `#card` or `#flashcards` says which items are notes, among prose."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf

from deckpress.notes import Token, walk
from deckpress.parse.markdown import Document
from deckpress.parse.note_styles.callouts import read_question
from deckpress.parse.note_styles.cards import split_cards
from deckpress.parse.note_styles.model import Heading, Item, Reason, Split
from deckpress.parse.note_styles.outline import Headings, as_paragraph, level, visible
from deckpress.parse.note_styles.sections import Section
from deckpress.parse.note_styles.text_lines import split_lines, without_break

_CARD_TAGS = frozenset({"card", "cards", "flashcard", "flashcards"})
_TEXTS = ("paragraph", "block_text")


def is_card_tag(tag: str) -> bool:
    """Return whether a tag says that something is a card, as `card` and `flashcards::rivers` do."""
    return tag.partition("::")[0].casefold() in _CARD_TAGS


def says_card(tokens: Iterable[Token]) -> bool:
    """Return whether there is such a tag among tokens."""
    return any(is_card_tag(tag) for token in walk(tokens) for tag in token.get("tags", ()))


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
    others = [block for each in cards.left_out for block in each.blocks]
    _split_others(sorted(others, key=lambda block: int(block["line"])), above, split)
    split.items.sort(key=lambda item: item.line)
    return split


class _Above:
    """Which headings stand above a line."""

    def __init__(self, blocks: Iterable[Token]) -> None:
        headings = Headings()
        self._lines: list[int] = [0]
        self._contexts: list[tuple[Heading, ...]] = [()]
        for block in blocks:
            if block["type"] == "heading":
                headings.enter(block)
                self._lines.append(block["line"])
                self._contexts.append(headings.context())

    def context(self, line: int) -> tuple[Heading, ...]:
        """Return the texts of the headings above a line, outermost first."""
        return self._contexts[bisect_right(self._lines, line) - 1]


def _find_tag_line(blocks: Iterable[Token]) -> float:
    """Return the first line of nothing but tags that says that cards are below it."""
    comments = (block for block in blocks if block["type"] == "comment")
    return next((block["line"] for block in comments if says_card([block])), inf)


def _take_sections(blocks: Sequence[Token]) -> tuple[list[Item], list[Token]]:
    """Return the notes of tagged headings, each with all below it, and the other blocks."""
    sections, rest, headings = list[Section](), list[Token](), Headings()
    open_level = 0
    for block in blocks:
        if block["type"] == "heading":
            headings.enter(block)
            if says_card([block]):
                open_level, context = level(block), headings.context()[:-1]
                sections.append(Section(block["line"], [as_paragraph(block)], context))
                continue
            open_level = open_level if level(block) > open_level else 0
        (sections[-1].body if open_level else rest).append(block)
    return [Item(each.line, (*each.asked, *each.body), each.context) for each in sections], rest


def _split_others(blocks: Sequence[Token], above: _Above, split: Split) -> None:
    """Add the tagged paragraphs, callouts and list items to a split; leave out the rest."""
    taken = set[int]()
    for index, block in enumerate(blocks):
        if index in taken:
            continue
        context = above.context(block["line"])
        if block["type"] == "alert" and says_card(block["children"][:1]):
            split.items.append(read_question(block, context))
        elif block["type"] == "list":
            _split_list(block, context, split)
        elif block["type"] == "paragraph" and says_card([block]):
            asked, answer = _split_paragraph(block)
            if not answer and _is_answer(blocks, index + 1, above):
                answer = [blocks[index + 1]]
                taken.add(index + 1)
            split.items.append(Item(block["line"], (asked, *answer), context, asked=1))
        else:
            split.leave_out(Reason.PROSE, visible([block]))


def _is_answer(blocks: Sequence[Token], index: int, above: _Above) -> bool:
    """Return whether a block is the answer to the one above it: under the same heading."""
    if index >= len(blocks) or says_card([blocks[index]]):
        return False
    return above.context(blocks[index]["line"]) == above.context(blocks[index - 1]["line"])


def _split_paragraph(paragraph: Token) -> tuple[Token, list[Token]]:
    """Return the line of a paragraph that has the tag, with those above it, and the lines below."""
    lines = split_lines(paragraph["children"])
    end = next(at for at, line in enumerate(lines, 1) if says_card(line))
    asked, answer = (
        [token for line in part for token in line] for part in (lines[:end], lines[end:])
    )
    question = paragraph | {"children": without_break(asked)}
    return question, [paragraph | {"children": answer}] if answer else []


def _split_list(block: Token, context: tuple[Heading, ...], split: Split) -> None:
    """Add the tagged items of a list, and of the lists in it, to a split."""
    for item in block["children"]:
        first, *below = item["children"] or [None]
        if first and first["type"] in _TEXTS and says_card([first]):
            asked, answer = _split_paragraph(first | {"type": "paragraph", "line": item["line"]})
            split.items.append(Item(item["line"], (asked, *answer, *below), context, asked=1))
            continue
        for child in filter(None, (first, *below)):
            if child["type"] == "list":
                _split_list(child, context, split)
            else:
                split.leave_out(Reason.PROSE, visible([child]))
