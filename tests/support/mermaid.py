"""Mermaid's own parser, which says what a flowchart is, and what we make of the same text.

Of the package mermaidx (MIT) only its files are used: Mermaid's bundle, and a DOM for it.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from importlib import resources
from typing import Any

import quickjs
import yaml

from deckpress.diagrams import Label
from deckpress.diagrams.flowcharts import Edge, Graph, all_groups
from deckpress.diagrams.flowcharts.mermaid_elements import NAMED_SHAPES

_ASK = """
mermaid.initialize({startOnLoad: false});
function describe(diagram) {
    if (!diagram.type.startsWith("flowchart")) throw new Error("a diagram of another kind");
    const db = diagram.db;
    return {direction: db.getDirection(), title: db.getDiagramTitle(), edges: db.getEdges(),
            nodes: [...db.getVertices().values()], groups: db.getSubGraphs()};
}
globalThis.ask = (text, title) => {
    mermaid.mermaidAPI.getDiagramFromText(text, {title}).then(describe).catch(
        (error) => ({error: String(error.message)})
    ).then((answer) => { globalThis.answer = JSON.stringify(answer).slice(0); });
};
"""
_FRONT_MATTER = re.compile(r"---\n(.*?)\n---\n", re.S)
_OUTLINES = {
    **dict.fromkeys(("square", "round", "subroutine", "odd", "rect"), "box"),
    **dict.fromkeys(("circle", "doublecircle"), "circle"),
    **dict.fromkeys(("trapezoid", "inv_trapezoid", "lean_right", "lean_left"), "slanted"),
    **{name: name for name in ("cylinder", "ellipse", "diamond", "hexagon")},
    **{name: outline.name for name, outline in NAMED_SHAPES.items()},
}
"""What we draw for the shapes that Mermaid's parser names."""


@dataclass(frozen=True)
class Chart:
    """A flowchart as its parser has it; texts with their marks and entities resolved."""

    direction: str
    title: str
    nodes: dict[str, tuple[str, str]]
    """PlacedNode and text, by ids."""
    edges: tuple[tuple[str, str, str, str], ...]
    """Start, kind, end and text."""
    groups: tuple[tuple[str, frozenset[str]], ...]
    """Title and what stands in it, groups by their titles; sorted."""

    def drawn(self) -> Chart:
        """Return what the deck's style draws of it: fewer shapes and kinds of arrows."""
        nodes = {id_: (_OUTLINES[shape], text) for id_, (shape, text) in self.nodes.items()}
        edges = ((start, _draw(kind), end, text) for start, kind, end, text in self.edges)
        shown = tuple((*edge[:3], edge[3] if edge[1] != "hidden" else "") for edge in edges)
        return Chart(self.direction, self.title, nodes, shown, self.groups)

    def __str__(self) -> str:
        """Return it in lines."""
        lines = [f"direction {self.direction}", *([f"title {self.title}"] if self.title else [])]
        lines += [f"{id_}: {shape} {_quote(text)}" for id_, (shape, text) in self.nodes.items()]
        for start, kind, end, text in self.edges:
            lines.append(f"{start} → {end}: {kind}{' ' + _quote(text) if text else ''}")
        lines += [f"group {_quote(title)}: {' '.join(sorted(of))}" for title, of in self.groups]
        return "\n".join(lines)


class Judge:
    """Mermaid's parser, loaded once."""

    def __init__(self) -> None:
        self._context = quickjs.Context()
        self._context.set_max_stack_size(4 * 1024 * 1024)
        assets = resources.files("mermaidx") / "assets"
        self._context.eval("globalThis.__log = () => {};")
        for name in ("dom_shim.js", "mermaid.js"):
            self._context.eval((assets / name).read_text(encoding="utf-8"))
        self._context.eval("var mermaid = __esbuild_esm_mermaid_nm.mermaid.default;")
        self._context.eval(_ASK)

    def ask(self, text: str) -> Chart | str:
        """Return the flowchart of a text, or why Mermaid refuses it."""
        matter = _FRONT_MATTER.match(text)
        title = yaml.safe_load(matter[1]).get("title", "") if matter else ""
        self._context.eval(f"ask({json.dumps(text)}, {json.dumps(title)})")
        while self._context.execute_pending_job():
            pass
        answer = json.loads(self._context.eval("answer"))
        return _shorten(answer["error"]) if "error" in answer else _read(answer)


