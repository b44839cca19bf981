"""A plot as its author wrote it."""

from __future__ import annotations

from dataclasses import dataclass, field

from deckpress.errors import Location


@dataclass(frozen=True)
class Plot:
    """Python code that draws one picture with matplotlib."""

    code: str
    """Without the indentation that a block has in a list item."""
    where: Location = field(repr=False, compare=False)
    """Where the code's first character stands in the author's file."""
