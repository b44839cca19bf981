"""Markdown's tree: its tokens, with their places in the file.

`reader` reads a text into the tree, over mistune: `positions` and `block_rules` are what our blocks
have beyond it, `inline_parser` and `inline_rules` what our lines have, and `emphasis` is bold and
italic. `math_delimiters` and `formula_rules` find formulas, `html_tokens` an author's HTML,
`clozes` deletions, `code_clozes` those in code, and `obsidian_syntax` is another dialect.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import is_, itemgetter
from typing import TYPE_CHECKING, Any, NoReturn, dataclass_transform

from deckpress.diagnostics import Location

MistuneToken = dict[str, Any]
"""A token while mistune reads: a `type`, then `text`, `raw` or `children`, and `attrs`."""
Origins = tuple[tuple[int, int], ...]
"""Pairs of a place in a text, and what this is in the passage that it was read from."""

CLOZE_OPEN = re.compile(r"\{\{c(\d{1,9})::")
"""How a deletion begins, in Anki's notation and in ours; the group is its number."""
NEAR_CLOZE = r"\{\{ *[cC] *(?P<near_number>\d+)(?: *,[ \d,]*)? *::?"
"""What may be meant to begin a deletion: `{{c1:`, `{{C1::`, `{{c1,2::`."""
CLOZE_OF_MANY = re.compile(r"\{\{c(\d*),[\d,]*::")
"""How a deletion of several numbers begins to Anki 26.09 (`rslib/src/cloze.rs`), which is text to
us; the group is the first of them."""
_PICTURE_LANGUAGES = frozenset({"diagram", "plot", "mermaid", "dot"})
"""Fences in these languages are pictures to be drawn, if they have a name and an alt text."""
_LANGUAGE = re.compile(r"[^\s{,]+")
HTML = frozenset({"inline_html", "block_html"})
"""The types of tokens that hold an author's HTML."""
MAY_BE_DRAWN = frozenset({"block_code", "image"})
"""The types of tokens that may describe a picture to be drawn."""
_LISTS = frozenset({"list", "list_item"})
FORMULAS = frozenset({"inline_math", "display_math", "block_math"})
ALERTS = ("tip", "note", "important", "warning", "caution")
"""What GitHub's alerts are called; the locales have a label and `card.css` a colour for each."""
_PICTURES = frozenset({"image", "picture"})
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
        if len(self.rows) == 1 and not self.escapes:
            line, column = self.rows[0]
            return line, column + offset
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
        begins = [0, *(match.end() for match in re.finditer("\n", text))]
        return SourceSpan(text, tuple(self.place(start + begin) for begin in begins))

    def __bool__(self) -> bool:
        """Return whether it stands anywhere."""
        return bool(self.rows)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line of the text begins."""
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))]


_new, _set = object.__new__, object.__setattr__


@dataclass_transform(kw_only_default=True, frozen_default=True)
class _Frozen:
    """What is made of the fields that differ from their defaults, and never changed again."""

    __slots__ = ("_text", "_types")  # what was found out about it, which is no field

    if not TYPE_CHECKING:  # to whoever checks types it is made as a dataclass is

        def __init__(self, **fields):
            self.__dict__.update(fields)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a token is never changed: {name}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]  # as a token has none that is made of lists


class Token(_Frozen):
    """A node of Markdown's tree: a block, or what stands in a line.

    Each type of token has some of these; the others have their defaults.
    """

    type: str
    """As mistune calls it, such as `paragraph` or `text`, and some of ours."""
    raw: str = ""
    """The text, code, TeX or HTML of a token that has no children."""
    children: Sequence[Token] = ()
    line: int = 0
    """The line of the file that a block stands on, or what a message may speak of."""
    column: int = 0
    last_line: int = 0
    """The line on which a part of a block ends."""
    passage: SourceSpan = SourceSpan("", ())
    """What a text, or a block of HTML, was read from."""
    origins: Origins = ()
    """Where the parts of a text's `raw` stand in its passage."""
    rows: tuple[tuple[int, int], ...] = ()
    """The line and column where each line of a formula's, or a fence's, `raw` begins."""
    escapes: tuple[int, ...] = ()
    """The places of each `|` of a formula in a table that stands there as `\\|`."""
    is_embedded: bool = False
    """Whether it is of another file, so that its place is that of the embed."""
    url: str = ""
    title: str | None = None
    autolink: str = ""
    """The address of a link that is written as such."""
    width: str = ""
    height: str = ""
    least_width: int = 0
    """CSS pixels that a picture must have; on a narrower card it scrolls."""
    info: str = ""
    """What stands behind the marker of a fence."""
    info_column: int = 0
    """Where that begins in its line, if it makes a picture of the fence."""
    marker: str = ""
    level: int = 0
    """Of a heading, from 1."""
    ordered: bool = False
    start: int = 1
    """The first number of an ordered list."""
    number: int = 0
    """Of a cloze or a footnote; of a list's item, where it is shown by another than is written."""
    written: int = 0
    """The number that the author wrote before an item."""
    checked: bool | None = None
    """Whether a task is done; None for an item that is no task."""
    align: str | None = None
    head: bool = False
    """Whether a cell is in the head of its table."""
    name: str = ""
    """Of an alert: how it looks."""
    kind: str = ""
    """Of a callout: the word that its author wrote."""
    label: str = ""
    """Of a callout: how it is called on the card."""
    is_title: bool = False
    is_mark: bool = False
    """Whether a cloze was written as `==mark==`."""
    target: str = ""
    """What an embed names."""
    alias: str = ""
    separates: bool = False
    """Whether a paragraph is a lone `?` between the sides of a card."""
    block_id: str = ""
    tags: Sequence[str] = ()
    span: tuple[int, int] = (0, 0)
    """Where a formula stands in the `raw` of its block of HTML."""
    formulas: Sequence[Token] = ()
    """Those of a block of HTML."""
    summaries: Sequence[tuple[int, Sequence[Token]]] = ()
    """Of a block of HTML: places in `raw`, and the text of the `<summary>` that begins there."""

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Token:
        """Return a token of fields that nobody else keeps: a file has a hundred thousand."""
        token = _new(cls)
        _set(token, "__dict__", fields)
        return token

    def __reduce__(self) -> tuple[Callable[[dict[str, Any]], Token], tuple[dict[str, Any]]]:
        """Return how a token is made again in another process: of its fields alone."""
        return Token.of, (self.__dict__,)

    def replace(self, **changes: Any) -> Token:
        """Return the token with other values in some fields."""
        return Token.of(self.__dict__ | changes)

    def retyped(self, name: str) -> Token:
        """Return the block as one of another type, with the same text in it."""
        block = Token.of({"type": name, "children": self.children, "line": self.line})
        block.keep_types(self.types - {self.type} | {name})
        _set(block, "_text", self.text)
        return block

    @property
    def types(self) -> frozenset[str]:
        """Its type, and those of all tokens below it."""
        types: frozenset[str] | None = getattr(self, "_types", None)
        return types or self.keep_types({token.type for token in walk([self])})

    def keep_types(self, types: Set[str]) -> frozenset[str]:
        """Note the types of a token and of all below it, so that nobody has to look for them."""
        kept = frozenset(types)
        kept = _SETS.setdefault(kept, kept)
        _set(self, "_types", kept)
        return kept

    @property
    def text(self) -> str:
        """Its plain text, which is kept: each style asks for that of each heading."""
        text: str | None = getattr(self, "_text", None)
        if text is None:
            text = plain_text([self])
            _set(self, "_text", text)
        return text


