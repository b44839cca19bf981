"""An author's HTML → what a browser would run or load, and addresses at which there is nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from deckpress.anki.media_refs import find_references
from deckpress.check.shown_html import join_html, place
from deckpress.diagnostics import Diagnostic, Location, Severity, counted, error, quote, warning
from deckpress.markdown import Token
from deckpress.markdown.html_tokens import Attribute, HtmlToken, TokenKind, read_html
from deckpress.media import is_kept_by_anki, no_address, references
from deckpress.notes import Note
from deckpress.project import Project
from deckpress.render import is_followed, leads_nowhere

FOREIGN = frozenset({"svg", "math"})
"""Elements in which `<style>` and the like may hold tags, which a browser then reads."""
_PAGES = frozenset("applet embed fencedframe frame frameset iframe object portal".split())
_LEADS_AWAY = frozenset({"base", "form"})
_SPOKEN = frozenset("alt label placeholder summary title".split())
"""Attributes that are read by people."""
_ADDRESSES = frozenset(
    "action background classid codebase data dynsrc formaction href icon lowsrc manifest ping"
    " poster profile src xlink:href".split()
)
_FOLLOWED = frozenset({"a", "area"})
"""Elements whose `href` is loaded only when a learner goes there."""
_REPORTED_AS_MEDIA = frozenset({"img", "audio", "video", "source"})
"""Elements of which media.py says that their file is not packed."""
_HANDLER = re.compile(r"on[a-z]+")
_SCRIPT_ADDRESS = re.compile(r"(?:java|vb|live)script:", re.I)
_DATA = re.compile(r"data:(?!image/(?!svg)|audio/|video/|font/)", re.I)
_NETWORK = re.compile(r"(?:https?|ftp|wss?|file):|[/\\]{2}", re.I)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9A-Fa-f]{1,6})[ \t\n]?|\n|(.))", re.S)
_CSS_NETWORK = re.compile(r"@import|(?:^|[\s(\"'=:,])(?:(?:https?|ftp|wss?|file):|[/\\]{2})", re.I)
_TAG_WITHIN = re.compile(r"<[A-Za-z/!?]")
_REMEDY = "remove it, or allow it by [html] scripts = true in deck.toml"
_FILES = {
    "href": frozenset({"feimage", "image", "use"}),
    "poster": frozenset({"video"}),
    "src": frozenset({"input", "track"}),
}
_OF_ANY = frozenset("background dynsrc lowsrc".split())
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]{2}|#")
_IN_CSS = re.compile(r"url\(\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"')]*))", re.I)
_SCRIPT = re.compile(r"\s*(?:java|vb|live)script:", re.I)


class Does(StrEnum):
    """What a piece of HTML does, said of its name."""

    RUNS = "{} runs a script"
    SHOWS = "{} shows another page on the card"
    LOADS = "{} loads from the network whenever the card is shown"
    LEADS = "{} leads learners away from the card"
    HIDES = "{} holds what cannot be checked: close it in its own block, and put no tag into it"


class Active(NamedTuple):
    """A piece of HTML that is more than text and pictures."""

    start: int
    """Characters of the HTML before it."""
    what: str
    """The piece as its author knows it: `<script>`, or `onclick`."""
    does: Does


def find_active(raw: str, *, foreign: bool) -> Iterator[Active]:
    """Yield what a browser would run, load or follow of a piece of HTML, in its order.

    `foreign` says that there is SVG or MathML around it, or in it.
    """
    for piece in read_html(raw):
        if piece.kind is TokenKind.TAG:
            yield from _in_tag(piece)
        elif piece.kind is TokenKind.RAW_TEXT:
            yield from _in_raw_text(piece, foreign=foreign)
        elif piece.kind is TokenKind.COMMENT and foreign and piece.raw.startswith("<![CDATA["):
            yield Active(piece.start, "<![CDATA[", Does.HIDES)


def find_open_style(raw: str) -> Iterator[Active]:
    """Yield a `<style>` that goes on behind a piece of HTML, where Markdown's text is its rules."""
    tags = [
        piece for piece in read_html(raw) if piece.kind is TokenKind.TAG and piece.name == "style"
    ]
    if tags and not tags[-1].is_end:
        yield Active(tags[-1].start, "<style>", Does.HIDES)


def loads_by_css(css: str) -> bool:
    """Return whether a style sheet, or a `style`, makes a browser load something."""
    read = _CSS_ESCAPE.sub(_unescape, css)
    return any(_CSS_NETWORK.search(re.sub(r"[\t\n\r]", "", text)) for text in (css, read))


def _unescape(match: re.Match[str]) -> str:
    if match.group(1):
        code = int(match.group(1), 16)
        return chr(code) if 0 < code <= 0x10FFFF else "\ufffd"
    return match.group(2) or ""


def _in_raw_text(piece: HtmlToken, *, foreign: bool) -> Iterator[Active]:
    is_judged = piece.name in ("style", "textarea") and not foreign
    if piece.name != "script" and not is_judged and _TAG_WITHIN.search(piece.raw):
        yield Active(piece.start, f"<{piece.name}>", Does.HIDES)
    if piece.name == "style":
        sheets = (piece.raw, html.unescape(piece.raw))  # the latter within SVG
        if any(map(loads_by_css, sheets)):
            yield Active(piece.start, "<style>", Does.LOADS)


