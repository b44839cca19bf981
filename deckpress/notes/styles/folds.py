"""Folded `<details>` among the blocks of a file: each summary, and what it folds."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from operator import itemgetter
from typing import NamedTuple

from deckpress.markdown import SourceSpan, Token, plain_text, rewrite, walk
from deckpress.notes.styles.questions import asks, is_answer_label

_TAG = re.compile(r"<(/?)(details|summary)\b[^>]*>", re.I)
_BEGINNING = re.compile(r"<details\b", re.I)
_END = re.compile(r"</details\s*>", re.I)
_BEFORE_BODY = re.compile(r"(?:\s|<br\s*/?>)*+(<b>)?(?:\s|<br\s*/?>)*+", re.I)
_BEHIND_BODY = re.compile(r"\s*</b>\s*$", re.I)
_WRAPPER = re.compile(r"<(/?)(b|strong|h[1-6]|p|center|big|u)(?:\s[^>]*)?>", re.I)


class Position(NamedTuple):
    """A place in a sequence of blocks."""

    block: int
    """The index of the block."""
    offset: int
    """Characters of that block's HTML before the place; 0 where the block is no HTML."""


class Fold(NamedTuple):
    """An outermost `<details>`."""

    start: Position
    end: Position
    line: int
    summary: Token | None
    """The summary as a paragraph; None if there is none."""
    body: tuple[Token, ...]

    @property
    def label(self) -> str:
        """The plain text of the summary."""
        return plain_text([self.summary]) if self.summary else ""

    @property
    def is_answer(self) -> bool:
        """Whether the summary is no more than a label of an answer."""
        return bool(self.label) and is_answer_label(self.label)


def opens_fold(block: Token) -> bool:
    """Return whether a block is HTML in which a `<details>` begins."""
    return block.type == "block_html" and _BEGINNING.search(block.raw) is not None


def separate_ends(blocks: Sequence[Token]) -> list[Token]:
    """Return blocks in which each `</details>` that ends a paragraph is a block of its own.

    Without a blank line above it, it is a part of the paragraph, or of a list, to Markdown.
    """
    separated: list[Token] = []
    if not any(map(opens_fold, blocks)):
        return list(blocks)
    for block in blocks:
        ends = block.type not in ("block_html", "comment") and _ends_in(block)
        if not ends:
            separated.append(block)
            continue
        line = max(end.line for end in ends)
        separated.append(_without(block, {id(end) for end in ends}).replace(last_line=line))
        tag = "</details>" * len(ends)
        passage = SourceSpan(tag, ((line, 1),))
        separated.append(
            Token(type="block_html", raw=tag, line=line, last_line=line, passage=passage)
        )
    return separated


def _ends_in(block: Token) -> list[Token]:
    tokens = (token for token in walk([block]) if token.type == "inline_html")
    return [token for token in tokens if _END.fullmatch(token.raw)]


def _without(block: Token, ends: set[int]) -> Token:
    """Return a block without some tokens in it, and without the `</b>` before each."""
    gone = {id(token) for token in _with_bold_ends(block, ends)}
    (rest,) = rewrite([block], lambda token: None if id(token) in gone else token)
    return rest


def _with_bold_ends(block: Token, ends: set[int]) -> Iterator[Token]:
    """Yield some tokens in a block, and each `</b>` that stands right before one of them."""
    for parent in walk([block]):
        is_going = False
        for child in reversed(parent.children):
            is_going = id(child) in ends or (is_going and _is_bold_end(child))
            if is_going:
                yield child


def _is_bold_end(token: Token) -> bool:
    if token.type == "inline_html":
        return bool(_BEHIND_BODY.fullmatch(token.raw))
    return token.type in ("softbreak", "linebreak")


def find_folds(blocks: Sequence[Token]) -> list[Fold]:
    """Return the outermost `<details>` among blocks (see separate_ends), in order.

    One that is not closed ends where the next one begins, or at the next heading.
    """
    tags, folds = list(_tags(blocks)), list[Fold]()
    if not tags:
        return []
    headings = [index for index, block in enumerate(blocks) if block.type == "heading"]
    spans = _outermost(tags)
    for (first, last), below in zip_longest(spans, spans[1:]):
        start = tags[first].position
        if last is None:
            next_start = tags[below[0]].position if below else Position(len(blocks), 0)
            body_end = end = min(
                _with_question(blocks, next_start, start),
                _next_heading(headings, start, len(blocks)),
            )
        else:
            body_end, end = tags[last].position, tags[last].behind
        summary, body_start = _read_summary(blocks, tags, first)
        body = _unwrapped_body(between(blocks, body_start, body_end))
        folds.append(Fold(start, end, line_of(blocks, start), summary, tuple(body)))
    return folds


def _outermost(tags: Sequence[_Tag]) -> list[tuple[int, int | None]]:
    """Return the indices of the tags that open and close each outermost fold.

    The second one is None where nothing closes it: a fold behind such a one is not within it.
    """
    pairs, opened = list[tuple[int, int | None]](), list[int]()
    for index, tag in enumerate(tags):
        if tag.name == "details" and not tag.is_end:
            opened.append(index)
        elif tag.name == "details" and opened:
            first = opened.pop()
            while pairs and pairs[-1][0] > first:
                pairs.pop()
            pairs.append((first, index))
    return sorted([*pairs, *((first, None) for first in opened)], key=itemgetter(0))


