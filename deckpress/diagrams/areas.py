"""The named parts of a picture, and which area each of them takes, as its layout has it.

A part is what shows something that can be asked for: a node, the label of an arrow, a group. Its
name is that of the language:

- a node has its id;
- the label of an arrow has the arrow's id, where Mermaid (`A e1@-->|text| B`) or Graphviz
  (`a -> b [id=e1, label=text]`) gives it one, and else the ids that the arrow joins, `a->b`;
- a group has its id (`cluster_net` in Graphviz's language), and in a ` ```diagram ` its label.

Where a name is taken, a number makes it another: `a->b`, `a->b 2`. Whoever asks for a part may also
write its text, if no other part has it: the label `$f_t$` may be asked for by `f->x1` and by
`$f_t$`. A text is compared as it is drawn, with macros written out.

Areas are fractions of the width and height of the PNG. They are kept in it, so that they are those
of what is drawn there, and whoever has the pictures needs nothing that lays them out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from deckpress.diagnostics import PARSER_ERRORS, Diagnostic, did_you_mean_or_known, error, quote
from deckpress.diagrams import Drawing, Label, Measure, PlacedLabel, Plot
from deckpress.diagrams.geometry import Box, box_around
from deckpress.markdown.picture_info import Occlusion

if TYPE_CHECKING:  # at run time they are loaded where they are used, since few decks have pictures
    from deckpress.diagrams.flowcharts import Graph
    from deckpress.diagrams.grid import Diagram

Content: TypeAlias = "Diagram | Graph | Plot"
"""What a picture shows."""
Areas: TypeAlias = Mapping[str, Box]
"""The area of each part by its name."""
_EDGE = 2.0
"""Points around a node, or a label, that belong to it: half of its outline, and some air."""
_DIGITS = 4
"""Of a fraction: a tenth of a pixel in a picture of a thousand."""
_CLUSTER = "subgraph "
"""What stands before the name of Graphviz's groups, so that they are no nodes."""


class PartKind(StrEnum):
    """What a part of a picture is."""

    NODE = "node"
    LABEL = "label"
    """Of an arrow."""
    GROUP = "group"


@dataclass(frozen=True)
class Part:
    """Something in a picture that has a name and shows something."""

    kind: PartKind
    name: str
    text: str
    """What it shows, on one line; formulas stand in dollars."""

    @property
    def is_in_all(self) -> bool:
        """Whether it is meant by `ask=all`: groups are not, since they would cover their nodes."""
        return self.kind is not PartKind.GROUP


class Area(NamedTuple):
    """A part of a picture, and where it stands."""

    part: Part
    box: Box
    """Left, top, width and height, as fractions of the picture's width and height."""


def parts_of(content: Content) -> tuple[Part, ...]:
    """Return the parts of a picture that show something; a plot has none.

    Nodes come before the labels of arrows, and these before groups, each in the order in which they
    are written.
    """
    return tuple(part for part in _all_parts(content) if part.text)


def areas_of(content: Content, areas: Areas) -> tuple[Area, ...]:
    """Return all parts of a picture with their areas (`Picture.areas`), in the order of parts."""
    return tuple(Area(part, areas[part.name]) for part in parts_of(content) if part.name in areas)


def asked_areas(content: Content, occlusion: Occlusion, areas: Areas) -> tuple[Area, ...]:
    """Return the parts that are asked for, in the order in which they are named, or of parts."""
    parts = parts_of(content)
    if not occlusion.parts:
        return tuple(area for area in areas_of(content, areas) if area.part.is_in_all)
    asked = (find_parts(parts, word.text) for word in occlusion.parts)
    return tuple(Area(part, areas[part.name]) for part in chain(*asked) if part.name in areas)


def find_parts(parts: Sequence[Part], asked: str) -> list[Part]:
    """Return the part of a name; where none has it, all parts that show such a text."""
    name = "->".join(piece.strip() for piece in asked.split("->"))
    named = [part for part in parts if part.name in (asked, name)]
    return named[:1] or [part for part in parts if part.text == _on_one_line(asked)]


def check_asked(content: Content, occlusion: Occlusion | None) -> Iterator[Diagnostic]:
    """Yield what is wrong with the names of what is asked for."""
    if occlusion is None:
        return
    parts = parts_of(content)
    if isinstance(content, Plot):
        message = "a plot has no parts to ask for: remove ask, or draw a ```diagram"
        yield error(occlusion.where, message)
    elif not any(part.is_in_all for part in parts) and not occlusion.parts:
        yield error(occlusion.where, "picture shows nothing to ask for: give its nodes labels")
    else:
        yield from _check_words(parts, occlusion)


