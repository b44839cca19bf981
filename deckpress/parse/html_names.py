"""The element names of HTML; other words in angle brackets are text that the author meant to show.

Source: the index of elements of the HTML Living Standard, with the presentational elements that
GitHub still renders, and the shapes of SVG.
"""

from __future__ import annotations

import re

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
_ATTRIBUTE = re.compile(r"\s([A-Za-z_:][\w.:-]*)(\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
_ATTRIBUTES = (
    r"(?:\s++[A-Za-z_:][A-Za-z0-9_.:-]*+"
    r"(?:\s*+=\s*+(?:[^\s!\"'=<>`]++|'[^']*+'|\"[^\"]*+\"))?+)*+"
)
"""CommonMark's attributes (section 6.6), read without a second thought: where each part could end
in several places, to try them all would take 2ⁿ steps."""
TAG = rf"<(?:[A-Za-z][A-Za-z0-9-]*+{_ATTRIBUTES}\s*+/?|/[A-Za-z][A-Za-z0-9-]*+\s*+)>"
"""A tag, as a pattern."""
_TAG = re.compile(TAG)
_REST_OF_LINE = re.compile(rf"{_ATTRIBUTES}[ \t]*+>[ \t]*+(?:\n|$)")


def read_tag(text: str, start: int) -> str:
    """Return the tag that begins at a `<`; nothing where none does."""
    found = _TAG.match(text, start)
    return found.group(0) if found else ""


def ends_with_line(text: str, start: int, end: int) -> bool:
    """Say whether an opening tag, whose name ends at `start`, is all that its line still holds."""
    return _REST_OF_LINE.match(text, start, end) is not None


def is_html_tag(raw: str) -> bool:
    """Say whether a browser knows a tag; in `a<b and c>d` it would take `<b and c>` for one."""
    name = _TAG_NAME.match(raw)
    if name is None:
        return True  # a declaration, or the like
    bare = [found.group(1) for found in _ATTRIBUTE.finditer(raw) if not found.group(2)]
    return is_html_element(name.group(1)) and all(
        each.lower() in _BARE_ATTRIBUTES or each.startswith("data-") for each in bare
    )


def is_html_element(name: str) -> bool:
    """Say whether a browser knows an element of this name, written `name` or `NAME`.

    A word with one capital, as in `List<Object>`, is a name from a program.
    """
    return name in _NAMES or (len(name) > 1 and name.isupper() and name.lower() in _NAMES)
