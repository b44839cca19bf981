"""The style in which bold lines ask."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import dropwhile
from typing import NamedTuple

from deckpress.markdown import Token, plain_text
from deckpress.notes.styles import NOTHING, Item, Known, Split
from deckpress.notes.styles.blocks import (
    BREAKS,
    INVISIBLE,
    Section,
    Sections,
    line_of,
    opened,
    split_lines,
    without_break,
)
from deckpress.notes.styles.folds import blocks_in_answers
from deckpress.notes.styles.questions import (
    asks,
    is_answer_label,
    is_answer_title,
    is_numbered,
    number_of,
)

_BOLDS = frozenset({"strong", "inline_html"})
_BOLD = re.compile(r"<(?:b|strong)>", re.I)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_BOLD_END = re.compile(r"</(?:b|strong)\s*>", re.I)


class Opener(NamedTuple):
    """A bold text that asks, and what stands behind it in its paragraph."""

    question: Token
    rest: list[Token]


def split_bold(blocks: Sequence[Token], known: Known = NOTHING) -> Split:
    """Return the notes of a file whose bold lines ask.

    A bold line is a paragraph that is bold as a whole, or the first line of one, or of an item of a
    list or of a quote, if it asks; a bold text with a question mark asks also before other text.
    Where some ask, one with a colon at its end, as *Options:*, is a part of an answer, and one with
    the next number asks, too.
    """
    blocks = list(_spread(blocks, may_be_answers=sum(map(_is_question, blocks)) > 1))
    sections, folded = Sections(), blocks_in_answers(blocks)
    read = {id(block): read_opener(block) for block in blocks if id(block) not in folded}
    openers = {key: opener for key, opener in read.items() if opener}
    if any(_asks(opener.question) for opener in openers.values()):
        openers = {
            key: opener
            for key, opener in openers.items()
            if not _is_label(opener.question) or known.has([opener.question])
        }
    number: int | None = None
    for block in blocks:
        if block.type == "heading":
            sections.enter(block)
        elif opener := openers.get(id(block)) or _read_next(block, number, folded):
            number = number_of(plain_text([opener.question]))
            context = sections.headings.context()
            sections.open(Section(block.line, [opener.question], context, body=opener.rest))
        else:
            sections.add(block)
    sections.leave_out_outside()
    for section in sections.sections:
        blocks_of = (*section.asked, *section.body)
        sections.split.items.append(Item(section.line, blocks_of, section.context))
    return sections.split


def may_ask(block: Token) -> bool:
    """Return whether a paragraph, quote or item of a list with bullets asks by a bold text."""
    if _BOLDS.isdisjoint(block.types):
        return False
    if block.type == "list" and not block.ordered:
        return any(map(_first_asks, block.children))
    if block.type == "block_quote":
        return _first_asks(block)
    return read_opener(block) is not None


def _spread(blocks: Iterable[Token], *, may_be_answers: bool) -> Iterator[Token]:
    """Yield blocks, where a quote or an item of a list asks the blocks in it.

    With `may_be_answers` paragraphs ask: then only a quote that is no more than a question does.
    """
    for block in blocks:
        if block.type == "paragraph" or not may_ask(block):
            yield block
        elif block.type == "block_quote":
            is_more = len(block.children) > 1 or not _is_bold(block.children[0].children)
            yield from [block] if may_be_answers and is_more else opened(block)
        elif may_be_answers:
            yield block
        else:
            for item in block.children:
                if _first_asks(item):
                    yield from opened(item)
                else:
                    yield block.replace(children=[item], line=item.line)


def _is_question(block: Token) -> bool:
    opener = read_opener(block)
    return opener is not None and _asks(opener.question)


def _first_asks(container: Token) -> bool:
    """Return whether a quote or item begins with a bold text that asks."""
    first = container.children[0] if container.children else container
    return _begins_bold(first.children) and _is_question(next(opened(container)))


def read_opener(block: Token) -> Opener | None:
    """Return the question that a paragraph begins with, and what follows it in the paragraph."""
    if block.type != "paragraph" or not _begins_bold(block.children):
        return None
    children = _read_tags(block.children)
    if _is_bold(children):
        question = _without_bold(block, children)
        return None if _is_answer(question) else Opener(question, [])
    first, *other_lines = split_lines(children)
    rest = [token for line in other_lines for token in line]
    line = without_break(first)
    if not _is_bold(line):
        line, behind = line[:1], line[1:]
        if not plain_text(line).endswith(("?", "？")):
            return None
        rest = [*behind, *first[len(behind) + 1 :], *rest]
    rest = list(dropwhile(_is_break, rest))
    question = _without_bold(block, line)
    if not rest or not _asks(question) or _is_answer(question):
        return None
    return Opener(question, [block.replace(children=rest, line=line_of(rest) or block.line)])


def _is_break(child: Token) -> bool:
    return child.type in BREAKS or _is_tag(child, _BREAK)


def _read_next(block: Token, number: int | None, folded: Container[int]) -> Opener | None:
    """Return a bold text with the next number as a question, though it ends without a mark."""
    if number is None or id(block) in folded or block.type != "paragraph":
        return None
    children = _read_tags(block.children) if _begins_bold(block.children) else ()
    if len(children) < 2 or number_of(plain_text(children[:1])) != number + 1:
        return None
    question = _without_bold(block, children[:1])
    return Opener(question, [block.replace(children=list(children[1:]))])


def _begins_bold(children: Sequence[Token]) -> bool:
    """Return whether the first thing in a paragraph that is seen is bold."""
    seen = (child for child in children if child.type not in INVISIBLE)
    first = next((child for child in seen if child.raw != " "), None)
    return first is not None and (
        first.type == "strong" or _is_wrapped(first) or _is_tag(first, _BOLD)
    )


def _read_tags(children: Sequence[Token]) -> Sequence[Token]:
    """Return the children of a paragraph where a first `<b>` or `<strong>` is a bold text."""
    if not _is_tag(children[0], _BOLD):
        return children
    for index, child in enumerate(children):
        if _is_tag(child, _BOLD_END):
            bold = Token(type="strong", children=children[1:index])
            return [bold, *children[index + 1 :]]
    return children


def _is_tag(child: Token, tag: re.Pattern[str]) -> bool:
    return child.type == "inline_html" and tag.fullmatch(child.raw) is not None


def _is_answer(line: Token) -> bool:
    """Return whether a bold line is a label of an answer, or says it, as in *Answer: B*."""
    text = plain_text([line])
    return is_answer_label(text) or is_answer_title(text)


def _asks(question: Token) -> bool:
    text = plain_text([question])
    return asks(text) or is_numbered(text)


def _is_label(question: Token) -> bool:
    return not _asks(question) and plain_text([question]).endswith((":", "："))


def _is_bold(children: Sequence[Token]) -> bool:
    visible = [child for child in children if child.type not in INVISIBLE]
    shown = [child for child in visible if child.raw != " "]
    return len(shown) == 1 and (shown[0].type == "strong" or _is_wrapped(shown[0]))


def _is_wrapped(child: Token) -> bool:
    """Return whether a text is bold and italic, as in `***What?***`."""
    return child.type == "emphasis" and _is_bold(child.children)


def _without_bold(block: Token, line: Sequence[Token]) -> Token:
    children: list[Token] = []
    for child in line:
        inner = child.children[0] if _is_wrapped(child) else child
        children += inner.children if inner.type == "strong" else [child]
    return block.replace(children=children)
