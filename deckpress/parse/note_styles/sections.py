"""Lines that open a note, each with the blocks below it: headings, bold lines and `Q:`."""

from __future__ import annotations

from dataclasses import dataclass, field

from deckpress.notes import Token
from deckpress.parse.note_styles.model import Heading, Reason, Split
from deckpress.parse.note_styles.outline import Headings, split_links


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
        outside, self._outside = self._outside, []
        text, links = split_links(block for block in outside if block["type"] != "heading")
        reason = Reason.UNDER_HEADING if self.headings.open else Reason.ABOVE
        if self.sections:
            reason = Reason.BETWEEN
        self.split.leave_out(self._reason or reason, text)
        self.split.leave_out(Reason.LINKS, links)
