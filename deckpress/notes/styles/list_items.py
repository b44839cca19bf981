"""Lists with bullets whose items ask, and numbered lists that are steps and no questions."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import cached_property

from deckpress.markdown import Token, plain_text, types_in
from deckpress.notes.styles import NOTHING, Known
from deckpress.notes.styles.answers import split_definition, split_first_line
from deckpress.notes.styles.blocks import (
    INVISIBLE,
    is_ordered_list,
    letters,
    may_have_lines,
    visible,
)
from deckpress.notes.styles.questions import asks, is_answer_title
from deckpress.patterns import lazy_pattern

_FEWEST = 2
"""Items that ask and are answered; one by itself may be part of an answer."""
_GAPS = frozenset({"cloze", "mark"})
_EXERCISES = lazy_pattern(
    r"\W*(?:[\d.]+\s*)?(?:exercises?|problems?|练习|习题|übung(?:en)?|aufgaben?|ejercicios?|exercices?"
    r"|exercícios?|упражнения|задачи|演習|練習問題|연습문제)\W*",
    re.I,
)


def find_asking_bullets(blocks: Sequence[Token], steps: Set[int], known: Known) -> set[int]:
    """Return the `id` of each list with bullets that asks.

    At least half of the items of such a list ask, and two of these have an answer; where there is
    such a list, one answer makes another. Below a numbered list, or a heading that asks, bullets
    are part of an answer, up to the next heading; `steps` has the numbered lists that do not ask. A
    list with an answer to one of the `known` questions always asks.
    """
    lists = {id(block): _Bullets(block) for block in blocks if is_bullets(block)}
    has_sure = any(bullets.are_sure for bullets in lists.values())
    if not has_sure and not known:
        return set()
    asking, is_in_answer = set[int](), False
    for block in blocks:
        if block.type == "heading":
            is_in_answer = asks(block.text)
        elif is_ordered_list(block):
            is_in_answer |= id(block) not in steps
        elif (bullets := lists.get(id(block))) and (
            bullets.have(known) or (has_sure and not is_in_answer and bullets.may_ask)
        ):
            asking.add(id(block))
    return asking


def have_asking_bullets(blocks: Sequence[Token]) -> bool:
    """Return whether there is a list of bullets that ask and are answered, wherever it stands."""
    return any(is_bullets(block) and _Bullets(block).are_sure for block in blocks)


def is_bullets(block: Token) -> bool:
    """Return whether a block is a list with bullets."""
    return block.type == "list" and not block.ordered


class _Bullets:
    """The items of a list that ask, and how many of them have an answer."""

    def __init__(self, block: Token) -> None:
        self._items = [_BulletItem(item) for item in block.children]

    @cached_property
    def _asking(self) -> list[_BulletItem]:
        """The items that ask, if these are half of them; none otherwise."""
        asking = [item for item in self._items if item.is_asking]
        return asking if 2 * len(asking) >= len(self._items) else []

    @property
    def are_sure(self) -> bool:
        """Whether items ask, and two of these have an answer."""
        if sum(item.is_answered for item in self._items) < _FEWEST:
            return False  # which is known before the texts are
        return sum(item.is_answered for item in self._asking) >= _FEWEST

    @property
    def may_ask(self) -> bool:
        """Whether items ask, and one of these has an answer, or all ask."""
        answered = any(item.is_answered for item in self._asking)
        return answered or len(self._asking) == len(self._items)

    def have(self, known: Known) -> bool:
        """Return whether an item with an answer is one of the known questions."""
        return bool(known) and any(
            item.is_answered and known.has(item.question) for item in self._items
        )


class _BulletItem:
    """The question of an item, whether it asks, and whether it has an answer."""

    def __init__(self, item: Token) -> None:
        shown = visible(item.children)
        self._is_text = bool(shown) and shown[0].type in ("paragraph", "block_text")
        self._parts = _split_text(shown[0]) if self._is_text else None
        self.question: Sequence[Token] = (self._parts or shown)[:1]
        self.is_answered = len(self._parts or ()) > 1 or len(shown) > 1

    @cached_property
    def is_asking(self) -> bool:
        return bool(self._parts) or (self._is_text and asks(plain_text(self.question)))


def _split_text(paragraph: Token) -> Sequence[Token] | None:
    """Return the question and the answer of a paragraph, if it has both by its lines."""
    if not may_have_lines(paragraph.children):
        return None
    return split_definition(paragraph) or split_first_line(paragraph)


def find_steps(blocks: Sequence[Token], known: Known = NOTHING) -> set[int]:
    """Return the `id` of each numbered list that is no list of questions.

    None of its items asks, and it stands below a line that ends with a colon, or below the title of
    an answer, or some items have no answer and another list asks; or it holds the exercises of a
    chapter.
    """
    if not any(map(is_ordered_list, blocks)):
        return set()
    lists = _Lists(blocks)
    return {
        id(block)
        for block in lists.numbered
        if lists.is_overview(block)
        or (
            not any(known.has(item.children[:1]) for item in block.children)
            and lists.is_steps(block)
        )
    }


class _Lists:
    """The numbered lists of a file, with what stands above each."""

    def __init__(self, blocks: Sequence[Token]) -> None:
        self.numbered = [block for block in blocks if is_ordered_list(block)]
        self._above: dict[int, Token] = {}
        self._title: dict[int, str] = {}
        self._has_text = False
        """Whether a heading that is not above exercises has a text of its own."""
        title, above = "", None
        for block in blocks:
            if block.type == "heading":
                title = block.text
            elif is_ordered_list(block):
                self._title[id(block)] = title
                if above is not None:
                    self._above[id(block)] = above
            elif title and visible([block]) and not _EXERCISES.fullmatch(title):
                self._has_text = True
            if visible([block]):
                above = block
        self._blocks = blocks
        self._asks = {
            id(block): any(map(asks_in_first_block, block.children)) for block in self.numbered
        }
        self._is_any_asking = any(self._asks.values()) or (
            bool(self.numbered) and have_asking_bullets(blocks)
        )

    def is_steps(self, block: Token) -> bool:
        title, above = self._title[id(block)], self._above.get(id(block))
        if _EXERCISES.fullmatch(title) and self._has_text:
            return True
        if self._asks[id(block)]:
            return False
        if above is not None and above.type == "heading":
            if is_answer_title(above.text):
                return True
        elif above is not None and plain_text([above]).endswith((":", "：")):
            return True
        answered = all(map(looks_like_note, block.children))
        return self._is_any_asking and not answered and len(block.children) > 1

    @cached_property
    def _titles(self) -> set[str]:
        return set(filter(None, map(_title_of, self._blocks)))

    def is_overview(self, block: Token) -> bool:
        """Return whether the items of a list are, mostly, titles of the file without an answer."""
        items = block.children
        if len(items) < 2 or any(map(looks_like_note, items)):
            return False
        alike = sum(letters(plain_text(item.children).casefold()) in self._titles for item in items)
        return 2 * alike > len(items)


def _title_of(block: Token) -> str:
    """Return the letters of a heading, or of a paragraph that begins with a bold text."""
    if block.type == "heading":
        return letters(block.text.casefold())
    if block.type == "paragraph" and block.children[:1]:
        first = block.children[0]
        return letters(plain_text([first]).casefold()) if first.type == "strong" else ""
    return ""


def asks_in_first_block(item: Token) -> bool:
    """Return whether an item of a list asks, or has a cloze."""
    return asks(plain_text(item.children[:1])) or has_gap(item.children)


def has_gap(blocks: Sequence[Token]) -> bool:
    """Return whether there is a cloze, or a mark that may be one, in blocks."""
    return not _GAPS.isdisjoint(types_in(blocks))


def looks_like_note(item: Token) -> bool:
    """Return whether an item of a list has an answer, or a cloze."""
    shown = [block for block in item.children if block.type not in INVISIBLE]
    return len(shown) > 1 or has_gap(shown)
