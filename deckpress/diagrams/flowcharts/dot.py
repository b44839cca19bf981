"""The text of a ` ```dot ` block → a flowchart, and what is wrong with it.

Of Graphviz's language all of the grammar is read, and of its attributes those that say what is in a
picture; how it looks is the deck's own style. The grammar is read here and not by a library: pydot
(MIT) tells no places of what it has read, and so no problem could tell where it is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from deckpress.diagrams.drawing import Label, Outline, Tone
from deckpress.diagrams.flowcharts.builder import Builder, Source, WrongError
from deckpress.diagrams.flowcharts.graph import TONES, Direction, Edge, Graph, Node
from deckpress.diagrams.flowcharts.mermaid_labels import escape_plain, join_pieces
from deckpress.errors import Level, Problem, did_you_mean, has_errors, quote, warning

_GAP = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/|(?:^|(?<=\n))[ \t]*#[^\n]*)+", re.S)
_WORD = re.compile(r"[^\W\d]\w*|-?(?:\.\d+|\d+(?:\.\d*)?)")
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"', re.S)
_MARK = re.compile(r"->|--|[{}\[\];,=:+]")
_PLUS = re.compile(r"\s*\+\s*(?=\")")
_WRONG_ARROW = re.compile(r"-{2,}>|={1,2}>|~>|-\.+->|[→⟶⇒—－]+>?")
"""What other languages write; a mark that begins like it is looked for behind it."""
_LABEL_PIECE = re.compile(
    r"\$(?P<maths>(?:\\.|[^$\\])+)\$|\\(?P<escape>.)|(?P<break>\n)|(?P<plain>[^$\\\n]+|.)", re.S
)
_BREAKS = frozenset("nlr")
_DEEPEST = 40
"""Levels of braces; whoever nests deeper does not mean a picture."""

_SIMPLIFIED = frozenset("record Mrecord doublecircle doubleoctagon tripleoctagon".split())
"""Shapes that say more than the forms they are drawn in."""
_SHAPES = {
    **dict.fromkeys(("box", "rect", "rectangle", "square", "Msquare", "component"), Outline.BOX),
    **dict.fromkeys(("note", "tab", "folder", "record", "Mrecord", "signature"), Outline.BOX),
    **dict.fromkeys(("ellipse", "oval", "egg"), Outline.ELLIPSE),
    **dict.fromkeys(("circle", "doublecircle", "Mcircle"), Outline.CIRCLE),
    **dict.fromkeys(("diamond", "Mdiamond"), Outline.DIAMOND),
    **dict.fromkeys(("plaintext", "plain", "none", "underline"), Outline.NONE),
    **dict.fromkeys(("hexagon", "octagon", "doubleoctagon", "tripleoctagon"), Outline.HEXAGON),
    **dict.fromkeys(("septagon", "pentagon", "polygon"), Outline.HEXAGON),
    **dict.fromkeys(("parallelogram", "trapezium", "invtrapezium"), Outline.SLANTED),
    **dict.fromkeys(("triangle", "invtriangle", "house", "invhouse"), Outline.SLANTED),
    **dict.fromkeys(("rarrow", "larrow", "rpromoter", "lpromoter", "cds"), Outline.PILL),
    "cylinder": Outline.CYLINDER,
    "box3d": Outline.STACK,
    "point": Outline.DOT,
}
"""The outline nearest to each of Graphviz's shapes."""
_COLOURS = frozenset({"color", "fillcolor", "fontcolor", "bgcolor", "pencolor", "colorscheme"})
_NOT_DRAWN = "colours of Graphviz are not drawn: the deck's pictures have their own style"


def parse_dot(
    text: str, rows: Sequence[tuple[int, int]], file: str
) -> tuple[Graph | None, list[Problem]]:
    """Return the flowchart that a text in Graphviz's language describes, and what is wrong with it.

    It is None where something is. `rows` says at which line and column of the file each line of the
    text begins.
    """
    reader = _Reader(Source(text, rows, file))
    graph = reader.read()
    return (None if has_errors(reader.problems) else graph), reader.problems


