"""The style sheet of a deck's author: what keeps it from working, or a card from being read.

It comes behind `card.css`, whose palette it may set by the variables in `.card`, and for the night
in `.card.nightMode`. Anki puts it in a `<style>` in the page (`aqt/reviewer.py`), and packs no file
that it names (`rslib/src/text.rs`, `HTML_MEDIA_TAGS`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from deckpress.diagnostics import (
    PARSER_ERRORS,
    Diagnostic,
    Location,
    did_you_mean,
    error,
    quote,
    warning,
)
from deckpress.project import Style

if TYPE_CHECKING:
    from tinycss2.ast import Declaration, Node

_END = re.compile(r"</style", re.I)
_PIECE = re.compile(
    r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|url\([^\"')]*\)|\\."
    r"|/\*(?:.*?\*/)?|[{}]",
    re.S,
)
"""What may hold a brace that means none, and braces; a comment that has no end is `/*` alone."""
_TRIPLE = re.compile(r"(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})")
_WITH_RULES = frozenset("container keyframes layer media scope starting-style supports".split())
"""The at-rules that hold rules; others hold declarations."""
_LOADING = frozenset({"url", "src", "image-set", "-webkit-image-set"})
"""The functions that take an address as a text."""
_WRONG = {
    "bad-string": "a text in quotes has no end: add the quote",
    "bad-url": "url(…) cannot be read: put the address in quotes",
    "eof-in-string": "a text in quotes has no end: add the quote",
    "eof-in-url": "url(…) has no end: add )",
    **{mark: f"{mark} closes nothing: remove it" for mark in ")]}"},
}
_NO_RULE = "this is neither a rule nor a line of the form name: value;"
_CARD = re.compile(r"\s*(?:body)?\.card(?:\.[\w-]+)*\s*")
"""A selector of the card itself, perhaps by night or on some system."""
_READABLE = 4.5
"""The contrast that WCAG 2.2 asks of text (1.4.3)."""
_TEXT = {
    "--paper": "ink soft accent important warning caution tip note",
    "--code": "ink soft key str num fun cls lib",
}
"""The variables whose colours text has, by what it stands on."""
_TIMES = {False: "by day", True: "by night"}
Colour = tuple[float, float, float]
"""Red, green and blue, from 0 to 1."""


class _Set(NamedTuple):
    """A variable of the palette that is set somewhere."""

    name: str
    value: str
    is_night: bool
    line: int = 0
    column: int = 0


@lru_cache(maxsize=8)
def check_style(style: Style) -> tuple[Diagnostic, ...]:
    """Return what is wrong with an author's style sheet."""
    if not style.css:
        return ()
    file = str(style.path)
    try:
        nodes = _parse(style.css)
        wrong = [*_check_end(style), *_check_closed(style), *_check_nodes(nodes, file)]
        return tuple(wrong or _check_palette(nodes, file))
    except PARSER_ERRORS:
        return (error(Location(file), "cannot be read: it has blocks within blocks too deep"),)


def palette() -> Mapping[str, tuple[str, str]]:
    """Return the variables of card.css with their values by day and by night."""
    day, night = _defaults()[False], _defaults()[True]
    return {name: (value, night.get(name, value)) for name, value in day.items()}


def _parse(css: str) -> Sequence[Node]:
    import tinycss2  # here since few decks have a style of their own

    parsed: Sequence[Node] = tinycss2.parse_stylesheet(css, skip_comments=True)
    return parsed


def _check_end(style: Style) -> Iterator[Diagnostic]:
    if end := _END.search(style.css):
        where = _place(style, end.start())
        yield error(where, f"{end[0]} would end the style of the card: remove it")


def _check_closed(style: Style) -> Iterator[Diagnostic]:
    """Yield the comment or the block that is never closed; a browser drops what is in it."""
    opened: list[int] = []
    for piece in _PIECE.finditer(style.css):
        if piece[0] == "/*":
            yield error(_place(style, piece.start()), "/* is never closed: add */")
            return
        if piece[0] == "{":
            opened.append(piece.start())
        elif piece[0] == "}" and opened:
            opened.pop()
    if opened:
        yield error(_place(style, opened[-1]), "{ is never closed: add }")


def _place(style: Style, offset: int) -> Location:
    before = style.css[:offset].split("\n")
    return Location(str(style.path), len(before), len(before[-1]) + 1)


def _check_nodes(nodes: Iterable[Any], file: str) -> Iterator[Diagnostic]:
    """Yield what is no CSS, and what loads something that is not in the package."""
    for node in nodes:
        where = Location(file, node.source_line, node.source_column)
        if node.type == "error":
            yield error(where, f"not CSS: {_WRONG.get(node.kind, _NO_RULE)}")
        elif node.type == "qualified-rule" and _begins_with_slashes(node.prelude):
            yield error(where, "// begins no comment in CSS, and drops a rule: write /* … */")
        elif node.type == "at-rule" and node.lower_at_keyword == "import":
            yield error(where, "@import loads what is not in the package: write its rules here")
        elif address := _address_of(node):
            yield from _check_address(address, where)
        yield from _check_nodes(_below(node), file)


def _begins_with_slashes(prelude: Sequence[Any]) -> bool:
    return [getattr(node, "value", "") for node in prelude[:2]] == ["/", "/"]


def _address_of(node: Any) -> str:
    if node.type == "url":
        return str(node.value)
    if node.type == "function" and node.lower_name in _LOADING:
        return next((str(each.value) for each in node.arguments if each.type == "string"), "")
    return ""


