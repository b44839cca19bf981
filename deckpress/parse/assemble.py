"""The blocks of an item → a note: its kind, its question, answer, hint, extra and footnotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from deckpress.conflicts import find_conflicts
from deckpress.data_urls import is_data_url
from deckpress.errors import Location, Problem, did_you_mean, error, warning
from deckpress.normal_forms import normalize
from deckpress.notes import Kind, Note, Token, plain_text, shows_picture, walk
from deckpress.parse.attributes import Attributes, looks_like_attributes, read_attributes
from deckpress.parse.clozes import check_clozes, find_clozes, has_cloze, number_marks
from deckpress.parse.forms import Item, as_paragraph, has_own_text, is_navigation, split_items
from deckpress.parse.front_matter import FrontMatter, read_front_matter
from deckpress.parse.markdown import Document, read_markdown

_PLAIN = frozenset({"text", "comment", "codespan"})
_REPEATED = 2_000_000
"""Characters that a file's notes may have in common, beside some times those of the file: a heading
of a book's length above all of its notes would make a package of many gigabytes."""
_TIMES_REPEATED = 20
_LONG = 200
"""Characters of an address that may be written as often as one likes without harm."""
_MOST_HINTS = 20
"""Footnotes of a file that are not defined, and for which one is looked for that is like them."""


