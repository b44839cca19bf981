"""Which style a file is written in, where its author does not say so: each one is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from deckpress.notes import Token
from deckpress.parse.markdown import Document
from deckpress.parse.note_styles import bold, lists, qa
from deckpress.parse.note_styles.answer_keys import place_answers
from deckpress.parse.note_styles.bold import split_bold
from deckpress.parse.note_styles.callouts import merge_callouts, split_callouts
from deckpress.parse.note_styles.candidate import MOST_WEIGHT, Candidate
from deckpress.parse.note_styles.cards import has_cards, split_cards
from deckpress.parse.note_styles.details import split_details
from deckpress.parse.note_styles.folds import opens_fold
from deckpress.parse.note_styles.headings import split_headings
from deckpress.parse.note_styles.known import Known
from deckpress.parse.note_styles.lists import find_lists, split_list
from deckpress.parse.note_styles.model import Reason, Split
from deckpress.parse.note_styles.qa import split_qa
from deckpress.parse.note_styles.steps import find_steps
from deckpress.parse.note_styles.tagged import says_card, split_tagged
from deckpress.parse.note_styles.vocabulary import split_tables, split_terms
from deckpress.parse.obsidian.callouts import is_question
from deckpress.project import NoteStyle, Reading


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


@dataclass(frozen=True)
class MarkdownFile:
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
    others = tuple(block for block in document.blocks if not is_question(block))
    rest = replace(document, blocks=others)
    chosen = _split_by_key(replace(file, document=rest))
    by_callouts = Candidate(NoteStyle.CALLOUTS, callouts, document)
    by_others = Candidate(chosen.style, chosen.split, rest)
    if reading.style is NoteStyle.AUTO and _are_enough(by_callouts, by_others, file.known):
        return Chosen(NoteStyle.CALLOUTS, callouts, is_found=True)
    chosen.split.items = merge_callouts(chosen.split.items, callouts.items)
    return chosen


def _are_enough(callouts: Candidate, others: Candidate, known: Known) -> bool:
    """Return whether a file's callouts are its notes: the most, while the others hardly ask."""
    is_known, are_known = callouts.count_known(known), others.count_known(known)
    if is_known != are_known:
        return is_known > are_known
    return callouts.count > others.count and 2 * others.asking <= others.count


def _split_by_key(file: MarkdownFile) -> Chosen:
    """Split a file with the answers of its key, if it has one, at their questions."""
    answered = place_answers(file.document.blocks)
    chosen = _split(replace(file, blocks=answered.blocks))
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
            blocks,
            file.name,
            find_lists(blocks, frozenset(), known) if asking is None else asking,
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
    tried = [Candidate(each, _split_in(each, file, asking), file.document) for each in styles]
    best = _find_best(tried, file.known)
    near = _find_near(best, [each for each in tried if each is not best], file)
    return Chosen(
        best.style,
        best.split,
        is_found=True,
        near=near.style if near else None,
        near_count=near.count if near else 0,
    )


def _find_near(
    best: Candidate, others: Sequence[Candidate], file: MarkdownFile
) -> Candidate | None:
    """Return the style that was nearly taken: one that was tried, or a word list."""
    word_lists = (
        Candidate(NoteStyle.TABLE, split_tables(file.blocks), file.document),
        Candidate(NoteStyle.TERMS, split_terms(file.blocks, is_chosen=False), file.document),
    )
    near = [each for each in (*others, *word_lists) if each.is_near(best)]
    return max(near, key=lambda each: each.count, default=None)


def _find_best(tried: Sequence[Candidate], known: Known) -> Candidate:
    """Return the candidate with most of the known questions, or else with the highest score.

    Mostly one gives so many notes more than the others that nobody needs to count.
    """
    first, *others = sorted(tried, key=lambda each: len(each.split.items), reverse=True)
    most = max((len(each.split.items) for each in others), default=0)
    is_clear = first.least > 2 * MOST_WEIGHT * most
    if not others or (first.has_known(most + 1, known) if known else is_clear):
        return first
    return max(tried, key=lambda each: (each.count_known(known), each.score))


def _speaks_of_cards(blocks: Iterable[Token]) -> bool:
    """Return whether a line of tags says that there are cards: to Obsidian's plugin it must."""
    return says_card(block for block in blocks if block["type"] == "comment")


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
