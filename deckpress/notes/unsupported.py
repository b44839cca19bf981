"""What other programs add to Markdown, and is not read here: each is reported once in a file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from deckpress.diagnostics import Diagnostic, Location, Severity, quote, warning
from deckpress.markdown import ALERTS, Token, location_in_text, location_of, walk
from deckpress.markdown.obsidian_syntax import KINDS, NO_ADDRESS
from deckpress.markdown.reader import Document
from deckpress.notes.styles.blocks import line_of, split_lines
from deckpress.notes.styles.flashcards import split_line
from deckpress.notes.vault import is_media
from deckpress.patterns import lazy_pattern
from deckpress.project import Dialect

_SIGN = re.compile(r"\[\[|%%|::|\[!\w|\?(?<=^\?)\??[ \t]*$|#\w|!!!|\?\?\?", re.M)
"""What one of these has; most files have none. It is found fast as each begins with a character."""
_IN_TEXT = lazy_pattern(
    rf"(?P<embed>!\[\[[^\[\]\n]{{1,999}}\]\]{NO_ADDRESS})"
    rf"|(?<!!)(?P<link>\[\[[^\W_][^\[\]\n$=\"'\0]{{0,999}}\]\]{NO_ADDRESS})"
    r"|(?P<comment>(?<!\w)%%(?:[^%]|%(?!%))*+%%)"
    r"|(?P<callout>\A\[!(?P<kind>[A-Za-z]{1,99})\](?:[+-]|[ \t]*+\S)?)"
    r"|(?P<fence>^:::+(?= *\{| *\w|$))"
    r"|(?P<admonition>^(?:!!!|\?\?\?\+?) +\w[^\n]*)"
    r"|(?P<heading>^#{2,6}(?=[^\W_]))"
    r"|(?P<separator>^\?{1,2}[ \t]*$)"
    r"|(?P<tag>(?<!\S)#[^\W\d][\w-]*/[\w/-]+|^#[^\W\d][\w-]*(?:[ \t]+#[^\W\d][\w-]*)*$)",
    re.M,
)
_CURE = "write dialect: obsidian in the front matter"
_OF_OTHERS = ("fence", "admonition", "heading")
"""What is foreign to Obsidian, too."""
_SENTENCES: Mapping[str, tuple[Severity, str]] = {
    "link": (Severity.WARNING, f"[[…]] is shown as it stands: {_CURE}, or [text](address)"),
    "comment": (Severity.WARNING, f"%%…%% is shown on the card: {_CURE}, or <!-- … -->"),
    "callout": (
        Severity.WARNING,
        f"> [!…] of Obsidian is shown as a quote: {_CURE}, or [!TIP], [!NOTE] and the like alone "
        "on the line",
    ),
    "fence": (
        Severity.WARNING,
        "::: of Quarto or Pandoc is shown as text: write > [!NOTE], and > before the lines in it",
    ),
    "admonition": (
        Severity.WARNING,
        "!!! and ??? of MkDocs are shown as text: write > [!NOTE], and > before the lines in it",
    ),
    "heading": (
        Severity.WARNING,
        "## without a space is shown as text, and is no heading: write a space behind it",
    ),
    "card": (
        Severity.WARNING,
        f"a line of the form Q::A is shown with its answer: {_CURE}, or Q: and A: on two lines",
    ),
    "separator": (
        Severity.WARNING,
        f"a line ? is shown as text, and begins no answer: {_CURE}, or Q: and A: before the lines",
    ),
    "tag": (Severity.HINT, f"#… is shown as text, and is no tag: {_CURE}, or tags: there"),
}
_LITERAL = re.compile(r"\s*<(?:pre|script|style|textarea)\b|\s*<[!?]", re.I)
"""HTML that ends where it says so, and not at a blank line (CommonMark 0.31, 4.6)."""
_MARKDOWN = lazy_pattern(
    r"^ {0,3}(?:#{1,6} +\S|[-*+] +\S|\d{1,9}[.)] +\S|>+ *\S|\|.*\|[ \t]*$|`{3}|~{3}"
    r"|\*\*[^\s*][^*\n]*\*\*|!?\[[^\]\n]+\]\([^)\n]*\)).*$",
    re.M,
)
_SHOWN = 40
"""Characters of a line that are shown."""


class _Sight(NamedTuple):
    """One thing that was seen."""

    kind: str
    where: Location
    message: str
    level: Severity


def report_foreign(document: Document, file: str, dialect: Dialect) -> Iterator[Diagnostic]:
    """Yield what there is of Quarto or MkDocs, and of Obsidian if that is not the dialect.

    Each kind is reported once.
    """
    if not _SIGN.search("\n".join(document.lines)):
        return
    seen: dict[str, list[_Sight]] = {}
    sights = _look(document.blocks, file)
    if dialect is Dialect.OBSIDIAN:
        sights = (sight for sight in sights if sight.kind in _OF_OTHERS)
    for sight in sights:
        seen.setdefault(sight.kind, []).append(sight)
    for first, *rest in seen.values():
        more = f" (and {len(rest)} more in this file)" if rest else ""
        yield Diagnostic(first.where, first.message + more, first.level)


def _look(blocks: Iterable[Token], file: str) -> Iterator[_Sight]:
    for block in blocks:
        if block.type in ("paragraph", "block_text", "table_cell", "heading"):
            yield from _look_at_text(block, file)
        elif block.type != "block_html" and block.children:
            yield from _look(block.children, file)


def _look_at_text(block: Token, file: str) -> Iterator[_Sight]:
    text = _Text(block.children)
    if not _SIGN.search(text.text):
        return
    for match in _IN_TEXT.finditer(text.text):
        if text.is_escaped(match.start()):
            continue
        kind = match.lastgroup if match.lastgroup != "kind" else "callout"
        where = text.place(match.start(), block, file)
        if kind == "embed":
            yield _Sight("embed", where, _format_embed(match[0]), Severity.WARNING)
        elif kind and _counts(kind, match, block):
            level, message = _SENTENCES[kind]
            yield _Sight(kind, where, message, level)
    if block.type == "paragraph" and "::" in text.text:
        for line in split_lines(block.children):
            if not text.is_of_others and split_line(line):
                level, message = _SENTENCES["card"]
                where = Location(file, line_of(line) or block.line)
                yield _Sight("card", where, message, level)


def _counts(kind: str, match: re.Match[str], block: Token) -> bool:
    """Return whether what looks like something is that."""
    if kind == "callout":
        name = match["kind"].lower()
        return name in KINDS and (name not in ALERTS or match[0][-1] in "+-")
    return kind != "separator" or block.type == "paragraph"


def _format_embed(embed: str) -> str:
    target = embed[3:-2].partition("|")[0]
    if not is_media(target):
        return f"{embed} is shown as text: {_CURE}"
    link = f"![](<{target}>)" if " " in target else f"![]({target})"
    return f"{embed} is shown as text: write {link}, or dialect: obsidian in the front matter"


@dataclass
class _Text:
    """What stands in a line or paragraph, code and formulas left out, and where it does."""

    tokens: Sequence[Token]

    def __post_init__(self) -> None:
        self.text, self._starts, self._texts = "", list[int](), list[Token]()
        pieces, length = list[str](), 0
        for token in walk(self.tokens):
            piece = _shown(token)
            self._starts.append(length)
            self._texts.append(token)
            pieces.append(piece)
            length += len(piece)
        self.text = "".join(pieces)
        self.is_of_others = ":::" in self.text[:3] or "{{" in self.text

    def is_escaped(self, at: int) -> bool:
        """Return whether a backslash stands before a character."""
        index = bisect_right(self._starts, at) - 1
        token = self._texts[index]
        if not token.origins or at != self._starts[index]:
            return False
        return bool(
            token.passage.text[max(token.origins[0][1] - 1, 0) : token.origins[0][1]] == "\\"
        )

    def place(self, at: int, block: Token, file: str) -> Location:
        """Return where a character stands."""
        index = bisect_right(self._starts, at) - 1
        token = self._texts[index]
        if token.origins:
            return location_in_text(token, at - self._starts[index], file)
        return location_of(token if token.line else block, file)


def _shown(token: Token) -> str:
    if token.type in ("softbreak", "linebreak"):
        return "\n"
    if token.type in ("text", "foreign_media"):
        return token.raw
    return "" if token.children else "\0"


def report_raw_markdown(blocks: Iterable[Token], file: str) -> Iterator[Diagnostic]:
    """Yield a warning for each block of HTML of the notes in which a line looks like Markdown."""
    for block in walk(block for block in blocks if "block_html" in block.types):
        if block.type != "block_html" or _LITERAL.match(block.raw):
            continue
        if match := _MARKDOWN.search(block.raw):
            line = block.line + block.raw.count("\n", 0, match.start())
            message = (
                f"{quote(_cut(match[0].strip()))} is shown as it stands, for it is within HTML: "
                "leave a blank line above it"
            )
            yield warning(Location(file, line), message)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