def _check_words(parts: Sequence[Part], occlusion: Occlusion) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for word in occlusion.parts:
        found = find_parts(parts, word.text)
        if not found:
            hint = did_you_mean_or_known(word.text, [part.name for part in parts])
            yield error(word.where, f"picture has no part {quote(word.text)}{hint}")
        elif len(found) > 1:
            names = ", ".join(part.name for part in found)
            message = f"{quote(word.text)} is shown by several parts: write one of {names}"
            yield error(word.where, message)
        elif found[0].name in seen:
            message = f"{quote(word.text)} is {quote(seen[found[0].name])}: ask for it once"
            yield error(word.where, message)
        else:
            seen[found[0].name] = word.text


def boxes_of(content: Content, drawing: Drawing, measure: Measure) -> list[Box]:
    """Return the area of each part of a picture that is laid out, also of those without a text.

    A drawing has its nodes, the labels of its arrows and its groups in the order of its content.
    """
    count = sum(part.kind is PartKind.LABEL for part in _all_parts(content))
    boxes = [
        *(node.box for node in drawing.nodes),
        *(_box_around(label, measure) for label in drawing.labels[:count]),
        *(frame.box for frame in drawing.frames),
    ]
    return [_as_fractions(box.grown(_EDGE), drawing) for box in boxes]


def _box_around(placed: PlacedLabel, measure: Measure) -> Box:
    size = measure(placed.label.text, placed.size, placed.is_bold)
    return box_around(placed.centre, *size)


def _as_fractions(box: Box, page: Drawing) -> Box:
    left, right = (_fraction(x, page.width) for x in (box.left, box.right))
    top, bottom = (_fraction(y, page.height) for y in (box.top, box.bottom))
    return Box(left, top, round(right - left, _DIGITS), round(bottom - top, _DIGITS))


def _fraction(length: float, whole: float) -> float:
    return round(min(max(length / whole, 0), 1), _DIGITS)


def _all_parts(content: Content) -> list[Part]:
    """Return all nodes, labels of arrows and groups, also those that show nothing."""
    if isinstance(content, Plot):
        return []
    from deckpress.diagrams.grid import Diagram

    named = _parts_of_grid(content) if isinstance(content, Diagram) else _parts_of_graph(content)
    counts = Counter[str]()
    parts = []
    for kind, name, text in named:
        counts[name] += 1
        unique = name if counts[name] == 1 else f"{name} {counts[name]}"
        parts.append(Part(kind, unique, _on_one_line(text)))
    return parts


_Named = Iterator[tuple[PartKind, str, str]]


def _parts_of_grid(diagram: Diagram) -> _Named:
    for node in diagram.nodes:
        labels = [node.label, *chain(*node.cells)]
        yield PartKind.NODE, node.id, " ".join(label.text for label in labels)
    for arrow in diagram.arrows:
        if arrow.label:
            yield PartKind.LABEL, f"{arrow.start}->{arrow.end}", arrow.label.text
    for group in diagram.groups:
        yield PartKind.GROUP, _text_of(group.label), _text_of(group.label)


def _parts_of_graph(graph: Graph) -> _Named:
    from deckpress.diagrams.flowcharts import all_groups

    for node in graph.nodes:
        yield PartKind.NODE, node.id, "" if node.shape.is_junction else node.label.text
    for edge in graph.edges:
        if edge.label and not edge.is_hidden:
            ends = (end.removeprefix(_CLUSTER) for end in (edge.start, edge.end))
            yield PartKind.LABEL, edge.id or "->".join(ends), edge.label.text
    for group in all_groups(graph.groups):
        yield PartKind.GROUP, group.id.removeprefix(_CLUSTER), _text_of(group.label)


def _text_of(label: Label | None) -> str:
    return label.text if label else ""


def _on_one_line(text: str) -> str:
    return " ".join(text.replace("\\\\", " ").split())


def write_boxes(boxes: Iterable[Box]) -> str:
    """Return the areas of a picture as a text that a PNG can hold, without the names of its parts.

    So a picture that looks the same is the same file, whatever its parts are called.
    """
    return json.dumps([list(box) for box in boxes], separators=(",", ":"))


def read_areas(text: str | None, content: Content) -> Areas | None:
    """Return the areas that a PNG tells; None if it tells none. The file may be anybody's."""
    try:
        boxes = [Box(*box) for box in json.loads(text or "")]
    except (*PARSER_ERRORS, TypeError):
        return None
    parts = _all_parts(content)
    if len(parts) != len(boxes) or not all(map(_is_fraction, chain(*boxes))):
        return None
    return {part.name: box for part, box in zip(parts, boxes, strict=True) if part.text}


def _is_fraction(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value <= 1
