"""The deck's notes as the tests see them: what each says, in one line of prose and TeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import numpy as np
import pytest

from deckpress.diagnostics import Location
from deckpress.formulas.deletions import split_deletions, without_deletions
from deckpress.markdown import Token, is_to_be_drawn, language_of, plain_text, walk
from deckpress.notes import Kind, Note
from deckpress.notes.builder import parse_notes
from deckpress.project.opening import open_project
from deckpress.render.code import find_gaps
from tests.deck.numerics import Array
from tests.support.projects import ROOT

_LOOKS_ONLY = re.compile(
    r"\\[,;!]|\\(?:quad|bigl|bigr|Bigl|Bigr|left|right|begin\{\w+\}|end\{\w+\})(?![A-Za-z])|&|\{\}"
)
_NEEDLESS_SPACE = re.compile(r"(?<![A-Za-z0-9]) | (?![A-Za-z0-9])|(?<=\d) (?=[A-Za-z])")


@dataclass(frozen=True)
class Card:
    """A note: what it says, without what only concerns the looks of its formulas."""

    id: str
    where: Location
    kind: Kind = field(repr=False)
    answer: str = field(repr=False)
    text: str = field(repr=False)
    """Question, answer, hint and extra; a picture says what its alternative text says."""
    fences: Mapping[str, str] = field(repr=False)
    """The code of its fences: a picture's by its name, other code by its language."""
    has_table: bool = field(repr=False)

    def says(self, text: str) -> bool:
        """Return whether a text stands in the note, not as a part of a longer number or word."""
        wanted = normal(text)
        before = (
            r"(?<![A-Za-z0-9\\])(?<!\d\.)" if wanted[0].isascii() and wanted[0].isalnum() else ""
        )
        after = r"(?![A-Za-z0-9]|\.\d)" if wanted[-1].isascii() and wanted[-1].isalnum() else ""
        return re.search(before + re.escape(wanted) + after, self.text) is not None

    def must_say(self, *texts: str) -> None:
        """Fail, naming the note, unless each of the texts stands in it."""
        __tracebackhide__ = True
        for text in texts:
            if not self.says(text):
                said = f"but {self._nearest(text)!r}: mend the note, or here its new wording"
                pytest.fail(f"{self.where}: note {self.id} does not say {normal(text)!r}, {said}")

    def must_answer(self, answer: str) -> None:
        """Fail, naming the note, unless this is its whole answer."""
        __tracebackhide__ = True
        if self.answer != normal(answer):
            pytest.fail(f"{self.where}: note {self.id} answers {self.answer!r}, not {answer!r}")

    def _nearest(self, text: str) -> str:
        """Return what the note says that is most like a text."""
        wanted, step = normal(text), max(len(normal(text)) // 8, 1)
        starts = range(0, max(len(self.text) - len(wanted), 0) + 1, step)
        matcher = SequenceMatcher(b=wanted, autojunk=False)

        def likeness(start: int) -> float:
            matcher.set_seq1(self.text[start : start + len(wanted)])
            return matcher.ratio()

        start = max(starts, key=likeness)
        return self.text[max(start - step, 0) : start + len(wanted) + step]

    def must_show(self, picture: str, cell: str, expected: Array) -> None:
        """Fail, naming the note, unless a matrix in one of its pictures shows these numbers."""
        __tracebackhide__ = True
        shown = self.matrix(picture, cell)
        if not np.array_equal(shown, expected, equal_nan=True):
            pytest.fail(f"{self.where}: note {self.id} shows {shown} in {picture}, not {expected}")

    def matrix(self, picture: str, cell: str) -> Array:
        """Return the numbers that a matrix in one of its pictures shows; nan where it is empty."""
        match = re.search(rf"^{cell}: (.*) \{{matrix\}}$", self.fences[picture], re.MULTILINE)
        assert match, f"{self.where}: note {self.id} has no matrix {cell} in {picture}"
        rows = match.group(1).replace("**", "").split(r"\\")
        return np.array([[float(text.strip() or "nan") for text in row.split("&")] for row in rows])


Cards = Callable[[str], Card]
"""The fixture `card`: from a note's id to the note."""


def normal(text: str) -> str:
    """Return a text without deletions, alignment, spacing and needless spaces."""
    text = without_deletions(split_deletions(text))
    text = text.replace(r"\lt", "<").replace(r"\gt", ">").replace(r"\\", " | ")
    text = " ".join(_LOOKS_ONLY.sub(" ", text).split())
    return _NEEDLESS_SPACE.sub("", text)


def read_card(note: Note) -> Card:
    """Return what a note says."""
    blocks = note.question + note.answer + note.hint + note.extra
    return Card(
        id=note.id or "",
        kind=note.kind,
        where=note.location,
        answer=_prose(note.answer),
        text=_prose(blocks),
        fences={_name(token): _code(token) for token in blocks if token.type == "block_code"},
        has_table=any(token.type == "table" for token in walk(blocks)),
    )


def _prose(blocks: Iterable[Token]) -> str:
    """Return what blocks say; of a picture its alternative text, of code nothing."""
    return normal(plain_text(map(_reported, blocks)))


def _reported(token: Token) -> Token:
    """Return a token with the alternative text for its code, and a bar behind each table cell."""
    if token.type == "block_code":
        text = token.info.partition('"')[2].rpartition('"')[0]
        return Token(type="text", raw=f"{text} ")
    if not token.children:
        return token
    bar = [Token(type="text", raw=" | ")] if token.type == "table_cell" else []
    return token.replace(children=[*map(_reported, token.children), *bar])


def _code(fence: Token) -> str:
    """Return the code of a fence, with its gaps filled in."""
    return find_gaps(fence.children)[0] if fence.children else fence.raw


def _name(fence: Token) -> str:
    language, name = language_of(fence), fence.info.split()[1:2]
    return name[0] if is_to_be_drawn(fence) else language


def read_deck() -> dict[str, Card]:
    """Return every note of the deck that this repository ships, by its id."""
    project, _ = open_project(ROOT)
    notes = (
        note
        for source in project.sources
        for note in parse_notes(source.text, f"source/{source.path.name}")[0]
    )
    return {card.id: card for card in map(read_card, notes)}
