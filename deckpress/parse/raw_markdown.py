"""Markdown right below HTML, which is no Markdown: it is shown with its marks, and reported."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from deckpress.errors import Location, Problem, quote, warning
from deckpress.notes import Token, walk

_LITERAL = re.compile(r"\s*<(?:pre|script|style|textarea)\b|\s*<[!?]", re.I)
"""HTML that ends where it says so, and not at a blank line (CommonMark 0.31, 4.6)."""
_MARKDOWN = re.compile(
    r"^ {0,3}(?:#{1,6} +\S|[-*+] +\S|\d{1,9}[.)] +\S|>+ *\S|\|.*\|[ \t]*$|`{3}|~{3}"
    r"|\*\*[^\s*][^*\n]*\*\*|!?\[[^\]\n]+\]\([^)\n]*\)).*$",
    re.M,
)
_SHOWN = 40
"""Characters of a line that are shown."""


def report_raw_markdown(blocks: Iterable[Token], file: str) -> Iterator[Problem]:
    """Yield a warning for each block of HTML of the notes in which a line looks like Markdown."""
    for block in walk(blocks):
        if block["type"] != "block_html" or _LITERAL.match(block["raw"]):
            continue
        if found := _MARKDOWN.search(block["raw"]):
            line = block["line"] + block["raw"].count("\n", 0, found.start())
            message = (
                f"{quote(_cut(found[0].strip()))} is shown as it stands, for it is within HTML: "
                "leave a blank line above it"
            )
            yield warning(Location(file, line), message)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
