"""Which style a file is written in, where its author does not say so: each is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from deckpress.markdown import Token
from deckpress.markdown.obsidian_syntax import is_question
from deckpress.markdown.reader import Document
from deckpress.notes.styles import Item, Known, Reason, Split, bold, lists, qa
from deckpress.notes.styles.answers import place_answers
from deckpress.notes.styles.blocks import has_own_text, is_contents, visible
from deckpress.notes.styles.bold import split_bold
from deckpress.notes.styles.details import merge_callouts, split_callouts, split_details
from deckpress.notes.styles.flashcards import has_cards, says_card, split_cards, split_tagged
from deckpress.notes.styles.folds import opens_fold
from deckpress.notes.styles.headings import split_headings
from deckpress.notes.styles.list_items import find_steps, has_gap
from deckpress.notes.styles.lists import find_lists, split_list
from deckpress.notes.styles.qa import split_qa
from deckpress.notes.styles.questions import asks, is_numbered
from deckpress.notes.styles.vocabulary import count_bold, split_tables, split_terms
from deckpress.project import NoteStyle, Reading

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
        left_out = {piece.reason: 0 for piece in self.split.left_out}
        for piece in self.split.left_out:
            left_out[piece.reason] += sum(map(self._size, piece.blocks))
        left_out.pop(Reason.ROW_NUMBER, None)  # which stand on lines with the rest of the row
        links = left_out.pop(Reason.LINKS, 0)
        if not any(left_out.values()):
            return 1
        whole = self._document.text_size - links
        return max(1 - sum(left_out.values()) / whole, 0) if whole > 0 else 1

    def _size(self, block: Token) -> int:
        return self._document.size(block.line, self._document.last_line(block))

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


class Chosen(NamedTuple):
    """A file, split in the style that its author said, or that was found."""

    style: NoteStyle
    split: Split
    is_found: bool = False
    near: NoteStyle | None = None
    """The style that was nearly taken."""
    near_count: int = 0
    """How many notes that would give."""


class MarkdownFile(NamedTuple):
    """A file that is to be split."""

    document: Document
    name: str
    """How messages call it."""
    reading: Reading
    title: str
    """What the text above the first heading answers."""
    known: Known
    """What learners have been asked of it."""
    blocks: Sequence[Token] = ()
    """Those of the document, with the answers of a key at their questions."""


def split_document(file: MarkdownFile) -> Chosen:
    """Return the items of a file: in a style, or in the one that asks most and leaves out least.

    A style that asks the known questions goes before all others, so that no edit takes from
    learners what they have. In the Obsidian dialect a callout that asks is a note by itself,
    whatever else the file has.
    """
    document, reading = file.document, file.reading
    if not reading.is_obsidian or reading.style in (NoteStyle.CALLOUTS, NoteStyle.TAGGED):
        return _split_by_key(file)
    callouts = split_callouts(document.blocks)
    if not callouts.items:
        return _split_by_key(file)
    rest_blocks = tuple(block for block in document.blocks if not is_question(block))
    rest = replace(document, blocks=rest_blocks)
    chosen = _split_by_key(file._replace(document=rest))
    by_callouts = Candidate(NoteStyle.CALLOUTS, callouts, document)
    by_others = Candidate(chosen.style, chosen.split, rest)
    if reading.style is NoteStyle.AUTO and _are_enough(by_callouts, by_others, file.known):
        return Chosen(NoteStyle.CALLOUTS, callouts, is_found=True)
    chosen.split.items = merge_callouts(chosen.split.items, callouts.items)
    return chosen


def _are_enough(callouts: Candidate, rest: Candidate, known: Known) -> bool:
    """Return whether a file's callouts are its notes: the most, while the others hardly ask.

    They are not where learners have been asked something else, and are if they have not.
    """
    if known and rest.count_known(known):
        return False
    if known and callouts.count_known(known):
        return True
    return callouts.count > rest.count and 2 * rest.asking <= rest.count


def _split_by_key(file: MarkdownFile) -> Chosen:
    """Split a file with the answers of its key, if it has one, at their questions."""
    answered = place_answers(file.document.blocks)
    chosen = _split(file._replace(blocks=answered.blocks))
    chosen.split.leave_out(Reason.ANSWER_KEY, answered.titles)
    chosen.split.leave_out(Reason.SPARE_ANSWER, answered.spare)
    return chosen


def _split(file: MarkdownFile) -> Chosen:
    style = file.reading.style
    if style is NoteStyle.AUTO and file.reading.level:
        style = NoteStyle.HEADINGS
    if style is not NoteStyle.AUTO:
        return Chosen(style, _split_in(style, file))
    may_be_cards = file.reading.is_obsidian and has_cards(file.blocks)
    if may_be_cards and not file.known and _speaks_of_cards(file.blocks):
        return Chosen(NoteStyle.CARDS, _split_in(NoteStyle.CARDS, file), is_found=True)
    return _choose(file, [NoteStyle.CARDS] if may_be_cards else [])


def _split_in(style: NoteStyle, file: MarkdownFile, asking: Set[int] | None = None) -> Split:
    """Split a file in a style; `asking` has the lists that ask, without it each numbered one."""
    blocks, known = file.blocks, file.known
    splitters: Mapping[NoteStyle, Callable[[], Split]] = {
        NoteStyle.LIST: lambda: split_list(
            blocks, file.name, find_lists(blocks, frozenset(), known) if asking is None else asking
        ),
        NoteStyle.HEADINGS: lambda: split_headings(blocks, file.reading.level, file.title, known),
        NoteStyle.BOLD: lambda: split_bold(blocks, known),
        NoteStyle.DETAILS: lambda: split_details(blocks, known),
        NoteStyle.QA: lambda: split_qa(blocks),
        NoteStyle.TABLE: lambda: split_tables(blocks),
        NoteStyle.TERMS: lambda: split_terms(blocks),
        NoteStyle.CALLOUTS: lambda: split_callouts(blocks),
        NoteStyle.CARDS: lambda: split_cards(file.document),
        NoteStyle.TAGGED: lambda: split_tagged(file.document),
    }
    return splitters[style]()


def _choose(file: MarkdownFile, more: Sequence[NoteStyle]) -> Chosen:
    """Split a file in each style of which there is a sign, and in `more`; return the best."""
    asking = find_lists(file.blocks, find_steps(file.blocks, file.known), file.known)
    styles = [*_possible(file, asking), *more]
    tried = [Candidate(style, _split_in(style, file, asking), file.document) for style in styles]
    best = _find_best(tried, file.known)
    near = _find_near(best, [candidate for candidate in tried if candidate is not best], file)
    return Chosen(
        best.style,
        best.split,
        is_found=True,
        near=near.style if near else None,
        near_count=near.count if near else 0,
    )


def _find_near(
    best: Candidate, rivals: Sequence[Candidate], file: MarkdownFile
) -> Candidate | None:
    """Return the style that was nearly taken: one that was tried, or a word list."""
    near = [
        candidate
        for candidate in (*rivals, *_find_word_lists(file, best))
        if candidate.is_near(best)
    ]
    return max(near, key=lambda candidate: candidate.count, default=None)


def _find_word_lists(file: MarkdownFile, best: Candidate) -> Iterator[Candidate]:
    """Yield a file as a list of words, where that may give more notes than the best style."""
    blocks, document = file.blocks, file.document
    if any(block.type == "table" for block in blocks):
        yield Candidate(NoteStyle.TABLE, split_tables(blocks), document)
    if (most := count_bold(blocks)) > 1 and most > best.count:
        yield Candidate(NoteStyle.TERMS, split_terms(blocks, is_chosen=False), document)


def _find_best(tried: Sequence[Candidate], known: Known) -> Candidate:
    """Return the candidate with most of the known questions, or else with the highest score.

    Mostly one gives so many notes more than the others that nobody needs to count.
    """
    first, *rest = sorted(tried, key=lambda candidate: len(candidate.split.items), reverse=True)
    most = max((len(candidate.split.items) for candidate in rest), default=0)
    is_clear = first.least > 2 * MOST_WEIGHT * most
    if not rest or (first.has_known(most + 1, known) if known else is_clear):
        return first
    return max(tried, key=lambda candidate: (candidate.count_known(known), candidate.score))


def _speaks_of_cards(blocks: Iterable[Token]) -> bool:
    """Return whether a line of tags says that there are cards: to Obsidian's plugin it must."""
    return says_card(block for block in blocks if block.type == "comment")


def _possible(file: MarkdownFile, asking: Set[int]) -> Iterator[NoteStyle]:
    """Yield the styles of which there is a sign in a file; headings always may be one."""
    blocks = file.blocks
    yield NoteStyle.HEADINGS
    if lists.has_questions(blocks, asking):
        yield NoteStyle.LIST
    if any(map(bold.may_ask, blocks)):
        yield NoteStyle.BOLD
    if any(map(opens_fold, blocks)):
        yield NoteStyle.DETAILS
    if qa.has_questions(file.document.lines):
        yield NoteStyle.QA