_SETS: dict[frozenset[str], frozenset[str]] = {}
"""The sets of types, each once: a million tokens have few different ones."""


def rewrite(tokens: Iterable[Token], change: Callable[[Token], Token | None]) -> tuple[Token, ...]:
    """Return the tokens with each one, and each below it, changed, or left out where None is said.

    A token comes before its children, in reading order. Where nothing changes, the token itself is
    returned.
    """
    return tuple(new for token in tokens if (new := _rewritten(token, change)) is not None)


def _rewritten(token: Token, change: Callable[[Token], Token | None]) -> Token | None:
    new = change(token)
    if new is None or not new.children:
        return new
    children = rewrite(new.children, change)
    is_same = len(children) == len(new.children) and all(map(is_, children, new.children))
    return new if is_same else new.replace(children=children)


def is_to_be_drawn(token: Token) -> bool:
    """Return whether a token describes a picture: a fence in such a language, or a `.py` image."""
    if token.type == "image":
        return token.url.endswith(".py")
    return token.type == "block_code" and token.marker != "" and is_picture(token.info)


def is_picture(info: str) -> bool:
    """Return whether what stands behind the marker of a fence makes a picture of it."""
    return language_in(info).lower() in _PICTURE_LANGUAGES


def begins_no_cloze(raw: str, number: str) -> str:
    """Return what to say of a `NEAR_CLOZE`, by what is written and its number."""
    return f"{raw} begins no cloze: write {{{{c{number}::answer}}}}"


