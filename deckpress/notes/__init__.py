"""A note as its author wrote it: pieces of Markdown's tree, not yet HTML.

`builder` makes the notes of a file: `front_matter` and `styles` say what is one, `attributes` what
its author says of it, `occlusions` which parts of a picture ask, and `vault` and `embeds` bring the
text of other files. `coverage` says what became of each word, and `unsupported` what is not read
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from deckpress.diagnostics import Location
from deckpress.languages import normalize
from deckpress.markdown import (
    FORMULAS,
    HTML,
    Token,
    has_markers,
    plain_text,
    types_in,
    walk,
    without_type,
)
from deckpress.markdown.clozes import number_marks, split_cloze

_WITH_FORMULAS = FORMULAS | HTML
NO_HEADING = "›"
"""The place of a note that stands under no heading."""


class Kind(StrEnum):
    """What a note asks of the learner; each kind is one Anki note type."""

    BASIC = "basic"
    REVERSED = "reversed"
    TYPED = "typed"
    CLOZE = "cloze"
    OCCLUSION = "occlusion"


class Length(NamedTuple):
    """A length, or a place, in a picture."""

    number: float
    """A fraction of the picture's width or height, or pixels of its file."""
    is_pixels: bool = False


class Shape(NamedTuple):
    """What hides a part of a picture."""

    kind: str
    """`rect`, `ellipse` or `polygon`, each with the measures that SVG gives it."""
    measures: tuple[Length, ...]


class Gap(NamedTuple):
    """A part of a picture that is asked for."""

    name: str
    shapes: tuple[Shape, ...]
    where: Location
    is_id: bool = False
    """Whether the name is an id of a part of a diagram, and no word for learners."""


class AskingPicture(NamedTuple):
    """A picture that asks."""

    name: str
    """What the picture is called, by which the lock knows it."""
    picture: Token
    gaps: tuple[Gap, ...]
    """In their order, with a name each; none yet of a diagram, which has to be drawn first."""
    where: Location
    hides_all: bool = False
    """Whether a card hides all gaps, and not only the one that it asks for."""


class Cloze(NamedTuple):
    """A deletion of a cloze note."""

    number: int
    text: str
    """What it asks for, as plain text."""
    location: Location
    is_mark: bool
    """Whether it was written as `==mark==`, or as a part of a picture, and so has its number from
    the lock."""


class NoteText(NamedTuple):
    """What a note says, as plain text: all that the lock, and other notes, need to know of it."""

    location: Location
    kind: Kind
    question_text: str
    """The question as plain text; an equal text is an equal question."""
    unmarked_question: str
    """The same without markers of lists, as the first locks have it; IDs are made of it."""
    first_block: str
    """The text of its first block, which some earlier locks have alone."""
    answer_text: str
    unmarked_answer: str
    """The answer without markers of lists."""
    headings: tuple[str, ...] = ()
    """The headings above it, the outermost first."""
    tags: tuple[str, ...] = ()
    subdeck: str = ""
    id: str | None = None
    folders: tuple[str, ...] = ()
    clozes: tuple[Cloze, ...] = ()
    """The deletions of a cloze note, in reading order."""
    sketch: str = ""
    """The sketch of the answer (`lock.similarity.sketch`), if it is known already."""
    answer_digest: str = ""
    """The digest that the sketch begins with, if it is known already."""
    around: str = ""
    """What stands around its deletions (`lock.cloze_numbers.find_around`)."""
    as_markup: NoteText | None = None
    """The same as another tool reads it, which takes HTML for markup; None if that is the same."""

    @property
    def place(self) -> str:
        """What stands above the question on its card; with an equal one, two notes look the same.

        It is never empty, so that an empty text may stand for what is not known.
        """
        return " › ".join(filter(None, self.headings)) or NO_HEADING

    @property
    def former_questions(self) -> frozenset[str]:
        """The question as earlier locks may have it: without markers, or its first block alone."""
        if self.unmarked_question == self.first_block == self.question_text:
            return frozenset()
        return frozenset({self.unmarked_question, self.first_block}) - {self.question_text}

    def asks(self, question: str) -> bool:
        """Return whether a text is the note's question, perhaps as the first locks have it."""
        return question in (self.question_text, self.unmarked_question)


