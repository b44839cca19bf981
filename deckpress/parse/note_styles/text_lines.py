"""The lines of a paragraph, as its author wrote them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from deckpress.notes import Token, cut_text, walk

BREAKS = frozenset({"softbreak", "linebreak"})
_TEXTS = frozenset({"paragraph", "block_text"})
_MARKERS = "*_~="
"""What may stand before a text that is emphasised."""


def split_lines(children: Sequence[Token]) -> list[list[Token]]:
    """Return the tokens of a paragraph line by line, each line with the break that ends it.

    Between two lines of Chinese there is no break, since they are joined: there the places of the
    texts tell.
    """
    lines: list[list[Token]] = [[]]
    for child in children:
        for piece in _pieces(child):
            if lines[-1] and _begins_line(piece):
                lines.append([])
            lines[-1].append(piece)
        if child["type"] in BREAKS:
            lines.append([])
    return lines if lines[-1] else lines[:-1]


def may_have_lines(children: Sequence[Token]) -> bool:
    """Return whether the tokens of a paragraph may be several lines; False is sure."""
    return any(child["type"] in BREAKS or len(child.get("origins", ())) > 1 for child in children)


def cut_block(
    block: Token, begins: Callable[[Sequence[Token]], bool]
) -> tuple[Token, Token] | None:
    """Return a paragraph in two, before the first of its other lines that begins something.

    So it is with the last paragraph of a list: a line right below it belongs to that, to Markdown.
    """
    if block["type"] in ("list", "list_item"):
        *before, last = block["children"] or [None]
        if last is None or not (parts := cut_block(last, begins)):
            return None
        return block | {"children": [*before, parts[0]]}, parts[1]
    if block["type"] not in _TEXTS or not may_have_lines(block["children"]):
        return None
    lines = split_lines(block["children"])
    for index in range(1, len(lines)):
        if begins(lines[index]):
            above, rest = (
                [token for line in part for token in line]
                for part in (lines[:index], lines[index:])
            )
            place = {"type": "paragraph", "line": line_of(rest) or block.get("line", 0)}
            first = block | {"children": without_break(above)}
            return first, block | {"children": rest} | place
    return None


def opened(container: Token) -> Iterator[Token]:
    """Yield the blocks in a quote or an item of a list, a text at its beginning as a paragraph."""
    first, *others = container["children"] or [container]
    is_text = first["type"] in _TEXTS
    yield first | {"type": "paragraph", "line": container["line"]} if is_text else first
    yield from others


def without_break(line: Sequence[Token]) -> list[Token]:
    """Return a line without the break that ends it."""
    return list(line[:-1] if line and line[-1]["type"] in BREAKS else line)


def line_of(tokens: Sequence[Token]) -> int:
    """Return the line of the file on which a piece of text begins; 0 if that is not known."""
    for token in walk(tokens):
        if "origins" in token:
            return int(token["passage"].place(token["origins"][0][1])[0])
        if "line" in token:
            return int(token["line"])
    return 0


def _pieces(child: Token) -> Iterator[Token]:
    """Yield a text as one piece for each of its lines, and any other token as it is."""
    if child["type"] != "text" or "origins" not in child:
        yield child
        return
    text, start = child["passage"].text, 0
    for at, offset in child["origins"][1:]:
        if at > start and text[offset - 1 : offset] == "\n":
            yield from cut_text(child, start, at)
            start = at
    yield from cut_text(child, start, len(child["raw"]))


def _begins_line(child: Token) -> bool:
    """Return whether a token is the first of a line of its paragraph."""
    for token in walk([child]):
        if "origins" in token:
            text, offset = token["passage"].text, token["origins"][0][1]
            while offset and text[offset - 1] in _MARKERS:
                offset -= 1
            return bool(offset) and text[offset - 1] == "\n"
    return False