def parse_notes(text: str, file: str) -> tuple[list[Note], list[Problem]]:
    """Return the notes of a Markdown file, in order, and everything that is wrong in it.

    `text` is the whole file; `file` is how messages name it. A note whose question is empty, or
    that has no answer, is left out and told of.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    front_matter, body, problems = read_front_matter(text, file)
    problems += find_conflicts(text, file)
    document, found = read_markdown(body, file, front_matter.lines + 1)
    problems += found
    items, found = split_items(document.blocks, front_matter.form, file)
    problems += found
    problems += _check_stray_attributes(document, items, file)
    reader = _NoteReader(document, front_matter, file, len(text), problems)
    notes = [note for item in items if (note := reader.read(item))]
    problems += reader.check_unused_footnotes()
    return notes, problems


class _NoteReader:
    """Makes notes out of the items of one file, and collects what is wrong in them."""

    def __init__(
        self,
        document: Document,
        front_matter: FrontMatter,
        file: str,
        size: int,
        problems: list[Problem],
    ) -> None:
        """Begin with a file of `size` characters."""
        self._document, self._front_matter, self._file = document, front_matter, file
        self._problems = problems
        self._used_footnotes: set[str] = set()
        self._undefined = 0
        self._repeated = 0
        self._most_repeated = _REPEATED + _TIMES_REPEATED * size

    def read(self, item: Item) -> Note | None:
        """Return an item as a note; None, with a problem, if it asks or answers nothing."""
        where = Location(self._file, item.line)
        attributes, problems = read_attributes(item.blocks, self._file)
        self._problems += problems
        if item.may_be_context and not has_own_text(item):
            return None
        hint, extra, main = _split_alerts(item.blocks)
        if not main or not (plain_text(main[:1]) or shows_picture(main[0])):
            self._problems.append(error(where, "question is empty: write it, or remove the item"))
            return None
        kind = self._find_kind(main, attributes, where)
        question, answer = _split_question(main, kind)
        if kind is not Kind.CLOZE and not answer:
            self._problems.append(warning(where, _no_answer(question)))
            return None
        self._check_parts(kind, answer, [*hint, *extra])
        note = Note(
            location=where,
            kind=kind,
            question=tuple(question),
            answer=tuple(answer),
            hint=tuple(hint),
            extra=tuple(extra),
            footnotes=tuple(self._read_footnotes([*question, *answer, *hint, *extra])),
            context=item.context,
            tags=self._front_matter.tags + attributes.tags,
            subdeck=normalize("NFC", self._front_matter.deck),
            id=attributes.id,
        )
        return None if self._repeats_too_much(note) else note

    def _repeats_too_much(self, note: Note) -> bool:
        """Return whether the notes up to this one have too much in common; report it once."""
        before = self._repeated
        self._repeated += _size_of_shared(note)
        if self._document.longest_address > _LONG:
            self._repeated += _size_of_addresses(note)
        if before <= self._most_repeated < self._repeated:
            message = (
                f"notes up to here repeat more than {self._most_repeated:,} characters: shorten "
                "the headings, footnotes, addresses or tags that they have in common"
            )
            self._problems.append(error(note.location, message))
        return self._repeated > self._most_repeated

    def _find_kind(self, blocks: list[Token], attributes: Attributes, where: Location) -> Kind:
        """Return the kind the author asked for, or cloze if there is a deletion, or basic."""
        wanted = attributes.kind
        if wanted in (None, Kind.CLOZE):
            number_marks(blocks)
            self._problems += check_clozes(blocks, self._file)
        first = next(find_clozes(blocks, self._file), None)
        if first and wanted not in (None, Kind.CLOZE):
            message = f"kind={wanted} but there is a cloze: remove one of the two"
            self._problems.append(error(first[1], message))
        if wanted is Kind.CLOZE and not first:
            message = "kind=cloze but there is no cloze: write ==answer== or {{c1::answer}}"
            self._problems.append(error(where, message))
        return wanted or (Kind.CLOZE if first else Kind.BASIC)

    def _check_parts(self, kind: Kind, answer: list[Token], aside: list[Token]) -> None:
        if kind is Kind.TYPED:
            self._check_typed(answer)
        self._check_no_cloze(aside)

    def _check_typed(self, answer: list[Token]) -> None:
        children = answer[0].get("children", []) if len(answer) == 1 else []
        if not children or any(child["type"] not in _PLAIN for child in children):
            message = "a typed answer must be one plain line, as the learner will type it"
            self._problems.append(error(Location(self._file, answer[0]["line"]), message))

    def _check_no_cloze(self, blocks: Iterable[Token]) -> None:
        for _, where in find_clozes(blocks, self._file):
            message = "a cloze in a hint or an extra is never asked: move it out of the alert"
            self._problems.append(error(where, message))

    def _read_footnotes(self, blocks: Iterable[Token]) -> Iterator[tuple[Token, ...]]:
        """Number the references of a note from 1 and yield the footnote of each number."""
        numbers: dict[str, int] = {}
        for token in walk(blocks):
            if token["type"] != "footnote_ref":
                continue
            label = token["raw"].casefold()
            footnote = self._document.footnotes.get(label)
            if footnote is None:
                self._tell_undefined(token)
                token["type"], token["raw"] = "text", f"[^{token['raw']}]"
                continue
            if label not in numbers:
                numbers[label] = len(numbers) + 1
                self._used_footnotes.add(label)
                self._check_no_cloze(footnote)
                yield footnote
            token["attrs"] = {"number": numbers[label]}

    def _tell_undefined(self, reference: Token) -> None:
        label = reference["raw"]
        self._undefined += 1  # each is compared with all that are defined
        known = self._document.footnotes if self._undefined <= _MOST_HINTS else ()
        hint = did_you_mean(label, known) or f": add a line [^{label}]: …"
        where = Location(self._file, reference["line"], reference["column"])
        self._problems.append(warning(where, f"footnote [^{label}] is not defined{hint}"))

    def check_unused_footnotes(self) -> list[Problem]:
        """Return a warning for each footnote of the file that no note refers to."""
        return [
            warning(
                Location(self._file, blocks[0].get("line", 0) if blocks else 0),
                f"footnote [^{label}] is never used: refer to it in a note, or remove it",
            )
            for label, blocks in self._document.footnotes.items()
            if label not in self._used_footnotes
        ]


def _size_of_shared(note: Note) -> int:
    """Return how many characters a note has of what stands once in its file, for many notes."""
    shared = chain.from_iterable((*note.context, *note.footnotes))
    return sum(len(token.get("raw", "")) for token in walk(shared)) + sum(map(len, note.tags))


def _size_of_addresses(note: Note) -> int:
    links = (token for token in walk(note.blocks()) if token["type"] in ("link", "image"))
    addresses = (str(token["attrs"]["url"]) for token in links)
    return sum(len(url) for url in addresses if not is_data_url(url))


def _check_stray_attributes(document: Document, items: list[Item], file: str) -> list[Problem]:
    inside = {id(block) for item in items for block in item.blocks}
    message = "attributes outside a note: move the comment into the item it speaks of"
    return [
        error(Location(file, block["line"]), message)
        for block in document.blocks
        if block["type"] == "comment" and id(block) not in inside and looks_like_attributes(block)
    ]


def _split_alerts(
    blocks: Iterable[Token],
) -> tuple[list[Token], list[Token], list[Token]]:
    """Return what `[!TIP]` holds, what `[!NOTE]` holds, and the blocks besides."""
    parts: dict[str, list[Token]] = {"tip": [], "note": [], "": []}
    for block in blocks:
        name = block["attrs"]["name"] if block["type"] == "alert" else ""
        if name in ("tip", "note"):
            parts[name] += block["children"]
        elif block["type"] != "comment":
            parts[""].append(block)
    return parts["tip"], parts["note"], parts[""]


def _no_answer(question: list[Token]) -> str:
    has_lines = any(token["type"] in ("softbreak", "linebreak") for token in walk(question))
    cure = "; leave a blank line between question and answer" if has_lines else ""
    return f"question has no answer: it is left out of the deck{cure}"


def _split_question(blocks: list[Token], kind: Kind) -> tuple[list[Token], list[Token]]:
    """Split after the first block, or in a cloze note after the last one with a deletion."""
    end = 1
    if kind is Kind.CLOZE:
        end = max((at for at, block in enumerate(blocks, 1) if has_cloze(block)), default=1)
    question = blocks[:end]
    if question[0]["type"] == "heading":
        question[0] = as_paragraph(question[0])
    return question, _trim_answer(blocks[end:])


def _trim_answer(blocks: list[Token]) -> list[Token]:
    """Drop what only divides or connects notes on a page: outer rules, and links to its top."""
    kept = [block for block in blocks if not is_navigation(block)]
    while kept and kept[0]["type"] == "thematic_break":
        del kept[0]
    while kept and kept[-1]["type"] == "thematic_break":
        del kept[-1]
    return kept
