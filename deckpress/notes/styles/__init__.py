"""How a file writes its notes: what asks in it, what answers, and what is on no card.

Here is what a file is split into. Each style has a module; `choice` tries them where the author
does not say which one it is. `questions` knows texts that ask, `answers` where the answer begins,
and `blocks` headings and lines.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from deckpress.diagnostics import Diagnostics, Severity
from deckpress.languages import normalize
from deckpress.markdown import Token, plain_text
from deckpress.notes import Kind

Heading = tuple[Token, ...]
"""The text of a heading."""


@dataclass(frozen=True)
class Item:
    """The blocks of one note: the first ones are its question, the others its answer."""

    line: int
    blocks: tuple[Token, ...]
    context: tuple[Heading, ...] = ()
    """The text of the headings above, outermost first."""
    may_be_context: bool = False
    """True for a heading with other headings below it: without text of its own it is no note."""
    is_title: bool = False
    """Whether the question is the title of the file, of which the text is the answer."""
    asked: int = 0
    """How many blocks are the question, where the style says so; 0 where the blocks do."""

    @cached_property
    def text(self) -> str:
        """The question as plain text, as far as the style knows it."""
        return plain_text(self.blocks[: self.asked or 1])

    kind: Kind | None = None
    """The kind of note that the style says it is, if any."""
    tags: tuple[str, ...] = ()
    """Tags that its place in the file gives it."""


class Reason(Enum):
    """Why text is on no card.

    Each has its level, a few words for the account, what is said of it, and what to do, where it is
    reported once for all of a file.
    """

    ABOVE = (
        Severity.HINT,
        "above the first question",
        "text above the first question is on no card",
        "put it below a question, if learners should see it",
    )
    UNDER_HEADING = (
        Severity.HINT,
        "between headings and questions",
        "text between a heading and the questions below it is on no card",
        "put it below a question, if learners should see it",
    )
    BETWEEN = (
        Severity.WARNING,
        "between questions",
        "text that belongs to no question is on no card",
        "put it below a question, or choose another form by notes: in the front matter",
    )
    LINKS = (
        Severity.HINT,
        "in links and badges",
        "links, badges and titles of folds around the questions are on no card",
        "nothing needs to be done",
    )
    HEADING = (
        Severity.HINT,
        "in headings",
        "headings above no note are on no card",
        "write an answer below them",
    )
    AMONG = (
        Severity.HINT,
        "beside the cards",
        "text beside the cards is on none of them",
        "nothing needs to be done, if it is no answer",
    )
    SPARE_ANSWER = (
        Severity.WARNING,
        "in answers of a key without a question",
        "answers of a key have no question of their number",
        "number the questions and answers alike",
    )
    PROSE = (Severity.HINT, "in text without a tag #card")
    TABLE_HEAD = (Severity.HINT, "in heads of tables")
    ANSWER_KEY = (Severity.HINT, "in headings of an answer key")
    ROW_NUMBER = (Severity.HINT, "in numbers of rows")
    NO_LIST = (Severity.WARNING, "under headings without a list")
    NOT_INDENTED = (Severity.WARNING, "not indented")
    NO_NUMBER = (Severity.WARNING, "behind numbers without a space")
    NO_ANSWER = (Severity.WARNING, "in questions without an answer")
    CUT_CELL = (Severity.WARNING, "in cells that no head of a table has")
    UNUSED_FOOTNOTE = (Severity.WARNING, "in footnotes that nothing refers to")

    def __init__(self, level: Severity, short: str, what: str = "", cure: str = "") -> None:
        self.level, self.short, self.what, self.cure = level, short, what, cure


class LeftOut(NamedTuple):
    """Blocks that are on no card."""

    reason: Reason
    blocks: tuple[Token, ...]


@dataclass
class Split:
    """A file, split by one style: every block of it is in an item, or left out."""

    items: list[Item] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    diagnostics: Diagnostics = field(default_factory=list)

    def leave_out(self, reason: Reason, blocks: Iterable[Token]) -> None:
        """Add blocks that are on no card, if there are any."""
        if blocks := tuple(blocks):
            self.left_out.append(LeftOut(reason, blocks))


@dataclass(frozen=True)
class Known:
    """What learners have been asked; what they know as a question is one in any edition."""

    questions: Sequence[str] = ()
    """As plain text, sorted."""

    def __bool__(self) -> bool:
        return bool(self.questions)

    def has(self, blocks: Iterable[Token]) -> bool:
        """Return whether blocks are one of the questions, or the first of its blocks."""
        return bool(self.questions) and self.has_text(plain_text(blocks))

    def has_text(self, text: str) -> bool:
        """Return whether a plain text is one of the questions, or the first of its blocks."""
        text = normalize("NFC", text)
        index = bisect_left(self.questions, text)
        nearest = self.questions[index] if index < len(self.questions) else ""
        return bool(text) and (nearest == text or nearest.startswith(f"{text} "))


NOTHING = Known()
