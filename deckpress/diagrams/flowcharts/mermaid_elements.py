"""Nodes with their shapes, and the links between them, as Mermaid writes them."""

from __future__ import annotations

import re
from dataclasses import replace

from deckpress.diagnostics import did_you_mean, quote
from deckpress.diagrams import Label, NodeShape
from deckpress.diagrams.flowcharts import Edge, FlowchartError, Node
from deckpress.diagrams.flowcharts.mermaid_scanner import (
    GAP,
    ICON_NOT_DRAWN,
    ID,
    KEYWORD,
    SPACES,
    Scanner,
    read_text,
    wrong_character,
)
from deckpress.diagrams.node_shapes import SHAPES

LINK = re.compile(
    r"(?P<start>[xo<]?)(?:-{2,}(?P<line>[-xo>])|={2,}(?P<thick>[=xo>])|-?(?P<dots>\.+)-(?P<dot>[xo>]?))"
    r"|(?P<hidden>~{3,})"
)
_BAR = re.compile(r"\s*\|")
_HEADS = frozenset("xo>")
_LINK_START = re.compile(r"(?P<start>[xo<]?)(?P<mark>--|==|-\.)\s*")
_LINK_TEXTS = {
    "--": re.compile(r'[^"-]*+(?:-(?!-)[^"-]*+)*+'),
    "==": re.compile(r'[^"=]*+'),
    "-.": re.compile(r'[^".-]*+(?:-(?!\.+-)[^".-]*+)*+'),
}
"""What may stand on an arrow, by how it begins."""
_LINK_ENDS = {
    "--": re.compile(r"-{2,}(?P<head>[-xo>])"),
    "==": re.compile(r"={2,}(?P<head>[=xo>])"),
    "-.": re.compile(r"-?\.+-(?P<head>[xo>]?)"),
}
_WHOLE_LINKS = {"--": "-- {} -->", "==": "== {} ==>", "-.": "-. {} .->"}
_FORMS = {form: shape for shape in SHAPES.values() for form in shape.mermaid_forms.split()}
"""The shape of a node by what stands around its text, as in `[…]`."""
_BRACKETS = [form.split("…") for form in _FORMS]
_OPENINGS = sorted({opening for opening, _ in _BRACKETS}, key=len, reverse=True)
"""Longer ones first."""
NAMED_SHAPES = {name: shape for shape in SHAPES.values() for name in shape.mermaid_names.split()}
"""The shape nearest to each of those that have a name."""
_SEPARATORS = re.compile(r"[\s,]*")
_KEY = r"[\s,]*\"?([\w-]+)\"?[ \t]*:(?:[ \t]+|(?=[\"']))"
_VALUE = r"(?:\"([^\"]*)\"|'([^']*)'|([^\s,}\"'][^,}\n]*))"
_PAIR = re.compile(rf"{_KEY}{_VALUE}(?=[ \t]*[,\n}}])")
_LINE_PAIR = re.compile(rf"{_KEY}{_VALUE.replace(',', '')}(?=[ \t]*[\n}}])")


def read_link(text: Scanner) -> tuple[Edge, int] | None:
    """Read an arrow, if one comes next, and what may stand between it and a node behind it.

    Return the arrow, still without nodes, and where it stands.
    """
    start = text.index
    text.skip(GAP)
    index = text.index
    if match := text.accept(LINK):
        edge = _read_plain_link(text, match)
    elif match := text.accept(_LINK_START):
        edge = _read_link_around_text(text, match)
    else:
        text.index = start
        return None
    end = text.index
    text.skip(SPACES if text.text[end - 1] == "|" else GAP)
    if not text.peek(ID) or ("\n" in text.text[end : text.index] and text.peek(KEYWORD)):
        text.index = end
        written = text.text[index : match.end()].rstrip()
        raise FlowchartError(index, f"{written} leads nowhere: write a node's id behind it")
    return replace(edge, where=text.source.where(index)), index


