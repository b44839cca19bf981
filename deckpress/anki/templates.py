"""The template of one side of a card → its parts, and what is wrong with it.

A part is text, comments included, as a string; a replacement `{{filter:Field}}`; or what stands
between `{{#Field}}` or `{{^Field}}` and `{{/Field}}`. An opening mark without an end is text.

Source: `rslib/src/template.rs`, tried with 26.09.3. The messages are its English ones
(`ftl/core/card-template-rendering.ftl`), with the marks that isolate a name's direction.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeAlias

_STARTS = re.compile(r"\{\{|<!--")
_OLD_STARTS = re.compile(r"<%|<!--")
_ENDS = {"{{": "}}", "<%": "%>", "<!--": "-->"}
_OLD_MARKS = "{{=<% %>=}}"
"""What a template begins with that is written `<%Field%>`."""
_MOST_NESTED = 100
_GAP_NAME = re.compile(r"c\+?0*+(?P<digits>[0-9]*)(?<=[0-9])")
FRONT_SIDE = "FrontSide"
SPECIAL_FIELDS = ("Tags", "Type", "Deck", "Subdeck", "CardFlag", "Card", "CardID")
"""What a template can name besides a note's own fields, which come first."""


class Replacement(NamedTuple):
    """A field, as some filters show it."""

    field: str
    filters: tuple[str, ...]
    """In the order in which they are applied: the last that is written comes first."""

    @property
    def source(self) -> str:
        """What the template has between the braces."""
        return ":".join([*reversed(self.filters), self.field])


class Conditional(NamedTuple):
    """Parts that are shown if a field has something in it, or if it has nothing."""

    field: str
    is_negated: bool
    parts: tuple[Part, ...]


Part: TypeAlias = str | Replacement | Conditional


class TemplateError(ValueError):
    """What is wrong with a template, as Anki says it: text, not HTML."""


@dataclass
class _Open:
    """A conditional that is not closed yet, or the template itself."""

    name: str = ""
    is_negated: bool = False
    parts: list[Part] = field(default_factory=list)

    def close(self) -> Conditional:
        return Conditional(self.name, self.is_negated, tuple(self.parts))


@lru_cache(maxsize=1024)
def parse_template(text: str) -> tuple[Part, ...]:
    """Return the parts of a template. Raises TemplateError where its conditionals do not match."""
    opened = [_Open()]
    for token in _tokens(text):
        _add(token, opened)
    if len(opened) > 1:
        raise TemplateError(f"Missing {_quote('/', opened[-1].name)}")
    return tuple(opened[0].parts)


def _add(token: str | tuple[str, str], opened: list[_Open]) -> None:
    """Add a text, or a mark by its sign and name, to the conditional that is open."""
    if isinstance(token, str):
        opened[-1].parts.append(token)
        return
    sign, name = token
    if sign == "/":
        _check_closing(name, opened)
        closed = opened.pop().close()
        opened[-1].parts.append(closed)
    elif sign:
        opened.append(_Open(name, is_negated=sign == "^"))
        _check_depth(opened)
    else:
        *filters, key = name.split(":")
        opened[-1].parts.append(Replacement(key, tuple(reversed(filters))))


def _tokens(text: str) -> Iterator[str | tuple[str, str]]:
    """Yield the texts of a template, and the sign and the name of each mark."""
    starts, index = _STARTS, 0
    if text.lstrip().startswith(_OLD_MARKS):
        text, starts = _without_old_marks(text.lstrip()), _OLD_STARTS
    for opening, end in _find_marks(text, starts):
        start = opening.start()
        if index < start:
            yield text[index:start]
        is_comment = opening[0] == "<!--"
        yield text[start:end] if is_comment else _classify(text[opening.end() : end - 2])
        index = end
    if index < len(text):
        yield text[index:]


def _find_marks(text: str, starts: re.Pattern[str]) -> Iterator[tuple[re.Match[str], int]]:
    """Yield what begins each mark or comment, and where it ends."""
    ends, position = dict(_ENDS), 0
    while opening := starts.search(text, position):
        position = opening.start() + 1
        closing = ends.get(opening[0], "")
        end = text.find(closing, opening.end()) if closing else -1
        if end >= 0:
            position = end + len(closing)
            yield opening, position
        else:
            ends.pop(opening[0], None)  # nor does the next one end


def _without_old_marks(text: str) -> str:
    while text.startswith(_OLD_MARKS):
        text = text.removeprefix(_OLD_MARKS)
    return text


def _classify(inner: str) -> tuple[str, str]:
    """Return the sign of a mark, empty for a replacement, and the name behind it."""
    name = inner.lstrip("{").strip()
    is_signed = len(name) > 1 and name[0] in "#^/"
    return (name[0], name[1:].lstrip()) if is_signed else ("", name)


def _check_depth(opened: list[_Open]) -> None:
    if len(opened) > _MOST_NESTED:
        raise TemplateError(f"More than {_MOST_NESTED} conditionals are nested")


def _check_closing(name: str, opened: list[_Open]) -> None:
    found, expected = _quote("/", name), opened[-1].name
    if len(opened) == 1:
        raise TemplateError(
            f"Found {found}, but missing {_quote('#', name)} or {_quote('^', name)}"
        )
    if name != expected:
        raise TemplateError(f"Found {found}, but expected {_quote('/', expected)}")


def _quote(sign: str, name: str) -> str:
    return f"'\u2068{{{{{sign}{name}}}}}\u2069'"


def check_names(parts: Iterable[Part], names: Container[str]) -> None:
    """Raise TemplateError where a template names a field that is none of these.

    A template may ask for the card of a gap, `{{#c1}}`, whatever its fields are.
    """
    for part in parts:
        if isinstance(part, Conditional):
            if part.field not in names and not _is_gap_name(part.field):
                raise _no_such_field("#^"[part.is_negated] + part.field, part.field)
            check_names(part.parts, names)
        elif isinstance(part, Replacement) and part.field not in names:
            is_filter_alone = not part.field and part.filters
            if part.field != FRONT_SIDE and not is_filter_alone:
                raise _no_such_field(part.source, part.field)


def _is_gap_name(name: str) -> bool:
    match = _GAP_NAME.fullmatch(name)
    return bool(match and len(match["digits"]) < 11 and int(match["digits"] or 0) < 2**32)


def _no_such_field(source: str, name: str) -> TemplateError:
    found = _quote("", source)
    return TemplateError(f"Found {found}, but there is no field called '\u2068{name}\u2069'")


def is_blank(parts: Iterable[Part], filled: Container[str]) -> bool:
    """Return whether a front shows none of the fields that have something in them.

    Text of the template does not count, and what a filter makes of a field does not either.
    """
    for part in parts:
        if isinstance(part, Replacement):
            if part.field in filled:
                return False
        elif isinstance(part, Conditional):
            is_shown = (part.field in filled) != part.is_negated
            if is_shown and not is_blank(part.parts, filled):
                return False
    return True
