"""The text of a ` ```diagram ` block → a diagram, and what is wrong with it.

A line is one of `| a . b |` (a row of ids), `a: label {kind}`, `a -> b [route]: label`,
`group "label": a b`, `title: text`, `note: text` and `# comment`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from deckpress.diagnostics import (
    Diagnostics,
    Location,
    counted,
    did_you_mean,
    did_you_mean_or_known,
    error,
    has_errors,
    quote,
)
from deckpress.diagrams import Label
from deckpress.diagrams.grid import (
    EMPTY,
    Arrow,
    Cell,
    Diagram,
    Group,
    Node,
    NodeKind,
    check_groups,
    find_nodes,
)
from deckpress.diagrams.grid.arrow_syntax import (
    ARROW,
    ID,
    IDS,
    SourceLine,
    read_arrows,
    read_cells,
    read_label,
    strip_line,
)

MOST_COLUMNS, MOST_ROWS, MOST_ARROWS = 24, 40, 200
"""A picture with more is read on no phone."""

_KIND = re.compile(r"(?:^|(?<=[\s:]))\{[ \t]*([A-Za-z]+)[ \t]*\}$")
_OPEN_KIND = re.compile(r"(?:^|(?<=\s))\{[ \t]*([A-Za-z]+)$")
_WIDE_KIND = re.compile(r"｛\s*\w+\s*｝$")
_NOTHING = '""'
"""A label for a node that shows none; left out, a node shows its id."""
_RESERVED = frozenset({"group", "title", "note"})
_NARROW = dict(zip("：｜，“”｛｝", ':|,""{}', strict=True))
"""What is written where a Chinese keyboard gives its own signs."""
_NOT_UNDERSTOOD = (
    "is none of | a b | (a row), a: label (a node), a -> b (an arrow), group, title, note: "
    "write one of them"
)


def parse_diagram(
    text: str,
    rows: Sequence[tuple[int, int]],
    file: str,
    diagnostics: Diagnostics,
    macros: Mapping[str, str] | None = None,
) -> Diagram | None:
    """Return the diagram that a text describes; None, and why in `diagnostics`, if it has errors.

    `rows` says at which line and column of the file each line of the text begins, and `macros` are
    the deck's own TeX commands, which are written out in the labels.
    """
    reader = _Reader(macros or {})
    for line, place in zip(text.split("\n"), rows, strict=False):
        reader.read(strip_line(line, Location(file, *place)))
    diagram = reader.finish(Location(file, *rows[0]) if rows else Location(file))
    diagnostics += reader.diagnostics
    return None if has_errors(reader.diagnostics) else diagram


@dataclass(frozen=True)
class _Definition:
    """What a line says of a node."""

    kind: NodeKind
    label: Label | None
    """None where the node shows its id."""
    cells: tuple[tuple[Label, ...], ...] = ()
    marked: tuple[tuple[int, int], ...] = ()
    where: Location = field(default_factory=lambda: Location(""))


class _Reader:
    """Collects the lines of one diagram."""

    def __init__(self, macros: Mapping[str, str]) -> None:
        self._macros = macros
        self._grid: list[tuple[Cell, ...]] = []
        self._definitions: dict[str, _Definition] = {}
        self._arrows: list[Arrow] = []
        self._groups: list[Group] = []
        self._title: Label | None = None
        self._notes: list[Label] = []
        self._uses: list[Label] = []
        """The ids that arrows and groups name, each at its place."""
        self._has_wrong_ids = False
        """Whether a row holds what is no id, so that it is not known which nodes there are."""
        self.diagnostics: Diagnostics = []

    def read(self, line: SourceLine) -> None:
        """Read a line."""
        for pattern, read in _STATEMENTS:
            if match := pattern.match(line.text):
                read(self, line, match)
                return

    def finish(self, where: Location) -> Diagram | None:
        """Return the diagram, and add what is wrong with it as a whole; it begins at `where`."""
        if not self._grid:
            if not self.diagnostics:
                self._report(where, "diagram has no rows: begin with one, such as | a b |")
            return None
        nodes = self._nodes()
        if not nodes:
            self._report(where, "no row holds a node: write ids in them, not . alone")
        elif not self._has_wrong_ids:
            self._check_known({node.id for node in nodes})
        if has_errors(self.diagnostics):
            return None
        self.diagnostics += check_groups(self._groups, nodes)
        return Diagram(
            rows=len(self._grid),
            columns=len(self._grid[0]),
            nodes=nodes,
            arrows=tuple(self._arrows),
            groups=tuple(self._groups),
            title=self._title,
            notes=tuple(self._notes),
        )

    def _nodes(self) -> tuple[Node, ...]:
        return tuple(map(self._define, find_nodes(self._grid, self.diagnostics)))

    def _define(self, place: Node) -> Node:
        definition = self._definitions.get(place.id)
        if definition is None:
            return place
        return replace(
            place,
            kind=definition.kind,
            label=place.label if definition.label is None else definition.label,
            cells=definition.cells,
            marked=definition.marked,
        )

    def _check_known(self, known: set[str]) -> None:
        for id_, definition in self._definitions.items():
            if id_ not in known:
                hint = did_you_mean(id_, known - self._definitions.keys()) or ": add it to a row"
                self._report(definition.where, f'node "{id_}" stands in no row{hint}')
        for use in self._uses:
            if use.text not in known:
                hint = did_you_mean(use.text, known) or ": add it to a row"
                self._report(use.where, f'unknown node "{use.text}"{hint}')

    def _read_row(self, line: SourceLine, match: re.Match[str]) -> None:
        cells = tuple(
            Cell(cell.group(0), line.location_at(cell.start()))
            for cell in re.finditer(r"[^\s|]+", line.text)
        )
        for cell in cells:
            self._check_id(cell)
        if message := self._check_row(cells):
            self._report(line.where, message)
        else:
            self._grid.append(cells)

    def _check_row(self, cells: Sequence[Cell]) -> str:
        """Return what is wrong with a row as a whole, or nothing."""
        width = len(self._grid[0]) if self._grid else len(cells)
        if not cells:
            return "row is empty: write ids in it, and . for an empty cell"
        if len(cells) != width:
            return (
                f"row has {counted(len(cells), 'cell')} and the first row {width}: "
                "fill the shorter one up with ."
            )
        if width > MOST_COLUMNS:
            return f"row has {width} cells, more than {MOST_COLUMNS}: make two diagrams"
        if len(self._grid) == MOST_ROWS:
            return f"diagram has more than {MOST_ROWS} rows: make two diagrams"
        return ""

    def _check_id(self, cell: Cell) -> None:
        if cell.id == EMPTY:
            return
        if not ID.fullmatch(cell.id):
            message = "write letters, digits and _, and its label on a line of its own, a: label"
            self._report(cell.where, f"{cell.id} is no id: {message}")
            self._has_wrong_ids = True
        elif cell.id in _RESERVED:
            self._report(cell.where, f'"{cell.id}" cannot be an id: choose another')

    def _read_title(self, line: SourceLine, match: re.Match[str]) -> None:
        label = self._label(line.label(match.end()))
        if not label.text:
            self._report(line.where, "title is empty: write it, or remove the line")
        elif self._title:
            self._report(line.where, "title is given twice: keep one")
        else:
            self._title = label

    def _read_note(self, line: SourceLine, match: re.Match[str]) -> None:
        label = self._label(line.label(match.end()))
        if label.text:
            self._notes.append(label)
        else:
            self._report(line.where, "note is empty: write it, or remove the line")

    def _read_group(self, line: SourceLine, match: re.Match[str]) -> None:
        title = self._label(line.label(*match.span(1))) if match.group(1) else None
        members = [
            Label(member.group(0), line.location_at(member.start()))
            for member in re.compile(r"[^\s,]+").finditer(line.text, match.end())
        ]
        if not members:
            self._report(line.where, 'group has no members: write group "label": a b')
            return
        invalid = [member for member in members if not ID.fullmatch(member.text)]
        for member in invalid:
            self._report(member.where, f'{member.text} is no id: write group "label": a b')
        self._uses += (member for member in members if member not in invalid)
        ids = tuple(dict.fromkeys(member.text for member in members))
        self._groups.append(Group(title, ids, line.where))

    def _read_arrows(self, line: SourceLine, match: re.Match[str]) -> None:
        read = read_arrows(line)
        self.diagnostics += read.diagnostics
        self._uses += read.ids
        label = self._label(read.label) if read.label else None
        shown = label if label and label.text not in ("", _NOTHING) else None
        if len(self._arrows) <= MOST_ARROWS < len(self._arrows) + len(read.arrows):
            self._report(
                line.where, f"diagram has more than {MOST_ARROWS} arrows: make two diagrams"
            )
        self._arrows += (replace(arrow, label=shown) for arrow in read.arrows)

    def _read_nodes(self, line: SourceLine, match: re.Match[str]) -> None:
        kind_at = _KIND.search(line.text, match.end())
        kind = self._kind(kind_at, line) if kind_at else NodeKind.BOX
        label = line.label(match.end(), kind_at.start() if kind_at else None)
        self._check_kinds(line, label)
        definition = self._definition(kind, label)
        for id_match in ID.finditer(match.group(1)):
            id_, place = id_match.group(0), line.location_at(id_match.start())
            if id_ in self._definitions:
                first = self._definitions[id_].where.line
                self._report(place, f'node "{id_}" is described in line {first} already: keep one')
            else:
                self._definitions[id_] = replace(definition, where=place)

    def _check_kinds(self, line: SourceLine, label: Label) -> None:
        """Report what was meant as a kind, and would be shown as a part of the label."""
        if wide := _WIDE_KIND.search(line.text):
            self._report_wide(line, wide.start())
        opened = _OPEN_KIND.search(label.text)
        if opened and opened.group(1) in set(NodeKind):
            self._report(
                label.location_at(opened.start()),
                f"kind is never closed: write {{{opened.group(1)}}}",
            )
        if (second := _KIND.search(label.text)) and second.group(1).strip() in set(NodeKind):
            self._report(label.location_at(second.start()), "node has two kinds: keep one")

    def _kind(self, match: re.Match[str], line: SourceLine) -> NodeKind:
        name = match.group(1).strip()
        kind = next((kind for kind in NodeKind if kind == name), None)
        if kind:
            return kind
        hint = did_you_mean_or_known(name, list(NodeKind))
        self._report(line.location_at(match.start(1)), f'unknown kind "{name}"{hint}')
        return NodeKind.BOX

    def _definition(self, kind: NodeKind, label: Label) -> _Definition:
        shape = kind.shape
        if shape.is_table and not label.text:
            message = f"{kind} is empty: write cells, 1 & 0 \\\\ 0 & 1 {{{kind}}}"
            self._report(label.where, message)
        if shape.is_junction and label.text not in ("", _NOTHING):
            self._report(label.where, f"a {kind} shows no label: remove it, or choose another kind")
        if shape.is_table:
            cells, marked = read_cells(label, self._macros, self.diagnostics)
            return _Definition(kind, replace(label, text=""), cells, marked)
        if label.text == _NOTHING or shape.is_junction:
            return _Definition(kind, replace(label, text=""))
        return _Definition(kind, self._label(label) if label.text else None)

    def _label(self, label: Label) -> Label:
        return read_label(label, self._macros, self.diagnostics)

    def _report_unknown(self, line: SourceLine, match: re.Match[str]) -> None:
        wide = next((char for char in line.text if char in _NARROW), None)
        if wide:
            self._report_wide(line, line.text.index(wide))
            return
        message = next((say for pattern, say in _MISTAKES if pattern.match(line.text)), None)
        self._report(line.where, message or f"{quote(line.text)} {_NOT_UNDERSTOOD}")

    def _report_wide(self, line: SourceLine, index: int) -> None:
        sign = line.text[index]
        self._report(
            line.location_at(index), f"full-width {sign} means nothing here: write {_NARROW[sign]}"
        )

    def _report(self, where: Location, message: str) -> None:
        self.diagnostics.append(error(where, message))


_MISTAKES = (
    (re.compile(r"group\b"), 'group is not understood: write group "label": a b'),
    (re.compile(r"title\b"), "title lacks its colon: write title: text"),
    (re.compile(r"note\b"), "note lacks its colon: write note: text"),
    (re.compile(r"(?:graph|flowchart)\b"), "this is Mermaid's language: write ```mermaid"),
    (re.compile(r"(?:strict\s+)?(?:di)?graph\b"), "this is Graphviz's language: write ```dot"),
    (re.compile(r"[^\s:|]+\s*:"), "what stands before the : is no id: write letters, digits and _"),
    (re.compile(r"\w+\s.*\{\w+\}$"), "node lacks its colon: write a: label {kind}"),
)
"""How a line begins that is meant as something, and what to say of it."""


def _skip(reader: _Reader, line: SourceLine, match: re.Match[str]) -> None:
    """Read a line that says nothing."""


_STATEMENTS: tuple[
    tuple[re.Pattern[str], Callable[[_Reader, SourceLine, re.Match[str]], None]], ...
] = (
    (re.compile(r"#|$"), _skip),
    (re.compile(r"\|"), _Reader._read_row),
    (re.compile(r"title[ \t]*:"), _Reader._read_title),
    (re.compile(r"note[ \t]*:"), _Reader._read_note),
    (re.compile(r'group[ \t]*(?:"([^"]*)")?[ \t]*:'), _Reader._read_group),
    (re.compile(rf"{IDS}{ARROW}"), _Reader._read_arrows),
    (re.compile(rf"({IDS})[ \t]*:"), _Reader._read_nodes),
    (re.compile(r""), _Reader._report_unknown),
)
"""How a line begins, and what reads it."""
