"""The style in which headings ask: which of them open a note, and which are parts of an answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, zip_longest

from deckpress.markdown import Token
from deckpress.notes.styles import NOTHING, Item, Known, Reason, Split
from deckpress.notes.styles.answers import find_answer
from deckpress.notes.styles.blocks import (
    Section,
    Sections,
    as_paragraph,
    is_contents,
    is_furniture,
    is_line_of_links,
    level,
    shows_nothing,
    visible,
)
from deckpress.notes.styles.folds import find_folds, separate_ends
from deckpress.notes.styles.questions import (
    asks,
    is_answer_label,
    is_answer_title,
    is_numbered,
    is_only_number,
    is_section_number,
    number_of,
)


def split_headings(
    blocks: Sequence[Token], only: int = 0, title: str = "", known: Known = NOTHING
) -> Split:
    """Return the notes of a file whose headings ask.

    With `only` headings of that level alone ask. Without, a heading opens a note, but for one below
    a heading of a level that asks (numbered, or with a question mark), and for one that recurs
    below others, as *Example*: these are parts of an answer; and for one above some that ask, which
    is a chapter. Where no heading asks, the text above the first one is the answer to
    `title`.
    """
    folded = _folded_headings(separate_ends(blocks))
    outline = _Outline(blocks, folded)
    asking = {only} if only else outline.asking() | _known_level(blocks, known)
    opener = _Opener(
        frozenset(asking),
        frozenset() if only else frozenset(outline.labels()),
        frozenset(outline.chapters(asking)),
        bool(only),
        known,
        frozenset(outline.terms()),
    )
    sections = Sections()
    asks_nothing = not asking and not any(map(_does_ask, blocks))
    if title and (asks_nothing or known.has([_as_question(title, 1)])):
        _open_title(sections, blocks, title)
    for block in blocks:
        is_part = block.type != "heading" or id(block) in folded
        _add(sections, block, "part" if is_part else opener.read(block))
    sections.leave_out_outside()
    _add_items(sections)
    return sections.split


def _add(sections: Sections, block: Token, role: str) -> None:
    """Add a block to the open section, or the heading that begins one, or a chapter."""
    if role == "part":
        sections.add(block)
    elif role == "chapter":
        sections.enter(block)
    else:
        sections.leave_out_outside()
        sections.headings.enter(block)
        context = sections.headings.context()[:-1]
        sections.open(Section(block.line, [as_paragraph(block)], context, level(block)))


def _add_items(sections: Sections) -> None:
    """Add the sections as items; leave out those of nothing but links."""
    for item in _items(sections.sections):
        shown = visible(item.blocks[1:])
        if shown and all(map(is_contents, shown)):
            sections.split.leave_out(Reason.LINKS, shown)
        else:
            sections.split.items.append(item)


def _known_level(blocks: Sequence[Token], known: Known) -> set[int]:
    """Return the level of the headings that learners have been asked, if it is one and they ask.

    New headings of that level, which do not, make no notes of the parts of those.
    """
    asked = [block for block in blocks if block.type == "heading" and known.has([block])]
    levels = {level(block) for block in asked}
    return levels if len(levels) == 1 and all(map(_does_ask, asked)) else set()


def _does_ask(block: Token) -> bool:
    return block.type == "heading" and asks(block.text)


def _open_title(sections: Sections, blocks: Sequence[Token], title: str) -> None:
    """Begin a note on what stands above the first heading, if that is text."""
    headings = [index for index, block in enumerate(blocks) if block.type == "heading"]
    above = visible(blocks[: headings[0]] if headings else blocks)
    if any(_has_text(block) for block in above):
        line = above[0].line
        sections.open(Section(line, [_as_question(title, line)], (), is_title=True))


def _as_question(title: str, line: int) -> Token:
    text = Token(type="text", raw=title, line=1)
    return Token(type="paragraph", children=[text], line=line)


def _has_text(block: Token) -> bool:
    if block.type == "block_html":
        return bool(_LETTERS.search(_TAG.sub("", block.raw)))
    return not is_furniture(block) and not is_line_of_links(block)


_TAG = re.compile(r"<[^<>]*>")
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass
class _Opener:
    """Reads headings one after the other, and says what each of them is."""

    asking: frozenset[int]
    labels: frozenset[tuple[int, str]]
    chapters: frozenset[int]
    """The `id` of each heading that stands above some of a level that asks."""
    is_strict: bool
    known: Known
    terms: frozenset[tuple[int, str]]
    """The level and text of headings that may be titles of answers, and are not."""
    open_level: int = 0
    """The level of the heading that is open."""
    above: int = 0
    """The level of the open heading that asks; 0 if there is none."""
    is_open: bool = False

    def read(self, heading: Token) -> str:
        """Return `note`, `part` (of an answer) or `chapter`; what learners know is a note."""
        role = self._find_role(heading)
        return "note" if self.known.has([heading]) and not self.is_strict else role

    def _find_role(self, heading: Token) -> str:
        text, depth = heading.text, level(heading)
        if self.is_open and (self._is_label(text, depth) or (depth, text) in self.labels):
            return "part"
        is_asking = depth in self.asking or (
            not self.is_strict and bool(self.asking) and asks(text)
        )
        if not is_asking and self.above and depth > self.above:
            return "part"
        self.above = depth if is_asking and depth in self.asking else 0
        self.is_open = is_asking or not (self.is_strict or id(heading) in self.chapters)
        self.open_level = depth
        return "note" if self.is_open else "chapter"

    def _is_label(self, text: str, depth: int) -> bool:
        """Return whether a heading is the title of an answer to the one that is open.

        *Solution* may as well be a term among terms: one of its level that does not recur.
        """
        return is_answer_title(text) and (
            depth > self.open_level or (depth, text) not in self.terms
        )


def _items(sections: Sequence[Section]) -> Iterator[Item]:
    for section, below in zip_longest(sections, sections[1:]):
        has_parts = below is not None and below.level > section.level > 0
        blocks = (*section.asked, *section.body)
        asked = _count_asked(blocks)
        yield Item(section.line, blocks, section.context, has_parts, section.is_title, asked)


def _count_asked(blocks: Sequence[Token]) -> int:
    """Return how many blocks ask, where the heading is only a number; 0 where the blocks tell."""
    if not is_only_number(blocks[0].text):
        return 0
    shown = visible(blocks[1:])
    if len(shown) < 2 or len(find_answer(list(blocks))[0]) > 1:
        return 0
    if blocks[0].text.isdecimal() and not asks(shown[0].text):
        return 0
    return next(index for index, block in enumerate(blocks, 1) if block is shown[0])


@dataclass
class _Entry:
    """A heading of a file."""

    block: Token
    level: int
    text: str
    has_own: bool = False
    """Whether there is text before the next heading."""
    has_parts: bool = False
    """Whether there is text below a deeper heading."""


class _Outline:
    """The headings of a file, and which of them have text below them."""

    def __init__(self, blocks: Sequence[Token], folded: set[int]) -> None:
        self._entries: list[_Entry] = []
        self._labels: dict[tuple[int, str], list[bool]] = {}
        """Whether the heading above has a text of its own, for each time that a heading occurs."""
        above: list[_Entry] = []
        for block in blocks:
            if block.type == "heading" and id(block) not in folded:
                entry = _Entry(block, level(block), block.text)
                above = [outer for outer in above if outer.level < entry.level]
                is_below_text = bool(above) and above[-1].has_own
                self._labels.setdefault((entry.level, entry.text), []).append(is_below_text)
                self._entries.append(entry)
                above.append(entry)
            elif above and not shows_nothing(block) and not is_furniture(block):
                above[-1].has_own = True
                for outer in above[:-1]:
                    outer.has_parts = True
        for entry, below in pairwise(self._entries):
            entry.has_parts |= _answers(below, entry)

    def asking(self) -> set[int]:
        """Return the levels of headings that ask."""
        return {depth for depth in {entry.level for entry in self._entries} if self.does_ask(depth)}

    def labels(self) -> Iterator[tuple[int, str]]:
        """Yield the level and text of headings that recur, each time below one with a text."""
        yield from (label for label, own in self._labels.items() if len(own) > 1 and all(own))

    def terms(self) -> Iterator[tuple[int, str]]:
        """Yield the level and text of titles of answers that stand once, among more others."""
        alone = (label for label, times in self._labels.items() if len(times) == 1)
        for depth, text in alone:
            is_plain = is_answer_label(text) and number_of(text) is None
            if is_plain and self._counts[depth] > 1:
                yield depth, text

    @cached_property
    def _counts(self) -> Counter[int]:
        """How many headings of each level are no titles of answers."""
        return Counter(entry.level for entry in self._entries if not is_answer_title(entry.text))

    def chapters(self, asking: Container[int]) -> Iterator[int]:
        """Yield the `id` of each heading that stands above one of the levels, and is of none."""
        above: list[_Entry] = []
        for entry in self._entries:
            above = [outer for outer in above if outer.level < entry.level]
            if entry.level in asking:
                yield from (id(outer.block) for outer in above if outer.level not in asking)
            above.append(entry)

    def does_ask(self, depth: int) -> bool:
        """Return whether at least two headings of a level, and half of them, are questions."""
        alike = [
            entry for entry in self._entries if entry.level == depth and _has_text_below(entry)
        ]
        if len(alike) < 2:
            return False
        if 2 * sum(asks(entry.text) for entry in alike) >= len(alike):
            return True
        numbered = sum(entry.has_own and is_numbered(entry.text) for entry in alike)
        return 2 * numbered >= len(alike) and not self._is_sectioned()

    def _is_sectioned(self) -> bool:
        return any(is_section_number(entry.text) for entry in self._entries)


def _answers(below: _Entry, entry: _Entry) -> bool:
    """Return whether a heading is all of the answer to the one above it."""
    is_alone = not (entry.has_own or below.has_own or below.has_parts)
    return is_alone and below.level > entry.level and asks(entry.text) and not asks(below.text)


def _has_text_below(entry: _Entry) -> bool:
    return (entry.has_own or entry.has_parts) and not is_answer_title(entry.text)


def _folded_headings(blocks: Sequence[Token]) -> set[int]:
    """Return the `id` of each heading within a folded answer.

    A `<details>` with several headings folds a chapter, unless its summary is a label of answers.
    """
    folded: set[int] = set()
    for fold in find_folds(blocks):
        headings = [id(block) for block in fold.body if block.type == "heading"]
        if len(headings) == 1 or fold.is_answer:
            folded.update(headings)
    return folded
