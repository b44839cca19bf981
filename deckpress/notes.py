"""A note as its author wrote it: pieces of Markdown's tree, not yet HTML."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from typing import Any

from deckpress.errors import Location
from deckpress.languages.scripts import normalize

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

_FORMULAS = frozenset({"inline_math", "display_math", "block_math"})

NO_HEADING = "›"
"""The place of a note that stands under no heading."""

FIRST_YEAR = 1000
"""A list's number from which on it is more likely a year: no list of steps is so long."""


class Kind(StrEnum):
    """What a note asks of the learner; each kind is one Anki note type."""

    BASIC = "basic"
    REVERSED = "reversed"
    TYPED = "typed"
    CLOZE = "cloze"


@dataclass(frozen=True)
class Passage:
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

    def cut(self, start: int, end: int) -> Passage:
        """Return a part of the passage, as a passage of its own."""
        text = self.text[start:end]
        begins = [0, *(found.end() for found in re.finditer("\n", text))]
        return Passage(text, tuple(self.place(start + begin) for begin in begins))

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line of the text begins."""
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))]


@dataclass(frozen=True)
class Note:
    """One note: what is asked, what is answered, and where in the source it stands."""

    location: Location
    kind: Kind
    question: tuple[Token, ...]
    """What the front shows; of a cloze note, everything up to its last deletion."""
    answer: tuple[Token, ...]
    hint: tuple[Token, ...] = ()
    extra: tuple[Token, ...] = ()
    footnotes: tuple[tuple[Token, ...], ...] = ()
    """The footnotes the note refers to, the first one numbered 1."""
    context: tuple[tuple[Token, ...], ...] = ()
    """The headings the note stands under, outermost first."""
    tags: tuple[str, ...] = ()
    subdeck: str = ""
    """The deck's name below the project's own; empty for the project's deck itself."""
    id: str | None = None
    """The author's own id, from `<!-- id=… -->`."""
    folders: tuple[str, ...] = ()
    """The names of the subfolders that its file lies in, the outermost first."""
    as_cloze: Note | None = None
    """The same, read as a cloze note, where only a mark in the answer would make it one."""

    @cached_property
    def question_text(self) -> str:
        """The question as plain text; an equal text is an equal question."""
        return normalize("NFC", plain_text(self.question))

    @cached_property
    def unmarked_question(self) -> str:
        """The same without markers of lists, as the first locks have it; IDs are made of it."""
        if not has_markers(self.question):
            return self.question_text
        return normalize("NFC", plain_text(self.question, markers=False))

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The headings as plain text, without HTML such as the anchors of a README."""
        return tuple(normalize("NFC", plain_text(_without_html(each))) for each in self.context)

    @cached_property
    def place(self) -> str:
        """What stands above the question on its card; with an equal one, two notes look the same.

        It is never empty, so that an empty text may stand for what is not known.
        """
        return " › ".join(filter(None, self.headings)) or NO_HEADING

    @property
    def former_questions(self) -> frozenset[str]:
        """The question as earlier locks may have it: without markers, or its first block alone."""
        is_long = len(self.question) > 1 and self.kind is not Kind.CLOZE
        first = normalize("NFC", plain_text(self.question[:1])) if is_long else self.question_text
        return frozenset({self.unmarked_question, first}) - {self.question_text}

    def asks(self, question: str) -> bool:
        """Return whether a text is the note's question, perhaps as the first locks have it."""
        return question in (self.question_text, self.unmarked_question)

    def blocks(self) -> tuple[Token, ...]:
        """Return all blocks that end up in the note's fields, in reading order."""
        sources = tuple(block for footnote in self.footnotes for block in footnote)
        return self.question + self.answer + self.hint + self.extra + sources

    def fields(self) -> Iterator[tuple[Token, ...]]:
        """Yield what each field is made of; footnotes and headings are some of their own."""
        yield from (self.question, self.answer, self.hint, self.extra)
        yield from (*self.footnotes, *self.context)

    @cached_property
    def html(self) -> tuple[tuple[Token, ...], ...]:
        """The pieces of its author's HTML in each field, footnote and heading that has some."""
        fields = map(walk, self.fields())
        found = (tuple(token for token in field if token["type"] in HTML) for field in fields)
        return tuple(filter(None, found))

    @cached_property
    def formulas(self) -> tuple[tuple[Token, bool], ...]:
        """Each formula on the note's cards, and whether its deletions count as the note's."""
        return tuple(self._find_formulas())

    def _find_formulas(self) -> Iterator[tuple[Token, bool]]:
        asks = self.kind is Kind.CLOZE
        others = self.blocks()[len(self.question) :]
        headings = (token for heading in self.context for token in heading)
        for token in walk(self.question):
            yield from _formulas_of(token, asks=asks)
        for token in walk([*headings, *others]):
            yield from _formulas_of(token, asks=False)


def _formulas_of(token: Token, *, asks: bool) -> Iterator[tuple[Token, bool]]:
    if token["type"] in _FORMULAS:
        yield token, asks
    for formula in token.get("formulas", ()):  # of a block of HTML, which has no deletions
        yield formula, False


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
    passage = Passage(formula["raw"], formula["rows"], formula.get("escapes", ()))
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


def _without_html(tokens: Iterable[Token]) -> list[Token]:
    """Return the tokens of a line without tags of HTML."""
    return [
        token | {"children": _without_html(token["children"])} if "children" in token else token
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


_BLOCKS = frozenset(
    "paragraph block_text heading block_code block_math block_html table_cell list_item".split()
)
