"""A formula as each side of a card shows it, and the way back to what its author wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from deckpress.formulas import Formula
from deckpress.formulas.macros import ExpandedFormula
from deckpress.formulas.math_field import Rows, back_of, fronts_of, rows_around, split_deletions
from deckpress.formulas.tex import Flaw, Rewritten

_COMMAND = re.compile(r"\\[A-Za-z]+")
_NO_ROWS = Rows("", "")


@dataclass(frozen=True)
class CardSide:
    """A formula as one side of a card shows it."""

    written: Rewritten
    """With macros written out."""
    shown: Rewritten
    """With deletions filled in, or hidden."""
    rows: Rows
    display: bool
    hidden: int = 0
    """The number of the cloze that is asked for; 0 on the back."""

    @property
    def formula(self) -> Formula:
        """What the card holds."""
        return Formula(f"{self.rows.before}{self.shown.text}{self.rows.after}", self.display)

    @property
    def bare(self) -> Formula:
        """The same without the environment that the author did not write."""
        return Formula(self.shown.text, self.display)

    def place(self, flaw: Flaw) -> Flaw:
        """Return a flaw of what this side shows as one of what the author wrote."""
        if not self.shown.text.strip():  # but there may be what was written out as nothing
            return flaw._replace(start=min((edit.start for edit in self.written.edits), default=0))
        offset = self._visible(flaw.start)
        at = self.shown.origin(offset)
        start, message = self.written.origin(at), flaw.message
        if self.hidden:
            message = f"with cloze {self.hidden} hidden, {message}"
        if edit := self.written.edit_at(at):
            command = _COMMAND.match(self.shown.text, offset)
            within = edit.source.find(command.group(0)) if command else -1
            start += max(within, 0)
            message = message if within >= 0 else f"in macro \\{edit.name}, {message}"
        return Flaw(start, message, flaw.level)

    def macro_at(self, start: int) -> str:
        """Return the name of the deck's macro that wrote a character, or nothing."""
        edit = self.written.edit_at(self.shown.origin(self._visible(start)))
        return edit.name if edit else ""

    def _visible(self, offset: int) -> int:
        """Return the character next to a place that is no space and not of the rows put around."""
        shown = self.shown.text
        first, last = len(shown) - len(shown.lstrip()), len(shown.rstrip()) - 1
        return max(first, min(offset, last))


def with_clozes(written: ExpandedFormula, *, display: bool) -> CardSide:
    """Return a formula with the deletions still in it, as its author sees it."""
    return CardSide(written.tex, Rewritten(written.tex.text), _NO_ROWS, display)


def back(written: ExpandedFormula, *, display: bool) -> CardSide:
    """Return what the back shows of a formula."""
    tex = written.tex.text
    shown = back_of(tex, split_deletions(tex))
    rows = rows_around(shown.text.strip()) if display else _NO_ROWS
    return CardSide(written.tex, shown, rows, display)


def fronts(written: ExpandedFormula, *, display: bool) -> Iterator[CardSide]:
    """Yield what the front of each card shows of a formula, with that card's deletions hidden."""
    tex = written.tex.text
    whole = back(written, display=display)
    for number, shown in fronts_of(tex, split_deletions(tex)).items():
        yield replace(whole, shown=shown, hidden=number)
