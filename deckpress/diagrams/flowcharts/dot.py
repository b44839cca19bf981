"""The text of a ` ```dot ` block → a flowchart, and what is wrong with it.

Of Graphviz's language all of the grammar is read, and of its attributes those that say what is in a
picture; how it looks is the deck's own style.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lark import Token, Tree

from deckpress.diagnostics import (
    Diagnostic,
    Diagnostics,
    Location,
    Severity,
    did_you_mean,
    has_errors,
    quote,
    warning,
)
from deckpress.diagrams import Label, NodeShape
from deckpress.diagrams.flowcharts import (
    Builder,
    Direction,
    Edge,
    FlowchartError,
    Graph,
    Node,
    Source,
)
from deckpress.diagrams.flowcharts.dot_grammar import (
    Item,
    has_heads,
    is_strict,
    read_dot,
    read_escapes,
    read_html,
    read_record,
)
from deckpress.diagrams.node_shapes import SHAPES, Bare, Ellipse, RoundedBox

_DEEPEST = 40
"""Levels of braces; whoever nests deeper does not mean a picture."""
_SIMPLIFIED = frozenset("record Mrecord doublecircle doubleoctagon tripleoctagon".split())
"""Shapes that say more than the forms they are drawn in."""
_SHAPES = {name: shape for shape in SHAPES.values() for name in shape.dot_names.split()}
"""The shape nearest to each of Graphviz's."""
_COLOURS = frozenset({"color", "fillcolor", "fontcolor", "bgcolor", "pencolor", "colorscheme"})
_NOT_DRAWN = "colours of Graphviz are not drawn: the deck's pictures have their own style"


def parse_dot(
    text: str, rows: Sequence[tuple[int, int]], file: str, diagnostics: Diagnostics
) -> Graph | None:
    """Return the flowchart that a text in Graphviz's language describes.

    It is None, and `diagnostics` says why, if it has errors. `rows` says at which line and column
    of the file each line of the text begins.
    """
    reader = _Reader(Source(text, rows, file))
    graph = reader.read()
    diagnostics += reader.diagnostics
    return None if has_errors(reader.diagnostics) else graph


_Attributes = Mapping[str, Token]


@dataclass
class _Scope:
    """What holds between two braces."""

    nodes: dict[str, Token]
    edges: dict[str, Token]
    is_cluster: bool = False
    names: dict[str, None] = field(default_factory=dict)
    """The nodes that are mentioned in it."""


