"""The grammar of a ` ```dot ` block, what is wrong with it, and its labels."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import cache

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedToken

from deckpress.diagnostics import did_you_mean, quote
from deckpress.diagrams.flowcharts import FlowchartError
from deckpress.diagrams.flowcharts.mermaid_scanner import escape_plain, join_pieces

_GRAMMAR = r"""
start: STRICT? (DIGRAPH | GRAPH) any? _braces
_braces: LBRACE _statement* RBRACE
_statement: _separator | defaults | assignment | node | chain | subgraph
_separator: ";" | ","
defaults: (NODE | EDGE | GRAPH) _list+
assignment: id _EQUAL any
node: id _ports attributes
chain: _end (ARROW _end)+ attributes
_end: end | subgraph
end: id _ports
_ports: (":" any)*
subgraph: head? _braces
head: SUBGRAPH any?
attributes: _list*
_list: LSQB (attribute | _separator)* "]"
attribute: any (_EQUAL any)?
?id: WORD | QUOTED | HTML
?any: id | STRICT | DIGRAPH | GRAPH | NODE | EDGE | SUBGRAPH

%declare STRICT DIGRAPH GRAPH NODE EDGE SUBGRAPH
ARROW: /->|--(?!-*>)/
LBRACE: "{"
RBRACE: "}"
LSQB: "["
_EQUAL: /=(?!=?>)/
WORD: /[^\W\d]\w*|-?(?:\.\d+|\d+(?:\.\d*)?)|\+/
QUOTED: /TEXT(?:\s*\+\s*TEXT)*+(?!\s*\+\s*")/s
HTML: /<NESTED>/
%ignore /\s+|\/\/[^\n]*|(?<![^\n])#[^\n]*/
%ignore /\/\*.*?\*\//s
"""
_TEXT = r'"(?:\\.|[^"\\])*+"'
_TEXTS_BEFORE = re.compile(rf"(?:{_TEXT}\s*\+\s*)*+", re.S)
_MOST_NESTED = 8
"""Pairs of < and > around each other: tags, and tags in comments."""
_KEYWORDS = frozenset("strict digraph graph node edge subgraph".split())
_BEGINNINGS = frozenset({"STRICT", "DIGRAPH", "GRAPH"})
_CLOSINGS = ("SEMICOLON", "LBRACE")
"""What ends a statement, and what the beginning of a subgraph."""
_OUTSIDE = frozenset({"$END", "LBRACE", "RBRACE", "ARROW"})
"""What does not stand between brackets."""
_WRONG_ARROW = re.compile(r"-{2,}>|={1,2}>|~>|-\.+->|[→⟶⇒—－]+>?")
"""What other languages write; no token begins like it."""
_WIDE = {"；": ";", "“": '"', "”": '"', "，": ",", "｛": "{", "【": "[", "＝": "="}
Item = Token | Tree[Token]
_PIECE = re.compile(
    r"\$(?P<maths>(?:\\.|[^$\\])+)\$|\\(?P<escape>.)|(?P<break>\n)|(?P<plain>[^$\\\n]+|.)", re.S
)
_BREAKS = frozenset("nlr")


def read_dot(text: str) -> tuple[Sequence[Item], FlowchartError | None]:
    """Return what can be read of a text, and what is wrong where no more can.

    A name or value is a token whose text is without its quotes.
    """
    parser = _grammar().parse_interactive(text)
    read: list[Item] = parser.parser_state.value_stack
    try:
        parser.exhaust_lexer()
        parser.feed_token(Token("$END", "", max(len(text) - 1, 0)))
    except UnexpectedCharacters as unexpected:
        return read, _explain_characters(text, unexpected.pos_in_stream or 0, read)
    except UnexpectedToken as unexpected:
        accepted: set[str] = parser.accepts()  # type: ignore[no-untyped-call]
        problem = _explain_token(unexpected.token, accepted, read)
        if closing := next((name for name in _CLOSINGS if name in accepted), ""):
            parser.feed_token(Token(closing, ""))
            read.pop()
        return read, problem
    (whole,) = read
    assert isinstance(whole, Tree)
    return whole.children, None


def is_strict(read: Sequence[Item]) -> bool:
    """Return whether two nodes are joined by one line at most, as the first word says."""
    return _first_types(read)[:1] == ["STRICT"]


def has_heads(read: Sequence[Item]) -> bool:
    """Return whether the lines are arrows, as far as the first words say."""
    return _first_types(read)[is_strict(read) :][:1] != ["GRAPH"]


def _first_types(read: Sequence[Item]) -> list[str]:
    return [item.type for item in read[:2] if isinstance(item, Token)]


@cache
def _grammar() -> Lark:
    nested = "[^<>]*+"
    for _ in range(_MOST_NESTED):
        nested = rf"[^<>]*+(?:<{nested}>[^<>]*+)*+"
    grammar = _GRAMMAR.replace("TEXT", _TEXT).replace("NESTED", nested)
    callbacks = {"WORD": _name_keyword, "QUOTED": _unquote, "HTML": _strip_brackets}
    return Lark(grammar, parser="lalr", lexer="basic", lexer_callbacks=callbacks)


def _name_keyword(word: Token) -> Token:
    """Give a keyword its own type, and a lone + one that the grammar has nowhere."""
    return word.update(type=word.upper()) if word.lower() in {*_KEYWORDS, "+"} else word


def _unquote(texts: Token) -> Token:
    text = "".join(quoted[1:-1] for quoted in re.findall(_TEXT, texts, re.S))
    return texts.update(value=text.replace('\\"', '"').replace("\\\n", ""))


def _strip_brackets(markup: Token) -> Token:
    return markup.update(value=markup[1:-1])


def _explain_characters(text: str, index: int, read: Sequence[Item]) -> FlowchartError:
    """Return what is wrong with characters that no token begins with."""
    char = text[index]
    if char == '"':
        before = _TEXTS_BEFORE.match(text, index)
        index = before.end() if before else index
        message = 'quotes are not closed: add " at their end'
    elif char == "<":
        message = "< is not closed: add > behind the HTML, or put the text in quotes"
    elif text.startswith("/*", index):
        message = "comment is not closed: add */ at its end"
    elif match := _WRONG_ARROW.match(text, index):
        arrow = "->" if has_heads(read) else "--"
        message = f"{quote(match.group(0))} is no arrow: write {arrow}"
    elif char in _WIDE:
        message = f"full-width {char} means nothing here: write {_WIDE[char]}"
    else:
        message = f"{quote(char)} means nothing here: put texts in quotes"
    return FlowchartError(index, message)


def _explain_token(token: Token, accepted: set[str], read: Sequence[Item]) -> FlowchartError:
    """Return what is wrong with a token that cannot stand where it does."""
    shown = "the end" if token.type == "$END" else quote(token)
    if accepted <= _BEGINNINGS:
        return _error(token, _explain_beginning(token))
    if "$END" in accepted:
        return _error(token, f"{shown} stands behind the last brace: remove it")
    if "RSQB" in accepted and token.type in _OUTSIDE:
        return _error(_last("LSQB", read), "[ is not closed: add ] behind the attributes")
    if "RSQB" in accepted:
        return _error(token, f'{shown} is no attribute: write [label="text"]')
    if "SEMICOLON" in accepted and token.type == "$END":
        return _error(_last("LBRACE", read), "{ is not closed: add } at its end")
    if "SEMICOLON" in accepted:
        return _error(token, _explain_statement(token))
    return _explain_missing(token, shown, "LBRACE" in accepted, read)


def _explain_missing(
    token: Token, shown: str, is_opened: bool, read: Sequence[Item]
) -> FlowchartError:
    """Return what is missing between the token that was read last and another one."""
    last = read[-1]
    assert isinstance(last, Token)
    if last.type == "ARROW":
        return _error(last, f"{last} leads nowhere: write a node behind it")
    if last.type == "COLON":
        return _error(last, "port is missing behind the colon: write a:port, or a")
    if last.type == "_EQUAL":
        return _error(token, f"value of {read[-2]} is missing: write {read[-2]}=value")
    if is_opened:
        return _error(token, f"{{ is missing before {shown}: add it")
    return _error(token, f"[ is missing behind {last}: write {last} [name=value];")


def _explain_beginning(token: Token) -> str:
    if token.type == "$END":
        return "flowchart is empty: write digraph { a -> b; }"
    hint = did_you_mean(token, ("digraph", "graph")) or ": write digraph { a -> b; }"
    return f"{quote(token)} begins no flowchart{hint}"


def _explain_statement(token: Token) -> str:
    if token.type == "ARROW":
        return f"{token} comes from nowhere: write a node before it"
    if token.type in _BEGINNINGS:
        return f"{quote(token)} cannot be a node's name: put it in quotes"
    return f"{quote(token)} is not understood here: write a node, as in a -> b;"


def _last(kind: str, read: Sequence[Item]) -> Token:
    return next(item for item in reversed(read) if isinstance(item, Token) and item.type == kind)


def _error(token: Token, message: str) -> FlowchartError:
    return FlowchartError(token.start_pos or 0, message)


def read_html(text: str) -> str:
    """Return the plain text of a label in HTML: rows and breaks end lines."""
    lines = re.split(r"(?i)<br\b[^>]*>|</tr\s*>", text)
    plain = (html.unescape(re.sub(r"<[^>]*>", " ", line)) for line in lines)
    shown = (escape_plain(" ".join(line.split())) for line in plain)
    return "\\\\".join(line for line in shown if line)


def read_record(text: str) -> str:
    """Return the fields of a record as lines."""
    fields = re.split(r"(?<!\\)[{}|]", text)
    return "\n".join(filter(None, (re.sub(r"<[^>]*>", "", field).strip() for field in fields)))


def read_escapes(text: str, name: str) -> str:
    r"""Return a text in quotes: TeX is left alone, and `\N` stands for the node's name."""
    pieces = []
    for match in _PIECE.finditer(text):
        if match["maths"]:
            pieces.append(match.group(0))
        elif match["break"] or (match["escape"] or "") in _BREAKS:
            pieces.append("\\\\")
        elif match["escape"] == "N":
            pieces.append(escape_plain(name))
        else:
            pieces.append(escape_plain(match["escape"] or match["plain"] or ""))
    return join_pieces(pieces).removesuffix("\\\\").strip()
