"""Which blocks of a file make a note: the items of its lists, its headings, or its bold lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from deckpress.errors import Level, Location, Problem, warning
from deckpress.gathering import gather
from deckpress.notes import FIRST_YEAR, Token, plain_text, walk
from deckpress.parse.front_matter import Form

_DETAILS = re.compile(r"<(/?)details\b", re.I)
_NEARLY_ITEM = re.compile(r"\d{1,3}(?:\.(?=[^\s\d.a-z])|[．、])")
_INVISIBLE = frozenset({"comment"})
_SEPARATORS = frozenset({"comment", "thematic_break"})


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
        splitter = _ListSplitter(file)
        splitter.split(blocks)
        return splitter.items, splitter.problems
    return list(_split_headings(blocks) if form is Form.HEADINGS else _split_bold(blocks)), []


def find_form(blocks: Sequence[Token]) -> Form:
    """Return the form a file is written in.

    A numbered list is a list of questions if its items have answers or clozes. If they have none,
    or if more headings than items are answered, it may be a list of steps within an answer.
    """
    lists = [block for block in blocks if _is_ordered_list(block)]
    answered = sum(_looks_like_note(item) for block in lists for item in block["children"])
    explained = sum(has_own_text(item, lists=False) for item in _split_headings(blocks))
    if answered and answered >= explained:
        return Form.LIST
    if explained:
        return Form.HEADINGS
    if lists:
        return Form.LIST
    return Form.BOLD if any(map(_is_bold, blocks)) else Form.HEADINGS


def _is_nearly_item(block: Token) -> bool:
    """Say whether a paragraph begins like `1.问题` or `1、问题`, which is text to Markdown."""
    return block["type"] == "paragraph" and bool(_NEARLY_ITEM.match(plain_text([block])))


def _is_ordered_list(block: Token) -> bool:
    return block["type"] == "list" and bool(block["attrs"]["ordered"])


def _looks_like_note(item: Token) -> bool:
    visible = [block for block in item["children"] if block["type"] not in _INVISIBLE]
    return len(visible) > 1 or any(token["type"] in ("cloze", "mark") for token in walk(visible))


def has_own_text(item: Item, *, lists: bool = True) -> bool:
    """Say whether an item has an answer; `lists` says whether a numbered list is one.

    Above other headings a logo or an opening `<details>` is none.
    """
    return any(
        block["type"] not in _INVISIBLE
        and (lists or not _is_ordered_list(block))
        and not (item.may_be_context and _is_furniture(block))
        for block in item.blocks[1:]
    )


def _is_furniture(block: Token) -> bool:
    if block["type"] != "paragraph":
        return block["type"] in ("block_html", "thematic_break")
    text = [child for child in block["children"] if child["type"] not in ("image", "link")]
    has_picture = any(token["type"] == "image" for token in walk(block["children"]))
    return has_picture and not plain_text(text)


def is_navigation(block: Token) -> bool:
    """Say whether a paragraph is nothing but links within the page, like Back to Top."""
    links = [token for token in walk([block]) if token["type"] == "link"]
    return (
        block["type"] == "paragraph"
        and bool(links)
        and all(link["attrs"]["url"].startswith("#") for link in links)
        and plain_text([block]) == plain_text(links)
    )


class _ListSplitter:
    """Takes every item of every ordered list, and the text that should have been indented."""

    def __init__(self, file: str) -> None:
        self.items: list[Item] = []
        self.problems: list[Problem] = []
        self._file = file
        self._headings = _Headings()
        self._numbers: dict[Problem, str] = {}
        """What is said of the numbers of questions."""
        self._outside: list[Token] = []
        """The blocks since the last list or heading."""
        self._next_number: int | None = None
        """What the last list of this section would go on with; None if there was no list yet."""

    def split(self, blocks: Sequence[Token]) -> None:
        """Read a file's blocks into `items` and `problems`."""
        for block in blocks:
            if block["type"] == "heading":
                self._end_section(block)
                self._headings.enter(block)
            elif _is_ordered_list(block):
                self._add_list(block)
            elif _is_nearly_item(block):
                message = "looks like a numbered question: write 1. with a blank behind the dot"
                self.problems.append(warning(Location(self._file, block["line"]), message))
            else:
                self._outside.append(block)
        self._end_section(None)
        self.problems += gather(self._numbers)

    def _add_list(self, block: Token) -> None:
        start = block["attrs"].get("start", 1)
        if self._next_number is not None:
            self._place_outside(goes_on=start == self._next_number)
        for item in block["children"]:
            self._check_number(item)
            context = self._headings.context()
            self.items.append(Item(item["line"], tuple(item["children"]), context))
        self._outside, self._next_number = [], start + len(block["children"])

    def _check_number(self, item: Token) -> None:
        if (written := item.get("written", 0)) >= FIRST_YEAR:
            message = f"number {written}. is on no card: write {written}\\. if it is no number"
            where = Location(self._file, item["line"])
            self._numbers[Problem(where, message, Level.HINT)] = "number"

    def _end_section(self, below: Token | None) -> None:
        """Place the text at a section's end; `below` is the heading that follows."""
        open_headings = self._headings.open
        if self._next_number is not None:
            self._place_outside()
        elif open_headings and (below is None or _level(below) <= _level(open_headings[-1])):
            self._warn("no numbered list under this heading: its text is left out of the deck")
        self._outside, self._next_number = [], None

    def _place_outside(self, *, goes_on: bool = False) -> None:
        """Give the last item the text below it, if a reader takes that for its answer."""
        item = self.items[-1]
        if not (goes_on or _lacks_answer(item)):
            self._warn(
                "not indented, and so left out of the deck: "
                f"indent it to make it part of the item in line {item.line}"
            )
            return
        self._warn(
            f"not indented, but read as part of the item in line {item.line}: "
            "indent it as far as the item's text"
        )
        self.items[-1] = replace(item, blocks=item.blocks + tuple(self._outside))

    def _warn(self, message: str) -> None:
        visible = [each for each in self._outside if not _is_divider(each)]
        if visible:
            self.problems.append(warning(Location(self._file, visible[0]["line"]), message))


