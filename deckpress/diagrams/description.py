"""What a picture shows, as a text that stays the same as long as the picture does.

A picture's file is named by it, so that nothing is drawn twice. The text is that of `repr` in the
first versions, class names and all: pictures that were drawn then are found by it. It is written
out here, so that no class or field of the program has to keep its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import TypeVar

from deckpress.diagrams.drawing import Label
from deckpress.diagrams.flowcharts import graph
from deckpress.diagrams.grid import diagram
from deckpress.diagrams.plot import Plot

_Item = TypeVar("_Item")
_DIRECTIONS = {"TB": "DOWN", "BT": "UP", "LR": "RIGHT", "RL": "LEFT"}


def describe(content: diagram.Diagram | graph.Graph | Plot) -> str:
    """Return all that is drawn of a picture, and nothing of where it was written."""
    if isinstance(content, Plot):
        return f"Plot(code={content.code!r})"
    if isinstance(content, graph.Graph):
        return _flowchart(content)
    return _diagram(content)


def _diagram(content: diagram.Diagram) -> str:
    return (
        f"Diagram(rows={content.rows}, columns={content.columns}, "
        f"nodes={_tuple(content.nodes, _grid_node)}, arrows={_tuple(content.arrows, _arrow)}, "
        f"groups={_tuple(content.groups, _grid_group)}, title={_label(content.title)}, "
        f"notes={_tuple(content.notes, _label)})"
    )


def _grid_node(node: diagram.Node) -> str:
    cells = _tuple(node.cells, lambda row: _tuple(row, _label))
    return (
        f"Node(id={node.id!r}, kind={_member('Kind', node.kind)}, label={_label(node.label)}, "
        f"row={node.row}, column={node.column}, rows={node.rows}, columns={node.columns}, "
        f"cells={cells}, marked={node.marked!r})"
    )


def _arrow(arrow: diagram.Arrow) -> str:
    return (
        f"Arrow(start={arrow.start!r}, end={arrow.end!r}, route={_member('Route', arrow.route)}, "
        f"label={_label(arrow.label)}, is_dashed={arrow.is_dashed}, "
        f"has_start={arrow.has_start}, has_end={arrow.has_end})"
    )


def _grid_group(group: diagram.Group) -> str:
    return f"Group(label={_label(group.label)}, members={group.members!r})"


def _flowchart(content: graph.Graph) -> str:
    value = content.direction.value
    return (
        f"Graph(direction=<Direction.{_DIRECTIONS[value]}: {value!r}>, "
        f"nodes={_tuple(content.nodes, _step)}, edges={_tuple(content.edges, _edge)}, "
        f"groups={_tuple(content.groups, _frame)}, title={_label(content.title)})"
    )


def _step(node: graph.Node) -> str:
    return (
        f"Node(id={node.id!r}, label={_label(node.label)}, "
        f"outline={_member('Outline', node.outline)}, tone={_member('Tone', node.tone)}, "
        f"is_dashed={node.is_dashed})"
    )


def _edge(edge: graph.Edge) -> str:
    return (
        f"Edge(start={edge.start!r}, end={edge.end!r}, label={_label(edge.label)}, "
        f"is_dashed={edge.is_dashed}, has_start={edge.has_start}, has_end={edge.has_end}, "
        f"is_hidden={edge.is_hidden})"
    )


def _frame(group: graph.Group) -> str:
    return (
        f"Group(id={group.id!r}, label={_label(group.label)}, members={group.members!r}, "
        f"groups={_tuple(group.groups, _frame)})"
    )


def _label(label: Label | None) -> str:
    return "None" if label is None else f"Label(text={label.text!r})"


def _member(name: str, member: Enum) -> str:
    return f"<{name}.{member.value.upper()}: {member.value!r}>"


def _tuple(items: Iterable[_Item], describe_item: Callable[[_Item], str]) -> str:
    texts = [describe_item(item) for item in items]
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"
