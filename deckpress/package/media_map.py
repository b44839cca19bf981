"""Which media files a package lists, and whether it holds them; no file is unpacked."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from deckpress.errors import DeckError, Location, error
from deckpress.package.read import (
    _ZIP_ERRORS,
    _decompress,
    _extract,
    _parse_message,
    _parse_varint,
    _RefusedError,
    _text,
)

_UNREADABLE = "its list of media files is damaged: export or build it again"


def read_media_map(path: Path) -> Mapping[str, bool]:
    """Return the name of each media file that a package lists, and whether the package holds it.

    Raises DeckError if the list cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            held = set(archive.namelist())
            return {name: key in held for key, name in _read_list(archive)}
    except (*_ZIP_ERRORS, _RefusedError, AttributeError) as problem:
        raise DeckError([error(Location(str(path)), _UNREADABLE)]) from problem


def _read_list(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Return each listed file's name in the package and its name on the cards."""
    if "media" not in archive.namelist():
        return []
    data = _extract(archive, "media")
    if "collection.anki21b" in archive.namelist():
        return [(str(at), name) for at, name in enumerate(_parse_list(_decompress(data)))]
    return [(str(key), str(name)) for key, name in json.loads(data or b"{}").items()]


def _parse_list(data: bytearray) -> Iterator[str]:
    """Yield the names in a `MediaEntries` of `proto/anki/import_export.proto`."""
    at = 0
    while at < len(data):
        _, at = _parse_varint(data, at)
        size, at = _parse_varint(data, at)
        yield _text(_parse_message(data[at : at + size]), 1)
        at += size
