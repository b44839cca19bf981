"""Arrows of Mermaid's flowcharts, with what is written on them."""

from __future__ import annotations

import re
from dataclasses import replace

from deckpress.diagrams.drawing import Label
from deckpress.diagrams.flowcharts.builder import WrongError
from deckpress.diagrams.flowcharts.graph import Edge
from deckpress.diagrams.flowcharts.mermaid_scanner import (
    BLANKS,
    GAP,
    ID,
    KEYWORD,
    Scanner,
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
        raise WrongError(at, f"{written} leads nowhere: write a node's id behind it")
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


def _explain_half(text: Scanner, start: re.Match[str], stop: int) -> WrongError:
    """Return what is wrong with an arrow around a text that ends at `stop` without a head."""
    mark = start["mark"]
    if _LINK_ENDS[mark].search(text.line(stop), 1):
        return wrong_character(text.text[stop], stop, _WHOLE_LINKS[mark].format('"…"'))
    whole = _WHOLE_LINKS[mark].format("text")
    message = f"{start['start']}{mark} is no whole arrow: write --> or {whole}"
    return WrongError(start.start(), message)


def _edge(label: Label | None, start: str, head: str, *, is_dashed: bool) -> Edge:
    """Return an arrow without its nodes; it has a head at its start if there are two of a kind."""
    shown = label if label and label.text else None
    return Edge("", "", shown, is_dashed, f"{start}{head}" in ("<>", "xx", "oo"), head in _HEADS)
