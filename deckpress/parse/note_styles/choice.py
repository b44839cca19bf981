"""Which style a file is written in, where its author does not say so: each one is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from deckpress.notes import Token
from deckpress.parse.markdown import Document
from deckpress.parse.note_styles import bold, lists, qa
from deckpress.parse.note_styles.answer_keys import place_answers
from deckpress.parse.note_styles.asking import asks, is_numbered
from deckpress.parse.note_styles.bold import split_bold
from deckpress.parse.note_styles.callouts import merge_callouts, split_callouts
from deckpress.parse.note_styles.cards import has_cards, split_cards
from deckpress.parse.note_styles.details import split_details
from deckpress.parse.note_styles.folds import opens_fold
from deckpress.parse.note_styles.headings import split_headings
from deckpress.parse.note_styles.known import Known
from deckpress.parse.note_styles.lists import split_list
from deckpress.parse.note_styles.model import Item, Reason, Split
from deckpress.parse.note_styles.outline import has_own_text, is_contents, visible
from deckpress.parse.note_styles.qa import split_qa
from deckpress.parse.note_styles.steps import find_steps, has_gap
from deckpress.parse.note_styles.tagged import says_card, split_tagged
from deckpress.parse.note_styles.vocabulary import split_tables, split_terms
from deckpress.parse.obsidian.callouts import is_question
from deckpress.reading import NoteStyle, Reading

_WORD_LISTS = (NoteStyle.TABLE, NoteStyle.TERMS)
"""The styles that are only taken where the author says so."""
_ALWAYS_ASK = (NoteStyle.QA, NoteStyle.CARDS, NoteStyle.CALLOUTS)
_UNANSWERED = 0.5
"""What a question without an answer counts, beside one with it."""
_NUMBERED = 1.5
"""What a numbered item with an answer counts, beside a heading with a text."""
_LABELLED = 2.0
"""What a question counts where labels say `Q:` and `A:`, beside a heading with a text."""
_BOLD_STATEMENTS = 0.9
"""What bold lines count that do not ask: less than any heading with a text."""
_DISTINCT = 0.9
"""The share of the words of a list that stand in it once; labels, such as `Source:`, recur."""
_FEW = 3
"""So many notes of another style are worth a word."""


@dataclass(frozen=True)
class Chosen:
    """A file, split in the style that its author said, or that was found."""

    style: NoteStyle
    split: Split
    is_found: bool = False
    near: NoteStyle | None = None
    """The style that was nearly taken."""
    near_count: int = 0
    """How many notes that would give."""


def split_document(
    document: Document, file: str, reading: Reading, title: str, known: Known
) -> Chosen:
    """Return the items of a file: in a style, or in the one that asks most and leaves out least.

    `file` is how messages name it, and `title` what the text above the first heading answers. A
    style that asks the `known` questions goes before all others, so that no edit takes
    from learners what they have. In the Obsidian dialect a callout that asks is a note by itself,
    whatever else the file has.
    """
    if not reading.is_obsidian or reading.style in (NoteStyle.CALLOUTS, NoteStyle.TAGGED):
        return _split_by_key(document, file, reading, title, known)
    callouts = split_callouts(document.blocks)
    if not callouts.items:
        return _split_by_key(document, file, reading, title, known)
    others = tuple(block for block in document.blocks if not is_question(block))
    rest = replace(document, blocks=others)
    chosen = _split_by_key(rest, file, reading, title, known)
    by_callouts = Candidate(NoteStyle.CALLOUTS, callouts, document)
    by_others = Candidate(chosen.style, chosen.split, rest)
    if reading.style is NoteStyle.AUTO and _are_enough(by_callouts, by_others, known):
        return Chosen(NoteStyle.CALLOUTS, callouts, is_found=True)
    chosen.split.items = merge_callouts(chosen.split.items, callouts.items)
    return chosen


def _are_enough(callouts: Candidate, others: Candidate, known: Known) -> bool:
    """Return whether a file's callouts are its notes: the most, while the others hardly ask."""
    is_known, are_known = callouts.count_known(known), others.count_known(known)
    if is_known != are_known:
        return is_known > are_known
    return callouts.count > others.count and 2 * others.asking <= others.count


