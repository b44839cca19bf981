"""How well a style suits a file: the notes that it gives, which of them ask, what it leaves out."""

from __future__ import annotations

from functools import cached_property
from itertools import islice

from deckpress.notes import Token
from deckpress.parse.markdown import Document
from deckpress.parse.note_styles import qa
from deckpress.parse.note_styles.asking import asks, is_numbered
from deckpress.parse.note_styles.known import Known
from deckpress.parse.note_styles.model import Item, Reason, Split
from deckpress.parse.note_styles.outline import has_own_text, is_contents, visible
from deckpress.parse.note_styles.steps import has_gap
from deckpress.project import NoteStyle

_WORD_LISTS = (NoteStyle.TABLE, NoteStyle.TERMS)
"""The styles that are only taken where the author says so."""
_ALWAYS_ASK = (NoteStyle.QA, NoteStyle.CARDS, NoteStyle.CALLOUTS)
_UNANSWERED = 0.5
"""What a question without an answer counts, beside one with it."""
_NUMBERED = 1.5
"""What a numbered item with an answer counts, beside a heading with a text."""
MOST_WEIGHT = 2.0
"""What a question counts where labels say `Q:` and `A:`, beside a heading with a text; no other
style but lists counts more."""
_BOLD_STATEMENTS = 0.9
"""What bold lines count that do not ask: less than any heading with a text."""
_DISTINCT = 0.9
"""The share of the words of a list that stand in it once; labels, such as `Source:`, recur."""
_FEW = 3
"""So many notes of another style are worth a word."""


class Candidate:
    """A file, split in one style, and how well that suits it."""

    def __init__(self, style: NoteStyle, split: Split, document: Document) -> None:
        self.style, self.split, self._document = style, split, document

    @cached_property
    def _answered(self) -> list[Item]:
        return [item for item in self.split.items if self._is_answered(item)]

    def _is_answered(self, item: Item) -> bool:
        if item.is_title or not has_own_text(item, lists=self.style is not NoteStyle.HEADINGS):
            return self.style is NoteStyle.LIST and has_gap(item.blocks)
        return not all(map(is_contents, visible(item.blocks[1:])))

    @property
    def count(self) -> int:
        """How many notes with an answer it gives."""
        return len(self._answered)

    @cached_property
    def asking(self) -> int:
        """How many of these ask: by a question mark or word, or the number of a heading."""
        return sum(self._does_ask(item) for item in self._answered)

    def _does_ask(self, item: Item) -> bool:
        if self.style in _ALWAYS_ASK or asks(item.text):
            return True
        return self.style is not NoteStyle.LIST and is_numbered(item.text)

    @cached_property
    def score(self) -> float:
        """How many notes it gives, those that ask twice, times the share of the text in them."""
        count = float(self.count)
        if not self.split.items:
            return 0
        if self.style is NoteStyle.BOLD and 2 * self.asking < count:
            return min(count, _BOLD_STATEMENTS) * self.covered
        is_labelled = self.style is NoteStyle.QA and qa.has_answers(self._document.lines)
        weight = MOST_WEIGHT if is_labelled else 1.0
        if self.style is NoteStyle.LIST:
            unanswered = [item for item in self.split.items if not self._is_answered(item)]
            count, weight = count + _UNANSWERED * len(unanswered), _NUMBERED
        return weight * (count + self.asking) * self.covered

    @property
    def least(self) -> float:
        """A score that it has at least, before its notes are read.

        No score but that of a list is above their number times twice the highest weight.
        """
        is_list = self.style is NoteStyle.LIST
        return _NUMBERED * _UNANSWERED * len(self.split.items) * self.covered if is_list else 0

    @cached_property
    def covered(self) -> float:
        """The share of the file's text that is in notes, from 0 to 1."""
        left_out = {each.reason: 0 for each in self.split.left_out}
        for each in self.split.left_out:
            left_out[each.reason] += sum(map(self._size, each.blocks))
        left_out.pop(Reason.ROW_NUMBER, None)  # which stand on lines with the rest of the row
        links = left_out.pop(Reason.LINKS, 0)
        if not any(left_out.values()):
            return 1
        whole = self._document.text_size - links
        return max(1 - sum(left_out.values()) / whole, 0) if whole > 0 else 1

    def _size(self, block: Token) -> int:
        return self._document.size(block["line"], self._document.last_line(block))

    def count_known(self, known: Known) -> int:
        """Return how many of the notes ask one of the questions that learners have."""
        return sum(known.has_text(item.text) for item in self.split.items) if known else 0

    def has_known(self, number: int, known: Known) -> bool:
        """Return whether that many of the notes ask one of the questions that learners have."""
        asked = (item for item in self.split.items if known.has_text(item.text))
        return sum(1 for _ in islice(asked, number)) == number

    def is_near(self, chosen: Candidate) -> bool:
        """Return whether a style gives so many notes that it may be what the author meant."""
        if self.count < 2:
            return False
        if self.style in _WORD_LISTS:
            asked = {item.text for item in self._answered}
            is_list = self.covered > 0.5 and len(asked) > _DISTINCT * self.count
            return is_list and self.count > chosen.count
        if self.count < _FEW and len(chosen.split.items) > 1:
            return False
        if self.count <= chosen.count:
            return 2 * self._count_missed(chosen) >= max(chosen.count, 2 * _FEW)
        return 2 * self.asking >= self.count or self.count > 2 * chosen.count

    def _count_missed(self, chosen: Candidate) -> int:
        """Return how many notes that ask the chosen style does not have."""
        lines = {item.line for item in chosen.split.items}
        texts = {item.text for item in chosen.split.items}
        missed = (
            item
            for item in self._answered
            if item.line not in lines and item.text not in texts and self._does_ask(item)
        )
        return sum(1 for _ in missed)
