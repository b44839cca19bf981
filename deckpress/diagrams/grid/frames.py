"""The frames around groups: how much room each needs at its sides, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deckpress.diagrams.drawing import Box, Frame, Line, Tone, Words
from deckpress.diagrams.grid.cells import Span, span_around
from deckpress.diagrams.grid.diagram import Group, Node
from deckpress.diagrams.grid.routes import crosses, pieces
from deckpress.diagrams.grid.sizes import Measure
from deckpress.diagrams.grid.tracks import Tracks
from deckpress.diagrams.style import SMALL

_PAD = 8.0
"""Points between a frame and what is in it."""
_TITLE_PAD = 3.0


@dataclass(frozen=True)
class Inset:
    """A group, the cells it stands around, and the room its frame needs there, in points."""

    group: Group
    span: Span
    left: float
    right: float
    top: float
    bottom: float
    depth: int
    """How many groups hold it."""
    title: tuple[float, float]
    """The width and height of its label."""


def inset_groups(groups: Sequence[Group], nodes: Sequence[Node], measure: Measure) -> list[Inset]:
    """Return the groups, the outermost first, each with room for the frames inside it."""
    spans = {at: span_around(group, nodes) for at, group in enumerate(groups)}
    order = sorted(spans, key=lambda at: (_area(spans[at]), -at))
    insets: dict[int, Inset] = {}
    for rank, at in enumerate(order):  # the smallest first
        inside = [insets[other] for other in insets if spans[at].holds(spans[other])]
        depth = sum(spans[other].holds(spans[at]) for other in order[rank + 1 :])
        insets[at] = _inset(groups[at], spans[at], inside, depth, measure)
    return [insets[at] for at in reversed(order)]


def _area(span: Span) -> int:
    return (span.bottom - span.top + 1) * (span.right - span.left + 1)


def _inset(
    group: Group, span: Span, inside: Sequence[Inset], depth: int, measure: Measure
) -> Inset:
    title = measure(group.label.text, SMALL, False) if group.label else (0.0, 0.0)
    head = title[1] + _TITLE_PAD if group.label else 0.0

    def deepest(side: str) -> float:
        """Return the room that frames at the same side of the group take."""
        at_side = (each for each in inside if getattr(each.span, side) == getattr(span, side))
        return max((getattr(each, side) for each in at_side), default=0.0)

    return Inset(
        group=group,
        span=span,
        left=deepest("left") + _PAD,
        right=deepest("right") + _PAD,
        top=deepest("top") + _PAD + head,
        bottom=deepest("bottom") + _PAD,
        depth=depth,
        title=title,
    )


def frame_groups(
    insets: Sequence[Inset], columns: Tracks, rows: Tracks, lines: Sequence[Line]
) -> list[Frame]:
    """Return the groups' frames; a label stands where no arrow runs, if there is such a place."""
    return [_frame(inset, columns, rows, lines) for inset in insets]


def _frame(inset: Inset, columns: Tracks, rows: Tracks, lines: Sequence[Line]) -> Frame:
    span = inset.span
    left, top = columns.start(span.left) - inset.left, rows.start(span.top) - inset.top
    right, bottom = columns.end(span.right) + inset.right, rows.end(span.bottom) + inset.bottom
    box = Box(left, top, right - left, bottom - top)
    if inset.group.label is None:
        return Frame(box, None, inset.depth)
    width, height = inset.title
    y = box.top + _PAD - 2 + height / 2
    places = [box.left + _PAD + width / 2, box.right - _PAD - width / 2, box.centre[0]]

    def crossings(x: float) -> int:
        title = Box(x - width / 2, y - height / 2, width, height)
        return sum(crosses(piece, title) for line in lines for piece in pieces(line))

    x = min(places, key=crossings)
    words = Words(inset.group.label, (x, y), SMALL, tone=Tone.FAINT, is_on_line=crossings(x) > 0)
    return Frame(box, words, inset.depth)