def location_of(token: Token, file: str) -> Location:
    """Return where a token stands in a file; 0 for a line or column that it does not know."""
    return Location(file, token.line, token.column)


def location_in(formula: Token, offset: int, file: str) -> Location:
    """Return where a character of a formula's `raw` stands in a file."""
    if formula.is_embedded:
        return location_of(formula, file)
    passage = SourceSpan(formula.raw, formula.rows, formula.escapes)
    return Location(file, *passage.place(offset))


def location_in_text(text: Token, index: int, file: str) -> Location:
    """Return where a character of a text's `raw` stands in a file."""
    origins = text.origins
    begin, offset = origins[bisect_right(origins, index, key=itemgetter(0)) - 1]
    return Location(file, *text.passage.place(offset + index - begin))


def cut_text(text: Token, start: int, end: int) -> list[Token]:
    """Return a piece of a text, which knows its place as the whole does; nothing if it is empty."""
    if start == end:
        return []
    origins = cut_origins(text.origins, start, end)
    return [text.replace(raw=text.raw[start:end], origins=origins)]


def cut_origins(origins: Origins, start: int, end: int) -> Origins:
    """Return the origins of a piece of a text, which begins at `start` and ends before `end`."""
    first = bisect_right(origins, start, key=itemgetter(0)) - 1
    begin, offset = origins[first]
    later = ((index - start, origin) for index, origin in origins[first + 1 :] if index < end)
    return ((0, offset + start - begin), *later)


def walk(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield every token below the given ones, parents before children, in reading order."""
    waiting = [*tokens][::-1]  # a generator within a generator costs more with each level
    while waiting:
        token = waiting.pop()
        yield token
        if token.children:
            waiting += token.children[::-1]


def types_in(tokens: Iterable[Token]) -> set[str]:
    """Return the types of the tokens, and of all below them."""
    return set().union(*(token.types for token in tokens))


def shows_picture(token: Token) -> bool:
    """Return whether there is a picture in a token, so that it shows something without any text."""
    return not token.types.isdisjoint(_PICTURES)


def language_of(fence: Token) -> str:
    """Return the first word behind a code fence: its language, or nothing."""
    return language_in(fence.info)


def language_in(info: str) -> str:
    """Return the language that stands behind the marker of a fence, or nothing."""
    match = _LANGUAGE.match(info)
    return match.group(0) if match and match.group(0) != "cloze" else ""


def plain_text(tokens: Iterable[Token], *, markers: bool = True) -> str:
    """Return what a reader reads in the tokens, on one line, without markup.

    Two questions are the same question if this text is the same. With `markers` it has what stands
    before the items of a list, if that says something: the numbers of a list that does not begin
    with 1, and the boxes of tasks.
    """
    return " ".join("".join([_text_of(token, markers) for token in tokens]).split())


def without_type(tokens: Iterable[Token], type_: str) -> tuple[Token, ...]:
    """Return the tokens of a line without those of a type."""
    return rewrite(tokens, lambda token: None if token.type == type_ else token)


def has_markers(tokens: Collection[Token]) -> bool:
    """Return whether the markers of a list are part of the tokens' text."""
    return not _LISTS.isdisjoint(types_in(tokens)) and any(
        (token.type == "list" and token.start != 1)
        or (token.type == "list_item" and token.checked is not None)
        for token in walk(tokens)
    )


def _text_of(token: Token, markers: bool) -> str:
    kind = token.type
    if kind == "text":  # the most of all
        return token.raw
    if kind in ("comment", "footnote_ref", "blank_line", "cloze_hint"):
        return ""
    if kind in ("softbreak", "linebreak"):
        return " "
    if kind == "image":
        return _text_of_children(token, markers) or token.url
    if kind == "list" and markers and token.start != 1:
        items = enumerate(token.children, token.start)
        return "".join(f"{number}. {_text_of(item, markers)}" for number, item in items)
    box = _box_of(token) if kind == "list_item" and markers else ""
    inner = _text_of_children(token, markers) if token.children else token.raw
    return box + inner + (" " if token.line and kind in _BLOCKS else "")


def _box_of(item: Token) -> str:
    checked = item.checked
    return "" if checked is None else "[x] " if checked else "[ ] "


def _text_of_children(token: Token, markers: bool) -> str:
    return "".join([_text_of(child, markers) for child in token.children])
