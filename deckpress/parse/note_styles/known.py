"""The questions that learners have of a file."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deckpress.languages.scripts import normalize
from deckpress.notes import Token, plain_text


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
        found = self.questions[index] if index < len(self.questions) else ""
        return bool(text) and (found == text or found.startswith(f"{text} "))


NOTHING = Known()
