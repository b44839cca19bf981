"""The files that the preview's page is made of: its own, MathJax's, and the deck's media."""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from deckpress.diagnostics import DeckError
from deckpress.formulas.engine import find_mathjax
from deckpress.media import Media, MediaFile

_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_OF_FRAME = ("card.js", "typed_answer.js", "image_occlusion.js")
"""The files of the page that each frame of a card needs, beside its page."""
_SETTINGS, _DRAWN = "mathjax_settings.js", "drawn_formulas.js"
_FRAME = "card.html"
_MATHJAX = "tex-chtml-full.js"
_FACE = re.compile(r'"?font-family"?:\s*"?([\w-]+)"?,\s*src:\s*\'url\("%%URL%%/([\w-]+\.woff)"\)')
"""A face as MathJax's program names it."""
_FONTS = "output/chtml/fonts/woff-v2"
_FORMULAS = "<!-- formulas -->"
"""Where the frame's page loads what shows its formulas."""
_BY_MATHJAX = f"""\
<link rel="stylesheet" href="mathjax/fonts.css">
<script defer src="{_SETTINGS}"></script>
<script defer src="mathjax/{_MATHJAX}"></script>"""
_BY_DRAWINGS = f"""\
<link rel="stylesheet" href="drawings.css">
<script defer src="drawings.js"></script>
<script defer src="{_DRAWN}"></script>"""


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
    of_frames = {*_OF_FRAME, _FRAME, _SETTINGS, _DRAWN, "drawings.css"}
    return {name: file for name, file in _own_files().items() if name not in of_frames}


@cache
def frame_files() -> Mapping[str, StaticFile]:
    """Return what a card's frame needs, by paths beside it: its own files, and MathJax's.

    Raises EngineError if MathJax is not installed.
    """
    return {
        **_frame(_BY_MATHJAX, _SETTINGS),
        f"mathjax/{_MATHJAX}": _static(find_mathjax() / _MATHJAX),
        "mathjax/fonts.css": StaticFile("text/css", lambda: _font_sheet().encode()),
    }


def drawn_frame_files() -> Mapping[str, StaticFile]:
    """Return what the frame of a card needs whose formulas are drawn already, but the drawings.

    They are to lie beside it, as drawings.js.
    """
    return _frame(_BY_DRAWINGS, _DRAWN, "drawings.css")


def _frame(formulas: str, *names: str) -> Mapping[str, StaticFile]:
    own = _own_files()
    page = own[_FRAME].read().decode().replace(_FORMULAS, formulas).encode()
    reviewer = files(__package__).joinpath("reviewer.css")
    return {
        _FRAME: StaticFile("text/html", lambda: page),
        **{name: own[name] for name in (*_OF_FRAME, *names)},
        "reviewer.css": _static(reviewer),
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


@cache
def _font_sheet() -> str:
    """Return a style sheet that holds MathJax's fonts, about half a million characters.

    A frame has no origin, and a browser gives files of fonts to an origin only: over HTTP by a
    header that not every host sends, and from `file://` not at all. Fonts within a style sheet
    need none. Raises EngineError if MathJax is not installed.
    """
    folder = find_mathjax()
    faces = _FACE.findall((folder / _MATHJAX).read_text(encoding="utf-8"))
    return "".join(_face(family, folder / _FONTS / name) for family, name in faces)


def _face(family: str, file: Path) -> str:
    data = base64.b64encode(file.read_bytes()).decode()
    return f"@font-face{{font-family:{family};src:url(data:font/woff;base64,{data})}}\n"
