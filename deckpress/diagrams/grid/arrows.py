"""A line of arrows, such as `a, b -> c ..> d [hv]: label`, and the arrows it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from deckpress.diagrams.drawing import Label
from deckpress.diagrams.grid.diagram import AROUND, Arrow, Route
from deckpress.diagrams.grid.source_line import SourceLine
from deckpress.errors import Problem, did_you_mean_or_known, error

ID = re.compile(r"\w+")
"""What names a node."""
IDS = r"\w+(?:[ \t]*,[ \t]*\w+)*"
"""The pattern of one id, or several with commas between them."""
ARROW = r"[ \t]*(?:[-<>=.~]{2,}|[→←↔⇒⟶]|(?<=\s)[->—](?=\s))[ \t]*"
"""The pattern of an arrow, or of what somebody may take for one."""

_IDS = re.compile(IDS)
_ARROW = re.compile(ARROW)
_ROUTE = re.compile(r"[ \t]*\[([^\]]*)\]")
_ROUTE_BEHIND = re.compile(r"\[([a-z]+)\]$")
_COLON = re.compile(r"[ \t]*:")


@dataclass(frozen=True)
class _Form:
    """How an arrow is drawn."""

    is_dashed: bool
    has_start: bool
    has_end: bool


_FORMS = {
    "->": _Form(False, False, True),
    "<->": _Form(False, True, True),
    "--": _Form(False, False, False),
    "..>": _Form(True, False, True),
    "<..>": _Form(True, True, True),
    "..": _Form(True, False, False),
}
_FOREIGN = {
    **dict.fromkeys(("-->", "→", "=>", "⇒", "==>", "--->", "⟶", "~>", ">"), "->"),
    **dict.fromkeys(("-.->", "...>", ".->", "-.>", ".>"), "..>"),
    **dict.fromkeys(("<-->", "↔", "<=>"), "<->"),
    **dict.fromkeys(("---", "==", "-", "—"), "--"),
    **dict.fromkeys(("...", "-.-"), ".."),
}
"""What other languages write, and what is written here."""
_BACKWARD = frozenset({"<-", "←", "<..", "<--", "<="})


@dataclass(frozen=True)
class Arrows:
    """What a line of arrows says."""

    arrows: tuple[Arrow, ...]
    """All of them without a label."""
    ids: tuple[Label, ...]
    """Every id that is named, with its place."""
    label: Label | None
    """The text behind the colon, as it is written."""
    problems: tuple[Problem, ...]


def read_arrows(line: SourceLine) -> Arrows:
    """Return what a line says that begins with ids and an arrow."""
    return _Reader(line).read()


class _Reader:
    """Reads one line from left to right."""

    def __init__(self, line: SourceLine) -> None:
        self._line, self._end = line, 0
        self._ids: list[Label] = []
        self._problems: list[Problem] = []

    def read(self) -> Arrows:
        links = list(self._read_links())
        route = self._read_route()
        label = self._read_label()
        arrows = tuple(
            Arrow(
                start.text,
                end.text,
                Route.STRAIGHT if start.text == end.text and route not in AROUND else route,
                None,
                form.is_dashed,
                form.has_start,
                form.has_end,
                start.where,
            )
            for start, form, end in links
        )
        return Arrows(arrows, tuple(self._ids), label, tuple(self._problems))

    def _read_links(self) -> Iterator[tuple[Label, _Form, Label]]:
        """Yield each pair of ids that an arrow joins: of `a, b -> c, d` there are four."""
        left = self._read_ids()
        while found := _ARROW.match(self._line.text, self._end):
            form = self._read_form(found)
            self._end = found.end()
            right = self._read_ids()
            if not right and not self._problems:
                message = f"{found.group(0).strip()} leads nowhere: write a node's id behind it"
                self._tell(found.end() - len(found.group(0).lstrip()), message)
            yield from ((start, form, end) for start, end in product(left, right))
            left = right

    def _read_ids(self) -> list[Label]:
        found = _IDS.match(self._line.text, self._end)
        if found is None:
            return []
        self._end = found.end()
        each = ID.finditer(self._line.text, found.start(), found.end())
        ids = [Label(one.group(0), self._line.at(one.start())) for one in each]
        self._ids += ids
        return ids

    def _read_form(self, found: re.Match[str]) -> _Form:
        written = found.group(0).strip()
        if written in _FORMS:
            return _FORMS[written]
        at = found.start() + found.group(0).index(written)
        if written in _BACKWARD:
            self._tell(at, f"{written} points backwards: write the other node first, b -> a")
        else:
            other = _FOREIGN.get(written)
            hint = f', did you mean "{other}"?' if other else f" (known: {' '.join(_FORMS)})"
            self._tell(at, f'unknown arrow "{written}"{hint}')
        return _FORMS["->"]

    def _read_route(self) -> Route:
        found = _ROUTE.match(self._line.text, self._end)
        if found is None:
            return Route.STRAIGHT
        self._end = found.end()
        name = found.group(1).strip()
        if name in set(Route):
            return Route(name)
        hint = did_you_mean_or_known(name, list(Route))
        self._tell(found.start(1), f'unknown route "{name}"{hint}')
        return Route.STRAIGHT

    def _read_label(self) -> Label | None:
        rest = self._line.label(self._end)
        if colon := _COLON.match(self._line.text, self._end):
            label = self._line.label(colon.end())
            self._check_route_behind(label)
            return label
        if rest.text.startswith("："):
            self._problems.append(error(rest.where, "full-width ： means nothing here: write :"))
        elif rest.text and not self._problems:
            message = f'"{rest.text}" is too much: write a -> b [route]: label'
            self._problems.append(error(rest.where, message))
        return None

    def _check_route_behind(self, label: Label) -> None:
        found = _ROUTE_BEHIND.search(label.text)
        if found and found.group(1) in set(Route):
            message = f"route stands behind the label: write a -> b [{found.group(1)}]: label"
            self._problems.append(error(label.at(found.start()), message))

    def _tell(self, at: int, message: str) -> None:
        self._problems.append(error(self._line.at(at), message))
