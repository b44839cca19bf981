"""What becomes of the words of a file: on cards, left out, or on many cards again."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from deckpress.diagnostics import Diagnostic, Diagnostics, Location, counted, error, hint
from deckpress.languages.scripts import SPACELESS
from deckpress.markdown import Token, plain_text, walk
from deckpress.markdown.reader import Document
from deckpress.media_formats import is_data_url
from deckpress.notes import Note
from deckpress.notes.styles import LeftOut, Reason
from deckpress.notes.styles.choice import Chosen
from deckpress.project import NoteStyle

_CHARACTER = f"[{SPACELESS}]"
"""A pattern, compiled where something is left out."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_HTML = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.S)
_LISTED = 12
"""Places of one reason that are listed in a message."""
_REPEATED = 2_000_000
"""Characters that a file's notes may have in common, beside some times those of the file: a heading
of a book's length above all of its notes would make a package of many gigabytes."""
_TIMES_REPEATED = 20
_LONG = 200
"""Characters of an address that may be written as often as one likes without harm."""


class Lines(NamedTuple):
    """Lines of a file that follow each other, counted from 1."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


class Omission(NamedTuple):
    """All that one file leaves out for one reason."""

    reason: Reason
    lines: tuple[Lines, ...]
    words: int


class FileAccount(NamedTuple):
    """What became of one file."""

    file: str
    style: NoteStyle
    is_found: bool
    """Whether the style was found, and not said by the author."""
    near: NoteStyle | None
    """The style that was nearly taken."""
    near_count: int
    """How many notes that would give."""
    notes: int
    omissions: tuple[Omission, ...]
    words: int = 0
    """How many words are on cards; 0 where nobody asked for it (`words_on_cards`)."""


def count_words(text: str) -> int:
    """Return how many words a text has; each character of Chinese and Japanese is one."""
    rest, count = re.subn(_CHARACTER, " ", text)
    return count + len(_WORD.findall(rest))


def words_in(blocks: Iterable[Token]) -> int:
    """Return how many words a reader reads in blocks of Markdown."""
    return count_words(_HTML.sub(" ", plain_text(blocks)))


def words_on_cards(notes: Sequence[Note]) -> int:
    """Return how many words of a file are on cards: each once, also what stands above several."""
    headings = {id(heading[0]): heading for note in notes for heading in note.context if heading}
    blocks = {id(block): block for note in notes for block in note.blocks()}
    on_cards = words_in(blocks.values())
    return on_cards + sum(map(words_in, headings.values()))


def find_headings(
    blocks: Iterable[Token],
    context_tokens: Container[int],
    kept_lines: Container[int],
    left_out: Iterable[LeftOut],
) -> Iterator[LeftOut]:
    """Yield the headings that are in no note: with what is left out below them, or by themselves.

    `context_tokens` has the `id` of each token above a note, and `kept_lines` where its blocks
    stand.
    """
    reasons = {id(block): piece.reason for piece in left_out for block in piece.blocks}
    above: list[Token] = []
    for block in blocks:
        if block.type == "heading" and id(block) not in reasons:
            yield from left_out_for(Reason.HEADING, above)
            is_kept = any(id(token) in context_tokens for token in block.children)
            above = [] if is_kept or block.line in kept_lines else [block]
        elif id(block) in reasons:
            yield from left_out_for(reasons[id(block)], above)
            above = []
    yield from left_out_for(Reason.HEADING, above)


def left_out_for(reason: Reason, blocks: Sequence[Token]) -> Iterator[LeftOut]:
    """Yield blocks that are on no card for a reason, if there are any."""
    if blocks:
        yield LeftOut(reason, tuple(blocks))


def account_for(
    file: str, document: Document, chosen: Chosen, notes: Sequence[Note], left_out: list[LeftOut]
) -> FileAccount:
    """Return what became of a file's words: in its notes, and left out of them."""
    return FileAccount(
        file=file,
        style=chosen.style,
        is_found=chosen.is_found,
        near=chosen.near,
        near_count=chosen.near_count,
        notes=len(notes),
        omissions=tuple(_omissions(document, left_out)),
    )


def _omissions(document: Document, left_out: Iterable[LeftOut]) -> Iterator[Omission]:
    by_reason: dict[Reason, list[Token]] = {}
    for piece in left_out:
        by_reason.setdefault(piece.reason, []).extend(piece.blocks)
    for reason, blocks in by_reason.items():
        places = [(block.line, document.last_line(block)) for block in blocks if block.line]
        if words := words_in(blocks):
            yield Omission(reason, tuple(_join(sorted(places))), words)


def _join(places: Sequence[tuple[int, int]]) -> Iterator[Lines]:
    """Yield lines that follow each other as one."""
    joined: list[Lines] = []
    for first, last in places:
        if joined and first <= joined[-1].last + 2:
            joined[-1] = Lines(joined[-1].first, max(last, joined[-1].last))
        else:
            joined.append(Lines(first, last))
    yield from joined


def report_omissions(account: FileAccount) -> Iterator[Diagnostic]:
    """Yield one message for each reason that is reported for a file as a whole.

    Another one names a style that was nearly taken.
    """
    if account.near:
        taken = counted(account.notes, account.style.noun)
        message = (
            f"took {taken}; {counted(account.near_count, account.near.noun)} look like questions: "
            f"write notes: {account.near} in the front matter to take those"
        )
        yield hint(Location(account.file), message)
    for omission in account.omissions:
        reason = omission.reason
        if reason.cure:
            where = Location(account.file, omission.lines[0].first if omission.lines else 0)
            message = f"{reason.what} ({_describe(omission)}): {reason.cure}"
            yield Diagnostic(where, message, reason.level)


def _describe(omission: Omission) -> str:
    words = f"{omission.words:,} word{'' if omission.words == 1 else 's'}"
    lines = ", ".join(map(str, omission.lines[:_LISTED]))
    more = ", …" if len(omission.lines) > _LISTED else ""
    is_one_line = len(omission.lines) == 1 and omission.lines[0].first == omission.lines[0].last
    return f"{words}, line{'' if is_one_line else 's'} {lines}{more}"


class Repetition:
    """Counts the characters that stand once in a file, and in many of its notes."""

    def __init__(self, size: int, longest_address: int) -> None:
        """Begin with a file of `size` characters, and the longest address that it has."""
        self._has_long_address = longest_address > _LONG
        self._repeated, self._most = 0, _REPEATED + _TIMES_REPEATED * size

    @property
    def is_too_much(self) -> bool:
        """Whether the notes up to the last one have too much in common."""
        return self._repeated > self._most

    def add(self, note: Note, diagnostics: Diagnostics) -> None:
        """Count a note; add an error to `diagnostics` if it is the first one too many."""
        before = self.is_too_much
        self._repeated += _size_of_shared(note)
        if self._has_long_address:
            self._repeated += _size_of_addresses(note)
        if before or not self.is_too_much:
            return
        message = (
            f"notes up to here repeat more than {self._most:,} characters: shorten "
            "the headings, footnotes, addresses or tags that they have in common"
        )
        diagnostics.append(error(note.location, message))


def _size_of_shared(note: Note) -> int:
    """Return how many characters a note has of what stands once in its file, for many notes."""
    shared = chain.from_iterable((*note.context, *note.footnotes))
    return sum(len(token.raw) for token in walk(shared)) + sum(map(len, note.tags))


def _size_of_addresses(note: Note) -> int:
    links = (token for token in walk(note.blocks()) if token.type in ("link", "image"))
    addresses = (token.url for token in links)
    return sum(len(url) for url in addresses if not is_data_url(url))
