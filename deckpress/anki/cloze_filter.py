"""The deletions of a field, and what the filter `cloze` makes of them on each side of a card.

A deletion that another one encloses is asked and shown within it. One with several numbers,
`{{c1,2::…}}`, is asked on several cards. What is never closed is not shown.

A deletion of a picture, `{{c1::image-occlusion:rect:left=.1:…}}`, becomes an element that says
where its shape is; a script of the note type's template draws it.

Sources: `rslib/src/cloze.rs` and `rslib/src/image_occlusion/`, tried with 26.09.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from deckpress.anki.strip_html import escape_attribute, strip_tags

_MARK = re.compile(r"\{\{c(?P<numbers>[0-9,]++)::|\}\}")
_MOST_OPEN = 10
"""Anki leaves out the opening mark of a deletion within so many others."""
_HIGHEST = 2**16 - 1
_MOST_HIDDEN = 100_000
"""A front holds what it asks for in an attribute, which grows fourfold with each deletion around
it: what would be longer than this is left out. Anki writes megabytes."""
_SHAPE = "image-occlusion:"
_SHAPES = ("rect", "ellipse", "polygon", "text")
_PROPERTY = re.compile(r":(?P<name>[^=]++)=(?P<value>(?:[^\\:]++|\\[\\:])++)(?!\\)")
_ESCAPE = re.compile(r"\\([\\:])")
_ATTRIBUTES = {
    **dict.fromkeys(("left", "top", "angle", "fill", "width", "height", "rx", "ry"), ""),
    **dict.fromkeys(("points", "text", "scale"), ""),
    "oi": "occludeInactive",
    "fs": "font-size",
}
"""What may be said of a shape, and what the attribute for it is called if that is another name."""
_NOT_ZERO = frozenset({"width", "height", "rx", "ry", "scale"})
_FORMULA = re.compile(r"\\[(\[]")
_FORMULA_END = re.compile(r"\\[)\]]")


@dataclass
class Deletion:
    """A deletion as a field has it."""

    numbers: tuple[int, ...]
    """In their order, each once."""
    parts: list[str | Deletion] = field(default_factory=list)
    """The text that is asked for, with the deletions in it."""
    hint: str | None = None

    @property
    def text(self) -> str:
        """The text that is asked for, without any marks."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    @property
    def label(self) -> str:
        """What stands in the gap."""
        return "..." if self.hint is None else self.hint

    def walk(self) -> Iterator[Deletion]:
        """Yield it and those in it, in the order in which they begin."""
        yield self
        for part in self.parts:
            if isinstance(part, Deletion):
                yield from part.walk()


@lru_cache(maxsize=64)  # the cards of a note, and their sides, show the same fields
def parse_clozes(html: str) -> tuple[str | Deletion, ...]:
    """Return a field as text and deletions."""
    parts: list[str | Deletion] = []
    opened: list[Deletion] = []
    index = 0
    for mark, numbers in _find_marks(html):
        if mark.start() > index:
            _add_text(html[index : mark.start()], parts, opened)
        index = mark.end()
        if numbers:
            opened += [Deletion(numbers)] if len(opened) < _MOST_OPEN else []
        else:
            closed = opened.pop() if opened else "}}"
            (opened[-1].parts if opened else parts).append(closed)
    if index < len(html):
        _add_text(html[index:], parts, opened)
    return tuple(parts)


def _find_marks(html: str) -> Iterator[tuple[re.Match[str], tuple[int, ...]]]:
    """Yield what opens a deletion, with its numbers, and what closes one, with none."""
    if "{{c" in html:
        for mark in _MARK.finditer(html):
            numbers = _read_numbers(mark["numbers"] or "")
            if numbers or mark[0] == "}}":
                yield mark, numbers


def _read_numbers(text: str) -> tuple[int, ...]:
    numbers = (number.lstrip("0") or number[:1] for number in text.split(","))
    readable = {int(number) for number in numbers if 0 < len(number) < 6}
    return tuple(sorted(number for number in readable if number <= _HIGHEST))


def _add_text(text: str, parts: list[str | Deletion], opened: list[Deletion]) -> None:
    """Add a text to the deletion that is open; what follows the first `::` is its hint."""
    if opened and not text.startswith(_SHAPE):
        text, colons, hint = text.partition("::")
        opened[-1].hint = hint if colons else opened[-1].hint
    (opened[-1].parts if opened else parts).append(text)


