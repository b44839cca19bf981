"""What a template's filters make of a field: `{{filter:Field}}`.

A filter that Anki does not know may be an add-on's: it is where filtering ends, and the field stays
as it is by then. `{{type:…}}` leaves a mark for the reviewer, `{{tts …:…}}` one for a voice.

Source: `rslib/src/template_filters.rs`, tried with 26.09.3. The id of a hint is another digest than
Anki's, which is of no standard library: it tells the hints of a card apart, and no more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from deckpress.anki.cloze_filter import show_clozes, show_only_clozes
from deckpress.anki.strip_html import strip_html
from deckpress.anki.templates import Replacement

_SPEECH = "tts "


def show_field(html: str, replacement: Replacement, number: int, *, is_front: bool) -> str:
    """Return a field as a template shows it on the card of a cloze number."""
    for name in _filters_of(replacement):
        shown = _apply(name, html, replacement.field, number, is_front=is_front)
        if shown is None:
            break
        html = shown
    return html


def _filters_of(replacement: Replacement) -> tuple[str, ...]:
    """Return the filters that count: if the first that is written is `type`, hardly any other."""
    filters = replacement.filters
    if filters[-1:] != ("type",):
        return filters
    return (f"type:{filters[0]}",) if filters[:-1] in (("cloze",), ("nc",)) else ("type",)


def _apply(name: str, html: str, field: str, number: int, *, is_front: bool) -> str | None:
    """Return what a filter makes of a field; None if Anki does not know the filter."""
    match name:
        case "":
            return html
        case "text":
            return strip_html(html)
        case "cloze":
            return show_clozes(html, number, is_front=is_front)
        case "cloze-only":
            return show_only_clozes(html, number, is_front=is_front)
        case "type" | "type:cloze" | "type:nc":
            return f"[[{name}:{field}]]"
        case "hint":
            return _fold(html, field)
        case "furigana":
            return _read_aloud(html, "<ruby><rb>{}</rb><rt>{}</rt></ruby>".format)
        case "kanji":
            return _read_aloud(html, lambda word, reading: word)
        case "kana":
            return _read_aloud(html, lambda word, reading: reading)
    if name.startswith(_SPEECH):
        return f"[anki:tts lang={name.removeprefix(_SPEECH)}]{html}[/anki:tts]"
    return None


def _fold(html: str, field: str) -> str:
    """Return a field behind a link with its name, which unfolds it."""
    if not html.strip():
        return html
    name = "hint" + hashlib.blake2b(f"{html}{field}".encode(), digest_size=8).hexdigest()
    return (
        '\n<a class=hint href="#"\n'
        "onclick=\"this.style.display='none';\n"
        f"document.getElementById('{name}').style.display='block';\n"
        f'return false;" draggable=false>\n{field}</a>\n'
        f'<div id="{name}" class=hint style="display: none">{html}</div>\n'
    )


class _Next:
    """Where a character stands next; each part of the text is looked through once."""

    def __init__(self, text: str, character: str) -> None:
        self._text, self._character, self._found = text, character, -1

    def at(self, index: int) -> int:
        """Return its first place from an index on; the text's length if there is none."""
        if self._found < index:
            found = self._text.find(self._character, index)
            self._found = found if found >= 0 else len(self._text)
        return self._found


def _read_aloud(html: str, write: Callable[[str, str], str]) -> str:
    """Write each word that has its reading behind it, `word[reading]`, in another way.

    A word begins behind a space, which is left out, or behind a tag; a reading stands on one line.
    """
    html = html.replace("&nbsp;", " ")
    closings, line_ends = _Next(html, "]"), _Next(html, "\n")
    pieces, written, word, search = [], 0, 0, 0
    while (bracket := html.find("[", search)) >= 0:
        word = max(html.rfind(" ", search, bracket), html.rfind(">", search, bracket)) + 1 or word
        closing, line_end = closings.at(bracket + 2), line_ends.at(bracket + 1)
        search = bracket + 1
        if bracket == word or line_end < closing or closing == len(html):
            continue
        start = word - (word > written and html[word - 1] == " ")
        reading = html[bracket + 1 : closing]
        search = closing + 1
        is_sound = reading.startswith("sound:")
        shown = html[start:search] if is_sound else write(html[word:bracket], reading)
        pieces += [html[written:start], shown]
        written = word = search
    return "".join([*pieces, html[written:]])
