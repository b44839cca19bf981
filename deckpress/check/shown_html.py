"""The HTML of a note → what a browser shows of it, and the text of which it shows nothing."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from deckpress.diagnostics import Diagnostic, Location, error, warning
from deckpress.languages import normalize
from deckpress.markdown import HTML, Token, location_of, plain_text, walk
from deckpress.markdown.html_tokens import VOID, HtmlToken, TokenKind, read_html
from deckpress.notes import Kind, Note
from deckpress.project import Project

_HIDDEN = frozenset("datalist noembed noframes noscript rp style template title".split())
"""Elements of which a browser shows nothing; `noscript` where scripts run, as on Anki's cards."""
_DRAWN = frozenset(
    "audio button canvas code details embed fieldset hr iframe image img input kbd li meter object"
    " pre progress q script select svg table textarea video".split()
)
"""Elements that show something, or may, even if there is no text in them."""
_HIDES = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.I)
_DRAWS = re.compile(r"background|border|outline|shadow", re.I)
_NO_INK = (
    "\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that leave no ink: spaces, those that fonts leave out, and Braille's blank."""
_INK = re.compile(f"[^{_NO_INK}]")
_BEGINS_SHOWN = re.compile(
    r"(?:\s|<(?:p|div|ul|ol|li|pre|code|b|i|em|strong|table|thead|tr|th)(?: class=\"[\w -]*\")?>)*+"
    rf"[^<&{_NO_INK}]"
)
"""What nearly every field begins with; the others are looked at in earnest."""
_ENDS_PARAGRAPH = frozenset(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section summary"
    " table ul".split()
)
_CELLS = frozenset({"p", "td", "th"})
_ENDED_BY: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_ENDS_PARAGRAPH, frozenset({"p"})),
    "li": frozenset({"li", "p"}),
    **dict.fromkeys(("dd", "dt"), frozenset({"dd", "dt", "p"})),
    **dict.fromkeys(("td", "th"), _CELLS),
    "tr": _CELLS | {"tr"},
    **dict.fromkeys(("tbody", "tfoot", "thead"), _CELLS | {"tbody", "tfoot", "thead", "tr"}),
    **dict.fromkeys(("rp", "rt"), frozenset({"rp", "rt"})),
}
"""The elements without an end tag that end where another one begins."""
_SHOWN = 40
"""Characters of a tag that a message shows."""
_AS_TAG = {
    **dict.fromkeys(("image", "picture", "thematic_break"), "<hr>"),
    **dict.fromkeys(("paragraph", "heading", "block_quote", "table", "list"), "<p></p>"),
    "list_item": "<li>",
}
"""What stands for tokens of Markdown that show something, or end a paragraph."""


class JoinedHtml:
    """Pieces of a field as one text; each is written as `texts` has it."""

    def __init__(self, pieces: Sequence[Token], texts: Sequence[str]) -> None:
        self.text, self.texts = "\n".join(texts), texts
        self._pieces = pieces
        self._starts = [0, *accumulate(len(text) + 1 for text in texts)]

    def place(self, start: int, file: str) -> Location:
        """Return where a character of the text stands in its file."""
        index = bisect_right(self._starts, start) - 1
        return place(self._pieces[index], start - self._starts[index], file)


def join_html(pieces: Sequence[Token]) -> JoinedHtml:
    """Return pieces of HTML alone as the one text that they are in the field."""
    return JoinedHtml(pieces, [as_shown(piece.raw) for piece in pieces])


def as_shown(raw: str) -> str:
    """Return a piece of HTML as the field has it: in NFC, and with no tag that is not finished.

    Its length may differ only where it is not in NFC, and behind such a tag.
    """
    text = normalize("NFC", raw)
    rest = next((piece for piece in read_html(text) if piece.kind is TokenKind.UNFINISHED), None)
    return text[: rest.start] + rest.raw.replace("<", "&lt;") if rest else text


def place(token: Token, start: int, file: str) -> Location:
    """Return where a character of a piece of HTML stands in its file."""
    if not token.passage:  # a tag in a line of Markdown
        return location_of(token, file)
    return Location(file, *token.passage.place(min(start, len(token.raw))))


class Piece(NamedTuple):
    """A piece of HTML, and the element that keeps a browser from showing it, if one does."""

    token: HtmlToken
    hidden_by: HtmlToken | None


def shows_anything(field: str) -> bool:
    """Return whether a browser shows anything of a field: text, a picture, a line, a box."""
    if _BEGINS_SHOWN.match(field):
        return True
    return any(not piece.hidden_by and _has_ink(piece.token) for piece in read_shown(field))