def _walk(html: str) -> Iterator[Deletion]:
    for part in parse_clozes(html):
        if isinstance(part, Deletion):
            yield from part.walk()


def cloze_numbers(fields: Iterable[str]) -> set[int]:
    """Return the numbers of a note's deletions: it has a card for each."""
    return {
        number
        for html in fields
        if "{{c" in html
        for deletion in _walk(html)
        for number in deletion.numbers
        if number
    }


def show_clozes(html: str, number: int, *, is_front: bool) -> str:
    """Return a field for a card: the filter `cloze`. Empty if no deletion has its number."""
    if not any(number in deletion.numbers for deletion in _walk(html)):
        return ""
    return _strip_formulas(_reveal(parse_clozes(html), number, is_front=is_front))


def _reveal(parts: Iterable[str | Deletion], number: int, *, is_front: bool) -> str:
    return "".join(
        part if isinstance(part, str) else _show(part, number, is_front=is_front) for part in parts
    )


def _show(deletion: Deletion, number: int, *, is_front: bool) -> str:
    shape = next(iter(deletion.parts), "")
    if isinstance(shape, str) and shape.startswith(_SHAPE):
        return _show_shape(deletion, shape.removeprefix(_SHAPE), number, is_front=is_front)
    content = _reveal(deletion.parts, number, is_front=is_front)
    ordinal = ",".join(map(str, deletion.numbers))
    if number not in deletion.numbers:
        return f'<span class="cloze-inactive" data-ordinal="{ordinal}">{content}</span>'
    if not is_front:
        return f'<span class="cloze" data-ordinal="{ordinal}">{content}</span>'
    hidden = escape_attribute(content) if len(content) <= _MOST_HIDDEN else ""
    attributes = f'class="cloze" data-cloze="{hidden}" data-ordinal="{ordinal}"'
    return f"<span {attributes}>[{deletion.label}]</span>"


def _show_shape(deletion: Deletion, shape: str, number: int, *, is_front: bool) -> str:
    """Return the element for a shape that hides a part of a picture; a number 0 is never shown."""
    if 0 in deletion.numbers or (number in deletion.numbers and is_front):
        kind = "cloze"
    else:
        kind = "cloze-highlight" if number in deletion.numbers else "cloze-inactive"
    ordinal = ",".join(map(str, deletion.numbers))
    return f'<div class="{kind}" data-ordinal="{ordinal}" {_shape_attributes(shape)}></div>'


def _shape_attributes(text: str) -> str:
    """Return what a shape says of itself, as attributes; what follows an empty value is lost."""
    shape, colon, _ = text.partition(":")
    attributes = [f'data-shape="{shape}" '] if colon and shape in _SHAPES else []
    index = len(shape)
    while match := _PROPERTY.match(text, index):
        index = match.end()
        name, value = match["name"], _ESCAPE.sub(r"\1", match["value"])
        if name == "points":
            value = " ".join(point for point in value.split(" ") if "," in point)
        elif name == "text":
            value = escape_attribute(value)
        if name in _ATTRIBUTES and value and not (value == "0" and name in _NOT_ZERO):
            attributes.append(f'data-{_ATTRIBUTES[name] or name}="{value}" ')
    return "".join(attributes)


def _strip_formulas(html: str) -> str:
    """Remove the tags within formulas, among them those of deletions: MathJax takes none."""
    pieces, index = [], 0
    while opening := _FORMULA.search(html, index):
        closing = _FORMULA_END.search(html, opening.end())
        if not closing:
            break
        tex = strip_tags(html[opening.end() : closing.start()])
        pieces += [html[index : opening.end()], tex, closing[0]]
        index = closing.end()
    return "".join([*pieces, html[index:]])


def show_only_clozes(html: str, number: int, *, is_front: bool) -> str:
    """Return nothing but the gaps, or what was asked for: the filter `cloze-only`."""
    asked = (deletion for deletion in _walk(html) if number in deletion.numbers)
    return ", ".join(deletion.label if is_front else deletion.text for deletion in asked)


def typed_cloze(html: str, number: int) -> str:
    """Return what is to be typed for a card: `extract_cloze_for_typing`."""
    asked = [deletion.text for deletion in _walk(html) if number in deletion.numbers]
    return asked[0] if len(set(asked)) == 1 else ", ".join(asked)
