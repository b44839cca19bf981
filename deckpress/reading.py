"""How the files of a deck are to be read: what asks in them, and in which dialect of Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NoteStyle(StrEnum):
    """How a file writes its notes: what asks in it, and what answers."""

    LIST = "list"
    HEADINGS = "headings"
    BOLD = "bold"
    DETAILS = "details"
    QA = "qa"
    TABLE = "table"
    TERMS = "terms"
    CALLOUTS = "callouts"
    CARDS = "cards"
    TAGGED = "tagged"
    AUTO = "auto"
    """It is found by trying."""

    @property
    def noun(self) -> str:
        """What asks in it, in words of a message; `s` makes it more than one."""
        return _NOUNS[self]

    @property
    def is_of_obsidian(self) -> bool:
        """Whether it is there in the Obsidian dialect alone."""
        return self in (NoteStyle.CALLOUTS, NoteStyle.CARDS, NoteStyle.TAGGED)


_NOUNS = {
    NoteStyle.LIST: "list item",
    NoteStyle.HEADINGS: "heading",
    NoteStyle.BOLD: "bold line",
    NoteStyle.DETAILS: "folded <details> block",
    NoteStyle.QA: "Q: line",
    NoteStyle.TABLE: "table row",
    NoteStyle.TERMS: "**term**: line",
    NoteStyle.CALLOUTS: "question callout",
    NoteStyle.CARDS: "Q::A line",
    NoteStyle.TAGGED: "tagged item",
    NoteStyle.AUTO: "question",
}


class Dialect(StrEnum):
    """Which Markdown a file is written in."""

    GITHUB = "github"
    OBSIDIAN = "obsidian"


LEVELS = range(1, 7)
"""Of headings in Markdown."""


@dataclass(frozen=True)
class Reading:
    """How a file is to be read; deck.toml says it of all files, the front matter of one."""

    style: NoteStyle = NoteStyle.AUTO
    level: int = 0
    """The only level of headings that ask; 0 where any may."""
    dialect: Dialect = Dialect.GITHUB

    @property
    def is_obsidian(self) -> bool:
        """Whether the file is written in the Obsidian dialect."""
        return self.dialect is Dialect.OBSIDIAN
