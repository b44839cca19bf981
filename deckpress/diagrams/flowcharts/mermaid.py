"""The text of a ` ```mermaid ` block → a flowchart, and what is wrong with it.

Only what GitHub draws as well is taken: what Mermaid itself refuses is an error here, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from deckpress.diagrams.drawing import Label, Outline, Tone
from deckpress.diagrams.flowcharts.builder import Builder, Source, WrongError
from deckpress.diagrams.flowcharts.graph import TONES, Direction, Edge, Graph, Node
from deckpress.diagrams.flowcharts.mermaid_labels import read_text
from deckpress.errors import (
    Level,
    Problem,
    did_you_mean,
    did_you_mean_or_known,
    has_errors,
    quote,
)

_BLANKS = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[\s;]|%%\{.*?\}%%|%%(?!\{)[^\n]*)*+", re.S)
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?)\n[ \t]*---[ \t]*(?=\n|$)", re.S)
_TITLE = re.compile(r"^[ \t]*title:[ \t]*(?P<text>[^\n]*)$", re.M)
_HEADER = re.compile(r"(?:flowchart-elk|flowchart|graph)(?![\w-])")
_WORD = re.compile(r"[\w-]+")
_ID = re.compile(r"\w+(?:[-./](?=\w)\w+)*")
_END_OF_STATEMENT = re.compile(r"[ \t]*(?:;|\n|$|%%)")
_REST = re.compile(r"[^\n;]*")
_SUBGRAPH = re.compile(r"subgraph(?![\w-])[ \t]*")
_DIRECTION = re.compile(r"direction[ \t]+([^\s;]+)")
_IGNORED = re.compile(r"(?:style|classDef|class|linkStyle|click)[ \t]+[^\s\-=<&@][^\n]*")
_ACCESSIBILITY = re.compile(r"acc(?:Title|Descr)[ \t]*(?::[^\n]*|\{[^}]*\})")
_CLASS = re.compile(r":::[\w-]+")
_EDGE_ID = re.compile(r"([\w-]+)@(?=[xo<]?[-=])")
_LINK = re.compile(
    r"(?P<start>[xo<]?)(?:-{2,}(?P<line>[-xo>])|={2,}(?P<thick>[=xo>])|-(?P<dots>\.+)-(?P<dot>[xo>]?))"
    r"|(?P<hidden>~{3,})"
)
_LINK_START = re.compile(r"(?P<start>[xo<]?)(?P<mark>--|==|-\.)")
_LINK_ENDS = {
    "--": re.compile(r"-{2,}(?P<head>[-xo>])"),
    "==": re.compile(r"={2,}(?P<head>[=xo>])"),
    "-.": re.compile(r"\.+-(?P<head>[xo>]?)"),
}
_RAW = re.compile(r"[^\[\](){}|\"\n]*")
_PAIR = re.compile(r"[\s,]*([\w-]+)[ \t]*:[ \t]*(?:\"([^\"]*)\"|'([^']*)'|([^,}\n]*))")

_SHAPES = (
    ("(((", (")))",), Outline.CIRCLE),
    ("((", ("))",), Outline.CIRCLE),
    ("([", ("])",), Outline.PILL),
    ("(-", ("-)",), Outline.ELLIPSE),
    ("(", (")",), Outline.BOX),
    ("[[", ("]]",), Outline.BOX),
    ("[(", (")]",), Outline.CYLINDER),
    ("[/", ("/]", "\\]"), Outline.SLANTED),
    ("[\\", ("\\]", "/]"), Outline.SLANTED),
    ("[", ("]",), Outline.BOX),
    ("{{", ("}}",), Outline.HEXAGON),
    ("{", ("}",), Outline.DIAMOND),
    (">", ("]",), Outline.BOX),
)
"""How a node's form opens, how it may close, and the nearest outline; longer openings first."""

