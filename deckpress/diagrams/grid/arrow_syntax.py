"""Lines of arrows, such as `a, b -> c ..> d [hv]: label`, and labels as their author wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from deckpress.diagnostics import (
    Diagnostic,
    Diagnostics,
    Location,
    counted,
    did_you_mean_or_known,
    error,
)
from deckpress.diagrams import MATHS, Label
from deckpress.diagrams.grid import AROUND, Arrow, Route
from deckpress.formulas.macros import MacroError, expand_macros
from deckpress.formulas.tex import Replacement, rewrite

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
_FOREIGN = {
    **dict.fromkeys(("-->", "→", "=>", "⇒", "==>", "--->", "⟶", "~>", ">"), "->"),
    **dict.fromkeys(("-.->", "...>", ".->", "-.>", ".>"), "..>"),
    **dict.fromkeys(("<-->", "↔", "<=>"), "<->"),
    **dict.fromkeys(("---", "==", "-", "—"), "--"),
    **dict.fromkeys(("...", "-.-"), ".."),
}
"""What other languages write, and what is written here."""
_BACKWARD = frozenset({"<-", "←", "<..", "<--", "<="})
LONGEST = 200
"""Characters of a label; longer ones make no picture that a phone can show."""
_MATHS = re.compile(MATHS)
_PIECE = re.compile(MATHS + r"|\\\\|\\.|&|[^$\\&]+|.", re.S)
_MARKED = re.compile(r"\*\*(.*)\*\*", re.S)


@dataclass(frozen=True)
class SourceLine:
    """A line without the spaces around it."""

    text: str
    where: Location
    """Where it begins."""

    def location_at(self, offset: int) -> Location:
        """Return where a character stands, counted from 0."""
        return to_the_right(self.where, offset)

    def label(self, start: int, end: int | None = None) -> Label:
        """Return a part of the line, without the spaces around it, as a label."""
        written = self.text[start:end]
        start += len(written) - len(written.lstrip())
        return Label(written.strip(), self.location_at(start))


def strip_line(text: str, where: Location) -> SourceLine:
    """Return a line that begins at a place, without the spaces around it."""
    return SourceLine(text.strip(), to_the_right(where, len(text) - len(text.lstrip())))


def to_the_right(where: Location, by: int) -> Location:
    """Return the place some characters further on in the same line."""
    return Location(where.file, where.line, where.column + by)


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


@dataclass(frozen=True)
class Arrows:
    """What a line of arrows says."""

    arrows: tuple[Arrow, ...]
    """All of them without a label."""
    ids: tuple[Label, ...]
    """Every id that is named, with its place."""
    label: Label | None
    """The text behind the colon, as it is written."""
    diagnostics: tuple[Diagnostic, ...]


def read_arrows(line: SourceLine) -> Arrows:
    """Return what a line says that begins with ids and an arrow."""
    return _Reader(line).read()


class _Reader:
    """Reads one line from left to right."""

    def __init__(self, line: SourceLine) -> None:
        self._line, self._end = line, 0
        self._ids: list[Label] = []
        self._problems: Diagnostics = []

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
        while match := _ARROW.match(self._line.text, self._end):
            form = self._read_form(match)
            self._end = match.end()
            right = self._read_ids()
            if not right and not self._problems:
                message = f"{match.group(0).strip()} leads nowhere: write a node's id behind it"
                self._report(match.end() - len(match.group(0).lstrip()), message)
            yield from ((start, form, end) for start, end in product(left, right))
            left = right

    def _read_ids(self) -> list[Label]:
        match = _IDS.match(self._line.text, self._end)
        if match is None:
            return []
        self._end = match.end()
        id_matches = ID.finditer(self._line.text, match.start(), match.end())
        ids = [
            Label(id_match.group(0), self._line.location_at(id_match.start()))
            for id_match in id_matches
        ]
        self._ids += ids
        return ids

    def _read_form(self, match: re.Match[str]) -> _Form:
        written = match.group(0).strip()
        if written in _FORMS:
            return _FORMS[written]
        at = match.start() + match.group(0).index(written)
        if written in _BACKWARD:
            self._report(at, f"{written} points backwards: write the other node first, b -> a")
        else:
            ours = _FOREIGN.get(written)
            hint = f', did you mean "{ours}"?' if ours else f" (known: {' '.join(_FORMS)})"
            self._report(at, f'unknown arrow "{written}"{hint}')
        return _FORMS["->"]

    def _read_route(self) -> Route:
        match = _ROUTE.match(self._line.text, self._end)
        if match is None:
            return Route.STRAIGHT
        self._end = match.end()
        name = match.group(1).strip()
        if name in set(Route):
            return Route(name)
        hint = did_you_mean_or_known(name, list(Route))
        self._report(match.start(1), f'unknown route "{name}"{hint}')
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
        match = _ROUTE_BEHIND.search(label.text)
        if match and match.group(1) in set(Route):
            message = f"route stands behind the label: write a -> b [{match.group(1)}]: label"
            self._problems.append(error(label.location_at(match.start()), message))

    def _report(self, index: int, message: str) -> None:
        self._problems.append(error(self._line.location_at(index), message))


def read_label(label: Label, macros: Mapping[str, str], diagnostics: Diagnostics) -> Label:
    """Return a label with the macros written out; add to `diagnostics` what is wrong in it."""
    if len(label.text) > LONGEST:
        message = f"label is longer than {LONGEST} characters: shorten it"
        diagnostics.append(error(label.where, message))
        return label
    outside = _MATHS.sub(lambda match: " " * len(match.group(0)), label.text)
    standalone = re.search(r"(?<!\\)(?:\\\\)*(\$)", outside)
    if standalone:
        message = "$ has no partner: add the other $ of the formula, or write \\$"
        diagnostics.append(error(to_the_right(label.where, standalone.start(1)), message))
        return label
    edits: list[Replacement] = []
    for match in _MATHS.finditer(label.text) if macros else ():
        start = match.start() + 1
        try:
            inner = expand_macros(match.group(0)[1:-1], macros)
        except MacroError as problem:
            diagnostics.append(
                error(to_the_right(label.where, start + problem.start), str(problem))
            )
        else:
            edits += (
                edit._replace(start=start + edit.start, end=start + edit.end)
                for edit in inner.edits
            )
    rewritten = rewrite(label.text, edits)
    return Label(rewritten.text, label.where, rewritten if edits else None)


def read_cells(
    label: Label, macros: Mapping[str, str], diagnostics: Diagnostics
) -> tuple[tuple[tuple[Label, ...], ...], tuple[tuple[int, int], ...]]:
    r"""Return the cells of a matrix row by row, and which of them are marked.

    What is wrong is added to `diagnostics`. As in TeX, `&` divides cells and `\\` rows; `**…**`
    marks a cell.
    """
    table: list[list[Label]] = []
    marked: list[tuple[int, int]] = []
    for row, pieces in enumerate(_split(label)):
        table.append([])
        for column, (text, where) in enumerate(pieces):
            match = _MARKED.fullmatch(text)
            if match:
                marked.append((row, column))
                text, where = match.group(1), to_the_right(where, 2)
            table[-1].append(read_label(Label(text.strip(), where), macros, diagnostics))
    widths = {len(cells) for cells in table}
    if len(widths) > 1:
        odd = next(cells for cells in table if len(cells) != len(table[0]))
        message = (
            f"row of the matrix has {counted(len(odd), 'cell')} and the first row "
            f"{len(table[0])}: divide cells by &, rows by \\\\"
        )
        diagnostics.append(error(odd[0].where, message))
    if len(table) * max(widths) > 400:
        diagnostics.append(error(label.where, "matrix has more than 400 cells: show a part of it"))
    return tuple(map(tuple, table)), tuple(marked)


def _split(label: Label) -> list[list[tuple[str, Location]]]:
    """Return the text of each cell, row by row, with the place where it begins."""
    rows: list[list[tuple[str, int]]] = [[("", 0)]]
    index = 0
    for piece in _PIECE.findall(label.text):
        index += len(piece)
        if piece == "&":
            rows[-1].append(("", index))
        elif piece == "\\\\":
            rows.append([("", index)])
        else:
            text, start = rows[-1][-1]
            rows[-1][-1] = text + piece, start
    return [[_strip(text, to_the_right(label.where, start)) for text, start in row] for row in rows]


def _strip(text: str, where: Location) -> tuple[str, Location]:
    return text.strip(), to_the_right(where, len(text) - len(text.lstrip()))