class _Reader:
    """Looks at what the grammar has read of one text, in the order in which it stands there."""

    def __init__(self, source: Source) -> None:
        self._source, self._text = source, source.text
        self._builder = Builder(source)
        self.diagnostics = self._builder.diagnostics
        self._has_heads = self._is_strict = self._begins_cluster = False
        self._scopes: list[_Scope] = []
        self._ends: list[str] = []
        """The nodes at the end of an arrow that was read last."""
        self._attributes: dict[str, dict[str, Token]] = {}
        self._marks = {"LBRACE": self._open, "RBRACE": self._close, "ARROW": self._check_arrow}
        self._parts: dict[str, Callable[..., None]] = {
            "head": self._begin_subgraph,
            "defaults": self._set_defaults,
            "assignment": self._assign,
            "node": self._put_node,
            "end": self._put_end,
            "chain": self._join_chain,
        }

    def read(self) -> Graph | None:
        """Return the flowchart, or None where there is none."""
        try:
            self._read_text()
        except FlowchartError as problem:
            self._builder.report(problem.index, str(problem))
            return None
        graph = self._builder.finish()
        if graph and not graph.nodes and not self.diagnostics:
            self._builder.report(0, "flowchart is empty: write an arrow in it, such as a -> b;")
        return graph

    def _read_text(self) -> None:
        """Look at all that the grammar reads, and then at what is wrong with the rest."""
        items, problem = read_dot(self._text)
        self._has_heads = has_heads(items)
        self._is_strict = is_strict(items)
        for item in items:
            self._visit(item)
        if problem:
            raise problem

    def _visit(self, item: Item) -> None:
        if isinstance(item, Token):
            if item.type in self._marks:
                self._marks[item.type](item)
        elif item.data in self._parts:
            self._parts[item.data](*item.children)
        else:
            for child in item.children:
                self._visit(child)

    def _open(self, brace: Token) -> None:
        if len(self._scopes) == _DEEPEST:
            raise FlowchartError(
                _offset_of(brace), f"braces are nested deeper than {_DEEPEST}: remove some"
            )
        outer = self._scopes[-1] if self._scopes else _Scope({}, {})
        self._scopes.append(_Scope(dict(outer.nodes), dict(outer.edges), self._begins_cluster))
        self._begins_cluster = False

    def _close(self, _: Token) -> None:
        """End what holds; Graphviz draws nothing of a cluster without nodes."""
        scope = self._scopes.pop()
        if scope.is_cluster and scope.names:
            self._builder.close_group()
        elif scope.is_cluster:
            self._builder.drop_group()
        if self._scopes:
            self._scopes[-1].names.update(scope.names)
        self._ends = list(scope.names)

    def _begin_subgraph(self, keyword: Token, name: str = "") -> None:
        if name.startswith("cluster"):
            # A cluster may have the name of a node.
            self._builder.open_group(f"subgraph {name}", None, _offset_of(keyword))
            self._begins_cluster = True

    def _set_defaults(self, keyword: Token, *lists: Item) -> None:
        attributes = self._read_attributes(lists)
        scope = self._scopes[-1]
        if keyword.type == "GRAPH":
            for name, value in attributes.items():
                self._set(name, value)
        else:
            (scope.nodes if keyword.type == "NODE" else scope.edges).update(attributes)

    def _assign(self, name: Token, value: Token) -> None:
        self._set(name.lower(), value)

    def _set(self, name: str, value: Token) -> None:
        if name in _COLOURS:
            self._hint(value)
        is_whole = len(self._scopes) == 1
        if name == "label" and (is_whole or self._scopes[-1].is_cluster):
            label = self._label(value, "")
            shown = label if label.text else None
            if is_whole:
                self._builder.title = shown
            else:
                self._builder.name_group(shown)
        if name == "rankdir" and is_whole:
            self._builder.direction = _read_direction(value)

    def _put_node(self, name: Token, *rest: Any) -> None:
        self._put(name, self._read_attributes(rest[-1].children))

    def _put_end(self, name: Token, *_ports: Token) -> None:
        self._put(name, {})
        self._ends = [str(name)]

    def _join_chain(self, *parts: Any) -> None:
        """Join the ends of `a -> {b c} -> d [name=value]`, each to those behind it."""
        left: list[str] = []
        pairs: list[tuple[str, str, int]] = []
        index = 0
        for part in parts[:-1]:
            self._visit(part)
            if isinstance(part, Token):
                left, index = self._ends, _offset_of(part)
            else:
                pairs += [(start, end, index) for start in left for end in self._ends]
        attributes = {**self._scopes[-1].edges, **self._read_attributes(parts[-1].children)}
        for start, end, index in pairs:
            self._join(start, end, attributes, index)

    def _check_arrow(self, arrow: Token) -> None:
        kind, right, other_kind = (
            ("digraph", "->", "graph") if self._has_heads else ("graph", "--", "digraph")
        )
        if arrow != right:
            message = (
                f"{arrow} does not belong in a {kind}: write {right}, or begin with {other_kind}"
            )
            raise FlowchartError(_offset_of(arrow), message)

    def _put(self, name: Token, own: _Attributes) -> None:
        """Add a node, or describe it anew."""
        id_ = str(name)
        scope = self._scopes[-1]
        attributes = self._attributes.setdefault(id_, dict(scope.nodes))
        attributes.update(own)
        node = self._builder.node(id_)
        if node is None or own:
            node = self._describe(name, attributes)
        scope.names[id_] = None
        self._builder.put(node, _offset_of(name))

    def _describe(self, name: Token, attributes: _Attributes) -> Node:
        shape_name = attributes.get("shape")
        shape = self._find_shape(shape_name)
        styles = _styles(attributes)
        written = attributes.get("label", name.update(type="QUOTED"))
        label = self._label(written, name, is_record="ecord" in (shape_name or ""))
        if "invis" in styles:
            shape, label = Bare(), replace(label, text="")
        return Node(str(name), label, shape, _is_dashed(styles), self._where(name))

    def _find_shape(self, name: Token | None) -> NodeShape:
        if name is None:
            return Ellipse()
        if name in _SHAPES:
            if name in _SIMPLIFIED:
                message = f"shape {name} is drawn as a plain {_SHAPES[name].name}"
                self._report_once(Diagnostic(self._where(name), message, Severity.HINT))
            return _SHAPES[name]
        hint = did_you_mean(name, _SHAPES) or ": a box is drawn"
        self._report_once(warning(self._where(name), f"unknown shape {quote(name)}{hint}"))
        return RoundedBox()

    def _report_once(self, diagnostic: Diagnostic) -> None:
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)

    def _join(self, start: str, end: str, attributes: _Attributes, index: int) -> None:
        if self._is_strict and self._builder.joins(start, end):
            return
        has_start, has_end = self._heads(attributes)
        styles = _styles(attributes)
        written = attributes.get("label", attributes.get("xlabel"))
        label = None if written is None else self._label(written, "")
        edge = Edge(
            start,
            end,
            label if label and label.text else None,
            _is_dashed(styles),
            has_start,
            has_end,
            "invis" in styles,
            str(attributes.get("id", "")),
            self._source.where(index),
        )
        self._builder.join(edge, index)

    def _heads(self, attributes: _Attributes) -> tuple[bool, bool]:
        usual = Token("WORD", "forward" if self._has_heads else "none")
        written = attributes.get("dir", usual)
        known = ("forward", "back", "both", "none")
        direction = written.lower()
        if direction not in known:
            hint = did_you_mean(direction, known) or f" (known: {', '.join(known)})"
            raise FlowchartError(_offset_of(written), f"unknown dir {quote(written)}{hint}")
        tail, head = (attributes.get(name) != "none" for name in ("arrowtail", "arrowhead"))
        return direction in ("back", "both") and tail, direction in ("forward", "both") and head

    def _read_attributes(self, items: Iterable[Any]) -> dict[str, Token]:
        """Return the names and values that stand in brackets; what has no value is true."""
        attributes: dict[str, Token] = {}
        for item in items:
            if isinstance(item, Tree):
                name, *values = _tokens(item)
                attributes[name.lower()] = values[0] if values else name.update("WORD", "true")
        colour = next((value for name, value in attributes.items() if name in _COLOURS), None)
        if colour is not None:
            self._hint(colour)
        return attributes

    def _hint(self, token: Token) -> None:
        if not any(diagnostic.message == _NOT_DRAWN for diagnostic in self.diagnostics):
            self.diagnostics.append(Diagnostic(self._where(token), _NOT_DRAWN, Severity.HINT))

    def _label(self, token: Token, name: str, *, is_record: bool = False) -> Label:
        r"""Return the label that a value stands for; `name` is what `\N` stands for in it."""
        index = _offset_of(token) + self._text.startswith('"', _offset_of(token))
        where = self._source.where(index)
        if token.type == "HTML":
            return Label(read_html(token), where)
        return Label(read_escapes(read_record(token) if is_record else token, name), where)

    def _where(self, token: Token) -> Location:
        return self._source.where(_offset_of(token))


def _tokens(tree: Tree[Token]) -> list[Token]:
    return [child for child in tree.children if isinstance(child, Token)]


def _offset_of(token: Token) -> int:
    return token.start_pos or 0


def _read_direction(value: Token) -> Direction:
    if value in set(Direction):
        return Direction(value)
    hint = did_you_mean(value, list(Direction)) or " (known: TB, BT, LR, RL)"
    raise FlowchartError(_offset_of(value), f"unknown rankdir {quote(value)}{hint}")


def _styles(attributes: _Attributes) -> set[str]:
    style = attributes.get("style")
    return {name.strip() for name in style.split(",")} if style else set()


def _is_dashed(styles: set[str]) -> bool:
    return not styles.isdisjoint({"dashed", "dotted"})
