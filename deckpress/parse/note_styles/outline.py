"""The headings that a reader is under at some line, and blocks that only divide or connect."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from deckpress.notes import Token, plain_text, walk
from deckpress.parse.note_styles.model import Heading, Item

INVISIBLE = frozenset({"comment"})
_FOLD = re.compile(
    r"\s*<details\b[^>]*>\s*(?:<summary\b[^>]*>(?:[^<]|<(?!/summary))*+</summary\s*>\s*)?$", re.I
)
"""A `<details>` that is opened, and its summary."""
_LETTER = re.compile(r"[^\W\d_]")
_INTO_PAGE = re.compile("#")
_RELATIVE = re.compile(r"(?!\w[\w+.-]*:|//)")
_ANY = re.compile("")
_NOTHING = re.compile(
    r"(?:\s|&nbsp;|</?(?:a|br|center|div|p|span)(?:\s(?:(?!style)[^<>])*+)?/?>)*+", re.I
)
_SEPARATORS = frozenset({"comment", "thematic_break"})


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
        return tuple(tuple(heading["children"]) for heading in self.open)


def level(heading: Token) -> int:
    """Return the level of a heading, from 1."""
    return int(heading["attrs"]["level"])


def as_paragraph(heading: Token) -> Token:
    """Return a heading as the paragraph it is when it stands as a question."""
    return {"type": "paragraph", "children": heading["children"], "line": heading["line"]}


def is_ordered_list(block: Token) -> bool:
    """Return whether a block is a numbered list."""
    return block["type"] == "list" and bool(block["attrs"]["ordered"])


def is_divider(block: Token) -> bool:
    """Return whether a block only divides or connects notes on a page."""
    return block["type"] in _SEPARATORS or is_navigation(block)


def is_navigation(block: Token) -> bool:
    """Return whether a paragraph is nothing but links within the page, like Back to Top."""
    if block["type"] != "paragraph" or not _begins_with_link(block):
        return False
    links = _links_in(block)
    are_inside = all(link["attrs"]["url"].startswith("#") for link in links)
    return are_inside and plain_text([block]) == plain_text(links)


def is_contents(block: Token) -> bool:
    """Return whether a block is nothing but links into the page, perhaps with numbers beside.

    In a list or table they may also lead to other files of the repository.
    """
    if block["type"] == "paragraph":
        return _has_only_links(block, _INTO_PAGE)
    return block["type"] in ("list", "table") and _has_only_links(block, _RELATIVE)


def is_line_of_links(block: Token) -> bool:
    """Return whether a block is nothing but links: contents, or a paragraph of any."""
    return is_contents(block) or (block["type"] == "paragraph" and _has_only_links(block, _ANY))


def _has_only_links(block: Token, address: re.Pattern[str]) -> bool:
    if not _begins_with_link(block):
        return False
    links = _links_in(block)
    if not all(address.match(link["attrs"]["url"]) for link in links):
        return False
    shown = block["children"][1:] if block["type"] == "table" else [block]
    return bool(links) and letters(plain_text(shown, markers=False)) == letters(plain_text(links))


def _begins_with_link(block: Token) -> bool:
    """Return whether no letter stands before the first link of a block, but in a table's head."""
    shown = block["children"][1:] if block["type"] == "table" else [block]
    for token in walk(shown):
        if token["type"] == "link":
            return True
        if _LETTER.search(str(token.get("raw", ""))):
            return False
    return False


def _links_in(block: Token) -> list[Token]:
    return [token for token in walk([block]) if token["type"] == "link"]


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
    if block["type"] != "paragraph":
        return block["type"] in ("block_html", "thematic_break")
    text = [child for child in block["children"] if child["type"] not in ("image", "link")]
    has_picture = any(token["type"] == "image" for token in walk(block["children"]))
    return has_picture and not plain_text(text)


def shows_nothing(block: Token) -> bool:
    """Return whether a block is a comment, or HTML such as `<br>` and anchors without a text."""
    if block["type"] == "block_html":
        return _NOTHING.fullmatch(block["raw"]) is not None
    return block["type"] in INVISIBLE


def visible(blocks: Iterable[Token]) -> list[Token]:
    """Return the blocks without rules, and without those that show nothing."""
    return [
        block for block in blocks if block["type"] not in _SEPARATORS and not shows_nothing(block)
    ]


def split_links(blocks: Iterable[Token]) -> tuple[list[Token], list[Token]]:
    """Return the visible blocks with a text, and those of links, badges or titles of folds."""
    text: list[Token] = []
    links: list[Token] = []
    for block in visible(blocks):
        (links if is_line_of_links(block) or _is_badge(block) else text).append(block)
    return text, links


def _is_badge(block: Token) -> bool:
    if block["type"] == "block_html":
        return _FOLD.match(block["raw"]) is not None
    return is_furniture(block)
