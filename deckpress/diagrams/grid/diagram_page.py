"""A drawing on its page: the title above, the notes below, a margin around."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from deckpress.diagrams import (
    MATHS,
    ColorRole,
    Drawing,
    Frame,
    Label,
    Line,
    Measure,
    PlacedLabel,
    PlacedNode,
)
from deckpress.diagrams.geometry import Box, Point, box_around
from deckpress.diagrams.grid.routing import pieces
from deckpress.diagrams.palette import SMALL, TITLE
from deckpress.languages.scripts import CJK_MARKS, SPACELESS

MARGIN = 3.0
"""Points around a picture."""
_APART = 12.0
"""Points between the drawing and its title or notes."""
_BETWEEN = 5.0
"""Points between two notes."""
_LEAST = 250.0
"""Points; titles and notes are not wrapped to less than this."""
_HEAD = 5.0
"""By how many points an arrow head may reach beyond its line."""
_CJK = SPACELESS + CJK_MARKS
_WORD = re.compile(
    rf"\\\\|(?:{MATHS}|\\.|[{_CJK}]|[^\s$\\{_CJK}]+|\S)"
    r"[，。、；：？！）》」』”’,.;:?!)\]]*\s*"
)
"""What a line is not broken within: a formula, a word, a Chinese character; with its mark."""


def compose(
    inner: Drawing, title: Label | None, notes: Sequence[Label], measure: Measure
) -> Drawing:
    """Return a drawing with its title and notes, moved so that all of it lies on the page."""
    bounds = _around(_extents(inner, measure))
    texts = [] if title is None else [(title, TITLE, True)]
    head = [_wrapped(text, bounds.width, measure) for text in texts]
    foot = [_wrapped((note, SMALL, False), bounds.width, measure) for note in notes]
    widths = [measure(*text)[0] for text in _plain(head + foot)]
    width = max([bounds.width, *widths])
    heights = [measure(*text)[1] for text in _plain(head + foot)]
    top = heights[0] + _APART if head else 0.0
    x, y = MARGIN + (width - bounds.width) / 2 - bounds.left, MARGIN + top - bounds.top
    middle = MARGIN + width / 2
    labels = [
        PlacedLabel(label, (middle, MARGIN + heights[0] / 2), size, is_bold)
        for label, size, is_bold in head
    ]
    bottom = MARGIN + top + bounds.height
    for index, (label, size, is_bold) in enumerate(foot, len(head)):
        bottom += _BETWEEN if index > len(head) else _APART
        labels.append(
            PlacedLabel(
                label, (middle, bottom + heights[index] / 2), size, is_bold, ColorRole.FAINT
            )
        )
        bottom += heights[index]
    moved = _move(inner, x, y)
    return moved._replace(
        width=width + 2 * MARGIN, height=bottom + MARGIN, labels=(*moved.labels, *labels)
    )


def _plain(texts: Sequence[tuple[Label, float, bool]]) -> Iterator[tuple[str, float, bool]]:
    return ((label.text, size, is_bold) for label, size, is_bold in texts)


def _wrapped(
    text: tuple[Label, float, bool], width: float, measure: Measure
) -> tuple[Label, float, bool]:
    label, size, is_bold = text
    lines = wrap(label.text, max(width, _LEAST), lambda line: measure(line, size, is_bold)[0])
    return replace(label, text="\\\\".join(lines)), size, is_bold


def wrap(text: str, width: float, length: Callable[[str], float]) -> list[str]:
    """Return a text as lines that are no longer than a width in points, where words allow it.

    `length` returns the length of a line in points.
    """
    lines = [""]
    for word in _WORD.findall(text):
        if word == "\\\\":
            lines.append("")
        elif lines[-1] and length((lines[-1] + word).rstrip()) > width:
            lines.append(word)
        else:
            lines[-1] += word
    return [line.strip() for line in lines]


def _extents(drawing: Drawing, measure: Measure) -> Iterator[Box]:
    yield from (frame.box for frame in drawing.frames)
    yield from (node.box for node in drawing.nodes)
    for line in drawing.lines:
        points = {point for piece in pieces(line) for point in piece}
        yield from (Box(x - _HEAD, y - _HEAD, 2 * _HEAD, 2 * _HEAD) for x, y in points)
    for placed in drawing.labels:
        yield box_around(placed.centre, *measure(placed.label.text, placed.size, placed.is_bold))


def _around(boxes: Iterator[Box]) -> Box:
    every = list(boxes)
    left, top = min(box.left for box in every), min(box.top for box in every)
    right, bottom = max(box.right for box in every), max(box.bottom for box in every)
    return Box(left, top, right - left, bottom - top)


def _move(drawing: Drawing, x: float, y: float) -> Drawing:
    def moved(point: Point) -> Point:
        return point[0] + x, point[1] + y

    def move_label(label: PlacedLabel) -> PlacedLabel:
        return label._replace(centre=moved(label.centre))

    def move_frame(frame: Frame) -> Frame:
        title = move_label(frame.label) if frame.label else None
        return frame._replace(box=frame.box.moved(x, y), label=title)

    def move_node(node: PlacedNode) -> PlacedNode:
        labels = tuple(map(move_label, node.labels))
        return node._replace(box=node.box.moved(x, y), labels=labels)

    def move_line(line: Line) -> Line:
        return line._replace(points=tuple(map(moved, line.points)))

    return drawing._replace(
        frames=tuple(map(move_frame, drawing.frames)),
        nodes=tuple(map(move_node, drawing.nodes)),
        lines=tuple(map(move_line, drawing.lines)),
        labels=tuple(map(move_label, drawing.labels)),
    )
