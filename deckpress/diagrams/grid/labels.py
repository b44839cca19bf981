"""Labels as their author wrote them: the deck's macros written out, a matrix cut into cells."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deckpress.diagrams.drawing import MATHS, Label
from deckpress.diagrams.grid.source_line import to_the_right
from deckpress.errors import Location, Problem, error
from deckpress.formulas.macros import MacroError, expand_macros
from deckpress.formulas.tex import Replacement, rewrite

LONGEST = 200
"""Characters of a label; longer ones make no picture that a phone can show."""

_MATHS = re.compile(MATHS)
_PIECE = re.compile(MATHS + r"|\\\\|\\.|&|[^$\\&]+|.", re.S)
_MARKED = re.compile(r"\*\*(.*)\*\*", re.S)


def read_label(label: Label, macros: Mapping[str, str]) -> tuple[Label, list[Problem]]:
    """Return a label with the deck's macros written out, and what is wrong with it."""
    if len(label.text) > LONGEST:
        message = f"label is longer than {LONGEST} characters: shorten it"
        return label, [error(label.where, message)]
    outside = _MATHS.sub(lambda found: " " * len(found.group(0)), label.text)
    standalone = re.search(r"(?<!\\)(?:\\\\)*(\$)", outside)
    if standalone:
        message = "$ has no partner: add the other $ of the formula, or write \\$"
        return label, [error(to_the_right(label.where, standalone.start(1)), message)]
    edits: list[Replacement] = []
    problems: list[Problem] = []
    for found in _MATHS.finditer(label.text) if macros else ():
        start = found.start() + 1
        try:
            inner = expand_macros(found.group(0)[1:-1], macros)
        except MacroError as wrong:
            problems.append(error(to_the_right(label.where, start + wrong.start), str(wrong)))
        else:
            edits += (
                each._replace(start=start + each.start, end=start + each.end)
                for each in inner.edits
            )
    rewritten = rewrite(label.text, edits)
    return Label(rewritten.text, label.where, rewritten if edits else None), problems


def read_cells(
    label: Label, macros: Mapping[str, str]
) -> tuple[tuple[tuple[Label, ...], ...], tuple[tuple[int, int], ...], list[Problem]]:
    r"""Return the cells of a matrix row by row, which of them are marked, and what is wrong.

    As in TeX, `&` divides cells and `\\` rows; `**…**` marks a cell.
    """
    table: list[list[Label]] = []
    marked: list[tuple[int, int]] = []
    problems: list[Problem] = []
    for row, pieces in enumerate(_split(label)):
        table.append([])
        for column, (text, where) in enumerate(pieces):
            found = _MARKED.fullmatch(text)
            if found:
                marked.append((row, column))
                text, where = found.group(1), to_the_right(where, 2)
            one, wrong = read_label(Label(text.strip(), where), macros)
            table[-1].append(one)
            problems += wrong
    widths = {len(cells) for cells in table}
    if len(widths) > 1:
        odd = next(cells for cells in table if len(cells) != len(table[0]))
        message = (
            f"row of the matrix has {len(odd)} cell{'s' * (len(odd) != 1)} and the first row "
            f"{len(table[0])}: divide cells by &, rows by \\\\"
        )
        problems.append(error(odd[0].where, message))
    if len(table) * max(widths) > 400:
        problems.append(error(label.where, "matrix has more than 400 cells: show a part of it"))
    return tuple(map(tuple, table)), tuple(marked), problems


def _split(label: Label) -> list[list[tuple[str, Location]]]:
    """Return the text of each cell, row by row, with the place where it begins."""
    rows: list[list[tuple[str, int]]] = [[("", 0)]]
    at = 0
    for piece in _PIECE.findall(label.text):
        at += len(piece)
        if piece == "&":
            rows[-1].append(("", at))
        elif piece == "\\\\":
            rows.append([("", at)])
        else:
            text, start = rows[-1][-1]
            rows[-1][-1] = text + piece, start
    return [[_strip(text, to_the_right(label.where, start)) for text, start in row] for row in rows]


def _strip(text: str, where: Location) -> tuple[str, Location]:
    return text.strip(), to_the_right(where, len(text) - len(text.lstrip()))
