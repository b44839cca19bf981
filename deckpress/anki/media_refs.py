"""What Anki takes for the name of a picture or a sound in a field (`HTML_MEDIA_TAGS`).

It looks for the first `src=` or `data=` of some tags, and for `[sound:…]` (`rslib/src/text.rs`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_MEDIA_TAG = re.compile(r"<(?:img|audio|video|object|source)\b", re.I)
_ATTRIBUTE = re.compile(r"\b(?:src|data)=", re.I)
_VALUE = re.compile(r"\"([^\"]+)\"[^>]*>|'([^']+)'[^>]*>|([^ >]+)(?: [^>]*)?>")
_SOUND = re.compile(r"\[sound:(.+?)\]", re.S)
_MOST_QUOTES = 10
"""How many times a `>` in quotes is looked past within a tag."""


class MediaReference(NamedTuple):
    """The name of a file in a field."""

    name: str
    """As it is called, without HTML's references to characters."""
    start: int
    """Where it stands in the field, in characters."""
    end: int


def find_references(field: str) -> Iterator[MediaReference]:
    """Yield what Anki takes for names of files: those in tags, then those of sounds."""
    if "<" not in field and "[" not in field:
        return
    offset = 0
    while tag := _MEDIA_TAG.search(field, offset):
        span, offset = _find_source(field, tag.end())
        if span:
            yield MediaReference(html.unescape(field[slice(*span)]), *span)
    for match in _SOUND.finditer(field):
        yield MediaReference(match[1], *match.span(1))


def _find_source(field: str, start: int) -> tuple[tuple[int, int] | None, int]:
    """Return where the first value of `src` or `data` in a tag stands, and where to read on.

    A `>` ends the tag, unless it stands between two quotes of a kind.
    """
    first_end = -1
    for _ in range(_MOST_QUOTES):
        end = field.find(">", start)
        first_end = end if first_end < 0 else first_end
        for attribute in _ATTRIBUTE.finditer(field, start, end if end >= 0 else len(field)):
            if value := _VALUE.match(field, attribute.end()):
                return value.span(value.lastindex or 0), value.end()
        if end < 0:
            return None, len(field)
        ends = [field.find(mark, end) for mark in "\"'" if field.rfind(mark, start, end) >= 0]
        start = min((index for index in ends if index >= 0), default=-1) + 1
        if not start:
            break
    return None, first_end
