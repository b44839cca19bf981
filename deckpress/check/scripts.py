"""All notes → the HTML in them that does more than show text and pictures.

GitHub shows none of it to who reviews a deck, and Anki runs it on the card of everyone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from deckpress.check.active_html import (
    FOREIGN,
    Active,
    find_active,
    find_open_style,
)
from deckpress.errors import Level, Location, Problem
from deckpress.gathering import gather
from deckpress.html_tokens import Kind, read_html
from deckpress.normal_forms import normalize
from deckpress.notes import Note, Token, location_of, walk
from deckpress.project import Project

_REMEDY = "remove it, or allow it by [html] scripts = true in deck.toml"
_HTML = frozenset({"inline_html", "block_html"})


def check_scripts(notes: Iterable[Note], project: Project) -> list[Problem]:
    """Return a warning for each place where a note runs a script or uses the network.

    Where deck.toml allows it, there is one hint, at that line of it.
    """
    found = dict(_find(notes))
    if project.scripts is None:
        return list(gather(found))
    if not found:
        return []
    first, count = min(found, key=lambda each: each.location), len(found)
    places = f"in {count} place{'' if count == 1 else 's'}, the first is {first.location}"
    message = f"notes run scripts or use the network, as this allows, {places}"
    return [Problem(project.scripts, message, Level.HINT)]


def _find(notes: Iterable[Note]) -> Iterator[tuple[Problem, str]]:
    for note in notes:
        for field in _fields(note):
            pieces = [token for token in walk(field) if token["type"] in _HTML]
            for active, where in _find_in(pieces, note.location.file):
                yield _report(active, where)


def _fields(note: Note) -> Iterator[Iterable[Token]]:
    yield from (note.question, note.answer, note.hint, note.extra)
    yield from (*note.footnotes, *note.context)


def _find_in(pieces: Sequence[Token], file: str) -> Iterator[tuple[Active, Location]]:
    """Yield what the HTML of a field does, and where: a browser reads all of it as one text."""
    texts = [_as_shown(piece["raw"]) for piece in pieces]
    starts = [0, *accumulate(len(text) + 1 for text in texts)]
    whole = "\n".join(texts)
    is_foreign = any(tag.name in FOREIGN for tag in read_html(whole))
    for active in find_active(whole, foreign=is_foreign) if pieces else ():
        at = bisect_right(starts, active.start) - 1
        yield active, _place(pieces[at], active.start - starts[at], file)
    for piece, text in zip(pieces, texts, strict=True):
        yield from ((active, _place(piece, active.start, file)) for active in find_open_style(text))


def _as_shown(raw: str) -> str:
    """Return a piece of HTML as the field has it: in NFC, and with no tag that is not finished.

    Its length may differ only where it is not in NFC, and behind such a tag.
    """
    text = normalize("NFC", raw)
    rest = next((piece for piece in read_html(text) if piece.kind is Kind.UNFINISHED), None)
    return text[: rest.start] + rest.raw.replace("<", "&lt;") if rest else text


def _place(token: Token, start: int, file: str) -> Location:
    if "passage" not in token:  # a tag in a line of Markdown
        return location_of(token, file)
    return Location(file, *token["passage"].place(min(start, len(token["raw"]))))


def _report(active: Active, where: Location) -> tuple[Problem, str]:
    message = f"{active.does.format(active.what)}: {_REMEDY}"
    return Problem(where, message, Level.WARNING), active.does
