"""What a learner reads of notes as running text: words to avoid in it, and its Chinese."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from deckpress.diagnostics import Diagnostic, Location, Severity, quote
from deckpress.languages.scripts import FULL_WIDTH_WORD, HAN
from deckpress.markdown import Token, location_in_text
from deckpress.notes import Note

CODE, FORMULA, ADDRESS = "\ufdd0\ufdd1\ufdd2"
"""Signs that stand for what is no prose; they are no characters, and so in no file."""
DIVIDER = "\n"
"""What stands for the end of a line, for a picture, and for HTML."""
_SIGNS = {"codespan": CODE, "inline_math": FORMULA}
_SEEN_THROUGH = frozenset({"comment", "footnote_ref"})
_PROSE = frozenset({"paragraph", "block_text", "heading", "table_cell"})
_CODE_TAG = re.compile(r"<(/?)(?:code|kbd|pre|samp|tt|var)\b", re.I)
_LETTER = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
WORD = f"{_LETTER}0-9"
PAUSES, OPENERS, CLOSERS = "，。；：？！、", "（《〈【「『〔", "）》〉】」』〕"
MARKS = PAUSES + OPENERS + CLOSERS
"""Full-width marks, to stand in a pattern's `[…]`.

The quotes “ ” are not among the marks, since English has them as well.
"""
THINGS = CODE + FORMULA + ADDRESS
"""Signs of what has a space on either side, as a word has."""
IS_HAN = re.compile(f"[{HAN}]")
"""A Chinese character."""
_IS_WORD = re.compile(f"[{_LETTER}]+")
_TYPED_IN_CHINESE = re.compile(f"[{HAN}{FULL_WIDTH_WORD}]")
_TYPO_START = re.compile(
    f"[,;:!?.()\"'…{FULL_WIDTH_WORD}「\u3000]|--|  | - |。。|([，；：、])\\1"
    f"|[{HAN}](?=[{WORD}{THINGS}])|[{WORD}{THINGS}%‰°℃](?=[{HAN}])"
    f"| (?=[{MARKS}“‘])| (?=[{HAN}])(?<=[{HAN}{MARKS}”] )| (?<=[{MARKS}] )"
)
"""What any typo has; one look for it spares the rules where all is well."""


@dataclass(frozen=True)
class Prose:
    """A paragraph, heading, table cell or cloze hint as it is read."""

    text: str
    file: str
    sources: tuple[tuple[int, Token], ...]
    """Where in `text` each text token begins, in order."""

    def location(self, index: int) -> Location:
        """Return where a character stands in the file; it must be the author's, and no sign."""
        start, token = self.sources[bisect_right(self.sources, index, key=itemgetter(0)) - 1]
        return location_in_text(token, index - start, self.file)


def read_prose(notes: Iterable[Note]) -> Iterator[Prose]:
    """Yield all prose of the notes, each once: headings and footnotes may be of many notes."""
    seen: set[int] = set()
    for note in notes:
        for tokens in (*note.context, *_runs(note.blocks())):
            if tokens and id(tokens[0]) not in seen:
                seen.add(id(tokens[0]))
                yield from _read(tokens, note.location.file)


def _runs(blocks: Iterable[Token]) -> Iterator[Sequence[Token]]:
    """Yield what stands in each block that holds text, however deep in lists and tables."""
    for block in blocks:
        if block.type in _PROSE:
            yield block.children
        elif block.children:
            yield from _runs(block.children)


def _read(tokens: Sequence[Token], file: str) -> Iterator[Prose]:
    reader = _Reader()
    reader.read(tokens)
    yield Prose("".join(reader.parts), file, tuple(reader.sources))
    for aside in reader.asides:
        yield from _read(aside, file)


class _Reader:
    """Strings tokens together: text and signs in `parts`, and hints of clozes in `asides`."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.sources: list[tuple[int, Token]] = []
        self.asides: list[Sequence[Token]] = []
        self._length = 0
        self._is_code = False

    def read(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            kind = token.type
            if kind == "text":
                self._read_text(token)
            elif kind == "cloze_hint":
                self.asides.append(token.children)
            elif token.autolink:
                self._add(ADDRESS)
            elif token.children and kind != "image":
                self.read(token.children)
            elif kind == "inline_html":
                self._read_tag(token.raw)
            elif kind not in _SEEN_THROUGH:
                self._add(_SIGNS.get(kind, DIVIDER))

    def _read_text(self, token: Token) -> None:
        if token.origins and not self._is_code:  # a footnote that is not defined has none
            self.sources.append((self._length, token))
            self._add(token.raw)

    def _read_tag(self, raw: str) -> None:
        tag = _CODE_TAG.match(raw)
        self._is_code = not tag.group(1) if tag else self._is_code
        self._add(CODE if tag and self._is_code else DIVIDER)

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self._length += len(text)


def check_terms(prose: Iterable[Prose], terms: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield each word of the prose that is avoided; `terms` has what the deck says for it.

    Within one of the deck's own terms it is none, nor in parentheses behind its term.
    """
    explained = (f"{term}{open_}{word}" for word, term in terms.items() for open_ in ("（", " ("))
    words = _pattern_of({*terms, *terms.values(), *explained})
    for piece in prose:
        for match in words.finditer(piece.text):
            word = " ".join(match.group(0).split())
            if word in terms:
                message = f"{quote(word)}: this deck says {quote(terms[word])}"
                yield Diagnostic(
                    piece.location(match.start()), message, Severity.STYLE, kind=message
                )


def _pattern_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds the longest of the words at a place; Latin letters stand in whole words."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(_whole, longest_first)))


def _whole(word: str) -> str:
    pattern = r"\s+".join(map(re.escape, word.split()))
    before = r"(?<![A-Za-z0-9_])" if re.match("[A-Za-z0-9_]", word.strip()) else ""
    behind = r"(?![A-Za-z0-9_])" if re.search("[A-Za-z0-9_]$", word.strip()) else ""
    return before + pattern + behind


def is_chinese(text: str) -> bool:
    """Return whether a text has at least as many Chinese characters as words of Latin letters.

    Full-width letters and figures are typed where Chinese is.
    """
    characters = len(_TYPED_IN_CHINESE.findall(text))
    return characters > 0 and characters >= len(_IS_WORD.findall(text))


def may_have_typos(text: str) -> bool:
    """Return whether a text has what a typo in Chinese begins with."""
    return bool(_TYPO_START.search(text))
