"""Many problems of one kind in a file → the first few, the last of them with the others' lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from deckpress.errors import Problem, sort_problems

_TOLD = 3
"""Problems of one kind that are told of one by one in a file."""
_LISTED = 20
"""Lines that are listed of the others."""


def gather(kinds: Mapping[Problem, str]) -> Iterator[Problem]:
    """Yield the first problems of each kind in each file; `kinds` has the kind of each problem.

    Who has written the same slip a hundred times wants to read of it a few times.
    """
    alike: dict[tuple[str, str], list[Problem]] = {}
    for problem in sort_problems(kinds):
        alike.setdefault((problem.location.file, kinds[problem]), []).append(problem)
    for each in alike.values():
        *told, last = each[:_TOLD]
        yield from told
        yield replace(last, message=last.message + _and_more(each[_TOLD:]))


def _and_more(others: Sequence[Problem]) -> str:
    if not others:
        return ""
    lines = [*dict.fromkeys(str(problem.location.line) for problem in others)]
    listed = ", ".join(lines[:_LISTED]) + (", …" if len(lines) > _LISTED else "")
    return f" (and {len(others)} more like it, in line{'s'[: len(lines) - 1]} {listed})"
