"""Addresses and names of files in fields → those at which there is nothing on a card."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from deckpress.check.shown_html import join_html
from deckpress.diagnostics import Diagnostic, error, quote, warning
from deckpress.markdown.html_tokens import Attribute, HtmlToken, TokenKind, read_html
from deckpress.media import is_kept_by_anki, no_address, references
from deckpress.notes import Note
from deckpress.render import RenderedNote, is_followed, leads_nowhere

_MEDIA_TAG = re.compile(r"<(?:img|audio|video|object|source)\b", re.I)
_ATTRIBUTE = re.compile(r"\b(?:src|data)=", re.I)
_VALUE = re.compile(r"\"([^\"]+)\"[^>]*>|'([^']+)'[^>]*>|([^ >]+)(?: [^>]*)?>")
_SOUND = re.compile(r"\[sound:(.+?)\]", re.S)
_MOST_QUOTES = 10
"""How many times a `>` in quotes is looked past within a tag."""
_FILES = {
    "href": frozenset({"feimage", "image", "use"}),
    "poster": frozenset({"video"}),
    "src": frozenset({"input", "track"}),
}
_OF_ANY = frozenset("background dynsrc lowsrc".split())
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]{2}|#")
_IN_CSS = re.compile(r"url\(\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"')]*))", re.I)
_SCRIPT = re.compile(r"\s*(?:java|vb|live)script:", re.I)


def check_stored(rendered: RenderedNote) -> Iterator[Diagnostic]:
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


_FILES["xlink:href"] = _FILES["href"]


"""Attributes whose file a browser shows and Anki does not know, and the elements that have them."""


def check_unpacked(notes: Iterable[Note]) -> Iterator[Diagnostic]:
    """Yield a warning for each file that no card shows, and each link that leads nowhere."""
    for note in notes:
        for pieces in note.html:
            joined = join_html(pieces)
            for start, message in _read(joined.text):
                yield warning(joined.place(start, note.location.file), message)


def _read(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a file or a link stands in a text, and what to say of it."""
    for token in read_html(text):
        if token.kind is TokenKind.RAW_TEXT and token.name == "style":
            for url in _files_in_css(token.raw):
                yield token.start, _not_packed(url, "<style>")
        for attribute in () if token.is_end else token.attributes:
            what = f"<{token.name} {attribute.name}=…>"
            for url in _files(token, attribute):
                yield attribute.start, _not_packed(url, what)
            if _leads_nowhere(token, attribute):
                yield token.start, leads_nowhere(attribute.value.strip())


def _files(tag: HtmlToken, attribute: Attribute) -> Iterator[str]:
    name, value = attribute.name, attribute.value.strip()
    if name == "style":
        yield from _files_in_css(value)
    elif name in _OF_ANY or tag.name in _FILES.get(name, ()):
        yield from [value] if _is_file(value) else []


def _files_in_css(css: str) -> Iterator[str]:
    urls = (found[1] or found[2] or found[3] or "" for found in _IN_CSS.finditer(css))
    return filter(_is_file, urls)


def _is_file(url: str) -> bool:
    return bool(url) and not _ELSEWHERE.match(url)


def _not_packed(url: str, what: str) -> str:
    return (
        f"{quote(url)} is not packed, since Anki would delete the file of a {what}: "
        "show it by <img src=…>, or remove it"
    )


def _leads_nowhere(tag: HtmlToken, attribute: Attribute) -> bool:
    """Say whether a link leads to nothing; what runs a script is reported as that."""
    if tag.name not in ("a", "area") or attribute.name != "href":
        return False
    runs = _SCRIPT.match(attribute.value) or any(each.name == "onclick" for each in tag.attributes)
    return not runs and not is_followed(attribute.value.strip())
