"""Addresses and names of files in fields → those at which there is nothing on a card."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from deckpress.anki.media_refs import find_references
from deckpress.check.shown_html import join_html
from deckpress.diagnostics import Diagnostic, error, quote, warning
from deckpress.markdown.html_tokens import Attribute, HtmlToken, TokenKind, read_html
from deckpress.media import is_kept_by_anki, no_address, references
from deckpress.notes import Note
from deckpress.render import RenderedNote, is_followed, leads_nowhere

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
    names = dict.fromkeys(
        found.name for field in rendered.fields.values() for found in find_references(field)
    )
    known = {url for url, _ in references(rendered.note)} if names else {}
    for name in names:
        if name.strip("\"'") not in known and not is_kept_by_anki(name):
            yield error(rendered.note.location, no_address(name))


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
