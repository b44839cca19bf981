"""The blocks of a file: headings that a reader is under, lines that open a note, and their text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from deckpress.markdown import Token, cut_text, plain_text, walk
from deckpress.notes.styles import Heading, Item, Reason, Split
from deckpress.patterns import lazy_pattern

INVISIBLE = frozenset({"comment"})
_FOLD = lazy_pattern(
    r"\s*<details\b[^>]*>\s*(?:<summary\b[^>]*>(?:[^<]|<(?!/summary))*+</summary\s*>\s*)?$", re.I
)
"""A `<details>` that is opened, and its summary."""
_LETTER = re.compile(r"[^\W\d_]")
_INTO_PAGE = re.compile("#")
_RELATIVE = re.compile(r"(?!\w[\w+.-]*:|//)")
_ANY = re.compile("")
_NOTHING = lazy_pattern(
    r"(?:\s|&nbsp;|</?(?:a|br|center|div|p|span)(?:\s(?:(?!style)[^<>])*+)?/?>)*+", re.I
)
_SEPARATORS = frozenset({"comment", "thematic_break"})
BREAKS = frozenset({"softbreak", "linebreak"})
_TEXTS = frozenset({"paragraph", "block_text"})
_MARKERS = "*_~="
"""What may stand before a text that is emphasised."""


@dataclass
class Headings:
    """The headings that the reader is under."""

    open: list[Token] = field(default_factory=list)

    def enter(self, heading: Token) -> None:
        """Come to a heading, which closes those of its level and below."""
        depth = level(heading)
        while self.open and level(self.open[-1]) >= depth:
            self.open.pop()
        self.open.append(heading)

    def context(self) -> tuple[Heading, ...]:
        """Return the texts of the open headings, outermost first."""
        return tuple(tuple(heading.children) for heading in self.open)


def level(heading: Token) -> int:
    """Return the level of a heading, from 1."""
    return heading.level


def as_paragraph(heading: Token) -> Token:
    """Return a heading as the paragraph it is when it stands as a question."""
    return heading.retyped("paragraph")


def is_ordered_list(block: Token) -> bool:
    """Return whether a block is a numbered list."""
    return block.type == "list" and bool(block.ordered)


def is_divider(block: Token) -> bool:
    """Return whether a block only divides or connects notes on a page."""
    return block.type in _SEPARATORS or is_navigation(block)


def is_navigation(block: Token) -> bool:
    """Return whether a paragraph is nothing but links within the page, like Back to Top."""
    if block.type != "paragraph" or not _begins_with_link(block):
        return False
    links = _links_in(block)
    are_inside = all(link.url.startswith("#") for link in links)
    return are_inside and plain_text([block]) == plain_text(links)


def is_contents(block: Token) -> bool:
    """Return whether a block is nothing but links into the page, perhaps with numbers beside.

    In a list or table they may also lead to other files of the repository.
    """
    if block.type == "paragraph":
        return _has_only_links(block, _INTO_PAGE)
    return block.type in ("list", "table") and _has_only_links(block, _RELATIVE)


def is_line_of_links(block: Token) -> bool:
    """Return whether a block is nothing but links: contents, or a paragraph of any."""
    return is_contents(block) or (block.type == "paragraph" and _has_only_links(block, _ANY))


def _has_only_links(block: Token, address: re.Pattern[str]) -> bool:
    if not _begins_with_link(block):
        return False
    links = _links_in(block)
    if not all(address.match(link.url) for link in links):
        return False
    shown = block.children[1:] if block.type == "table" else [block]
    return bool(links) and letters(plain_text(shown, markers=False)) == letters(plain_text(links))


def _begins_with_link(block: Token) -> bool:
    """Return whether no letter stands before the first link of a block, but in a table's head."""
    if "link" not in block.types:
        return False
    shown = block.children[1:] if block.type == "table" else [block]
    for token in walk(shown):
        if token.type == "link":
            return True
        if _LETTER.search(token.raw):
            return False
    return False


def _links_in(block: Token) -> list[Token]:
    return [token for token in walk([block]) if token.type == "link"]


def letters(text: str) -> str:
    """Return a text without anything but its letters."""
    return "".join(filter(str.isalpha, text))


def has_own_text(item: Item, *, lists: bool = True) -> bool:
    """Return whether an item has an answer; `lists` says whether a numbered list is one.

    Above other headings a logo or an opening `<details>` is none.
    """
    return any(
        not shows_nothing(block)
        and (lists or not is_ordered_list(block))
        and not (item.may_be_context and is_furniture(block))
        for block in item.blocks[1:]
    )


def is_furniture(block: Token) -> bool:
    """Return whether a block is a logo, badge or rule, or HTML that opens something."""
    if block.type != "paragraph":
        return block.type in ("block_html", "thematic_break")
    if "image" not in block.types:
        return False
    text = [child for child in block.children if child.type not in ("image", "link")]
    return not plain_text(text)


def shows_nothing(block: Token) -> bool:
    """Return whether a block is a comment, or HTML such as `<br>` and anchors without a text."""
    if block.type == "block_html":
        return _NOTHING.fullmatch(block.raw) is not None
    return block.type in INVISIBLE


def visible(blocks: Iterable[Token]) -> list[Token]:
    """Return the blocks without rules, and without those that show nothing."""
    return [block for block in blocks if block.type not in _SEPARATORS and not shows_nothing(block)]


def split_links(blocks: Iterable[Token]) -> tuple[list[Token], list[Token]]:
    """Return the visible blocks with a text, and those of links, badges or titles of folds."""
    text: list[Token] = []
    links: list[Token] = []
    for block in visible(blocks):
        (links if is_line_of_links(block) or _is_badge(block) else text).append(block)
    return text, links


