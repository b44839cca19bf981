"""Nodes of Mermaid's flowcharts: ids, forms and properties."""

from __future__ import annotations

import re
from dataclasses import replace

from deckpress.diagrams.drawing import Outline, Tone
from deckpress.diagrams.flowcharts.builder import WrongError
from deckpress.diagrams.flowcharts.graph import TONES, Node
from deckpress.diagrams.flowcharts.mermaid_labels import read_text
from deckpress.diagrams.flowcharts.mermaid_scanner import ICON_NOT_DRAWN, Scanner
from deckpress.diagrams.flowcharts.mermaid_shapes import FORMS, NAMED_SHAPES
from deckpress.errors import did_you_mean, quote

_SEPARATORS = re.compile(r"[\s,]*")
_KEY = r"[\s,]*\"?([\w-]+)\"?[ \t]*:(?:[ \t]+|(?=[\"']))"
_VALUE = r"(?:\"([^\"]*)\"|'([^']*)'|([^\s,}\"'][^,}\n]*))"
_PAIR = re.compile(rf"{_KEY}{_VALUE}(?=[ \t]*[,\n}}])")
_LINE_PAIR = re.compile(rf"{_KEY}{_VALUE.replace(',', '')}(?=[ \t]*[\n}}])")


def new_node(text: Scanner, id_: str, at: int) -> Node:
    """Return a node of which only the id is known yet."""
    where = text.source.where(at)
    return Node(id_, read_text(id_, where), Outline.BOX, _tone(Outline.BOX), where=where)


def read_form(text: Scanner, node: Node, at: int) -> Node:
    """Read `[text]` and the like, if it comes next; `at` is where the node stands."""
    for opening, closings, outline in FORMS:
        if text.text.startswith(opening, text.at):
            text.at += len(opening)
            label = text.read_label(opening, closings, at)
            return replace(node, label=label, outline=outline, tone=_tone(outline))
    return node


def read_properties(text: Scanner, node: Node) -> Node:
    """Read `@{ shape: cyl, label: "text" }`, or one property a line."""
    at = text.at
    pattern = _PAIR if "}" in text.line(at) else _LINE_PAIR
    text.at += len("@{")
    while pair := text.accept(pattern):
        group = next(number for number in (2, 3, 4) if pair.group(number) is not None)
        node = _set_property(text, node, pair.group(1), *pair.span(group))
    text.skip(_SEPARATORS)
    if not text.text.startswith("}", text.at):
        raise WrongError(at, '@{ is not closed: write @{ shape: name, label: "text" }')
    text.at += 1
    return node


def _set_property(text: Scanner, node: Node, name: str, start: int, end: int) -> Node:
    if name in ("icon", "img"):
        text.hint(ICON_NOT_DRAWN)
    elif name == "label":
        return replace(node, label=text.label(start, end, is_markdown=True))
    elif name == "shape":
        outline = _find_shape(text.text[start:end].strip(), start)
        return replace(node, outline=outline, tone=_tone(outline))
    return node


def _find_shape(name: str, at: int) -> Outline:
    if name in NAMED_SHAPES:
        return NAMED_SHAPES[name]
    hint = did_you_mean(name, NAMED_SHAPES) or ": write rect, diam, stadium, cyl, circle or hex"
    raise WrongError(at, f"unknown shape {quote(name)}{hint}")


def _tone(outline: Outline) -> Tone:
    return TONES.get(outline, Tone.PLAIN)