def _in_tag(tag: HtmlToken) -> Iterator[Active]:
    if tag.is_end:
        return
    name = tag.name
    if name == "script" or name.endswith(":script"):
        yield Active(tag.start, f"<{name}>", Does.RUNS)
    elif name in _PAGES:
        yield Active(tag.start, f"<{name}>", Does.SHOWS)
    elif name == "link":
        yield Active(tag.start, "<link>", Does.LOADS)
    elif name in _LEADS_AWAY or (name == "meta" and _refreshes(tag)):
        yield Active(tag.start, f"<{name}>", Does.LEADS)
    for attribute in tag.attributes:
        if does := _does(tag, attribute):
            yield Active(attribute.start, attribute.name, does)


def _refreshes(tag: HtmlToken) -> bool:
    return any(attribute.name == "http-equiv" for attribute in tag.attributes)


def _does(tag: HtmlToken, attribute: Attribute) -> Does | None:
    name, value = attribute.name, attribute.value
    if _HANDLER.fullmatch(name) or name == "srcdoc":
        return Does.RUNS
    if name == "attributename" and _HANDLER.fullmatch(value.strip().lower()):
        return Does.RUNS  # of SVG's <set>
    address = re.sub(r"[\x00-\x20]", "", value)
    if name not in _SPOKEN and _SCRIPT_ADDRESS.search(address):
        return Does.RUNS
    if name in _ADDRESSES and tag.name not in _REPORTED_AS_MEDIA and _DATA.match(address):
        return Does.RUNS if tag.name != "image" else None
    if name in _ADDRESSES and _loads(tag, name) and _NETWORK.match(address):
        return Does.LOADS
    is_style = name == "style" or "url(" in address.lower()
    return Does.LOADS if is_style and loads_by_css(value) else None


def _loads(tag: HtmlToken, name: str) -> bool:
    if tag.name in _FOLLOWED:
        return name == "ping"
    return not (tag.name in _REPORTED_AS_MEDIA and name == "src")


def find_scripts(notes: Iterable[Note]) -> tuple[Diagnostic, ...]:
    """Return a warning for each place where a note runs a script or uses the network."""
    return tuple(dict.fromkeys(_find(notes)))


def check_scripts(found: Sequence[Diagnostic], project: Project) -> Iterator[Diagnostic]:
    """Yield what is told of the places that `find_scripts` found.

    Where deck.toml allows it, that is one hint, at that line of it.
    """
    if project.scripts is None or not found:
        yield from found
        return
    first, count = min(found, key=lambda diagnostic: diagnostic.location), len(found)
    places = f"in {counted(count, 'place')}, the first is {first.location}"
    message = f"notes run scripts or use the network, as this allows, {places}"
    yield Diagnostic(project.scripts, message, Severity.HINT)


def _find(notes: Iterable[Note]) -> Iterator[Diagnostic]:
    for note in notes:
        for pieces in note.html:
            for active, where in _find_in(pieces, note.location.file):
                yield _report(active, where)


def _find_in(pieces: Sequence[Token], file: str) -> Iterator[tuple[Active, Location]]:
    """Yield what the HTML of a field does, and where: a browser reads all of it as one text."""
    whole = join_html(pieces)
    is_foreign = any(tag.name in FOREIGN for tag in read_html(whole.text))
    for active in find_active(whole.text, foreign=is_foreign):
        yield active, whole.place(active.start, file)
    for piece, text in zip(pieces, whole.texts, strict=True):
        yield from ((active, place(piece, active.start, file)) for active in find_open_style(text))


def _report(active: Active, where: Location) -> Diagnostic:
    message = f"{active.does.format(active.what)}: {_REMEDY}"
    return Diagnostic(where, message, Severity.WARNING, kind=active.does)


def check_stored(note: Note, fields: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield an error for each name of a file that Anki would change, and so not find.

    What the note's pictures and sounds are written as, `find_media` has looked at.
    """
    names = dict.fromkeys(
        reference.name for field in fields.values() for reference in find_references(field)
    )
    known = {url for url, _ in references(note)} if names else {}
    for name in names:
        if name.strip("\"'") not in known and not is_kept_by_anki(name):
            yield error(note.location, no_address(name))


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
    urls = (match[1] or match[2] or match[3] or "" for match in _IN_CSS.finditer(css))
    return filter(_is_file, urls)


def _is_file(url: str) -> bool:
    return bool(url) and not _ELSEWHERE.match(url)


def _not_packed(url: str, what: str) -> str:
    return (
        f"{quote(url)} is not packed, since Anki would delete the file of a {what}: "
        "show it by <img src=…>, or remove it"
    )


def _leads_nowhere(tag: HtmlToken, attribute: Attribute) -> bool:
    """Return whether a link leads to nothing; what runs a script is reported as that."""
    if tag.name not in ("a", "area") or attribute.name != "href":
        return False
    runs = _SCRIPT.match(attribute.value) or any(
        other.name == "onclick" for other in tag.attributes
    )
    return not runs and not is_followed(attribute.value.strip())
