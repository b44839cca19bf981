"""The blocks of an item → a note: its kind, its question, answer, hint, extra and footnotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from pathlib import PurePath
from typing import NamedTuple

from deckpress.diagnostics import (
    Diagnostic,
    Diagnostics,
    Location,
    Severity,
    did_you_mean,
    error,
    warning,
)
from deckpress.git import find_conflicts
from deckpress.languages import normalize
from deckpress.markdown import Token, location_of, rewrite, shows_picture, types_in, walk
from deckpress.markdown.clozes import (
    check_clozes,
    find_clozes,
    has_mark,
    may_have_cloze,
    number_marks,
    split_cloze,
)
from deckpress.markdown.reader import Document, read_markdown
from deckpress.notes import Kind, Note, as_cloze
from deckpress.notes.attributes import Attributes, looks_like_attributes, read_attributes, with_tags
from deckpress.notes.coverage import (
    FileAccount,
    Repetition,
    account_for,
    find_headings,
    left_out_for,
    report_omissions,
    words_in,
)
from deckpress.notes.embeds import show_embeds
from deckpress.notes.front_matter import FrontMatter, read_front_matter
from deckpress.notes.occlusions import Asking, as_occlusion, find_asking, notes_beside
from deckpress.notes.styles import Item, Known, LeftOut, Reason
from deckpress.notes.styles.answers import find_answer, untick
from deckpress.notes.styles.blocks import (
    as_paragraph,
    has_own_text,
    is_navigation,
    shows_nothing,
    visible,
)
from deckpress.notes.styles.choice import Chosen, MarkdownFile, split_document
from deckpress.notes.unsupported import report_foreign, report_raw_markdown
from deckpress.notes.vault import Library
from deckpress.project import Dialect, Reading

_PLAIN = frozenset({"text", "comment", "codespan"})
_NOT_PLAIN = {
    "strong": "bold",
    "emphasis": "emphasis",
    "strikethrough": "struck out words",
    "inline_math": "a formula",
    "footnote_ref": "a footnote, which may stand in the question",
    "image": "a picture",
    "link": "a link",
    "softbreak": "a second line",
    "linebreak": "a second line",
}
"""What a typed answer has that no one types, by the type of its token."""
_LONG_PAGE = 200
"""Words of a page on one topic that are too many for the answer of one note."""
_MOST_HINTS = 20
"""Footnotes of a file that are not defined, and for which one is looked for that is like them."""


class FileNotes(NamedTuple):
    """A Markdown file, read."""

    notes: list[Note]
    """In the order of the file."""
    diagnostics: Diagnostics
    account: FileAccount
    file: MarkdownFile
    chosen: Chosen

    def is_same_with(self, questions: Sequence[str]) -> bool:
        """Return whether the file is read the same if learners have these questions, sorted."""
        return split_document(self.file._replace(known=Known(questions))) == self.chosen


def parse_notes(
    text: str,
    file: str,
    reading: Reading | None = None,
    known: Sequence[str] = (),
    library: Library | None = None,
) -> FileNotes:
    """Return the notes of a Markdown file, all that is wrong in it, and what became of its words.

    `text` is the whole file; `file` is how messages name it, `reading` what deck.toml says of all
    files, and `known` the questions that learners have of this one, sorted. `library` has the other
    notes, which a file in the Obsidian dialect may show. A note whose question is empty, or that
    has no answer, is left out and reported.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    diagnostics: Diagnostics = []
    front_matter, body = read_front_matter(text, file, reading or Reading(), diagnostics)
    diagnostics += find_conflicts(text, file)
    dialect = front_matter.reading.dialect
    document = read_markdown(body, file, diagnostics, front_matter.lines + 1, dialect)
    diagnostics += report_foreign(document, file, dialect)
    if dialect is Dialect.OBSIDIAN:
        document = show_embeds(document, file, library, diagnostics)
    title = front_matter.title or PurePath(file).stem
    whole = MarkdownFile(document, file, front_matter.reading, title, Known(known))
    chosen = split_document(whole)
    diagnostics += chosen.split.diagnostics
    items = chosen.split.items
    if dialect is Dialect.OBSIDIAN:
        items = with_tags(items, document.blocks)
    diagnostics += _check_stray_attributes(document, items, file)
    reader = _NoteReader(document, front_matter, file, len(text), diagnostics)
    notes = [note for item in items for note in reader.read(item)]
    diagnostics += reader.check_unused_footnotes([*chosen.split.left_out, *reader.left_out])
    left_out = [*chosen.split.left_out, *reader.left_out]
    left_out += left_out_for(Reason.CUT_CELL, document.cut_cells)
    left_out += find_headings(document.blocks, reader.context_tokens, reader.kept_lines, left_out)
    account = account_for(file, document, chosen, notes, left_out)
    diagnostics += report_omissions(account)
    diagnostics += report_raw_markdown((block for note in notes for block in note.blocks()), file)
    return FileNotes(notes, diagnostics, account, whole, chosen)


