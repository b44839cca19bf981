"""Which blocks of a file make a note: the items of its lists, its headings, or its bold lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from deckpress.errors import Location, Problem, warning
from deckpress.notes import Token, walk
from deckpress.parse.front_matter import Form

_INVISIBLE = frozenset({"comment", "blank_line"})


@dataclass(frozen=True)
class Item:
    """The blocks of one note: the first is its question, the others its answer."""

    line: int
    blocks: tuple[Token, ...]
    context: tuple[tuple[Token, ...], ...] = ()
    """The text of the headings above, outermost first."""
    may_be_context: bool = False
    """True for a heading with other headings below it: without text of its own it is no note."""


@dataclass
class _Headings:
    """The headings that the reader is under at some line of a file."""

    open: list[Token] = field(default_factory=list)

    def enter(self, heading: Token) -> None:
        self.open = [above for above in self.open if _level(above) < _level(heading)] + [heading]

    def context(self) -> tuple[tuple[Token, ...], ...]:
        return tuple(tuple(heading["children"]) for heading in self.open)


def split_items(blocks: Sequence[Token], form: Form, file: str) -> tuple[list[Item], list[Problem]]:
    """Return the notes of a file as items, in order, and what is doubtful about them."""
    if form is Form.AUTO:
        form = find_form(blocks)
    if form is Form.LIST:
        return _split_lists(blocks, file)
    return list(_split_headings(blocks) if form is Form.HEADINGS else _split_bold(blocks)), []


def find_form(blocks: Sequence[Token]) -> Form:
    """Return the form a file is written in.

    A numbered list is a list of questions if any of its items has an answer or a cloze. If none
    has, it may be a list of steps within an answer, so headings with text of their own come first.
    """
    lists = [block for block in blocks if _is_ordered_list(block)]
    if any(_looks_like_note(item) for block in lists for item in block["children"]):
        return Form.LIST
    if any(_has_own_text(item) for item in _split_headings(blocks)):
        return Form.HEADINGS
    if lists:
        return Form.LIST
    return Form.BOLD if any(map(_is_bold, blocks)) else Form.HEADINGS


def _is_ordered_list(block: Token) -> bool:
    return block["type"] == "list" and bool(block["attrs"]["ordered"])


def _looks_like_note(item: Token) -> bool:
    visible = [block for block in item["children"] if block["type"] not in _INVISIBLE]
    return len(visible) > 1 or any(token["type"] in ("cloze", "mark") for token in walk(visible))


def _has_own_text(item: Item) -> bool:
    return any(
        block["type"] not in _INVISIBLE and not _is_ordered_list(block) for block in item.blocks[1:]
    )


def _split_lists(blocks: Sequence[Token], file: str) -> tuple[list[Item], list[Problem]]:
    """Take every item of every ordered list; take in text that should have been indented."""
    items: list[Item] = []
    problems: list[Problem] = []
    headings = _Headings()
    outside: list[Token] = []
    next_number = 0
    for block in blocks:
        if block["type"] == "heading":
            if items and _lacks_answer(items[-1]):
                items[-1] = _take_in(items[-1], outside, file, problems)
            headings.enter(block)
            outside, next_number = [], 0
        elif _is_ordered_list(block):
            start = block["attrs"].get("start", 1)
            if items and (_lacks_answer(items[-1]) or start == next_number):
                items[-1] = _take_in(items[-1], outside, file, problems)
            items += _items_of(block, headings.context())
            outside, next_number = [], start + len(block["children"])
        elif next_number:
            outside.append(block)
    if items and _lacks_answer(items[-1]):
        items[-1] = _take_in(items[-1], outside, file, problems)
    return items, problems


def _items_of(block: Token, context: tuple[tuple[Token, ...], ...]) -> Iterator[Item]:
    for item in block["children"]:
        yield Item(item["line"], tuple(item["children"]), context)


def _lacks_answer(item: Item) -> bool:
    return len([block for block in item.blocks if block["type"] not in _INVISIBLE]) < 2


def _take_in(item: Item, outside: list[Token], file: str, problems: list[Problem]) -> Item:
    """Give an item the blocks below it, which a reader takes for its answer."""
    visible = [block for block in outside if block["type"] not in _INVISIBLE]
    if visible:
        message = (
            f"not indented, but read as part of the item in line {item.line}: "
            "indent it as far as the item's text"
        )
        problems.append(warning(Location(file, visible[0]["line"]), message))
    return replace(item, blocks=item.blocks + tuple(outside))


@dataclass
class _Section:
    """A line that opens a note, and the blocks below it up to the next such line."""

    opener: Token
    context: tuple[tuple[Token, ...], ...]
    body: list[Token] = field(default_factory=list)


def _split_headings(blocks: Sequence[Token]) -> Iterator[Item]:
    headings = _Headings()
    sections: list[_Section] = []
    for block in blocks:
        if block["type"] == "heading":
            headings.enter(block)
            sections.append(_Section(block, headings.context()[:-1]))
        elif sections:
            sections[-1].body.append(block)
    for section, below in zip_longest(sections, sections[1:]):
        has_parts = below is not None and _level(below.opener) > _level(section.opener)
        item_blocks = (as_paragraph(section.opener), *section.body)
        yield Item(section.opener["line"], item_blocks, section.context, has_parts)


def _level(heading: Token) -> int:
    return int(heading["attrs"]["level"])


def _split_bold(blocks: Sequence[Token]) -> Iterator[Item]:
    headings = _Headings()
    sections: list[_Section] = []
    for block in blocks:
        if block["type"] == "heading":
            headings.enter(block)
        elif _is_bold(block):
            sections.append(_Section(_without_bold(block), headings.context()))
        elif sections and sections[-1].context == headings.context():
            sections[-1].body.append(block)
    for section in sections:
        yield Item(section.opener["line"], (section.opener, *section.body), section.context)


def _is_bold(block: Token) -> bool:
    if block["type"] != "paragraph":
        return False
    visible = [child for child in block["children"] if child["type"] not in _INVISIBLE]
    return [child["type"] for child in visible if child.get("raw") != " "] == ["strong"]


def _without_bold(block: Token) -> Token:
    children: list[Token] = []
    for child in block["children"]:
        children += child["children"] if child["type"] == "strong" else [child]
    return block | {"children": children}


def as_paragraph(heading: Token) -> Token:
    """Return a heading as the paragraph it is when it stands as a question."""
    return {"type": "paragraph", "children": heading["children"], "line": heading["line"]}
