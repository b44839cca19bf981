"""Markdown's tree: its tokens, with their places in the file.

`reader` reads a text into the tree, over mistune: `positions` and `block_rules` are what our blocks
have beyond it, `inline_parser` and `inline_rules` what our lines have, and `emphasis` is bold and
italic. `math_delimiters` and `formula_rules` find formulas, `html_tokens` an author's HTML,
`clozes` deletions, and `obsidian_syntax` is another dialect.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from typing import Any

from deckpress.diagnostics import Location

Token = dict[str, Any]
"""A node of Markdown's tree, in mistune's form: a `type`, then `raw` or `children`, and `attrs`.

Blocks have the `line` they stand on; what a message may speak of has a `column` as well. A formula
has the line and column of each of its `rows`: where each line of its `raw` begins in the file; in a
table it has `escapes`, the places of each `|` that stands there as `\\|`. A text has the `passage`
that it was read from, and `origins`: pairs of a place in its `raw` and what this is in the passage.
A block of HTML has its `passage`, and `formulas`: tokens, each with its `span` in that `raw`; with
a `<summary>` in it also `summaries`: pairs of a place in `raw` and the text that begins there. An
item of a list has the `number` that is shown, and the one that is `written`, where these are two.
"""
CLOZE_OPEN = re.compile(r"\{\{c(\d{1,9})::")
"""How a deletion begins, in Anki's notation and in ours; the group is its number."""
CLOZE_OF_MANY = re.compile(r"\{\{c(\d*),[\d,]*::")
"""How a deletion of several numbers begins to Anki 26.09 (`rslib/src/cloze.rs`), which is text to
us; the group is the first of them."""
_PICTURE_LANGUAGES = frozenset({"diagram", "plot", "mermaid", "dot"})
"""Fences in these languages are pictures to be drawn, if they have a name and an alt text."""
_LANGUAGE = re.compile(r"[^\s{,]+")
HTML = frozenset({"inline_html", "block_html"})
"""The types of tokens that hold an author's HTML."""
FORMULAS = frozenset({"inline_math", "display_math", "block_math"})
FIRST_YEAR = 1000
"""A list's number from which on it is more likely a year: no list of steps is so long."""
_BLOCKS = frozenset(
    "paragraph block_text heading block_code block_math block_html table_cell list_item".split()
)


@dataclass(frozen=True)
class SourceSpan:
    """A text as Markdown reads it, and where in its file it stands."""

    text: str
    rows: tuple[tuple[int, int], ...]
    """The line and column of each line of the text."""
    escapes: tuple[int, ...] = ()
    """The places of each `|` that stands in a table as `\\|`."""

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column of a character."""
        row = bisect_right(self._starts, offset) - 1
        start = self._starts[row]
        escapes = bisect_left(self.escapes, offset) - bisect_left(self.escapes, start)
        line, column = self.rows[row]
        return line, column + offset - start + escapes

    def escapes_within(self, start: int, end: int) -> tuple[int, ...]:
        r"""Return the places of each `|` that stands as `\|` in a part, counted from its start."""
        first, last = bisect_left(self.escapes, start), bisect_right(self.escapes, end)
        return tuple(escape - start for escape in self.escapes[first:last])

    def cut(self, start: int, end: int) -> SourceSpan:
        """Return a part of the passage, as a passage of its own."""
        text = self.text[start:end]
        begins = [0, *(found.end() for found in re.finditer("\n", text))]
        return SourceSpan(text, tuple(self.place(start + begin) for begin in begins))

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line of the text begins."""
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))]


def is_to_be_drawn(token: Token) -> bool:
    """Say whether a token describes a picture: a fence in such a language, or a `.py` as image."""
    if token["type"] == "image":
        return str(token["attrs"]["url"]).endswith(".py")
    is_fence = token["type"] == "block_code" and "marker" in token
    return is_fence and language_of(token).lower() in _PICTURE_LANGUAGES


def location_of(token: Token, file: str) -> Location:
    """Return where a token stands in a file; 0 for a line or column that it does not know."""
    return Location(file, token.get("line", 0), token.get("column", 0))