class _NoteReader:
    """Makes notes out of the items of one file, and collects what is wrong in them."""

    def __init__(
        self,
        document: Document,
        front_matter: FrontMatter,
        file: str,
        size: int,
        diagnostics: Diagnostics,
    ) -> None:
        """Begin with a file of `size` characters."""
        self._document, self._front_matter, self._file = document, front_matter, file
        self._diagnostics = diagnostics
        self.left_out: list[LeftOut] = []
        self.context_tokens: set[int] = set()
        """The `id` of each token of the headings above notes."""
        self.kept_lines: set[int] = set()
        """The line of each block that is in a note, or that another message is about."""
        self._used_footnotes: set[str] = set()
        self._undefined = 0
        self._repetition = Repetition(size, document.longest_address)

    def read(self, item: Item) -> Iterator[Note]:
        """Yield the note of an item, and those of its pictures that ask.

        None, with a problem, if it asks or answers nothing.
        """
        types = types_in(item.blocks)
        asking: list[Asking] = []
        if not types.isdisjoint({"comment", "block_code"}):
            asking = find_asking(item.blocks, self._file, self._diagnostics)
        note = self._read(item, types, asking)
        if note and note.kind is Kind.OCCLUSION:
            yield from self._as_occlusion(note, asking)
        elif note:
            yield from (note, *notes_beside(note, asking))

    def _as_occlusion(self, note: Note, asking: Sequence[Asking]) -> Iterator[Note]:
        """Yield a note that only its picture asks."""
        if len(asking) == 1:
            yield as_occlusion(note, asking[0])
            return
        message = (
            f"kind=occlusion but {len(asking)} pictures ask: leave kind= out, and each has a note"
            if asking
            else "kind=occlusion but no picture asks: write behind it "
            '<!-- ask="name: rect 10% 10% 20% 5%" -->'
        )
        self._diagnostics.append(error(note.location, message))
        yield replace(note, kind=Kind.BASIC)

    def _read(self, item: Item, types: Set[str], asking: Sequence[Asking]) -> Note | None:
        where = Location(self._file, item.line)
        attributes = self._read_attributes(item, types, asking)
        if item.may_be_context and not has_own_text(item):
            self._leave_out(Reason.LINKS, visible(item.blocks[1:]))
            return None
        self.kept_lines |= {block.line for block in item.blocks}
        hint, extra, main = _split_alerts(item.blocks)
        if not main or not (main[0].text or shows_picture(main[0])):
            self._diagnostics.append(
                error(where, "question is empty: write it, or remove the item")
            )
            self._leave_out(Reason.NO_ANSWER, item.blocks)
            return None
        question, answer = self._split(item, main)
        if asking and not answer and not attributes.kind:
            attributes = attributes._replace(kind=Kind.OCCLUSION)
        kind, blocks = self._find_kind(
            [*question, *answer], len(question), types, attributes, where
        )
        may_be_cloze = kind is Kind.BASIC and attributes.kind is None and "mark" in types
        if kind is Kind.CLOZE:
            question, answer = split_cloze(blocks)
        elif all(map(shows_nothing, answer)):
            answer, hint, extra = (extra, hint, []) if extra else (hint, [], [])
        if kind not in (Kind.CLOZE, Kind.OCCLUSION) and not answer:
            self._diagnostics.append(warning(where, _no_answer(question)))
            self._leave_out(Reason.NO_ANSWER, item.blocks)
            return None
        self._check_parts(kind, answer, [*hint, *extra])
        if item.is_title and (words := words_in(answer)) > _LONG_PAGE:
            message = (
                f"one note has {words:,} words: write questions, or choose what asks by notes: in "
                "the front matter"
            )
            self._diagnostics.append(Diagnostic(where, message, Severity.HINT))
        fields, footnotes = self._number_footnotes((question, answer, hint, extra), types)
        note = Note(
            location=where,
            kind=kind,
            question=fields[0],
            answer=fields[1],
            hint=fields[2],
            extra=fields[3],
            footnotes=footnotes,
            context=tuple(map(self._without_footnotes, item.context)),
            tags=self._front_matter.tags + attributes.tags + item.tags,
            subdeck=normalize("NFC", self._front_matter.deck),
            id=attributes.id,
        )
        self.context_tokens |= {id(token) for heading in item.context for token in heading}
        self._repetition.add(note, self._diagnostics)
        if self._repetition.is_too_much:
            return None
        return replace(note, as_cloze=as_cloze(note)) if may_be_cloze else note

    def _read_attributes(self, item: Item, types: Set[str], asking: Sequence[Asking]) -> Attributes:
        attributes = Attributes()
        if "comment" in types:
            attributes = read_attributes(item.blocks, self._file, self._diagnostics)
        kinds = (attributes.kind, *(found.attributes.kind for found in asking), item.kind)
        return attributes._replace(kind=next(filter(None, kinds), None))

    def _leave_out(self, reason: Reason, blocks: Iterable[Token]) -> None:
        if blocks := tuple(blocks):
            self.left_out.append(LeftOut(reason, blocks))

    def _split(self, item: Item, main: list[Token]) -> tuple[list[Token], list[Token]]:
        """Return the question and the answer of an item, without what only connects notes."""
        if item.asked:
            above = {id(block) for block in item.blocks[: item.asked]}
            question = [block for block in main if id(block) in above]
            answer = [block for block in main if id(block) not in above]
            if not question:  # it is an alert
                question, answer = main[:1], main[1:]
        else:
            question, answer = find_answer(main)
        if question[0].type == "heading":
            question[0] = as_paragraph(question[0])
        if navigation := list(filter(is_navigation, (*question[1:], *answer))):
            self._leave_out(Reason.LINKS, navigation)
            question = [block for block in question if block not in navigation]
            answer = [block for block in answer if block not in navigation]
        question, answer = untick(question, answer)
        return question, _without_outer_rules(answer)

    def _find_kind(
        self,
        blocks: Sequence[Token],
        asked: int,
        types: Set[str],
        attributes: Attributes,
        where: Location,
    ) -> tuple[Kind, Sequence[Token]]:
        """Return the kind the author asked for, or cloze if there is a deletion, or basic.

        The first `asked` blocks ask. A mark `==…==` is a deletion in a question, or beside other
        deletions; else a highlight. With the kind the blocks are returned, marks as deletions.
        """
        wanted = attributes.kind
        if wanted is not Kind.CLOZE and not may_have_cloze(types):
            return wanted or Kind.BASIC, blocks
        first = next(find_clozes(blocks, self._file), None)
        if wanted is Kind.CLOZE or (wanted is None and (first or has_mark(blocks[:asked]))):
            blocks = number_marks(blocks)
            self._diagnostics += check_clozes(blocks, self._file)
            first = next(find_clozes(blocks, self._file), None)
        if first and wanted not in (None, Kind.CLOZE):
            message = f"kind={wanted} but there is a cloze: remove one of the two"
            self._diagnostics.append(error(first[1], message))
        if wanted is Kind.CLOZE and not first:
            message = "kind=cloze but there is no cloze: write ==answer== or {{c1::answer}}"
            self._diagnostics.append(error(where, message))
        return wanted or (Kind.CLOZE if first else Kind.BASIC), blocks

    def _check_parts(self, kind: Kind, answer: list[Token], aside: list[Token]) -> None:
        if kind is Kind.TYPED:
            self._check_typed(answer)
        self._check_no_cloze(aside)

    def _check_typed(self, answer: list[Token]) -> None:
        children = answer[0].children if len(answer) == 1 else []
        wrong = next((child for child in children if child.type not in _PLAIN), None)
        if wrong or not children:
            found = _NOT_PLAIN.get(wrong.type, "") if wrong else ""
            place = wrong if wrong and wrong.line else answer[0]
            message = "a typed answer must be one plain line, as the learner will type it"
            message += f", without {found}" if found else ""
            self._diagnostics.append(error(location_of(place, self._file), message))

    def _check_no_cloze(self, blocks: Iterable[Token]) -> None:
        for _, where in find_clozes(blocks, self._file):
            message = "a cloze in a hint or an extra is never asked: move it out of the alert"
            self._diagnostics.append(error(where, message))

    def _number_footnotes(
        self, fields: Iterable[Sequence[Token]], types: Set[str]
    ) -> tuple[list[tuple[Token, ...]], tuple[tuple[Token, ...], ...]]:
        """Return fields with their references numbered from 1, and the footnote of each number."""
        if "footnote_ref" not in types:
            return [tuple(field) for field in fields], ()
        numbers: dict[str, int] = {}

        def change(token: Token) -> Token:
            if token.type != "footnote_ref":
                return token
            label = token.raw.casefold()
            footnote = self._document.footnotes.get(label)
            if footnote is None:
                self._report_undefined(token)
                return _as_text(token)
            if label not in numbers:
                numbers[label] = len(numbers) + 1
                self._used_footnotes.add(label)
                self._check_no_cloze(footnote)
            return token.replace(number=numbers[label])

        numbered = [rewrite(field, change) for field in fields]
        return numbered, tuple(self._document.footnotes[label] for label in numbers)

    def _without_footnotes(self, heading: Sequence[Token]) -> tuple[Token, ...]:
        """Return a heading above a note without its footnotes, whose numbers are its own."""

        def change(token: Token) -> Token | None:
            if token.type != "footnote_ref":
                return token
            return None if token.raw.casefold() in self._document.footnotes else _as_text(token)

        return rewrite(heading, change)

    def _report_undefined(self, reference: Token) -> None:
        label = reference.raw
        self._undefined += 1  # each is compared with all that are defined
        known = self._document.footnotes if self._undefined <= _MOST_HINTS else ()
        hint = did_you_mean(label, known) or f": add a line [^{label}]: …"
        where = Location(self._file, reference.line, reference.column)
        self._diagnostics.append(warning(where, f"footnote [^{label}] is not defined{hint}"))

    def check_unused_footnotes(self, left_out: Iterable[LeftOut]) -> Iterator[Diagnostic]:
        """Yield a warning for each footnote of the file that nothing refers to.

        One that only text which is left out refers to is left out with it.
        """
        unused = {
            label: blocks
            for label, blocks in self._document.footnotes.items()
            if label not in self._used_footnotes
        }
        reasons = _find_references(left_out) if unused else {}
        for label, blocks in unused.items():
            if label not in reasons:
                where = Location(self._file, blocks[0].line if blocks else 0)
                message = f"footnote [^{label}] is never used: refer to it in a note, or remove it"
                yield warning(where, message)
            self._leave_out(reasons.get(label, Reason.UNUSED_FOOTNOTE), blocks)


