"""HTML as browsers read it → its tags, comments and texts, each with its place; and its names."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from deckpress.patterns import lazy_pattern

RAW_TEXT = frozenset("iframe noembed noframes noscript script style textarea title xmp".split())
"""Elements in which `<` begins no tag but their own end tag; `noscript` where scripts run."""
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
"""Elements that have no end tag, and nothing within them."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SPACE = r"[\t\n\f\r ]"
_MARKUP = re.compile(r"<(?:(?P<slash>/?)(?P<name>[A-Za-z][^\t\n\f\r />]*)|!--|[!?]|/(?=[^A-Za-z]))")
_COMMENT_END = re.compile(r"--!?>")
_ATTRIBUTE = re.compile(
    rf"[\t\n\f\r /]*(?P<name>=[^\t\n\f\r />=]*|[^\t\n\f\r />=]+)"
    rf"(?:{_SPACE}*={_SPACE}*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'"
    r"|(?P<bare>[^\t\n\f\r >\"'][^\t\n\f\r >]*))?)?"
)
_TAG_END = re.compile(r"[\t\n\f\r /]*>")
_HTML = """
a abbr acronym address area article aside audio b bdi bdo big blockquote body br button canvas
caption center cite code col colgroup data datalist dd del details dfn dialog div dl dt em embed
fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe
img input ins kbd label legend li link main map mark menu meta meter nav noscript object ol optgroup
option output p param picture pre progress q rb rp rt rtc ruby s samp script search section select
slot small source span strike strong style sub summary sup svg table tbody td template textarea
tfoot th thead time title tr track tt u ul var video wbr
"""
_SVG = """
animate circle clipPath defs desc ellipse filter foreignObject g line linearGradient marker mask
path pattern polygon polyline radialGradient rect stop symbol text textPath tspan use
"""
_NAMES = frozenset((_HTML + _SVG).split())
_BARE_ATTRIBUTES = frozenset(
    """
allowfullscreen alt async autofocus autoplay checked class compact controls default defer disabled
download hidden inert ismap itemscope loop multiple muted name nohref noresize noshade novalidate
nowrap open playsinline readonly required reversed selected
""".split()
)
"""Attributes that are written without a value."""
_TAG_NAME = re.compile(r"</?([A-Za-z][\w-]*)")
_AUTHORS_ATTRIBUTE = lazy_pattern(
    r"\s([A-Za-z_:][\w.:-]*)(\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?"
)
_ATTRIBUTES = (
    r"(?:\s++[A-Za-z_:][A-Za-z0-9_.:-]*+"
    r"(?:\s*+=\s*+(?:[^\s!\"'=<>`]++|'[^']*+'|\"[^\"]*+\"))?+)*+"
)
"""CommonMark's attributes (section 6.6), read without a second thought: where each part could end
in several places, to try them all would take 2ⁿ steps."""
TAG = rf"<(?:[A-Za-z][A-Za-z0-9-]*+{_ATTRIBUTES}\s*+/?|/[A-Za-z][A-Za-z0-9-]*+\s*+)>"
"""A tag, as a pattern."""
_TAG = lazy_pattern(TAG)
_REST_OF_LINE = lazy_pattern(rf"{_ATTRIBUTES}[ \t]*+>[ \t]*+(?:\n|$)")


class TokenKind(StrEnum):
    """What a piece of HTML is."""

    TEXT = "text"
    RAW_TEXT = "raw text"
    """What stands in a `<script>`, `<style>` and the like."""
    TAG = "tag"
    COMMENT = "comment"
    """Also `<!DOCTYPE …>` and `<?xml …>`."""
    UNFINISHED = "unfinished"
    """A tag or a comment without its end."""


class Attribute(NamedTuple):
    """An attribute of a tag."""

    name: str
    """In lower case."""
    value: str
    """Character references decoded."""
    start: int
    """Characters of the HTML before it."""
    value_start: int
    """Characters before its value, with the quotes around it; before its end if it has none."""
    end: int


@dataclass(frozen=True)
class HtmlToken:
    """A piece of HTML; the pieces of a text are all of it."""

    kind: TokenKind
    raw: str
    start: int
    """Characters of the HTML before it."""
    name: str = ""
    """A tag's, or that of the element of a raw text, in lower case."""
    is_end: bool = False

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.raw)

    @cached_property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes of a tag, or of an unfinished one."""
        first = _MARKUP.match(self.raw)
        if first is None or not first.group("name"):
            return ()
        return tuple(_read_attributes(self.raw, first.end(), self.start))


def without_controls(text: str) -> str:
    """Return HTML without the control characters that Anki drops, so that it is read as it will be.

    Source: `rslib/src/notes/mod.rs`.
    """
    return _CONTROL.sub("", text)


def read_html(text: str) -> Iterator[HtmlToken]:
    """Yield the pieces of an author's HTML in their order."""
    start, position = 0, 0
    while markup := _MARKUP.search(text, position):
        token = _read_markup(text, markup)
        if start < token.start:
            yield HtmlToken(TokenKind.TEXT, text[start : token.start], start)
        yield token
        start = position = token.end
        if token.kind is TokenKind.TAG and not token.is_end and token.name in RAW_TEXT:
            raw = _read_raw_text(text, token)
            if raw.raw:
                yield raw
            start = position = raw.end
    if start < len(text):
        yield HtmlToken(TokenKind.TEXT, text[start:], start)