def _lacks_answer(item: Item) -> bool:
    return len([block for block in item.blocks if not _is_divider(block)]) < 2


def _is_divider(block: Token) -> bool:
    return block["type"] in _SEPARATORS or is_navigation(block)


@dataclass
class _Section:
    """A line that opens a note, and the blocks below it up to the next such line."""

    opener: Token
    context: tuple[tuple[Token, ...], ...]
    body: list[Token] = field(default_factory=list)


def _split_headings(blocks: Sequence[Token]) -> Iterator[Item]:
    headings = _Headings()
    sections: list[_Section] = []
    folded = _folded_headings(blocks)
    for block in blocks:
        if block["type"] == "heading" and id(block) not in folded:
            headings.enter(block)
            sections.append(_Section(block, headings.context()[:-1]))
        elif sections:
            sections[-1].body.append(block)
    for section, below in zip_longest(sections, sections[1:]):
        has_parts = below is not None and _level(below.opener) > _level(section.opener)
        item_blocks = (as_paragraph(section.opener), *section.body)
        yield Item(section.opener["line"], item_blocks, section.context, has_parts)


def _folded_headings(blocks: Sequence[Token]) -> set[int]:
    """Return the `id` of each heading that alone in a `<details>` is the title of an answer.

    With more than one heading in it, a `<details>` folds a whole chapter.
    """
    folded: set[int] = set()
    inside: list[list[int]] = []
    for block in blocks:
        if block["type"] == "heading" and inside:
            inside[-1].append(id(block))
        elif block["type"] == "block_html":
            for slash in _DETAILS.findall(block["raw"]):
                if not slash:
                    inside.append([])
                elif inside and len(headings := inside.pop()) == 1:
                    folded.update(headings)
    return folded


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
