"""Which arrows of a flowchart lead back, against the order in which its nodes stand."""

from __future__ import annotations

from collections.abc import Sequence


def find_backward(nodes: Sequence[str], ends: Sequence[tuple[str, str]]) -> list[bool]:
    """Say of each arrow whether it closes a circle, when nodes are visited as they were written.

    `ends` are the nodes that each arrow starts and ends at; an arrow from a node to itself is none
    that leads back.
    """
    leaving: dict[str, list[tuple[int, str]]] = {id_: [] for id_ in nodes}
    for at, (start, end) in enumerate(ends):
        leaving[start].append((at, end))
    backward, on_way, done = [False] * len(ends), set[str](), set[str]()
    for root in _roots_first(nodes, ends):
        way = [(root, iter(leaving[root]))] if root not in done else []
        on_way.update(id_ for id_, _ in way)
        while way:
            id_, rest = way[-1]
            for at, end in rest:
                if end in on_way:
                    backward[at] = end != id_
                elif end not in done:
                    on_way.add(end)
                    way.append((end, iter(leaving[end])))
                    break
            else:
                way.pop()
                on_way.discard(id_)
                done.add(id_)
    return backward


def _roots_first(nodes: Sequence[str], ends: Sequence[tuple[str, str]]) -> list[str]:
    """Return the nodes in their order, those first that no other node leads to."""
    reached = {end for start, end in ends if start != end}
    return sorted(nodes, key=lambda id_: id_ in reached)