def _find_references(left_out: Iterable[LeftOut]) -> dict[str, Reason]:
    """Return why text that refers to a footnote is left out, by the label of the footnote."""
    return {
        token.raw.casefold(): piece.reason
        for piece in left_out
        for token in walk(piece.blocks)
        if token.type == "footnote_ref"
    }


def _check_stray_attributes(
    document: Document, items: list[Item], file: str
) -> Iterator[Diagnostic]:
    inside = {id(block) for item in items for block in item.blocks}
    message = "attributes outside a note: move the comment into the item it speaks of"
    for block in document.blocks:
        if block.type == "comment" and id(block) not in inside and looks_like_attributes(block):
            yield error(Location(file, block.line), message)


def _split_alerts(blocks: Iterable[Token]) -> tuple[list[Token], list[Token], list[Token]]:
    """Return what `[!TIP]` holds, what `[!NOTE]` holds, and the blocks besides."""
    parts: dict[str, list[Token]] = {"tip": [], "note": [], "": []}
    for block in blocks:
        name = block.name if block.type == "alert" else ""
        if name in ("tip", "note"):
            parts[name] += block.children
        elif block.type != "comment":
            parts[""].append(block)
    return parts["tip"], parts["note"], parts[""]


def _no_answer(question: list[Token]) -> str:
    has_lines = any(token.type in ("softbreak", "linebreak") for token in walk(question))
    cure = "; leave a blank line between question and answer" if has_lines else ""
    return f"question has no answer: it is left out of the deck{cure}"


def _as_text(reference: Token) -> Token:
    """Return a reference to a footnote that is not defined, as its author wrote it."""
    return reference.replace(type="text", raw=f"[^{reference.raw}]")


def _without_outer_rules(blocks: list[Token]) -> list[Token]:
    """Drop the rules that only divide notes on a page."""
    kept = list(blocks)
    while kept and kept[0].type == "thematic_break":
        del kept[0]
    while kept and kept[-1].type == "thematic_break":
        del kept[-1]
    return kept