def _read_plain_link(text: Scanner, match: re.Match[str]) -> Edge:
    """Read the rest of `-->|text|`."""
    label = None
    if bar := text.accept(_BAR):
        label = text.read_label("|", ("|",), bar.end() - 1)
    if match["hidden"]:
        return Edge("", "", None, has_end=False, is_hidden=True)
    head = match["line"] or match["thick"] or match["dot"] or ""
    return _edge(label, match["start"], head, is_dashed=bool(match["dots"]))


def _read_link_around_text(text: Scanner, match: re.Match[str]) -> Edge:
    """Read the rest of `-- text -->`."""
    mark, start = match["mark"], text.index
    if text.text.startswith('"', start):
        text.skip_quotes()
    text.skip(_LINK_TEXTS[mark])
    stop = text.index
    end = text.accept(_LINK_ENDS[mark])
    if end is None:
        text.index = match.start()
        raise _explain_half(text, match, stop)
    label = text.check_written(start, start + len(text.text[start:stop].rstrip()))
    return _edge(label, match["start"], end["head"], is_dashed=mark == "-.")


def _explain_half(text: Scanner, start: re.Match[str], stop: int) -> FlowchartError:
    """Return what is wrong with an arrow around a text that ends at `stop` without a head."""
    mark = start["mark"]
    if _LINK_ENDS[mark].search(text.line(stop), 1):
        return wrong_character(text.text[stop], stop, _WHOLE_LINKS[mark].format('"…"'))
    whole = _WHOLE_LINKS[mark].format("text")
    message = f"{start['start']}{mark} is no whole arrow: write --> or {whole}"
    return FlowchartError(start.start(), message)


def _edge(label: Label | None, start: str, head: str, *, is_dashed: bool) -> Edge:
    """Return an arrow without its nodes; it has a head at its start if there are two of a kind."""
    shown = label if label and label.text else None
    return Edge("", "", shown, is_dashed, f"{start}{head}" in ("<>", "xx", "oo"), head in _HEADS)


def new_node(text: Scanner, id_: str, index: int) -> Node:
    """Return a node of which only the id is known yet."""
    where = text.source.where(index)
    return Node(id_, read_text(id_, where), where=where)


def read_form(text: Scanner, node: Node, index: int) -> Node:
    """Read `[text]` and the like, if it comes next; `at` is where the node stands."""
    for opening in _OPENINGS:
        if text.text.startswith(opening, text.index):
            text.index += len(opening)
            closings = tuple(closing for begin, closing in _BRACKETS if begin == opening)
            label = text.read_label(opening, closings, index)
            closing = next(
                candidate for candidate in closings if text.text.endswith(candidate, 0, text.index)
            )
            return replace(node, label=label, shape=_FORMS[f"{opening}…{closing}"])
    return node


def read_properties(text: Scanner, node: Node) -> Node:
    """Read `@{ shape: cyl, label: "text" }`, or one property a line."""
    index = text.index
    pattern = _PAIR if "}" in text.line(index) else _LINE_PAIR
    text.index += len("@{")
    while pair := text.accept(pattern):
        group = next(number for number in (2, 3, 4) if pair.group(number) is not None)
        node = _set_property(text, node, pair.group(1), *pair.span(group))
    text.skip(_SEPARATORS)
    if not text.text.startswith("}", text.index):
        raise FlowchartError(index, '@{ is not closed: write @{ shape: name, label: "text" }')
    text.index += 1
    return node


def _set_property(text: Scanner, node: Node, name: str, start: int, end: int) -> Node:
    if name in ("icon", "img"):
        text.hint(ICON_NOT_DRAWN)
    elif name == "label":
        return replace(node, label=text.label(start, end, is_markdown=True))
    elif name == "shape":
        return replace(node, shape=_find_shape(text.text[start:end].strip(), start))
    return node


def _find_shape(name: str, index: int) -> NodeShape:
    if name in NAMED_SHAPES:
        return NAMED_SHAPES[name]
    hint = did_you_mean(name, NAMED_SHAPES) or ": write rect, diam, stadium, cyl, circle or hex"
    raise FlowchartError(index, f"unknown shape {quote(name)}{hint}")
