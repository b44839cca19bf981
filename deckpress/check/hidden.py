"""All notes → the text in them of which a browser shows nothing, beside text that is shown."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

from deckpress.check.joined_html import JoinedHtml, as_shown
from deckpress.check.shown import find_hidden, shows_anything
from deckpress.errors import Location, Problem, error, warning
from deckpress.html_tokens import HtmlToken
from deckpress.notes import HTML, Kind, Note, Token, location_of, plain_text, walk
from deckpress.project import Project

_SHOWN = 40
"""Characters of a tag that a message shows."""
_AS_TAG = {
    **dict.fromkeys(("image", "picture", "thematic_break"), "<hr>"),
    **dict.fromkeys(("paragraph", "heading", "block_quote", "table", "list"), "<p></p>"),
    "list_item": "<li>",
}
"""What stands for tokens of Markdown that show something, or end a paragraph."""


def check_hidden(notes: Iterable[Note], project: Project) -> Iterator[Problem]:
    """Yield what is hidden in notes; where deck.toml allows scripts, one of them may show it."""
    for note in notes:
        yield from _check_clozes(note)
    if project.scripts is None:
        yield from _find(notes)


def _check_clozes(note: Note) -> Iterator[Problem]:
    """Yield the deletions that hold HTML, and nothing to be seen."""
    for token in walk(note.question) if note.kind is Kind.CLOZE else ():
        if token["type"] == "cloze" and plain_text([token]) and not _shows_anything(token):
            where = location_of(token, note.location.file)
            yield error(where, "cloze shows nothing: write what is to be answered")


def _shows_anything(cloze: Token) -> bool:
    asked = [token for token in cloze["children"] if token["type"] != "cloze_hint"]
    return shows_anything(_join(asked).text)


def _find(notes: Iterable[Note]) -> Iterator[Problem]:
    for note in notes:
        for field in note.fields() if note.html else ():
            yield from _find_in(field, note.location.file)


def _find_in(field: Iterable[Token], file: str) -> Iterator[Problem]:
    if not any(token["type"] in HTML for token in walk(field)):
        return
    joined = _join(field)
    if shows_anything(joined.text):  # else the field is reported as a whole
        for tag in find_hidden(joined.text):
            yield _report(tag, joined.place(tag.start, file))


def _report(tag: HtmlToken, where: Location) -> Problem:
    raw = " ".join(tag.raw.split())
    what = raw if len(raw) <= _SHOWN else f"<{tag.name} …>"
    message = "shows nothing of what is in it: remove it, or write what it holds as text"
    return warning(where, f"{what} {message}")


def _join(field: Iterable[Token]) -> JoinedHtml:
    pieces = [token for token in walk(field) if token["type"] != "comment"]
    return JoinedHtml(pieces, [_as_html(token) for token in pieces])


def _as_html(token: Token) -> str:
    if token["type"] in HTML:
        return as_shown(token["raw"])
    return _AS_TAG.get(token["type"], "") + html.escape(token.get("raw", ""))
