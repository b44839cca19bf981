"""The files that the preview's page is made of: its own, MathJax's, and the deck's media."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from deckpress.diagnostics import DeckError
from deckpress.formulas.engine import find_mathjax
from deckpress.formulas.fonts import font_sheet
from deckpress.media import Media, MediaFile

_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_OF_FRAME = ("card.html", "card.js", "mathjax_settings.js", "typed_answer.js")
"""The files of the page that a card's frame needs."""
_MATHJAX = "tex-chtml-full.js"


class StaticFile(NamedTuple):
    """A file that is served, or exported, as it is."""

    media_type: str
    read: Callable[[], bytes]


def _own_files() -> dict[str, StaticFile]:
    folder = files(__package__).joinpath("page")
    return {entry.name: _static(entry) for entry in folder.iterdir() if _type_of(entry.name)}


def _static(file: Traversable | Path) -> StaticFile:
    return StaticFile(_type_of(file.name), file.read_bytes)


def _type_of(name: str) -> str:
    return _TYPES.get(Path(name).suffix, "")


@cache
def page_files() -> Mapping[str, StaticFile]:
    """Return the files of the page itself, by their names."""
    return {name: file for name, file in _own_files().items() if name not in _OF_FRAME}


@cache
def frame_files() -> Mapping[str, StaticFile]:
    """Return what a card's frame needs, by paths beside it: its own files, and MathJax's.

    Raises EngineError if MathJax is not installed.
    """
    own = {name: file for name, file in _own_files().items() if name in _OF_FRAME}
    reviewer = files(__package__).joinpath("reviewer.css")
    return {
        **own,
        "reviewer.css": _static(reviewer),
        f"mathjax/{_MATHJAX}": _static(find_mathjax() / _MATHJAX),
        "mathjax/fonts.css": StaticFile("text/css", lambda: font_sheet().encode()),
    }


def read_media(media: Media, name: str) -> tuple[bytes, str] | None:
    """Return what a deck's media file holds, and its media type; None if there is none.

    Only names on the cards are known, so that no name leads to another file.
    """
    places = (media.drawn, media.embedded, media.files)  # to join them for one name costs all
    data = next((files[name] for files in places if name in files), None)
    if data is None:
        return None
    if isinstance(data, MediaFile):
        try:
            data = data.read()
        except DeckError:  # it was written just now, and the next view has it
            return None
    return data, mimetypes.guess_type(name)[0] or "application/octet-stream"