def find_hidden(field: str) -> Iterator[HtmlToken]:
    """Yield the tag of each element that holds text of which a browser shows nothing, once."""
    last = None
    for token, tag in read_shown(field):
        is_text = token.kind in (TokenKind.TEXT, TokenKind.RAW_TEXT) and _has_ink(token)
        if tag and is_text and tag != last and tag.name not in ("rp", "style"):
            yield tag
            last = tag


def read_shown(field: str) -> Iterator[Piece]:
    """Yield the pieces of a field's HTML, each with what hides it."""
    elements = _Elements()
    for token in read_html(field):
        if token.kind is TokenKind.TAG and token.is_end:
            elements.leave(token.name)
        elif token.kind is TokenKind.TAG:
            yield Piece(token, elements.enter(token))
        else:
            yield Piece(token, elements.hidden_by)


class _Elements:
    """The elements around a place of a field."""

    def __init__(self) -> None:
        self._open: list[tuple[str, HtmlToken | None]] = []
        self._names: Counter[str] = Counter()

    @property
    def hidden_by(self) -> HtmlToken | None:
        """The tag of the outermost of them that shows nothing."""
        return self._open[-1][1] if self._open else None

    def enter(self, tag: HtmlToken) -> HtmlToken | None:
        """Go into an element, and return what hides it, which may be itself."""
        ended = _ENDED_BY.get(tag.name, frozenset())
        while self._open and self._open[-1][0] in ended:
            self._pop()
        is_hidden = _is_hidden(tag, in_svg=self._names["svg"] > 0)
        hidden_by = self.hidden_by or (tag if is_hidden else None)
        if tag.name not in VOID:
            self._open.append((tag.name, hidden_by))
            self._names[tag.name] += 1
        return hidden_by

    def leave(self, name: str) -> None:
        """Go out of the innermost element of a name, if there is one."""
        while self._names[name]:
            if self._pop() == name:
                return

    def _pop(self) -> str:
        name, _ = self._open.pop()
        self._names[name] -= 1
        return name


def _is_hidden(tag: HtmlToken, *, in_svg: bool) -> bool:
    given = {attribute.name: attribute.value for attribute in tag.attributes}
    is_closed = tag.name == "dialog" and "open" not in given
    is_unseen = tag.name == "input" and given.get("type", "").lower() == "hidden"
    by_name = (tag.name in _HIDDEN and not in_svg) or is_closed
    return by_name or is_unseen or "hidden" in given or bool(_HIDES.search(given.get("style", "")))


def _has_ink(token: HtmlToken) -> bool:
    if token.kind is TokenKind.TAG:
        styles = (attribute.value for attribute in token.attributes if attribute.name == "style")
        return token.name in _DRAWN or any(map(_DRAWS.search, styles))
    is_text = token.kind is not TokenKind.COMMENT
    return is_text and _INK.search(html.unescape(token.raw)) is not None


def check_hidden(notes: Iterable[Note], project: Project) -> Iterator[Diagnostic]:
    """Yield what is hidden in notes; where deck.toml allows scripts, one of them may show it."""
    for note in notes:
        yield from _check_clozes(note)
    if project.scripts is None:
        yield from _find(notes)


def _check_clozes(note: Note) -> Iterator[Diagnostic]:
    """Yield the deletions that hold HTML, and nothing to be seen."""
    for token in walk(note.question) if note.kind is Kind.CLOZE else ():
        if token.type == "cloze" and plain_text([token]) and not _shows_anything(token):
            where = location_of(token, note.location.file)
            yield error(where, "cloze shows nothing: write what is to be answered")


def _shows_anything(cloze: Token) -> bool:
    asked = [token for token in cloze.children if token.type != "cloze_hint"]
    return shows_anything(_join(asked).text)


def _find(notes: Iterable[Note]) -> Iterator[Diagnostic]:
    for note in notes:
        for field in note.fields() if note.html else ():
            yield from _find_in(field, note.location.file)


def _find_in(field: Iterable[Token], file: str) -> Iterator[Diagnostic]:
    if not any(token.type in HTML for token in walk(field)):
        return
    joined = _join(field)
    if shows_anything(joined.text):  # else the field is reported as a whole
        for tag in find_hidden(joined.text):
            yield _report(tag, joined.place(tag.start, file))


def _report(tag: HtmlToken, where: Location) -> Diagnostic:
    raw = " ".join(tag.raw.split())
    what = raw if len(raw) <= _SHOWN else f"<{tag.name} …>"
    message = "shows nothing of what is in it: remove it, or write what it holds as text"
    return warning(where, f"{what} {message}")


def _join(field: Iterable[Token]) -> JoinedHtml:
    pieces = [token for token in walk(field) if token.type != "comment"]
    return JoinedHtml(pieces, [_as_html(token) for token in pieces])


def _as_html(token: Token) -> str:
    if token.type in HTML:
        return as_shown(token.raw)
    return _AS_TAG.get(token.type, "") + html.escape(token.raw)