def _with_question(blocks: Sequence[Token], place: Position, start: Position) -> Position:
    """Return where a fold begins, with the paragraph right above it, if that asks."""
    above = place.block - 1
    if place.offset or above <= start.block or blocks[above].type != "paragraph":
        return place
    return Position(above, 0) if asks(plain_text([blocks[above]])) else place


def _next_heading(headings: Sequence[int], place: Position, count: int) -> Position:
    """Return where the next heading of `count` blocks is; `headings` are the indices of all."""
    index = bisect_right(headings, place.block)
    return Position(headings[index] if index < len(headings) else count, 0)


def _read_summary(
    blocks: Sequence[Token], tags: Sequence[_Tag], first: int
) -> tuple[Token | None, Position]:
    """Return the summary of a fold, if it has one, and where what it folds begins."""
    start, end = (*tags[first + 1 : first + 3], None, None)[:2]
    if not (start and end and start.name == end.name == "summary" and end.is_end):
        return None, tags[first].behind
    return _summary(blocks[start.position.block], start.behind.offset), end.behind


def blocks_in_answers(blocks: Sequence[Token]) -> set[int]:
    """Return the `id` of each block that a `<details>` with a label of answers folds."""
    folds = find_folds(separate_ends(blocks))
    return {id(block) for fold in folds if fold.is_answer for block in fold.body}


def between(blocks: Sequence[Token], start: Position, end: Position) -> list[Token]:
    """Return the blocks, and parts of HTML blocks, between two places."""
    parts: list[Token] = []
    for index in range(start.block, min(end.block + 1, len(blocks))):
        block = blocks[index]
        first = start.offset if index == start.block else 0
        last = end.offset if index == end.block else None
        if block.type == "block_html" and (first or last is not None):
            parts += cut_html(block, first, last)
        elif last is None:
            parts.append(block)
    return parts


def line_of(blocks: Sequence[Token], position: Position) -> int:
    """Return the line of the file on which a place stands."""
    block = blocks[position.block]
    return block.line + block.raw.count("\n", 0, position.offset)


def cut_html(block: Token, start: int, end: int | None) -> list[Token]:
    """Return a part of a block of HTML as a block; nothing if there is only space in it."""
    raw = block.raw[start:end]
    if not raw.strip():
        return []
    start += len(raw) - len(raw.lstrip())
    raw = raw.strip()
    formulas = [
        formula.replace(span=(formula.span[0] - start, formula.span[1] - start))
        for formula in block.formulas
        if start <= formula.span[0] and formula.span[1] <= start + len(raw)
    ]
    line = block.line + block.raw.count("\n", 0, start)
    passage = block.passage.cut(start, start + len(raw))
    return [
        block.replace(raw=raw, passage=passage, formulas=formulas).replace(
            line=line, last_line=line + raw.count("\n")
        )
    ]


class _Tag(NamedTuple):
    """A `<details>` or `<summary>`, or the end of one."""

    name: str
    is_end: bool
    position: Position
    behind: Position


def _tags(blocks: Sequence[Token]) -> Iterator[_Tag]:
    for index, block in enumerate(blocks):
        if block.type == "block_html":
            for tag in _TAG.finditer(block.raw):
                start, end = Position(index, tag.start()), Position(index, tag.end())
                yield _Tag(tag[2].lower(), bool(tag[1]), start, end)


def _unwrapped_body(body: list[Token]) -> list[Token]:
    """Return a body without the `<br>` that keeps it off its summary, and the `<b>` around it all.

    What is bold as a whole is not emphasised.
    """
    if not body or body[0].type != "block_html":
        return body
    match = _BEFORE_BODY.match(body[0].raw)
    if not match or not match.end():
        return body
    inner = [*cut_html(body[0], match.end(), len(body[0].raw)), *body[1:]]
    if match[1] and inner and inner[-1].type == "block_html":
        end = _BEHIND_BODY.search(inner[-1].raw)
        inner = [*inner[:-1], *cut_html(inner[-1], 0, end.start() if end else None)]
    return inner


def _summary(block: Token, start: int) -> Token | None:
    """Return the summary that begins at a character of a block of HTML, as a paragraph."""
    for first, children in block.summaries:
        if first == start and children:
            line = block.line + block.raw.count("\n", 0, start)
            return Token(type="paragraph", line=line, children=_unwrapped(children))
    return None


def _unwrapped(children: Sequence[Token]) -> list[Token]:
    """Return a summary's text without the tags that make all of it bold, or a heading."""
    inner = list(children)
    while len(inner) > 2 and _wraps(inner[0], inner[-1]):
        inner = inner[1:-1]
    return inner


def _wraps(first: Token, last: Token) -> bool:
    opening, closing = (
        _WRAPPER.fullmatch(token.raw.strip()) if token.type == "inline_html" else None
        for token in (first, last)
    )
    if not opening or not closing:
        return False
    return not opening[1] and bool(closing[1]) and opening[2].lower() == closing[2].lower()
