"""All notes → the HTML in them that does more than show text and pictures.

GitHub shows none of it to who reviews a deck, and Anki runs it on the card of everyone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from deckpress.check.active_html import (
    FOREIGN,
    Active,
    find_active,
    find_open_style,
)
from deckpress.check.joined_html import join_html, place
from deckpress.errors import Level, Location, Problem
from deckpress.html_tokens import read_html
from deckpress.notes import Note, Token
from deckpress.project import Project

_REMEDY = "remove it, or allow it by [html] scripts = true in deck.toml"


def check_scripts(notes: Iterable[Note], project: Project) -> list[Problem]:
    """Return a warning for each place where a note runs a script or uses the network.

    Where deck.toml allows it, there is one hint, at that line of it.
    """
    found = list(dict.fromkeys(_find(notes)))
    if project.scripts is None:
        return found
    if not found:
        return []
    first, count = min(found, key=lambda each: each.location), len(found)
    places = f"in {count} place{'' if count == 1 else 's'}, the first is {first.location}"
    message = f"notes run scripts or use the network, as this allows, {places}"
    return [Problem(project.scripts, message, Level.HINT)]


def _find(notes: Iterable[Note]) -> Iterator[Problem]:
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


def _report(active: Active, where: Location) -> Problem:
    message = f"{active.does.format(active.what)}: {_REMEDY}"
    return Problem(where, message, Level.WARNING, kind=active.does)