def _split_by_key(
    document: Document, file: str, reading: Reading, title: str, known: Known
) -> Chosen:
    """Split a file with the answers of its key, if it has one, at their questions."""
    answered = place_answers(document.blocks)
    chosen = _split(document, answered.blocks, file, reading, title, known)
    chosen.split.leave_out(Reason.ANSWER_KEY, answered.titles)
    return chosen


def _split(
    document: Document,
    blocks: Sequence[Token],
    file: str,
    reading: Reading,
    title: str,
    known: Known,
) -> Chosen:
    style, level = reading.style, reading.level
    steps = set[int]()
    splitters: Mapping[NoteStyle, Callable[[], Split]] = {
        NoteStyle.LIST: lambda: split_list(blocks, file, steps, known),
        NoteStyle.HEADINGS: lambda: split_headings(blocks, level, title, known),
        NoteStyle.BOLD: lambda: split_bold(blocks, known),
        NoteStyle.DETAILS: lambda: split_details(blocks, known),
        NoteStyle.QA: lambda: split_qa(blocks),
        NoteStyle.TABLE: lambda: split_tables(blocks),
        NoteStyle.TERMS: lambda: split_terms(blocks),
        NoteStyle.CALLOUTS: lambda: split_callouts(blocks),
        NoteStyle.CARDS: lambda: split_cards(document),
        NoteStyle.TAGGED: lambda: split_tagged(document),
    }
    if style is NoteStyle.AUTO and level:
        style = NoteStyle.HEADINGS
    may_be_cards = reading.is_obsidian and has_cards(blocks)
    if style is NoteStyle.AUTO and may_be_cards and not known and _speaks_of_cards(blocks):
        return Chosen(NoteStyle.CARDS, split_cards(document), is_found=True)
    if style is not NoteStyle.AUTO:
        return Chosen(style, splitters[style]())
    steps |= find_steps(blocks, known)
    possible = [
        *_possible(document, blocks, steps, known),
        *([NoteStyle.CARDS] if may_be_cards else []),
    ]
    tried = [Candidate(each, splitters[each](), document) for each in possible]
    best = _find_best(tried, known)
    others = [each for each in tried if each is not best]
    word_lists = {
        NoteStyle.TABLE: split_tables(blocks),
        NoteStyle.TERMS: split_terms(blocks, is_chosen=False),
    }
    others += [Candidate(each, split, document) for each, split in word_lists.items()]
    near = max((each for each in others if each.is_near(best)), key=_count, default=None)
    return Chosen(
        best.style,
        best.split,
        is_found=True,
        near=near.style if near else None,
        near_count=near.count if near else 0,
    )


def _find_best(tried: Sequence[Candidate], known: Known) -> Candidate:
    """Return the candidate with most of the known questions, or else with the highest score.

    Mostly one gives so many notes more than the others that nobody needs to count.
    """
    first, *others = sorted(tried, key=lambda each: len(each.split.items), reverse=True)
    most = max((len(each.split.items) for each in others), default=0)
    is_clear = first.least > 2 * _LABELLED * most
    if not others or (first.has_known(most + 1, known) if known else is_clear):
        return first
    return max(tried, key=lambda each: (each.count_known(known), each.score))


def _speaks_of_cards(blocks: Iterable[Token]) -> bool:
    """Return whether a line of tags says that there are cards: to Obsidian's plugin it must."""
    return says_card(block for block in blocks if block["type"] == "comment")


def _possible(
    document: Document, blocks: Sequence[Token], steps: Set[int], known: Known
) -> Iterator[NoteStyle]:
    """Yield the styles of which there is a sign in a file; headings always may be one."""
    yield NoteStyle.HEADINGS
    if lists.has_questions(blocks, steps, known):
        yield NoteStyle.LIST
    if any(map(bold.may_ask, blocks)):
        yield NoteStyle.BOLD
    if any(map(opens_fold, blocks)):
        yield NoteStyle.DETAILS
    if qa.has_questions(document.lines):
        yield NoteStyle.QA


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
        weight = _LABELLED if is_labelled else 1.0
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


def _count(candidate: Candidate) -> int:
    return candidate.count