def _read_markup(text: str, markup: re.Match[str]) -> HtmlToken:
    start, name = markup.start(), markup.group("name")
    if not name:
        end = _comment_end(text, markup)
        kind = TokenKind.UNFINISHED if end is None else TokenKind.COMMENT
        return HtmlToken(kind, text[start:end], start)
    end = _tag_end(text, markup.end())
    kind = TokenKind.UNFINISHED if end is None else TokenKind.TAG
    return HtmlToken(kind, text[start:end], start, name.lower(), bool(markup.group("slash")))


def _comment_end(text: str, markup: re.Match[str]) -> int | None:
    if markup.group(0) != "<!--":
        end = text.find(">", markup.end())
        return end + 1 if end >= 0 else None
    for short in (">", "->"):
        if text.startswith(short, markup.end()):
            return markup.end() + len(short)
    match = _COMMENT_END.search(text, markup.end())
    return match.end() if match else None


def _tag_end(text: str, position: int) -> int | None:
    while (end := _TAG_END.match(text, position)) is None:
        attribute = _ATTRIBUTE.match(text, position)
        if attribute is None:
            return None
        position = attribute.end()
        if text[position : position + 1] in ("'", '"') and _lacks_its_quote(attribute):
            return None
    return end.end()


def _lacks_its_quote(attribute: re.Match[str]) -> bool:
    """Return whether an attribute ends behind its `=`, so that a quote opens its value."""
    return attribute.group(0).rstrip("\t\n\f\r ").endswith("=") and attribute.lastgroup == "name"


def _read_attributes(tag: str, position: int, start: int) -> Iterator[Attribute]:
    known: set[str] = set()
    while match := _ATTRIBUTE.match(tag, position):
        name = match.group("name").lower()
        value = match.group("double") or match.group("single") or match.group("bare") or ""
        if name not in known:  # the first of two alike counts
            known.add(name)
            last = match.lastgroup or "name"
            begin = match.end() if last == "name" else match.start(last) - (last != "bare")
            place = (match.start("name"), begin, match.end())
            yield Attribute(name, html.unescape(value), *(start + index for index in place))
        position = match.end()


def _read_raw_text(text: str, tag: HtmlToken) -> HtmlToken:
    match = re.compile(rf"</{tag.name}(?=[\t\n\f\r />])", re.I).search(text, tag.end)
    end = match.start() if match else len(text)
    return HtmlToken(TokenKind.RAW_TEXT, text[tag.end : end], tag.end, tag.name)


class Inside:
    """Whether a text stands in an element of one of some names, or of class `mathjax_ignore`.

    It is false of a new one, and true between the tags that it reads.
    """

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self.name = ""
        """The element, while a text stands in one."""
        self._depth = 0

    def __bool__(self) -> bool:
        """Return whether a text that comes now stands in such an element."""
        return self._depth > 0

    def read(self, tag: HtmlToken) -> None:
        """Go into an element, or out of it."""
        if tag.kind is not TokenKind.TAG or tag.name in VOID or tag.raw.endswith("/>"):
            return
        if self._depth:
            self._depth += (-1 if tag.is_end else 1) if tag.name == self.name else 0
        elif not tag.is_end and (tag.name in self._names or _has_class(tag, "mathjax_ignore")):
            self.name, self._depth = tag.name, 1


def _has_class(tag: HtmlToken, name: str) -> bool:
    return any(
        attribute.name == "class" and name in attribute.value.split()
        for attribute in tag.attributes
    )


def read_tag(text: str, start: int) -> str:
    """Return the tag that begins at a `<`; nothing where none does."""
    match = _TAG.match(text, start)
    return match.group(0) if match else ""


def ends_with_line(text: str, start: int, end: int) -> bool:
    """Return whether an opening tag whose name ends at `start` is all that its line still holds."""
    return _REST_OF_LINE.match(text, start, end) is not None


def is_html_tag(raw: str) -> bool:
    """Return whether a browser knows a tag; in `a<b and c>d` it would take `<b and c>` for one."""
    name = _TAG_NAME.match(raw)
    if name is None:
        return True  # a declaration, or the like
    bare = [match.group(1) for match in _AUTHORS_ATTRIBUTE.finditer(raw) if not match.group(2)]
    return is_html_element(name.group(1)) and all(
        attribute.lower() in _BARE_ATTRIBUTES or attribute.startswith("data-") for attribute in bare
    )


def is_html_element(name: str) -> bool:
    """Return whether a browser knows an element of this name, written `name` or `NAME`.

    A word with one capital, as in `List<Object>`, is a name from a program.
    """
    return name in _NAMES or (len(name) > 1 and name.isupper() and name.lower() in _NAMES)