def _is_badge(block: Token) -> bool:
    if block.type == "block_html":
        return _FOLD.match(block.raw) is not None
    return is_furniture(block)


@dataclass
class Section:
    """What opens a note, and the blocks below it up to the next one."""

    line: int
    asked: list[Token]
    context: tuple[Heading, ...]
    level: int = 0
    """The level of the heading that opens it; 0 for any other line."""
    is_title: bool = False
    """Whether it is opened by the title of the file."""
    body: list[Token] = field(default_factory=list)
    answer_at: int | None = None
    """Which block of the body the answer begins with, where a label says so."""


class Sections:
    """Gathers the sections of a file, and what is in none."""

    def __init__(self, reason: Reason | None = None) -> None:
        """Begin; `reason` is why text is left out, where that does not depend on its place."""
        self._reason = reason
        self.headings = Headings()
        self.sections: list[Section] = []
        self._outside: list[Token] = []
        """Blocks since the last heading that are in no section."""
        self.is_open = False
        self.split = Split()

    def open(self, section: Section) -> None:
        """Begin a section; what stood between the heading above and this is left out."""
        self.leave_out_outside()
        self.sections.append(section)
        self.is_open = True

    def enter(self, heading: Token) -> None:
        """Come to a heading that opens no note, and closes the section above it."""
        self.leave_out_outside()
        self.headings.enter(heading)
        self._outside.append(heading)
        self.is_open = False

    def add(self, block: Token) -> None:
        """Add a block to the open section, or to what is in none."""
        (self.sections[-1].body if self.is_open else self._outside).append(block)

    def leave_out_outside(self) -> None:
        """Leave out the blocks since the last heading that are in no section."""
        if not self._outside:
            return
        outside, self._outside = self._outside, []
        text, links = split_links(block for block in outside if block.type != "heading")
        reason = Reason.UNDER_HEADING if self.headings.open else Reason.ABOVE
        if self.sections:
            reason = Reason.BETWEEN
        self.split.leave_out(self._reason or reason, text)
        self.split.leave_out(Reason.LINKS, links)


def split_lines(children: Sequence[Token]) -> list[list[Token]]:
    """Return the tokens of a paragraph line by line, each line with the break that ends it.

    Between two lines of Chinese there is no break, since they are joined: there the places of the
    texts tell.
    """
    lines: list[list[Token]] = [[]]
    for child in children:
        for piece in _pieces(child):
            if lines[-1] and _begins_line(piece):
                lines.append([])
            lines[-1].append(piece)
        if child.type in BREAKS:
            lines.append([])
    return lines if lines[-1] else lines[:-1]


def may_have_lines(children: Sequence[Token]) -> bool:
    """Return whether the tokens of a paragraph may be several lines; False is sure."""
    return any(child.type in BREAKS or len(child.origins) > 1 for child in children)


def cut_block(
    block: Token, begins: Callable[[Sequence[Token]], bool]
) -> tuple[Token, Token] | None:
    """Return a paragraph in two, before the first of its other lines that begins something.

    So it is with the last paragraph of a list: a line right below it belongs to that, to Markdown.
    """
    if block.type in ("list", "list_item"):
        if not block.children:
            return None
        *before, last = block.children
        if not (parts := cut_block(last, begins)):
            return None
        return block.replace(children=[*before, parts[0]]), parts[1]
    if block.type not in _TEXTS or not may_have_lines(block.children):
        return None
    lines = split_lines(block.children)
    for index in range(1, len(lines)):
        if begins(lines[index]):
            above, rest = (
                [token for line in part for token in line]
                for part in (lines[:index], lines[index:])
            )
            first = block.replace(children=without_break(above))
            line = line_of(rest) or block.line
            return first, block.replace(type="paragraph", children=rest, line=line)
    return None


def opened(container: Token) -> Iterator[Token]:
    """Yield the blocks in a quote or an item of a list, a text at its beginning as a paragraph."""
    first, *rest = container.children or [container]
    is_text = first.type in _TEXTS
    yield first.replace(type="paragraph", line=container.line) if is_text else first
    yield from rest


def without_break(line: Sequence[Token]) -> list[Token]:
    """Return a line without the break that ends it."""
    return list(line[:-1] if line and line[-1].type in BREAKS else line)


def line_of(tokens: Sequence[Token]) -> int:
    """Return the line of the file on which a piece of text begins; 0 if that is not known."""
    for token in walk(tokens):
        if token.origins:
            return int(token.passage.place(token.origins[0][1])[0])
        if token.line:
            return token.line
    return 0


def _pieces(child: Token) -> Iterator[Token]:
    """Yield a text as one piece for each of its lines, and any other token as it is."""
    if child.type != "text" or not child.origins or (len(child.origins) == 1 and child.raw):
        yield child
        return
    text, start = child.passage.text, 0
    for index, offset in child.origins[1:]:
        if index > start and text[offset - 1 : offset] == "\n":
            yield from cut_text(child, start, index)
            start = index
    yield from cut_text(child, start, len(child.raw))


def _begins_line(child: Token) -> bool:
    """Return whether a token is the first of a line of its paragraph."""
    for token in (child,) if child.origins else walk(child.children):
        if token.origins:
            text, offset = token.passage.text, token.origins[0][1]
            while offset and text[offset - 1] in _MARKERS:
                offset -= 1
            return bool(offset) and text[offset - 1] == "\n"
    return False
