"""A label as Graphviz writes it → a label of a picture."""

from __future__ import annotations

import html
import re

from deckpress.diagrams.flowcharts.mermaid_labels import escape_plain, join_pieces

_PIECE = re.compile(
    r"\$(?P<maths>(?:\\.|[^$\\])+)\$|\\(?P<escape>.)|(?P<break>\n)|(?P<plain>[^$\\\n]+|.)", re.S
)
_BREAKS = frozenset("nlr")


def read_html(text: str) -> str:
    """Return the plain text of a label in HTML: rows and breaks end lines."""
    lines = re.split(r"(?i)<br\b[^>]*>|</tr\s*>", text)
    plain = (html.unescape(re.sub(r"<[^>]*>", " ", line)) for line in lines)
    shown = (escape_plain(" ".join(line.split())) for line in plain)
    return "\\\\".join(line for line in shown if line)


def read_record(text: str) -> str:
    """Return the fields of a record as lines."""
    fields = re.split(r"(?<!\\)[{}|]", text)
    return "\n".join(filter(None, (re.sub(r"<[^>]*>", "", each).strip() for each in fields)))


def read_escapes(text: str, name: str) -> str:
    r"""Return a text in quotes: TeX is left alone, and `\N` stands for the node's name."""
    pieces = []
    for found in _PIECE.finditer(text):
        if found["maths"]:
            pieces.append(found.group(0))
        elif found["break"] or (found["escape"] or "") in _BREAKS:
            pieces.append("\\\\")
        elif found["escape"] == "N":
            pieces.append(escape_plain(name))
        else:
            pieces.append(escape_plain(found["escape"] or found["plain"] or ""))
    return join_pieces(pieces).removesuffix("\\\\").strip()
