"""The preview as files, which any browser opens from a disk, and any web server serves.

A page from a disk may read nothing but scripts and pictures, so that the cards are scripts: as many
to a file as are looked at together, each read when the first of them is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from deckpress.diagnostics import DeckError, Location, error
from deckpress.filesystem import format_manifest, read_manifest, write_whole
from deckpress.preview import DeckView
from deckpress.preview.files import frame_files, page_files, read_media
from deckpress.preview.page_data import Data, PageData

_CHUNK = 50
"""Cards to a file."""
_LIST = "data/files.json"
"""What an export wrote, so that the next one may replace it."""
_LIVE, _FILES = '<html lang="en" data-source="live">', '<html lang="en" data-source="files">'


def export(view: DeckView, data: PageData, folder: Path) -> int:
    """Write the preview of a deck into a folder, and return how many files that took.

    The folder is new, empty, or one that was exported before: of that, what is not needed any more
    is removed. Raises DeckError, with nothing written, if it holds anything else.
    """
    before = _files_of_export(folder)
    files = dict(_files(view, data))
    names = {*files, _LIST}
    files[_LIST] = format_manifest(names)
    write_whole({folder / name: content for name, content in files.items()}, folder)
    for name in before - names:
        (folder / name).unlink(missing_ok=True)
    return len(files)


def _files_of_export(folder: Path) -> frozenset[str]:
    """Return what the last export wrote into a folder; nothing if it is new or empty."""
    if not folder.exists() or not any(folder.iterdir()):
        return frozenset()
    names = read_manifest(folder / _LIST, folder)
    if names is None:
        message = "holds other files, and is kept: name a new folder, or an empty one"
        raise DeckError([error(Location(str(folder)), message)])
    return names


def _files(view: DeckView, data: PageData) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an export, by their paths within it."""
    for name, file in page_files().items():
        yield name, file.read()
    index = page_files()["index.html"].read().decode()
    assert _LIVE in index
    yield "index.html", index.replace(_LIVE, _FILES).encode()
    for name, file in frame_files().items():
        yield f"frame/{name}", file.read()
    for name in view.media.contents():
        if found := read_media(view.media, name):
            yield f"frame/media/{name}", found[0]
    deck = data.deck(view)
    for number, row in enumerate(deck["cards"]):
        row["chunk"] = number // _CHUNK
    about = {"live": False, "generation": 1, "frame": "frame/card.html"}
    yield "data/deck.js", _script("deck", deck | about)
    keys = [*view.cards]
    for start in range(0, len(keys), _CHUNK):
        cards = data.cards(view, keys[start : start + _CHUNK])
        yield f"data/cards-{start // _CHUNK}.js", _script("cards", cards)


def _script(name: str, data: Data) -> bytes:
    text = json.dumps(data, ensure_ascii=False)
    return f"deckpress.{name}({text});\n".encode(errors="backslashreplace")