@dataclass(frozen=True)
class _Token:
    """A word, a quoted text, a text in HTML, or a mark."""

    text: str
    at: int
    """Where it begins, counted from 0."""
    kind: str
    """One of word, quoted, html, mark and end."""

    @property
    def is_id(self) -> bool:
        return self.kind in ("word", "quoted", "html")

    def is_mark(self, *marks: str) -> bool:
        return self.kind == "mark" and self.text in marks

    def is_keyword(self, *words: str) -> bool:
        return self.kind == "word" and self.text.lower() in words


_KEYWORDS = ("graph", "digraph", "subgraph", "node", "edge", "strict")
Attributes = Mapping[str, _Token]


@dataclass
class _Scope:
    """What holds between two braces."""

    nodes: dict[str, _Token]
    edges: dict[str, _Token]
    names: dict[str, None] = field(default_factory=dict)
    """The nodes that are mentioned in it."""
    is_cluster: bool = False

    def inner(self, *, is_cluster: bool) -> _Scope:
        return _Scope(dict(self.nodes), dict(self.edges), {}, is_cluster)


class _Reader:
    """Reads one text from left to right, one token ahead."""

    def __init__(self, source: Source) -> None:
        self._source, self._text = source, source.text
        self._builder = Builder(source)
        self.problems = self._builder.problems
        self._has_heads = self._is_strict = True
        self._depth = 0
        self._end_of_last = 0
        self._token = _Token("", 0, "end")
        self._attributes: dict[str, dict[str, _Token]] = {}

    def read(self) -> Graph | None:
        """Return the flowchart, or None where there is none."""
        try:
            self._next()
            self._read_header()
            self._read_inside(_Scope({}, {}))
            self._read_behind()
        except WrongError as wrong:
            self._builder.tell(wrong.at, str(wrong))
            return None
        graph = self._builder.finish()
        if graph and not graph.nodes and not self.problems:
            self._builder.tell(0, "flowchart is empty: write an arrow in it, such as a -> b;")
        return graph

    def _read_header(self) -> None:
        self._is_strict = self._token.is_keyword("strict")
        if self._is_strict:
            self._next()
        first = self._token
        if first.kind == "end":
            raise WrongError(first.at, "flowchart is empty: write digraph { a -> b; }")
        if not first.is_keyword("digraph", "graph"):
            hint = did_you_mean(first.text, ("digraph", "graph")) or ": write digraph { a -> b; }"
            raise WrongError(first.at, f"{quote(first.text)} begins no flowchart{hint}")
        self._has_heads = first.text.lower() == "digraph"
        self._next()
        if self._token.is_id:
            self._next()

    def _read_behind(self) -> None:
        if self._token.kind != "end":
            message = f"{quote(self._token.text)} stands behind the last brace: remove it"
            raise WrongError(self._token.at, message)

    def _read_inside(self, scope: _Scope) -> None:
        """Read what stands between two braces, and both of them."""
        opening = self._token
        if not opening.is_mark("{"):
            raise WrongError(opening.at, f"{{ is missing before {self._shown(opening)}: add it")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise WrongError(opening.at, f"braces are nested deeper than {_DEEPEST}: remove some")
        self._next()
        while not self._token.is_mark("}"):
            if self._token.kind == "end":
                raise WrongError(opening.at, "{ is not closed: add } at its end")
            self._read_statement(scope)
        self._next()
        self._depth -= 1

    def _read_statement(self, scope: _Scope) -> None:
        token = self._token
        if token.is_mark(";", ","):
            self._next()
        elif token.is_keyword("node", "edge", "graph"):
            self._read_defaults(scope)
        elif token.is_mark("{") or token.is_keyword("subgraph"):
            self._read_chain(scope, self._read_subgraph(scope))
        elif token.is_id and not token.is_keyword(*_KEYWORDS):
            self._read_assignment_or_chain(scope)
        else:
            raise WrongError(token.at, self._explain(token))

    def _explain(self, token: _Token) -> str:
        if token.is_mark("->", "--"):
            return f"{token.text} comes from nowhere: write a node before it"
        if token.is_keyword(*_KEYWORDS):
            return f"{quote(token.text)} cannot be a node's name: put it in quotes"
        return f"{self._shown(token)} is not understood here: write a node, as in a -> b;"

    def _read_defaults(self, scope: _Scope) -> None:
        keyword = self._token
        self._next()
        if not self._token.is_mark("["):
            message = f"[ is missing behind {keyword.text}: write {keyword.text} [name=value];"
            raise WrongError(self._token.at, message)
        attributes = self._read_attributes()
        name = keyword.text.lower()
        if name == "graph":
            for each, value in attributes.items():
                self._set(scope, each, value)
        else:
            (scope.nodes if name == "node" else scope.edges).update(attributes)

    def _read_assignment_or_chain(self, scope: _Scope) -> None:
        name = self._token
        self._next()
        if self._token.is_mark("="):
            self._next()
            self._set(scope, name.text.lower(), self._read_value(name))
            return
        self._skip_port()
        if self._token.is_mark("->", "--"):
            self._put(name, scope)
            self._read_chain(scope, [name.text])
            return
        attributes = self._read_attributes()
        self._put(name, scope, attributes)

    def _read_value(self, name: _Token) -> _Token:
        value = self._token
        if not value.is_id:
            raise WrongError(value.at, f"value of {name.text} is missing: write {name.text}=value")
        self._next()
        return value

    def _set(self, scope: _Scope, name: str, value: _Token) -> None:
        if name in _COLOURS:
            self._hint(value)
        if name == "label" and (scope.is_cluster or not self._builder.depth):
            label = self._label(value, "")
            shown = label if label.text else None
            if scope.is_cluster:
                self._builder.name_group(shown)
            elif self._depth == 1:
                self._builder.title = shown
        if name == "rankdir" and self._depth == 1:
            self._builder.direction = self._direction(value)

    def _direction(self, value: _Token) -> Direction:
        if value.text in set(Direction):
            return Direction(value.text)
        hint = did_you_mean(value.text, list(Direction)) or " (known: TB, BT, LR, RL)"
        raise WrongError(value.at, f"unknown rankdir {quote(value.text)}{hint}")

    def _read_chain(self, scope: _Scope, first: list[str]) -> None:
        """Read the rest of `a -> {b c} -> d [name=value]`."""
        left, pairs = first, []
        while self._token.is_mark("->", "--"):
            arrow = self._token
            self._check_arrow(arrow)
            self._next()
            right = self._read_end(scope, arrow)
            pairs += [(start, end, arrow.at) for start in left for end in right]
            left = right
        if not pairs:
            return
        attributes = {**scope.edges, **self._read_attributes()}
        for start, end, at in pairs:
            self._join(start, end, attributes, at)

    def _check_arrow(self, arrow: _Token) -> None:
        right = "->" if self._has_heads else "--"
        if arrow.text != right:
            kind, other = ("digraph", "graph") if self._has_heads else ("graph", "digraph")
            message = (
                f"{arrow.text} does not belong in a {kind}: write {right}, or begin with {other}"
            )
            raise WrongError(arrow.at, message)

    def _read_end(self, scope: _Scope, arrow: _Token) -> list[str]:
        token = self._token
        if token.is_mark("{") or token.is_keyword("subgraph"):
            return self._read_subgraph(scope)
        if not token.is_id or token.is_keyword(*_KEYWORDS):
            raise WrongError(arrow.at, f"{arrow.text} leads nowhere: write a node behind it")
        self._next()
        self._skip_port()
        self._put(token, scope)
        return [token.text]

    def _skip_port(self) -> None:
        """Skip `:port`; arrows end wherever they reach their node's outline."""
        while self._token.is_mark(":"):
            colon = self._token
            self._next()
            if not self._token.is_id:
                raise WrongError(colon.at, "port is missing behind the colon: write a:port, or a")
            self._next()

    def _read_subgraph(self, scope: _Scope) -> list[str]:
        at, name = self._token.at, ""
        if self._token.is_keyword("subgraph"):
            self._next()
            if self._token.is_id:
                name = self._token.text
                self._next()
        is_cluster = name.startswith("cluster")
        if is_cluster:
            # A cluster may have the name of a node.
            self._builder.open_group(f"subgraph {name}", None, at)
        inner = scope.inner(is_cluster=is_cluster)
        self._read_inside(inner)
        if is_cluster:
            self._close(inner)
        scope.names.update(inner.names)
        return list(inner.names)

    def _close(self, cluster: _Scope) -> None:
        """End a cluster; Graphviz draws nothing of one without nodes."""
        if cluster.names:
            self._builder.close_group()
        else:
            self._builder.drop_group()

    def _put(self, name: _Token, scope: _Scope, own: Attributes | None = None) -> None:
        """Add a node, or describe it anew."""
        id_ = name.text
        known = self._attributes.get(id_)
        attributes = dict(scope.nodes) if known is None else known
        attributes.update(own or {})
        self._attributes[id_] = attributes
        node = self._builder.node(id_)
        if node is None or own:
            node = self._describe(name, attributes)
        scope.names[id_] = None
        self._builder.put(node, name.at)

    def _describe(self, name: _Token, attributes: Attributes) -> Node:
        outline = self._outline(attributes.get("shape"))
        styles = _styles(attributes)
        written = attributes.get("label", replace(name, kind="quoted"))
        shape = attributes.get("shape")
        is_record = shape is not None and "ecord" in shape.text
        label = self._label(written, name.text, is_record=is_record)
        if "invis" in styles:
            outline, label = Outline.NONE, replace(label, text="")
        is_dashed = not styles.isdisjoint({"dashed", "dotted"})
        tone = TONES.get(outline, Tone.PLAIN)
        return Node(name.text, label, outline, tone, is_dashed, self._source.where(name.at))

    def _outline(self, shape: _Token | None) -> Outline:
        if shape is None:
            return Outline.ELLIPSE
        if shape.text in _SHAPES:
            if shape.text in _SIMPLIFIED:
                message = f"shape {shape.text} is drawn as a plain {_SHAPES[shape.text].value}"
                self._tell_once(Problem(self._source.where(shape.at), message, Level.HINT))
            return _SHAPES[shape.text]
        hint = did_you_mean(shape.text, _SHAPES) or ": a box is drawn"
        message = f"unknown shape {quote(shape.text)}{hint}"
        self._tell_once(warning(self._source.where(shape.at), message))
        return Outline.BOX

    def _tell_once(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _join(self, start: str, end: str, attributes: Attributes, at: int) -> None:
        if self._is_strict and self._builder.joins(start, end):
            return
        has_start, has_end = self._heads(attributes)
        styles = _styles(attributes)
        written = attributes.get("label") or attributes.get("xlabel")
        label = self._label(written, "") if written else None
        edge = Edge(
            start,
            end,
            label if label and label.text else None,
            not styles.isdisjoint({"dashed", "dotted"}),
            has_start,
            has_end,
            "invis" in styles,
            self._source.where(at),
        )
        self._builder.join(edge, at)

    def _heads(self, attributes: Attributes) -> tuple[bool, bool]:
        written = attributes.get("dir")
        direction = written.text.lower() if written else "forward" if self._has_heads else "none"
        known = ("forward", "back", "both", "none")
        if direction not in known:
            assert written
            hint = did_you_mean(direction, known) or f" (known: {', '.join(known)})"
            raise WrongError(written.at, f"unknown dir {quote(written.text)}{hint}")
        tail, head = (
            not (name in attributes and attributes[name].text == "none")
            for name in ("arrowtail", "arrowhead")
        )
        return direction in ("back", "both") and tail, direction in ("forward", "both") and head

    def _read_attributes(self) -> dict[str, _Token]:
        """Read any lists in brackets that follow."""
        found: dict[str, _Token] = {}
        while self._token.is_mark("["):
            opening = self._token
            self._next()
            while not self._token.is_mark("]"):
                if self._token.is_mark(";", ","):
                    self._next()
                    continue
                name = self._token
                if name.kind == "end" or name.is_mark("{", "}", "->", "--"):
                    raise WrongError(opening.at, "[ is not closed: add ] behind the attributes")
                if not name.is_id:
                    message = f'{self._shown(name)} is no attribute: write [label="text"]'
                    raise WrongError(name.at, message)
                self._next()
                found[name.text.lower()] = self._read_attribute_value(name)
            self._next()
        if not _COLOURS.isdisjoint(found):
            self._hint(next(value for name, value in found.items() if name in _COLOURS))
        return found

    def _read_attribute_value(self, name: _Token) -> _Token:
        if not self._token.is_mark("="):
            return _Token("true", name.at, "word")
        self._next()
        return self._read_value(name)

    def _hint(self, token: _Token) -> None:
        if not any(problem.message == _NOT_DRAWN for problem in self.problems):
            where = self._source.where(token.at)
            self.problems.append(Problem(where, _NOT_DRAWN, Level.HINT))

    def _label(self, token: _Token, name: str, *, is_record: bool = False) -> Label:
        r"""Return the label that a value stands for; `name` is what `\N` stands for in it."""
        at = token.at + (1 if self._text.startswith('"', token.at) else 0)
        where = self._source.where(at)
        if token.kind == "html":
            return Label(_read_html(token.text), where)
        text = _read_record(token.text) if is_record else token.text
        return Label(_read_escapes(text, name), where)

    def _next(self) -> None:
        """Read the token that follows."""
        at = self._end_of_last
        gap = _GAP.match(self._text, at)
        at = gap.end() if gap else at
        if self._text.startswith("/*", at):
            self._end_of_last = len(self._text)
            raise WrongError(at, "comment is not closed: add */ at its end")
        self._token, self._end_of_last = self._token_at(at)

    def _token_at(self, at: int) -> tuple[_Token, int]:
        if at >= len(self._text):
            return _Token("", min(at, max(len(self._text) - 1, 0)), "end"), at
        if self._text[at] == '"':
            return self._quoted(at)
        if self._text[at] == "<":
            return self._html(at)
        if arrow := _WRONG_ARROW.match(self._text, at):
            right = "->" if self._has_heads else "--"
            raise WrongError(at, f"{quote(arrow.group(0))} is no arrow: write {right}")
        for kind, pattern in (("mark", _MARK), ("word", _WORD)):
            if kind == "mark" and re.match(r"-\.?\d", self._text[at : at + 3]):
                continue
            if found := pattern.match(self._text, at):
                return _Token(found.group(0), at, kind), found.end()
        raise WrongError(at, self._explain_character(at))

    def _explain_character(self, at: int) -> str:
        wide = {"；": ";", "“": '"', "”": '"', "，": ",", "｛": "{", "【": "[", "＝": "="}
        char = self._text[at]
        if char in wide:
            return f"full-width {char} means nothing here: write {wide[char]}"
        return f"{quote(char)} means nothing here: put texts in quotes"

    def _quoted(self, at: int) -> tuple[_Token, int]:
        text, end = "", at
        while True:
            found = _QUOTED.match(self._text, end)
            if found is None:
                raise WrongError(end, 'quotes are not closed: add " at their end')
            text += found.group(1).replace('\\"', '"').replace("\\\n", "")
            end = found.end()
            plus = _PLUS.match(self._text, end)
            if plus is None:
                return _Token(text, at, "quoted"), end
            end = plus.end()

    def _html(self, at: int) -> tuple[_Token, int]:
        depth = 0
        for found in re.compile("[<>]").finditer(self._text, at):
            depth += 1 if found.group(0) == "<" else -1
            if depth == 0:
                text = self._text[at + 1 : found.start()]
                return _Token(text, at, "html"), found.end()
        raise WrongError(at, "< is not closed: add > behind the HTML, or put the text in quotes")

    def _shown(self, token: _Token) -> str:
        return "the end" if token.kind == "end" else quote(token.text)


def _styles(attributes: Attributes) -> set[str]:
    style = attributes.get("style")
    return {each.strip() for each in style.text.split(",")} if style else set()


def _read_html(text: str) -> str:
    """Return the plain text of a label in HTML: rows and breaks end lines."""
    lines = re.split(r"(?i)<br\b[^>]*>|</tr\s*>", text)
    plain = (html.unescape(re.sub(r"<[^>]*>", " ", line)) for line in lines)
    shown = (escape_plain(" ".join(line.split())) for line in plain)
    return "\\\\".join(line for line in shown if line)


def _read_record(text: str) -> str:
    """Return the fields of a record as lines."""
    fields = re.split(r"(?<!\\)[{}|]", text)
    return "\n".join(filter(None, (re.sub(r"<[^>]*>", "", each).strip() for each in fields)))


def _read_escapes(text: str, name: str) -> str:
    pieces = []
    for found in _LABEL_PIECE.finditer(text):
        if found["maths"]:
            pieces.append(found.group(0))
        elif found["break"] or (found["escape"] or "") in _BREAKS:
            pieces.append("\\\\")
        elif found["escape"] == "N":
            pieces.append(escape_plain(name))
        else:
            pieces.append(escape_plain(found["escape"] or found["plain"] or ""))
    lines = join_pieces(pieces)
    return re.sub(r"\s*(\\\\)\s*", r"\1", lines).removesuffix("\\\\").strip()