@dataclass(frozen=True)
class Note:
    """One note: what is asked, what is answered, and where in the source it stands."""

    location: Location
    kind: Kind
    question: tuple[Token, ...]
    """What the front shows; of a cloze note, everything up to its last deletion."""
    answer: tuple[Token, ...]
    hint: tuple[Token, ...] = ()
    extra: tuple[Token, ...] = ()
    footnotes: tuple[tuple[Token, ...], ...] = ()
    """The footnotes the note refers to, the first one numbered 1."""
    context: tuple[tuple[Token, ...], ...] = ()
    """The headings the note stands under, outermost first."""
    tags: tuple[str, ...] = ()
    subdeck: str = ""
    """The deck's name below the project's own; empty for the project's deck itself."""
    id: str | None = None
    """The author's own id, from `<!-- id=… -->`."""
    folders: tuple[str, ...] = ()
    """The names of the subfolders that its file lies in, the outermost first."""
    as_cloze: Note | None = None
    """The same, read as a cloze note, where only a mark in the answer would make it one."""
    occlusion: AskingPicture | None = None
    """The picture of an occlusion note, whose question is what stands above it."""

    @property
    def question_text(self) -> str:
        """The question as plain text; an equal text is an equal question."""
        return normalize("NFC", plain_text(self.question))

    def text(self, clozes: tuple[Cloze, ...] = ()) -> NoteText:
        """Return what the note says, with its deletions, which only `lock` can read.

        A picture that asks is known by its name, and answers with the names of its gaps: what
        stands above it, and what it shows, may change.
        """
        if self.occlusion:
            name = ask_by_picture(self.occlusion.name)
            names = ", ".join(gap.name for gap in self.occlusion.gaps)
            return self._text(name, name, name, names, names, clozes)
        question, answer = plain_text(self.question), plain_text(self.answer)
        is_long = len(self.question) > 1 and self.kind is not Kind.CLOZE
        return self._text(
            normalize("NFC", question),
            normalize("NFC", _without_markers(self.question, question)),
            normalize("NFC", plain_text(self.question[:1]) if is_long else question),
            answer,
            _without_markers(self.answer, answer),
            clozes,
        )

    def _text(
        self,
        question: str,
        unmarked_question: str,
        first_block: str,
        answer: str,
        unmarked_answer: str,
        clozes: tuple[Cloze, ...],
    ) -> NoteText:
        return NoteText(
            location=self.location,
            kind=self.kind,
            question_text=question,
            unmarked_question=unmarked_question,
            first_block=first_block,
            answer_text=answer,
            unmarked_answer=unmarked_answer,
            headings=tuple(map(_heading_text, self.context)),
            tags=self.tags,
            subdeck=self.subdeck,
            id=self.id,
            folders=self.folders,
            clozes=clozes,
        )

    def blocks(self) -> tuple[Token, ...]:
        """Return all blocks that end up in the note's fields, in reading order."""
        sources = tuple(block for footnote in self.footnotes for block in footnote)
        picture = (self.occlusion.picture,) if self.occlusion else ()
        return self.question + picture + self.answer + self.hint + self.extra + sources

    def tokens(self) -> Iterator[Token]:
        """Yield all tokens of the note, those of the headings above it first."""
        return walk([*chain.from_iterable(self.context), *self.blocks()])

    @cached_property
    def types(self) -> frozenset[str]:
        """The types of all its tokens; most notes lack most of what there is to be looked for."""
        return frozenset(types_in([*chain.from_iterable(self.context), *self.blocks()]))

    def tokens_of(self, types: Set[str]) -> Iterator[Token]:
        """Yield the tokens of some types, those of the headings above it first."""
        if not self.types.isdisjoint(types):
            yield from (token for token in self.tokens() if token.type in types)

    def fields(self) -> Iterator[tuple[Token, ...]]:
        """Yield what each field is made of; footnotes and headings are some of their own."""
        yield from (self.question, self.answer, self.hint, self.extra)
        yield from ((self.occlusion.picture,),) if self.occlusion else ()
        yield from (*self.footnotes, *self.context)

    @cached_property
    def html(self) -> tuple[tuple[Token, ...], ...]:
        """The pieces of its author's HTML in each field, footnote and heading that has some."""
        if self.types.isdisjoint(HTML):
            return ()
        fields = map(walk, self.fields())
        pieces = (tuple(token for token in field if token.type in HTML) for field in fields)
        return tuple(filter(None, pieces))

    @cached_property
    def formulas(self) -> tuple[tuple[Token, bool], ...]:
        """Each formula on the note's cards, and whether its deletions count as the note's."""
        has_some = not self.types.isdisjoint(_WITH_FORMULAS)
        return tuple(self._find_formulas()) if has_some else ()

    def _find_formulas(self) -> Iterator[tuple[Token, bool]]:
        asks = self.kind is Kind.CLOZE
        rest = self.blocks()[len(self.question) :]
        yield from _formulas_in(self.question, asks=asks)
        yield from _formulas_in([*chain.from_iterable(self.context), *rest], asks=False)


def ask_by_picture(name: str) -> str:
    """Return what stands for the question of a picture that asks: no question reads like that."""
    return f"![{normalize('NFC', name)}]"


def _without_markers(blocks: tuple[Token, ...], text: str) -> str:
    """Return the text of blocks, which is known with the markers of lists, without these."""
    return plain_text(blocks, markers=False) if has_markers(blocks) else text


def _heading_text(heading: tuple[Token, ...]) -> str:
    """Return a heading as plain text, without HTML such as the anchors of a README."""
    return normalize("NFC", plain_text(without_type(heading, "inline_html")))


def _formulas_in(blocks: Iterable[Token], *, asks: bool) -> Iterator[tuple[Token, bool]]:
    for token in walk(blocks):
        if token.type in FORMULAS:
            yield token, asks
        for formula in token.formulas:  # of a block of HTML, which has no deletions
            yield formula, False


def as_cloze(note: Note) -> Note:
    """Return a note with its marks as deletions."""
    blocks = number_marks([*note.question, *note.answer])
    question, answer = split_cloze(blocks)
    return replace(note, kind=Kind.CLOZE, question=tuple(question), answer=tuple(answer))