def chart_of(graph: Graph) -> Chart:
    """Return what we draw, in the words of `Chart.drawn`."""
    groups = list(all_groups(graph.groups))
    titles = {group.id: _text(group.label) for group in groups}
    return Chart(
        graph.direction.value,
        _text(graph.title),
        {node.id: (node.shape.name, _text(node.label)) for node in graph.nodes},
        tuple((edge.start, _kind(edge), edge.end, _text(edge.label)) for edge in graph.edges),
        _sorted(
            (titles[group.id], {*group.members, *(titles[inner.id] for inner in group.groups)})
            for group in groups
        ),
    )


def _read(answer: dict[str, Any]) -> Chart:
    groups = {group["id"]: group for group in answer["groups"]}
    titles = {id_: _shown(group, "title") for id_, group in groups.items() if group["nodes"]}
    nodes = {
        node["id"]: (node.get("type") or "square", _shown(node, "text"))
        for node in answer["nodes"]
        if node["id"] not in titles
    }
    for id_, group in groups.items():
        if not group["nodes"]:
            title = _shown(group, "title")
            nodes[title if id_.startswith("subGraph") else id_] = ("square", title)
    return Chart(
        answer["direction"].strip().replace("TD", "TB"),
        answer["title"],
        nodes,
        tuple(
            (edge["start"], f"{edge['stroke']} {edge['type']}", edge["end"], _shown(edge, "text"))
            for edge in answer["edges"]
        ),
        _sorted(
            (title, {titles.get(id_, id_) for id_ in groups[group]["nodes"]})
            for group, title in titles.items()
        ),
    )


def _sorted(groups: Any) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple(sorted(((title, frozenset(of)) for title, of in groups), key=str))


def _shown(element: dict[str, Any], key: str) -> str:
    """Return what a text of Mermaid's shows, line breaks as such."""
    text = str(element[key] or "")
    for code, char in (("ﬂ°°", "&#"), ("ﬂ°", "&"), ("¶ß", ";")):  # as its parser spells entities
        text = text.replace(code, char)
    if element["labelType"] == "markdown":
        text = re.sub(r"\*+|\b_+|_+\b", "", text)
    text = re.sub(r"\bfa[a-z]?:fa-[\w-]+|</?(?!br\b)[A-Za-z][^<>]*>", "", text)
    text = re.sub(r"\s*(?:<br ?/?>|\\n|\n)\s*", "\n", text)
    return html.unescape(text).replace("$$", "$").strip()


def _text(label: Label | None) -> str:
    return label.text.replace("\\\\", "\n").replace("\\$", "$").strip() if label else ""


def _quote(text: str) -> str:
    return '"' + text.replace("\n", "⏎") + '"'


def _draw(kind: str) -> str:
    """Return the kind of arrow that we draw for one of Mermaid's."""
    stroke, head = kind.split()
    if stroke == "invisible":
        return "hidden"
    heads = 0 if head.endswith("open") else 2 if head.startswith("double") else 1
    return f"{'dashed' if stroke == 'dotted' else 'plain'} {heads}"


def _kind(edge: Edge) -> str:
    if edge.is_hidden:
        return "hidden"
    return f"{'dashed' if edge.is_dashed else 'plain'} {edge.has_start + edge.has_end}"


def _shorten(error: str) -> str:
    """Return where an error is and what stands there, without what Mermaid expects instead."""
    first, *rest = error.splitlines()
    match = re.search(r"got '(\w+)'", rest[-1]) if rest else None
    return f"{first} {match.group(0) if match else ''}".strip()
