"""Finished fields → what Anki would change in them at import: the names of pictures and sounds.

All else that it would change, `render.commands` has changed before.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from deckpress.errors import Problem, error
from deckpress.media import is_kept_by_anki, no_address, references
from deckpress.render import RenderedNote

_MEDIA_TAG = re.compile(r"<(?:img|audio|video|object|source)\b", re.I)
_ATTRIBUTE = re.compile(r"\b(?:src|data)=", re.I)
_VALUE = re.compile(r"\"([^\"]+)\"[^>]*>|'([^']+)'[^>]*>|([^ >]+)(?: [^>]*)?>")
_SOUND = re.compile(r"\[sound:(.+?)\]", re.S)
_MOST_QUOTES = 10
"""How many times a `>` in quotes is looked past within a tag."""


def check_stored(rendered: RenderedNote) -> Iterator[Problem]:
    """Yield an error for each name of a file that Anki would change, and so not find.

    What the note's pictures and sounds are written as, `find_media` has looked at.
    """
    names = dict.fromkeys(name for text in rendered.fields.values() for name in _names(text))
    known = {url for url, _ in references(rendered.note)} if names else {}
    for name in names:
        if name.strip("\"'") not in known and not is_kept_by_anki(name):
            yield error(rendered.note.location, no_address(name))


def _names(text: str) -> Iterator[str]:
    """Yield what Anki takes for the name of a file (`rslib/src/text.rs`, `HTML_MEDIA_TAGS`)."""
    if "<" not in text and "[" not in text:
        return
    at = 0
    while tag := _MEDIA_TAG.search(text, at):
        name, at = _name_in(text, tag.end())
        if name:
            yield html.unescape(name)
    yield from (found[1] for found in _SOUND.finditer(text))


def _name_in(text: str, start: int) -> tuple[str, int]:
    """Return the first value of `src` or `data` in a tag, or nothing, and where to read on.

    A `>` ends the tag, unless it stands between two quotes of a kind.
    """
    first_end = -1
    for _ in range(_MOST_QUOTES):
        end = text.find(">", start)
        first_end = end if first_end < 0 else first_end
        for attribute in _ATTRIBUTE.finditer(text, start, end if end >= 0 else len(text)):
            if value := _VALUE.match(text, attribute.end()):
                return value[1] or value[2] or value[3], value.end()
        if end < 0:
            return "", len(text)
        ends = [text.find(mark, end) for mark in "\"'" if text.rfind(mark, start, end) >= 0]
        start = min((each for each in ends if each >= 0), default=-1) + 1
        if not start:
            break
    return "", first_end
