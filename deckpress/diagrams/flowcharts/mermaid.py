"""The text of a ` ```mermaid ` block → a flowchart, and what is wrong with it.

Only what GitHub draws as well is taken: what Mermaid itself refuses is an error here, too. The
patterns are those of its own parser, which judges ours in the tests; so ids may have an `&`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from deckpress.diagnostics import (
    Diagnostic,
    Diagnostics,
    did_you_mean,
    did_you_mean_or_known,
    has_errors,
    quote,
)
from deckpress.diagrams import Label
from deckpress.diagrams.flowcharts import Builder, Direction, Edge, FlowchartError, Graph, Source
from deckpress.diagrams.flowcharts.mermaid_elements import (
    LINK,
    new_node,
    read_form,
    read_link,
    read_properties,
)
from deckpress.diagrams.flowcharts.mermaid_scanner import (
    BETWEEN,
    ID,
    KEYWORD,
    LETTER,
    LINE,
    NOT_DRAWN,
    QUOTED,
    SPACES,
    Scanner,
    wrong_character,
)

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?)\n[ \t]*---[ \t]*(?=\n|$)", re.S)
_TITLE = re.compile(r"^[ \t]*title:[ \t]*(?P<text>[^\n]*)$", re.M)
_CONFIG = re.compile(r"^[ \t]*config:", re.M)
_HEADER = re.compile(r"(?:flowchart-elk|flowchart|graph)(?![\w-])")
_WORD = re.compile(r"[\w-]+")
_NO_SPACE = re.compile(r"[^\s;]+")
_AND = re.compile(r"[ \t]+&(?:[ \t]+|(?=\n|$))")
_SUBGRAPH = re.compile(r"subgraph(?![\w-])[ \t]*")
_END = re.compile(r"end(?=[ \t]*(?:[;\n]|$|%%))")
_GROUP_NAME = re.compile(r"[^\n;\[]*")
_NOT_IN_TITLE = re.compile(rf"--|:::|(?a:\bend\b)|(?!{LETTER})[^ \t!#$%&'*+.`?\\/:^-]")
_DIRECTION = re.compile(r"direction[ \t]+(\w+)")
_STYLE = re.compile(
    r"(?P<word>style|classDef|class|linkStyle|click)(?:[ \t]+(?P<of>[^\s\-=<&@;][^\s;]*))?"
    r"(?P<more>[ \t]+(?=[^\s;])(?:\"[^\"\n]*\"|[^\n;\"])*+)?(?=[ \t]*(?:[;\n]|$))"
)
_EXAMPLES = {
    "style": "style A fill:#f96",
    "classDef": "classDef name fill:#f96",
    "class": "class A name",
    "linkStyle": "linkStyle 0 stroke:red",
    "click": 'click A "https://example.org"',
}
_ACCESSIBILITY = re.compile(r"acc(?:Title|Descr)[ \t]*(?::[^\n]*|\{[^}]*\})")
_CLASS = re.compile(f":::{ID.pattern}")
_EDGE_ID = re.compile(r"[ \t]*([\w-]+)@(?=\s*(?:[xo<]?(?:--|==|-?\.)|~~~))")
_WIDE = {"；": ";", "（": "(", "【": "[", "“": '"', "－": "-", "—": "-"}

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
_NOT_READ_OUT = "accTitle and accDescr are not used: the alt text of the block is read out"
_DIRECTION_NOT_DRAWN = (
    "direction of a subgraph is not drawn: it is laid out like the whole flowchart"
)
_DIRECTION_NOT_USED = "direction outside of a subgraph is not used: write it in the first line"
_COMMENT_BEHIND = "comment stands behind a statement: write it on a line of its own"


def parse_mermaid(
    text: str, rows: Sequence[tuple[int, int]], file: str, diagnostics: Diagnostics
) -> Graph | None:
    """Return the flowchart that a Mermaid text describes.

    It is None, and `diagnostics` says why, if it has errors. `rows` says at which line and column
    of the file each line of the text begins.
    """
    text = "".join(" " if char.isspace() and char != "\n" else char for char in text)
    reader = _Reader(Source(text, rows, file))
    graph = reader.read()
    diagnostics += reader.diagnostics
    return None if has_errors(reader.diagnostics) else graph


class _Reader(Scanner):
    """Reads one text from left to right."""

    def __init__(self, source: Source) -> None:
        self._builder = Builder(source)
        super().__init__(source, self._builder.diagnostics)
        self._edge_ids: set[str] = set()
        self._edge_count = 0

    def read(self) -> Graph | None:
        """Return the flowchart, or None where there is none."""
        try:
            self.blank_out()
            self._read_front_matter()
            self._read_header()
        except FlowchartError as problem:
            self._builder.report(problem.index, str(problem))
            return None
        self._read_statements()
        while self._builder.depth:
            self._report_unclosed()
        graph = self._builder.finish()
        if graph and not graph.nodes and not has_errors(self.diagnostics):
            self._builder.report(0, "flowchart is empty: write an arrow in it, such as A --> B")
        return graph

    def _read_front_matter(self) -> None:
        matter = self.accept(_FRONT_MATTER)
        if matter is None:
            return
        if config := _CONFIG.search(self.text, matter.start(1), matter.end(1)):
            self.hint(NOT_DRAWN, config.start())
        title = _TITLE.search(self.text, matter.start(1), matter.end(1))
        text = title["text"].rstrip() if title else ""
        is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
        if title and text[is_quoted : len(text) - is_quoted]:
            start = title.start("text")
            self._builder.title = self.label(start + is_quoted, start + len(text) - is_quoted)

    def _read_header(self) -> None:
        self.skip(BETWEEN)
        index = self.index
        if self.accept(_HEADER) is None:
            raise FlowchartError(index, self._explain_no_flowchart())
        self.skip(SPACES)
        if self.ends():
            return
        self._builder.direction = self._read_direction()
        if not self.ends():
            self.skip(SPACES)
            rest = self.rest()
            message = f"{quote(rest)} is too much here: write it in the next line"
            raise FlowchartError(self.index, _COMMENT_BEHIND if rest.startswith("%%") else message)

    def _explain_no_flowchart(self) -> str:
        word = _WORD.match(self.text, self.index)
        if word is None:
            return "flowchart is empty: begin it with flowchart TB, and write A --> B below it"
        if word.group(0) in _OTHER_KINDS:
            return f"only flowcharts are drawn: {quote(word.group(0))} is another kind of diagram"
        hint = did_you_mean(word.group(0), ("flowchart", "graph")) or ": begin with flowchart TB"
        return f"{quote(word.group(0))} begins no flowchart{hint}"

    def _read_direction(self) -> Direction:
        index = self.index
        match = self.accept(_NO_SPACE)
        word = match.group(0) if match else ""
        if word in _DIRECTIONS:
            return _DIRECTIONS[word]
        hint = did_you_mean_or_known(word, _WRITTEN_DIRECTIONS)
        raise FlowchartError(index, f"unknown direction {quote(word)}{hint}")

    def _read_statements(self) -> None:
        self.skip(BETWEEN)
        while self.index < len(self.text) and len(self.diagnostics) < _MOST_PROBLEMS:
            self.statement = self.index
            try:
                self._read_statement()
            except FlowchartError as problem:
                self._builder.report(problem.index, str(problem))
                self.index = max(self.index, problem.index)
                self.skip(LINE)
            self.skip(BETWEEN)

    def _read_statement(self) -> None:
        if style := self.accept(_STYLE):
            self._check_style(style)
        elif self.accept(_ACCESSIBILITY):
            self.hint(_NOT_READ_OUT)
        elif self.accept(_SUBGRAPH):
            self._read_subgraph()
        elif self.accept(_END):
            self._read_end()
        elif direction := _DIRECTION.match(self.text, self.index):
            self.index = direction.start(1)
            self._read_own_direction()
        elif not self._read_edge_properties():
            self._read_chain()
        if not self.ends():
            self.skip(SPACES)
            raise FlowchartError(self.index, self._explain_rest())

    def _explain_rest(self) -> str:
        rest = self.rest()
        before = self.text[self.index - 1]
        if rest.startswith("%%"):
            return _COMMENT_BEHIND
        if before in " \t" and rest[0] in "[({":
            return f'blank before "{rest[0]}": write the bracket right behind the node\'s id'
        if rest[0] in "-=<.":
            return f"{quote(rest)} is no arrow: write -->, ---, -.-> or ==>"
        return f"{quote(rest)} is too much here: write an arrow before it, or begin a new line"

    def _check_style(self, style: re.Match[str]) -> None:
        """Tell that styles are not drawn; one that is given to a new node makes this node."""
        word, of = style["word"], style["of"] or ""
        if not of or not style["more"]:
            message = f"{word} needs more: write {_EXAMPLES[word]}"
            raise FlowchartError(self.statement, message)
        if word == "linkStyle":
            self._check_edges(of, style.start("of"))
        if word == "style" and self._builder.node(of) is None:
            index = style.start("of")
            self._builder.put(new_node(self, of, index), index, is_mentioned=False)
        self.hint(NOT_DRAWN)

    def _check_edges(self, numbers: str, index: int) -> None:
        for number in re.findall(r"[0-9]{1,9}", numbers):
            if int(number) >= self._edge_count:
                raise FlowchartError(index, f"there is no arrow {number} above: the first one is 0")

    def _read_end(self) -> None:
        if not self._builder.depth:
            raise FlowchartError(self.statement, '"end" closes no subgraph: remove it')
        self._builder.close_group()

    def _report_unclosed(self) -> None:
        id_, where = self._builder.unclosed
        message = f'subgraph {quote(id_)} is not closed: add a line "end" behind it'
        self.diagnostics.append(Diagnostic(where, message))
        self._builder.close_group()

    def _read_own_direction(self) -> None:
        direction = self._read_direction()
        if not self._builder.depth:
            self.hint(_DIRECTION_NOT_USED)
        elif direction is not self._builder.direction:
            self.hint(_DIRECTION_NOT_DRAWN)

    def _read_subgraph(self) -> None:
        """Read `subgraph id [title]`, `subgraph title`, or `subgraph` alone."""
        start = self.index
        if self.text.startswith('"', start):
            self.skip_quotes()
        self.skip(_GROUP_NAME)
        end = start + len(self.text[start : self.index].rstrip())
        if self.text.startswith("[", self.index) and end > start:
            # Opened before its title is read: a mistake in that makes no mistake of its "end".
            self._open(self.text[start:end].strip('"'), None, is_named=True)
            self.index += 1
            self._builder.name_group(self.read_label("[", ("]",), start))
            return
        label = self.label(start, end)
        self._open(label.text or "subgraph", label if label.text else None)
        self._check_title(start, end)

    def _check_title(self, start: int, end: int) -> None:
        quoted = QUOTED.match(self.text, start, end)
        bad = _NOT_IN_TITLE.search(self.text, quoted.end() if quoted else start, end)
        if bad or self.text.startswith("[", end):
            char, index = (bad.group(0), bad.start()) if bad else ("[", end)
            raise wrong_character(char, index, 'subgraph "…"')
        if quoted:
            self.check_written(start, end)

    def _open(self, name: str, label: Label | None, *, is_named: bool = False) -> None:
        id_ = self._builder.new_group_id(name)
        self._builder.open_group(id_, label, self.statement)
        if is_named and id_ != name:
            message = f"subgraph {quote(name)} is given twice: choose another id"
            self._builder.report(self.statement, message)

    def _read_chain(self) -> None:
        """Read `A & B --> C --> D`, or a node alone."""
        left = self._read_nodes()
        while link := self._read_link():
            edge, index = link
            right = self._read_nodes()
            for start in left:
                for end in right:
                    self._builder.join(replace(edge, start=start, end=end), index)
            self._edge_count += len(left) * len(right)
            left = right

    def _read_link(self) -> tuple[Edge, int] | None:
        match = self.accept(_EDGE_ID)
        if match is None:
            return read_link(self)
        self._edge_ids.add(match.group(1))
        link = read_link(self)
        return link and (replace(link[0], id=match.group(1)), link[1])

    def _read_edge_properties(self) -> bool:
        """Read `e1@{ animate: true }`, where e1 is an arrow's id; return whether it stands here."""
        match = ID.match(self.text, self.index)
        if not match or match.group(0) not in self._edge_ids:
            return False
        if not self.text.startswith("@{", match.end()):
            return False
        self.index = match.end()
        read_properties(self, new_node(self, match.group(0), match.start()))
        self.hint(NOT_DRAWN)
        return True

    def _read_nodes(self) -> list[str]:
        ids = [self._read_node()]
        while match := self.accept(_AND):
            if not self.peek(ID):
                at = match.start() + match.group(0).index("&")
                raise FlowchartError(at, "& joins nothing: write a node's id behind it")
            ids.append(self._read_node())
        return ids

    def _read_node(self) -> str:
        index = self.index
        if word := self.accept(KEYWORD):
            name = word.group(0)
            message = f'"{name}" cannot be an id in Mermaid: write {name.capitalize()}'
            raise FlowchartError(index, message)
        match = self.accept(ID)
        if match is None:
            raise FlowchartError(index, self._explain_no_node())
        id_ = match.group(0)
        node = self._builder.node(id_) or new_node(self, id_, index)
        node = read_form(self, node, index)
        if self.accept(_CLASS):
            self.hint(NOT_DRAWN)
        if self.text.startswith("@{", self.index):
            node = read_properties(self, node)
        self._builder.put(node, index)
        return id_

    def _explain_no_node(self) -> str:
        if self.peek(LINK):
            return "arrow comes from nowhere: write a node's id before it"
        rest = self.rest()
        if rest[:2] == "%%":
            return _COMMENT_BEHIND
        if wide := _WIDE.get(rest[:1]):
            return f"full-width {rest[0]} means nothing here: write {wide}"
        if rest[:1] in "[({":
            return f"{quote(rest)} has no id: write one before it, as in A[text]"
        return f"{quote(rest)} is no node: an id is letters, digits and _, as in A[text]"