_NAMES = {
    **dict.fromkeys(("rect", "proc", "process", "rectangle", "rounded", "event"), Outline.BOX),
    **dict.fromkeys(("subproc", "fr-rect", "framed-rectangle", "subprocess"), Outline.BOX),
    **dict.fromkeys(("subroutine", "card", "notch-rect", "notched-rectangle"), Outline.BOX),
    **dict.fromkeys(("doc", "document", "lin-rect", "lin-proc", "shaded-process"), Outline.BOX),
    **dict.fromkeys(("stadium", "pill", "terminal"), Outline.PILL),
    **dict.fromkeys(("delay", "half-rounded-rectangle"), Outline.PILL),
    **dict.fromkeys(("cyl", "cylinder", "database", "db"), Outline.CYLINDER),
    **dict.fromkeys(("h-cyl", "das", "horizontal-cylinder", "disk"), Outline.CYLINDER),
    **dict.fromkeys(("lin-cyl", "lined-cylinder"), Outline.CYLINDER),
    **dict.fromkeys(("circle", "circ", "sm-circ", "start", "small-circle"), Outline.CIRCLE),
    **dict.fromkeys(("dbl-circ", "double-circle", "fr-circ", "stop"), Outline.CIRCLE),
    **dict.fromkeys(("framed-circle", "cross-circ", "summary"), Outline.CIRCLE),
    **dict.fromkeys(("f-circ", "filled-circle", "junction"), Outline.DOT),
    **dict.fromkeys(("diam", "diamond", "decision", "question"), Outline.DIAMOND),
    **dict.fromkeys(("hex", "hexagon", "prepare"), Outline.HEXAGON),
    **dict.fromkeys(("lean-r", "lean-right", "in-out"), Outline.SLANTED),
    **dict.fromkeys(("lean-l", "lean-left", "out-in"), Outline.SLANTED),
    **dict.fromkeys(("trap-b", "trapezoid", "priority", "trapezoid-bottom"), Outline.SLANTED),
    **dict.fromkeys(("trap-t", "inv-trapezoid", "manual", "trapezoid-top"), Outline.SLANTED),
    **dict.fromkeys(("sl-rect", "manual-input", "sloped-rectangle"), Outline.SLANTED),
    **dict.fromkeys(("st-rect", "processes", "procs", "stacked-rectangle"), Outline.STACK),
    **dict.fromkeys(("docs", "documents", "st-doc", "stacked-document"), Outline.STACK),
    **dict.fromkeys(("text", "brace", "brace-l", "brace-r", "braces", "comment"), Outline.NONE),
}
"""The outline nearest to each of Mermaid's names for forms."""

_DIRECTIONS = {
    **dict.fromkeys(("TB", "TD", "v"), Direction.DOWN),
    **dict.fromkeys(("BT", "^"), Direction.UP),
    **dict.fromkeys(("LR", ">"), Direction.RIGHT),
    **dict.fromkeys(("RL", "<"), Direction.LEFT),
}
_WRITTEN_DIRECTIONS = ("TB", "TD", "BT", "LR", "RL")
_OTHER_KINDS = frozenset(
    "sequenceDiagram classDiagram classDiagram-v2 stateDiagram stateDiagram-v2 erDiagram gantt pie "
    "journey gitGraph mindmap timeline quadrantChart requirementDiagram C4Context C4Container "
    "C4Component C4Dynamic C4Deployment sankey sankey-beta xychart xychart-beta block block-beta "
    "packet packet-beta kanban architecture architecture-beta zenuml radar-beta treemap".split()
)
_MOST_PROBLEMS = 20
"""Whoever has more in one block begins with these."""
_NOT_DRAWN = (
    "colours and other styles of Mermaid are not drawn: the deck's pictures have their own style"
)
_DIRECTION_NOT_DRAWN = (
    "direction of a subgraph is not drawn: it is laid out like the whole flowchart"
)


def parse_mermaid(
    text: str, rows: Sequence[tuple[int, int]], file: str
) -> tuple[Graph | None, list[Problem]]:
    """Return the flowchart that a Mermaid text describes, or None, and what is wrong with it.

    `rows` says at which line and column of the file each line of the text begins.
    """
    text = "".join(" " if char.isspace() and char != "\n" else char for char in text)
    reader = _Reader(Source(text, rows, file))
    graph = reader.read()
    return (None if has_errors(reader.problems) else graph), reader.problems


