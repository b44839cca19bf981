"""What Obsidian hides at the ends of texts: ids of blocks, widths of pictures, lines of tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from deckpress.notes import Token, cut_text

_BLOCK_ID = re.compile(r"(?:^|(?<=\s))\^([A-Za-z0-9-]+)\s*$")
_SIZE = re.compile(r"(?:^|\|)\s*(\d{1,4})(?:x(\d{1,4}))?\s*$")
_TEXTS = frozenset({"paragraph", "block_text", "heading"})
_BREAKS = frozenset({"softbreak", "linebreak"})
_UNSEEN = frozenset({"comment", *_BREAKS})


def tidy(blocks: Iterable[Token]) -> list[Token]:
    """Return blocks without what Obsidian does not show, which they know by themselves then.

    The id of a block is its `block_id`; a paragraph of nothing but tags and comments is a comment
    with these `tags`; the width of a picture is among its `attrs`.
    """
    return [*_mark_named(chain.from_iterable(map(_tidy, blocks)))]


def _tidy(block: Token) -> Iterator[Token]:
    if block["type"] in _TEXTS:
        _take_block_id(block)
        _read_sizes(block["children"])
    elif block["type"] == "table":
        for row in (row for part in block["children"] for row in part["children"]):
            _read_sizes(row.get("children", (row,)))
    elif "children" in block:
        block["children"] = tidy(block["children"])
    if block["type"] in ("paragraph", "block_text"):
        yield from _take_lines_of_tags(block)
    else:
        yield block


def _take_block_id(block: Token) -> None:
    children = block["children"]
    last = children[-1] if children else {}
    if last.get("type") != "text" or not (found := _BLOCK_ID.search(last["raw"])):
        return
    rest = last["raw"][: found.start()].rstrip()
    del children[-1]
    children += cut_text(last, 0, len(rest))
    while children and children[-1]["type"] in ("softbreak", "linebreak"):
        del children[-1]
    block["block_id"] = found.group(1)


def _mark_named(blocks: Iterable[Token]) -> Iterator[Token]:
    """Yield the blocks, each with the id that stands on a line of its own below it."""
    above: Token | None = None
    for block in blocks:
        if block["type"] == "comment" and "block_id" in block and above:
            above["block_id"] = block["block_id"]
        above = block
        yield block


def _take_lines_of_tags(paragraph: Token) -> Iterator[Token]:
    """Yield a comment for the lines at the top of a paragraph that show nothing, and the rest."""
    children, end = paragraph["children"], 0
    for at, child in enumerate(children, 1):
        if child["type"] not in _UNSEEN and child.get("raw") != " ":
            break
        end = at if child["type"] in _BREAKS or at == len(children) else end
    if end:
        yield _as_comment(paragraph, children[:end])
    if end < len(children):
        line = paragraph["line"] + sum(child["type"] in _BREAKS for child in children[:end])
        yield paragraph | {"children": children[end:], "line": line}


def _as_comment(paragraph: Token, children: Iterable[Token]) -> Token:
    tags = tuple(tag for child in children for tag in child.get("tags", ()))
    named = {"block_id": paragraph["block_id"]} if "block_id" in paragraph else {}
    return {"type": "comment", "raw": "", "line": paragraph["line"], "tags": tags, **named}


def _read_sizes(tokens: Iterable[Token]) -> None:
    for token in tokens:
        if token["type"] == "image":
            _read_size(token)
        elif "children" in token:
            _read_sizes(token["children"])


def _read_size(image: Token) -> None:
    """Take the size from the end of a picture's description, as in `![alt|300](a.png)`."""
    last = image["children"][-1] if image["children"] else {}
    found = _SIZE.search(last.get("raw", "")) if last.get("type") == "text" else None
    if found and found.group(0).startswith("|"):
        image["children"] = [*image["children"][:-1], *_text(last["raw"][: found.start()])]
        image["attrs"] |= size_attributes(found)


def _text(raw: str) -> list[Token]:
    return [{"type": "text", "raw": raw}] if raw.strip() else []


def size_attributes(found: re.Match[str]) -> dict[str, str]:
    """Return the width, and the height if there is one, of a size that was found."""
    names = zip(("width", "height"), found.groups(), strict=True)
    return {name: number for name, number in names if number}


def split_size(alias: str) -> tuple[str, dict[str, str]]:
    """Return what `![[a.png|alias]]` is described by, and its size: `300`, `300x200`, `alt|300`."""
    found = _SIZE.search(alias)
    if not found:
        return alias, {}
    return alias[: found.start()].strip(), size_attributes(found)