def _check_address(address: str, where: Location) -> Iterator[Diagnostic]:
    if address.startswith("#") or address[:5].lower() == "data:":
        return
    remedy = "write the file as a data: address"
    yield error(where, f"{quote(address[:60])} is not in the package: {remedy}")


def _below(node: Any) -> Iterator[Any]:
    """Yield the nodes that a node holds."""
    import tinycss2

    yield from getattr(node, "prelude", None) or ()
    yield from getattr(node, "arguments", None) or ()
    if node.type == "declaration":
        yield from node.value
    elif node.type == "at-rule" and node.lower_at_keyword in _WITH_RULES:
        yield from tinycss2.parse_rule_list(node.content or (), skip_comments=True)
    elif node.type in ("qualified-rule", "at-rule"):
        yield from tinycss2.parse_blocks_contents(node.content or (), skip_comments=True)
    elif isinstance(content := getattr(node, "content", None), list):  # of a block in brackets
        yield from content


def _read_palette(nodes: Iterable[Any]) -> Iterator[_Set]:
    """Yield the variables that are set for the card, by day or by night."""
    import tinycss2

    for rule in (node for node in nodes if node.type == "qualified-rule"):
        selectors = tinycss2.serialize(rule.prelude).split(",")
        nights = {"night" in each for each in selectors if _CARD.fullmatch(each)}
        for each in tinycss2.parse_blocks_contents(rule.content, skip_comments=True):
            if each.type == "declaration" and each.name.startswith("--"):
                yield from (_set(each, is_night=night) for night in sorted(nights))


def _set(declaration: Declaration, *, is_night: bool) -> _Set:
    import tinycss2

    value = tinycss2.serialize(declaration.value).strip()
    line, column = declaration.source_line, declaration.source_column
    return _Set(declaration.name, value, is_night, line, column)


@cache
def _defaults() -> Mapping[bool, Mapping[str, str]]:
    """Return the palette of card.css by day, and what is another colour by night."""
    css = files(__package__).joinpath("card.css").read_text(encoding="utf-8")
    found = [*_read_palette(_parse(css))]
    return {
        night: {each.name: each.value for each in found if each.is_night is night}
        for night in _TIMES
    }


def _check_palette(nodes: Iterable[Any], file: str) -> Iterator[Diagnostic]:
    """Yield what is wrong with the colours that are set in the palette."""
    known, every = _defaults()[False], [*_read_palette(nodes)]
    found = [each for each in every if each.name in known]
    for each in every:
        if each.name not in known and (hint := did_you_mean(each.name, known, cutoff=0.8)):
            where = Location(file, each.line, each.column)
            yield warning(where, f'"{each.name}" is no colour of the palette{hint}')
    wrong = [message for each in found for message in _check_form(each, file)]
    yield from dict.fromkeys(wrong)
    for night in () if wrong else _TIMES:
        own = {each.name: each for each in found if each.is_night is night}
        yield from _check_contrasts(own, file, night=night)


def _check_form(each: _Set, file: str) -> Iterator[Diagnostic]:
    """Yield that a colour is written otherwise than card.css uses it."""
    default, where = _defaults()[False][each.name], Location(file, each.line, each.column)
    is_triple = bool(_TRIPLE.fullmatch(default))
    if "var(" not in each.value and is_triple != bool(_TRIPLE.fullmatch(each.value)):
        example = f"as in {each.name}: {default}"
        yield error(
            where,
            f'"{each.name}" must be three numbers from 0 to 255, {example}'
            if is_triple
            else f'"{each.name}" must be a colour, {example}',
        )


def _check_contrasts(own: Mapping[str, _Set], file: str, *, night: bool) -> Iterator[Diagnostic]:
    """Yield the texts that are hard to read on what they stand on."""
    values = {**_defaults()[False], **(_defaults()[True] if night else {})}
    values |= {name: each.value for name, each in own.items()}
    dim: dict[tuple[_Set, str], dict[str, float]] = {}
    for ground, names in _TEXT.items():
        for name in (f"--{name}" for name in names.split()):
            culprit = own.get(name) or own.get(ground)
            ratio = _contrast(values[name], values[ground])
            if culprit and ratio and ratio < _READABLE:
                dim.setdefault((culprit, ground), {})[name] = ratio
    for (culprit, ground), ratios in dim.items():
        message = (
            f"{', '.join(ratios)} on {ground}: contrast {min(ratios.values()):.1f} to 1 "
            f"{_TIMES[night]}, where text needs {_READABLE}: make one darker or lighter"
        )
        yield warning(Location(file, culprit.line, culprit.column), message)


def _contrast(text: str, ground: str) -> float:
    """Return the contrast of two colours, as WCAG 2.2 defines it; 0 if one is not known."""
    above, below = _colour(text), _colour(ground)
    if above is None or below is None:
        return 0
    dark, light = sorted((_luminance(above), _luminance(below)))
    return (light + 0.05) / (dark + 0.05)


def _colour(value: str) -> Colour | None:
    import tinycss2.color3

    if triple := _TRIPLE.fullmatch(value):
        red, green, blue = (int(number) / 255 for number in triple.groups())
        return red, green, blue
    colour = tinycss2.color3.parse_color(value)
    if not isinstance(colour, tinycss2.color3.RGBA):
        return None
    return colour.red, colour.green, colour.blue


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