@dataclass(frozen=True)
class _Link:
    """An arrow without its ends."""

    written: str
    label: Label | None
    is_dashed: bool
    has_start: bool
    has_end: bool
    is_hidden: bool = False


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, source: Source) -> None:
        self._source, self._text, self._at = source, source.text, 0
        self._builder = Builder(source)
        self._edge_ids: set[str] = set()
        self._hints: set[str] = set()
        self.problems = self._builder.problems

    def read(self) -> Graph | None:
        """Return the flowchart, or None where there is none."""
        self._skip_front_matter()
        self._skip_between()
        if self.problems:
            return None
        try:
            self._read_header()
        except WrongError as wrong:
            self._builder.tell(wrong.at, str(wrong))
            return None
        self._read_statements()
        while self._builder.depth:
            self._tell_unclosed()
        graph = self._builder.finish()
        if graph and not graph.nodes and not self.problems:
            self._builder.tell(0, "flowchart is empty: write an arrow in it, such as A --> B")
        return graph

    def _skip_front_matter(self) -> None:
        matter = _FRONT_MATTER.match(self._text)
        if matter is None:
            return
        self._at = matter.end()
        title = _TITLE.search(self._text, matter.start(1), matter.end(1))
        text = title["text"].rstrip() if title else ""
        is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
        if title and text[is_quoted : len(text) - is_quoted]:
            start = title.start("text")
            self._builder.title = self._label(start + is_quoted, start + len(text) - is_quoted)

    def _skip_between(self) -> None:
        """Skip spaces, comments and directives; what follows `%%{` is in it until it is closed."""
        self._skip(_BETWEEN)
        if self._text.startswith("%%{", self._at):
            self._builder.tell(self._at, "directive is never closed: add }%% at its end")
            self._at = len(self._text)

    def _read_header(self) -> None:
        at = self._at
        if self._accept(_HEADER) is None:
            raise WrongError(at, self._explain_no_flowchart())
        self._skip(_BLANKS)
        if self._ends():
            return
        self._builder.direction = self._read_direction(re.compile(r"[^\s;]+"), self._at)
        if not self._ends():
            self._skip(_BLANKS)
            rest = self._rest()
            raise WrongError(self._at, f"{quote(rest)} is too much here: write it in the next line")

    def _explain_no_flowchart(self) -> str:
        word = _WORD.match(self._text, self._at)
        if word is None:
            return "flowchart is empty: begin it with flowchart TB, and write A --> B below it"
        if word.group(0) in _OTHER_KINDS:
            return f"only flowcharts are drawn: {quote(word.group(0))} is another kind of diagram"
        hint = did_you_mean(word.group(0), ("flowchart", "graph")) or ": begin with flowchart TB"
        return f"{quote(word.group(0))} begins no flowchart{hint}"

    def _read_direction(self, pattern: re.Pattern[str], at: int) -> Direction:
        found = self._accept(pattern)
        assert found
        word = found.group(0)
        if word in _DIRECTIONS:
            return _DIRECTIONS[word]
        hint = did_you_mean_or_known(word, _WRITTEN_DIRECTIONS)
        raise WrongError(at, f"unknown direction {quote(word)}{hint}")

    def _read_statements(self) -> None:
        self._skip_between()
        while self._at < len(self._text) and len(self.problems) < _MOST_PROBLEMS:
            try:
                self._read_statement()
            except WrongError as wrong:
                self._builder.tell(wrong.at, str(wrong))
                self._at = max(self._at, wrong.at)
                self._skip(re.compile(r"[^\n]*"))
            self._skip_between()

    def _read_statement(self) -> None:
        if self._accept(_IGNORED):
            self._hint(_NOT_DRAWN)
        elif self._accept(_ACCESSIBILITY):
            pass
        elif self._peek(_SUBGRAPH):
            self._read_subgraph()
        elif self._peek(re.compile(r"end(?=[ \t]*(?:[;\n]|$|%%))")):
            self._read_end()
        elif self._peek(_DIRECTION):
            self._read_own_direction()
        else:
            self._read_chain()
        if not self._ends():
            raise WrongError(self._at, self._explain_rest())

    def _explain_rest(self) -> str:
        rest = self._rest()
        before = self._text[self._at - 1]
        if before in " \t" and rest[0] in "[({":
            return f'blank before "{rest[0]}": write the bracket right behind the node\'s id'
        if rest[0] in "-=<.":
            return f"{quote(rest)} is no arrow: write -->, ---, -.-> or ==>"
        return f"{quote(rest)} is too much here: write an arrow before it, or begin a new line"

    def _read_end(self) -> None:
        at = self._at
        self._at += len("end")
        if not self._builder.depth:
            raise WrongError(at, '"end" closes no subgraph: remove it')
        self._builder.close_group()

    def _tell_unclosed(self) -> None:
        id_, where = self._builder.unclosed
        message = f'subgraph {quote(id_)} is not closed: add a line "end" behind it'
        self.problems.append(Problem(where, message))
        self._builder.close_group()

    def _read_own_direction(self) -> None:
        found = _DIRECTION.match(self._text, self._at)
        assert found
        self._at = found.start(1)
        direction = self._read_direction(re.compile(r"[^\s;]+"), self._at)
        if not self._builder.depth:
            self._builder.direction = direction
        elif direction is not self._builder.direction:
            self._hint(_DIRECTION_NOT_DRAWN, found.start())

    def _read_subgraph(self) -> None:
        at = self._at
        self._accept(_SUBGRAPH)
        start = self._at
        if self._ends():
            return self._open("subgraph", None, at)
        id_ = self._accept(_ID)
        self._skip(_BLANKS)
        if id_ and self._text.startswith("[", self._at):
            # Opened before its title is read: a mistake in that makes no mistake of its "end".
            self._open(id_.group(0), None, at, is_named=True)
            self._at += 1
            self._builder.name_group(self._read_label_until(("]",), self._at - 1))
            return None
        self._at = start
        if self._text.startswith('"', start):
            label = self._read_quoted()
        else:
            end = start + len(self._rest())
            self._at = end
            label = self._label(start, end)
        return self._open(label.text, label, at)

    def _open(self, name: str, label: Label | None, at: int, *, is_named: bool = False) -> None:
        id_ = self._builder.new_group_id(name)
        self._builder.open_group(id_, label, at)
        if is_named and id_ != name:
            self._builder.tell(at, f"subgraph {quote(name)} is given twice: choose another id")

    def _read_chain(self) -> None:
        """Read `A & B --> C --> D`, or a node alone."""
        left = self._read_nodes()
        while True:
            self._skip(_BLANKS)
            at = self._at
            link = self._read_link()
            if link is None:
                return
            self._skip(_BLANKS)
            if not self._peek(_ID):
                message = f"{link.written} leads nowhere: write a node's id behind it"
                raise WrongError(at, message)
            right = self._read_nodes()
            self._join(left, right, link, at)
            left = right

    def _join(self, left: list[str], right: list[str], link: _Link, at: int) -> None:
        where = self._source.where(at)
        for start in left:
            for end in right:
                edge = Edge(
                    start,
                    end,
                    link.label,
                    link.is_dashed,
                    link.has_start,
                    link.has_end,
                    link.is_hidden,
                    where,
                )
                self._builder.join(edge, at)

    def _read_nodes(self) -> list[str]:
        ids = [self._read_node()]
        while amp := self._accept(re.compile(r"[ \t]*&[ \t]*")):
            if not self._peek(_ID):
                at = amp.start() + amp.group(0).index("&")
                raise WrongError(at, "& joins nothing: write a node's id behind it")
            ids.append(self._read_node())
        return ids

    def _read_node(self) -> str:
        at = self._at
        found = self._accept(_ID)
        if found is None:
            raise WrongError(at, self._explain_no_node())
        id_ = found.group(0)
        if id_ in ("end", "subgraph"):
            message = f'"{id_}" cannot be an id in Mermaid: write {id_.capitalize()}'
            raise WrongError(at, message)
        where = self._source.where(at)
        fresh = Node(id_, read_text(id_, where), Outline.BOX, TONES[Outline.BOX], where=where)
        node = self._builder.node(id_) or fresh
        node = self._read_shape(node)
        if id_ not in self._edge_ids:
            self._builder.put(node, at)
        if self._accept(_CLASS):
            self._hint(_NOT_DRAWN)
        return id_

    def _explain_no_node(self) -> str:
        if self._peek(_LINK):
            return "arrow comes from nowhere: write a node's id before it"
        rest = self._rest()
        wide = {"；": ";", "（": "(", "【": "[", "“": '"', "－": "-", "—": "-"}.get(rest[:1])
        if wide:
            return f"full-width {rest[0]} means nothing here: write {wide}"
        if rest[:1] in "[({":
            return f"{quote(rest)} has no id: write one before it, as in A[text]"
        return f"{quote(rest)} is no node: an id is letters, digits and _, as in A[text]"

    def _read_shape(self, node: Node) -> Node:
        if self._text.startswith("@{", self._at):
            return self._read_properties(node)
        for opening, closings, outline in _SHAPES:
            if self._text.startswith(opening, self._at):
                at = self._at
                self._at += len(opening)
                label = self._read_label_until(closings, at)
                return replace(node, label=label, outline=outline, tone=_tone(outline))
        return node

    def _read_label_until(self, closings: tuple[str, ...], at: int) -> Label:
        """Read a label and what closes it; the bracket that opened it stands at `at`."""
        self._skip(_BLANKS)
        if self._text.startswith('"', self._at):
            label = self._read_quoted()
            self._skip(_BLANKS)
            if closing := self._accept_any(closings):
                self._at += len(closing)
                return label
            raise WrongError(at, self._explain_unclosed(closings, at))
        return self._read_raw_until(closings, at)

    def _read_raw_until(self, closings: tuple[str, ...], at: int) -> Label:
        start = self._at
        stop = _RAW.match(self._text, start)
        assert stop
        for closing in closings:
            # A slash is part of "/]", and no bracket ends the text before it.
            end = stop.end() - (len(closing) - len(closing.lstrip("/\\-")))
            if end >= start and self._text.startswith(closing, end):
                self._at = end + len(closing)
                return self._check_written(self._label(start, end), start)
        char = self._text[stop.end() : stop.end() + 1]
        if char not in ("", "\n") and any(
            closing in self._line_from(stop.end()) for closing in closings
        ):
            opening = self._text[at:start].rstrip()
            message = (
                f'{quote(char)} in a label: put the label in quotes, {opening}"…"{closings[0]}'
            )
            raise WrongError(stop.end(), message)
        raise WrongError(at, self._explain_unclosed(closings, at))

    def _line_from(self, at: int) -> str:
        end = self._text.find("\n", at)
        return self._text[at:] if end < 0 else self._text[at:end]

    def _check_written(self, label: Label, at: int) -> Label:
        if not label.text:
            raise WrongError(at, 'label is empty: write a text, or " " for none')
        return label

    def _explain_unclosed(self, closings: tuple[str, ...], at: int) -> str:
        opening = next(
            each
            for each, ends, _ in _SHAPES
            if ends == closings and self._text.startswith(each, at)
        )
        return f"{opening} is not closed: add {closings[0]} behind the label"

    def _read_quoted(self) -> Label:
        at = self._at
        end = self._text.find('"', at + 1)
        if end < 0:
            raise WrongError(at, 'quotes are not closed: add " behind the label')
        self._at = end + 1
        return self._label(at + 1, end)

    def _read_properties(self, node: Node) -> Node:
        """Read `@{ shape: cyl, label: "text" }`."""
        at = self._at
        self._at += len("@{")
        while pair := self._accept(_PAIR):
            group = next(number for number in (2, 3, 4) if pair.group(number) is not None)
            if node.id in self._edge_ids:
                continue
            if pair.group(1) == "label":
                node = replace(node, label=self._label(pair.start(group), pair.end(group)))
            elif pair.group(1) == "shape":
                outline = self._outline(pair.group(group).strip(), pair.start(group))
                node = replace(node, outline=outline, tone=_tone(outline))
        self._skip(re.compile(r"[\s,]*"))
        if not self._text.startswith("}", self._at):
            raise WrongError(at, '@{ is not closed: write @{ shape: name, label: "text" }')
        self._at += 1
        return node

    def _outline(self, name: str, at: int) -> Outline:
        if name in _NAMES:
            return _NAMES[name]
        hint = did_you_mean(name, _NAMES) or ": write rect, diam, stadium, cyl, circle or hex"
        raise WrongError(at, f"unknown shape {quote(name)}{hint}")

    def _read_link(self) -> _Link | None:
        if edge_id := self._accept(_EDGE_ID):
            self._edge_ids.add(edge_id.group(1))
        if found := self._accept(_LINK):
            label = self._read_label_in_bars()
            if found["hidden"]:
                return _Link(found.group(0), None, False, False, False, is_hidden=True)
            head = found["line"] or found["thick"] or found["dot"] or ""
            return _link(found.group(0), label, found["start"], head, bool(found["dots"]))
        if found := self._accept(_LINK_START):
            return self._read_link_around_text(found)
        return None

    def _read_label_in_bars(self) -> Label | None:
        bar = self._accept(re.compile(r"[ \t]*\|[ \t]*"))
        if bar is None:
            return None
        at = bar.start() + bar.group(0).index("|")
        if self._text.startswith('"', self._at):
            label = self._read_quoted()
            self._skip(_BLANKS)
        else:
            stop = re.compile(r"[^|\n]*").match(self._text, self._at)
            assert stop
            label = self._label(self._at, stop.end())
            if self._text.startswith("|", stop.end()):
                self._check_no_brackets(self._at, stop.end(), '|"…"|')
            self._at = stop.end()
        if not self._text.startswith("|", self._at):
            raise WrongError(at, "| is not closed: add | behind the arrow's label")
        self._at += 1
        return label if label.text else None

    def _check_no_brackets(self, start: int, end: int, quoted: str) -> None:
        bad = re.compile(r"[\[\](){}\"]").search(self._text, start, end)
        if bad:
            message = f"{quote(bad.group(0))} in a label: put the label in quotes, {quoted}"
            raise WrongError(bad.start(), message)

    def _read_link_around_text(self, start: re.Match[str]) -> _Link:
        """Read the rest of `-- text -->`."""
        mark = start["mark"]
        written = start.group(0)
        self._skip(_BLANKS)
        if self._text.startswith('"', self._at):
            label = self._read_quoted()
            self._skip(_BLANKS)
            end = _LINK_ENDS[mark].match(self._text, self._at)
        else:
            line_end = self._at + len(self._line_from(self._at))
            end = _LINK_ENDS[mark].search(self._text, self._at, line_end)
            label = self._label(self._at, end.start() if end else self._at)
        if end is None:
            full = {"--": "-- text -->", "==": "== text ==>", "-.": "-. text .->"}[mark]
            raise WrongError(start.start(), f"{written} is no whole arrow: write --> or {full}")
        if self._text[self._at] != '"' and self._at < end.start():
            quoted = {"--": '-- "…" -->', "==": '== "…" ==>', "-.": '-. "…" .->'}[mark]
            self._check_no_brackets(self._at, end.start(), quoted)
        self._at = end.end()
        shown = label if label.text else None
        return _link(f"{written}{end.group(0)}", shown, start["start"], end["head"], mark == "-.")

    def _label(self, start: int, end: int) -> Label:
        raw = self._text[start:end]
        start += len(raw) - len(raw.lstrip())
        return read_text(raw.strip(), self._source.where(start))

    def _hint(self, message: str, at: int | None = None) -> None:
        """Tell something once that stops nothing."""
        if message not in self._hints:
            self._hints.add(message)
            where = self._source.where(self._line_start() if at is None else at)
            self.problems.append(Problem(where, message, Level.HINT))

    def _line_start(self) -> int:
        """Return where the text of the line begins whose end has been read."""
        at = self._text.rfind("\n", 0, self._at) + 1
        blanks = _BLANKS.match(self._text, at)
        return blanks.end() if blanks else at

    def _ends(self) -> bool:
        return _END_OF_STATEMENT.match(self._text, self._at) is not None

    def _rest(self) -> str:
        found = _REST.match(self._text, self._at)
        return found.group(0).strip() if found else ""

    def _peek(self, pattern: re.Pattern[str]) -> bool:
        return pattern.match(self._text, self._at) is not None

    def _accept(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _accept_any(self, words: tuple[str, ...]) -> str:
        return next((word for word in words if self._text.startswith(word, self._at)), "")

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._accept(pattern)


def _link(written: str, label: Label | None, start: str, end: str, is_dashed: bool) -> _Link:
    """Return an arrow by what stands at its ends; circles and crosses are drawn as heads."""
    return _Link(written, label, is_dashed, start in ("<", "x", "o"), end in (">", "x", "o"))


def _tone(outline: Outline) -> Tone:
    return TONES.get(outline, Tone.PLAIN)