def location_in(formula: Token, offset: int, file: str) -> Location:
    """Return where a character of a formula's `raw` stands in a file."""
    if "is_embedded" in formula:
        return location_of(formula, file)
    passage = SourceSpan(formula["raw"], formula["rows"], formula.get("escapes", ()))
    return Location(file, *passage.place(offset))


def location_in_text(text: Token, at: int, file: str) -> Location:
    """Return where a character of a text's `raw` stands in a file."""
    origins = text["origins"]
    begin, offset = origins[bisect_right(origins, at, key=itemgetter(0)) - 1]
    return Location(file, *text["passage"].place(offset + at - begin))


def cut_text(text: Token, start: int, end: int) -> list[Token]:
    """Return a piece of a text, which knows its place as the whole does; nothing if it is empty."""
    if start == end:
        return []
    origins = text["origins"]
    first = bisect_right(origins, start, key=itemgetter(0)) - 1
    begin, offset = origins[first]
    later = ((at - start, origin) for at, origin in origins[first + 1 :] if at < end)
    kept = ((0, offset + start - begin), *later)
    return [text | {"raw": text["raw"][start:end], "origins": kept}]


def walk(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield every token below the given ones, parents before children, in reading order."""
    for token in tokens:
        yield token
        if "children" in token:
            yield from walk(token["children"])


def types_in(tokens: Iterable[Token]) -> set[str]:
    """Return the types of the tokens, and of all below them."""
    return {token["type"] for token in walk(tokens)}


def shows_picture(token: Token) -> bool:
    """Say whether there is a picture in a token, so that it shows something without any text."""
    return any(each["type"] in ("image", "picture") for each in walk([token]))


def language_of(fence: Token) -> str:
    """Return the first word behind a code fence: its language, or nothing."""
    info = fence.get("attrs", {}).get("info", "")
    found = _LANGUAGE.match(info)
    return found.group(0) if found else ""


def plain_text(tokens: Iterable[Token], *, markers: bool = True) -> str:
    """Return what a reader reads in the tokens, on one line, without markup.

    Two questions are the same question if this text is the same. With `markers` it has what stands
    before the items of a list, if that says something: the numbers of a list that does not begin
    with 1, and the boxes of tasks.
    """
    return " ".join("".join(_text_of(token, markers) for token in tokens).split())


def without_html(tokens: Iterable[Token]) -> list[Token]:
    """Return the tokens of a line without tags of HTML."""
    return [
        token | {"children": without_html(token["children"])} if "children" in token else token
        for token in tokens
        if token["type"] != "inline_html"
    ]


def has_markers(tokens: Iterable[Token]) -> bool:
    """Return whether the markers of a list are part of the tokens' text."""
    return any(
        (token["type"] == "list" and "start" in token["attrs"])
        or (token["type"] == "list_item" and "attrs" in token)
        for token in walk(tokens)
    )


def _text_of(token: Token, markers: bool) -> str:
    kind = token["type"]
    if kind in ("comment", "footnote_ref", "blank_line", "cloze_hint"):
        return ""
    if kind in ("softbreak", "linebreak"):
        return " "
    if kind == "image":
        return _text_of_children(token, markers) or str(token["attrs"]["url"])
    if kind == "list" and markers and "start" in token["attrs"]:
        items = enumerate(token["children"], token["attrs"]["start"])
        return "".join(f"{number}. {_text_of(item, markers)}" for number, item in items)
    box = _box_of(token) if kind == "list_item" and markers else ""
    inner = _text_of_children(token, markers) if "children" in token else str(token.get("raw", ""))
    return box + inner + (" " if "line" in token and kind in _BLOCKS else "")


def _box_of(item: Token) -> str:
    checked = item.get("attrs", {}).get("checked")
    return "" if checked is None else "[x] " if checked else "[ ] "


def _text_of_children(token: Token, markers: bool) -> str:
    return "".join(_text_of(child, markers) for child in token["children"])
