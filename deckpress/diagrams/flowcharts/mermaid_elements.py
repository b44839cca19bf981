"""Nodes with their shapes, and the links between them, as Mermaid writes them."""

from __future__ import annotations

import re
from dataclasses import replace

from deckpress.diagnostics import did_you_mean, quote
from deckpress.diagrams import ColorRole, Label, NodeShape
from deckpress.diagrams.flowcharts import TONES, Edge, FlowchartError, Node
from deckpress.diagrams.flowcharts.mermaid_scanner import (
    BLANKS,
    GAP,
    ICON_NOT_DRAWN,
    ID,
    KEYWORD,
    Scanner,
    read_text,
    wrong_character,
)

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
FORMS = (
    ("(((", (")))",), NodeShape.CIRCLE),
    ("((", ("))",), NodeShape.CIRCLE),
    ("([", ("])",), NodeShape.PILL),
    ("(-", ("-)",), NodeShape.ELLIPSE),
    ("(", (")",), NodeShape.BOX),
    ("[[", ("]]",), NodeShape.BOX),
    ("[(", (")]",), NodeShape.CYLINDER),
    ("[/", ("/]", "\\]"), NodeShape.SLANTED),
    ("[\\", ("\\]", "/]"), NodeShape.SLANTED),
    ("[", ("]",), NodeShape.BOX),
    ("{{", ("}}",), NodeShape.HEXAGON),
    ("{", ("}",), NodeShape.DIAMOND),
    (">", ("]",), NodeShape.BOX),
)
"""How a node's form opens, how it may close, and its outline; longer openings first."""
_NAMES = {
    NodeShape.BOX: "rect proc process rectangle rounded event subproc fr-rect framed-rectangle "
    "subprocess subroutine card notch-rect notched-rectangle doc document lin-rect lin-proc "
    "shaded-process lined-rectangle lined-process lin-doc lined-document tag-doc tagged-document "
    "tag-rect tag-proc tagged-rectangle tagged-process div-rect div-proc divided-rectangle "
    "divided-process win-pane window-pane internal-storage bow-rect bow-tie-rectangle stored-data "
    "flag paper-tape odd notch-pent notched-pentagon loop-limit fork join",
    NodeShape.PILL: "stadium pill terminal delay half-rounded-rectangle curv-trap curved-trapezoid "
    "display",
    NodeShape.CYLINDER: "cyl cylinder database db h-cyl das horizontal-cylinder disk lin-cyl "
    "lined-cylinder datastore data-store",
    NodeShape.CIRCLE: "circle circ sm-circ start small-circle dbl-circ double-circle fr-circ stop "
    "framed-circle cross-circ summary crossed-circle",
    NodeShape.DOT: "f-circ filled-circle junction",
    NodeShape.ELLIPSE: "cloud bang ellipse",
    NodeShape.DIAMOND: "diam diamond decision question tri triangle extract flip-tri "
    "flipped-triangle manual-file hourglass collate bolt com-link lightning-bolt",
    NodeShape.HEXAGON: "hex hexagon prepare",
    NodeShape.SLANTED: "lean-r lean-right in-out lean-l lean-left out-in trap-b trapezoid priority "
    "trapezoid-bottom trap-t inv-trapezoid manual trapezoid-top sl-rect manual-input "
    "sloped-rectangle",
    NodeShape.STACK: "st-rect processes procs stacked-rectangle docs documents st-doc "
    "stacked-document",
    NodeShape.NONE: "text brace brace-l brace-r braces comment",
}
NAMED_SHAPES = {name: outline for outline, names in _NAMES.items() for name in names.split()}
"""The outline nearest to each of the shapes that have a name."""
_SEPARATORS = re.compile(r"[\s,]*")
_KEY = r"[\s,]*\"?([\w-]+)\"?[ \t]*:(?:[ \t]+|(?=[\"']))"
_VALUE = r"(?:\"([^\"]*)\"|'([^']*)'|([^\s,}\"'][^,}\n]*))"
_PAIR = re.compile(rf"{_KEY}{_VALUE}(?=[ \t]*[,\n}}])")
_LINE_PAIR = re.compile(rf"{_KEY}{_VALUE.replace(',', '')}(?=[ \t]*[\n}}])")


def read_link(text: Scanner) -> tuple[Edge, int] | None:
    """Read an arrow, if one comes next, and what may stand between it and a node behind it.

    Return the arrow, still without nodes, and where it stands.
    """
    start = text.at
    text.skip(GAP)
    at = text.at
    if found := text.accept(LINK):
        edge = _read_plain_link(text, found)
    elif found := text.accept(_LINK_START):
        edge = _read_link_around_text(text, found)
    else:
        text.at = start
        return None
    end = text.at
    text.skip(BLANKS if text.text[end - 1] == "|" else GAP)
    if not text.peek(ID) or ("\n" in text.text[end : text.at] and text.peek(KEYWORD)):
        text.at = end
        written = text.text[at : found.end()].rstrip()
        raise FlowchartError(at, f"{written} leads nowhere: write a node's id behind it")
    return replace(edge, where=text.source.where(at)), at


def _read_plain_link(text: Scanner, found: re.Match[str]) -> Edge:
    """Read the rest of `-->|text|`."""
    label = None
    if bar := text.accept(_BAR):
        label = text.read_label("|", ("|",), bar.end() - 1)
    if found["hidden"]:
        return Edge("", "", None, has_end=False, is_hidden=True)
    head = found["line"] or found["thick"] or found["dot"] or ""
    return _edge(label, found["start"], head, is_dashed=bool(found["dots"]))


def _read_link_around_text(text: Scanner, found: re.Match[str]) -> Edge:
    """Read the rest of `-- text -->`."""
    mark, start = found["mark"], text.at
    if text.text.startswith('"', start):
        text.skip_quotes()
    text.skip(_LINK_TEXTS[mark])
    stop = text.at
    end = text.accept(_LINK_ENDS[mark])
    if end is None:
        text.at = found.start()
        raise _explain_half(text, found, stop)
    label = text.check_written(start, start + len(text.text[start:stop].rstrip()))
    return _edge(label, found["start"], end["head"], is_dashed=mark == "-.")


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


def new_node(text: Scanner, id_: str, at: int) -> Node:
    """Return a node of which only the id is known yet."""
    where = text.source.where(at)
    return Node(id_, read_text(id_, where), NodeShape.BOX, _tone(NodeShape.BOX), where=where)


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
        raise FlowchartError(at, '@{ is not closed: write @{ shape: name, label: "text" }')
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


def _find_shape(name: str, at: int) -> NodeShape:
    if name in NAMED_SHAPES:
        return NAMED_SHAPES[name]
    hint = did_you_mean(name, NAMED_SHAPES) or ": write rect, diam, stadium, cyl, circle or hex"
    raise FlowchartError(at, f"unknown shape {quote(name)}{hint}")


def _tone(outline: NodeShape) -> ColorRole:
    return TONES.get(outline, ColorRole.PLAIN)
