"""The media files of a package: which it lists, what each of them holds, and which are missing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from deckpress.package import limits
from deckpress.package.archive import DAMAGED, Archive, open_archive
from deckpress.package.limits import TOO_LARGE, RefusedError
from deckpress.package.messages import parse_fields, parse_message, text_in

_LISTING = "media"
_ENTRY, _NAME = 1, 1
"""`MediaEntries.entries` and `MediaEntry.name` in `proto/anki/import_export.proto`."""


def read_media(package: Path | bytes, names: Iterable[str]) -> dict[str, bytes]:
    """Return what the named media files of a package hold; those that it lacks are left out.

    Raises DeckError as `read_package` does.
    """
    wanted = set(names)
    with open_archive(package) as archive:
        return {
            name: bytes(archive.read(member))
            for name, member in list_media(archive).items()
            if name in wanted and member in archive.names
        }


def held_media(package: Path | bytes) -> dict[str, bool]:
    """Return the name of each media file that a package lists, and whether the package holds it.

    Raises DeckError as `read_package` does; no file is unpacked.
    """
    with open_archive(package) as archive:
        return {name: member in archive.names for name, member in list_media(archive).items()}


def digest_media(archive: Archive) -> dict[str, str | None]:
    """Return the SHA-256 of each listed file by its name; None where the file is not there."""
    left = limits.MAX_MEDIA
    digests: dict[str, str | None] = {}
    for name, member in list_media(archive).items():
        digest, size = archive.digest(member) if member in archive.names else (None, 0)
        digests[name], left = digest, left - size
        if left < 0:
            raise RefusedError(f"its media files are bigger than 8 GB: {TOO_LARGE}")
    return digests


def list_media(archive: Archive) -> dict[str, str]:
    """Return, by the name of each media file on the cards, its name in the zip file.

    A package without a list has no media. Raises RefusedError if the list is damaged.
    """
    if _LISTING not in archive.names:
        return {}
    data = archive.read_structure(_LISTING)
    entries = _newest_entries(data) if archive.is_newest else _older_entries(data)
    return {name: member for member, name in _counted(entries)}


def _counted(entries: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the entries. Raises RefusedError if there are more than a collection can have."""
    for count, entry in enumerate(entries, 1):
        if count > limits.MAX_FILES:
            raise RefusedError(f"lists more than {limits.MAX_FILES:,} media files: {TOO_LARGE}")
        yield entry


def _newest_entries(data: bytearray) -> Iterator[tuple[str, str]]:
    """Yield file and name of each entry; the files are numbered as the entries stand."""
    entries = (value for number, value in parse_fields(data) if number == _ENTRY)
    for at, entry in enumerate(entries):
        if isinstance(entry, int):
            raise RefusedError(DAMAGED)
        yield str(at), text_in(parse_message(entry), _NAME)


def _older_entries(data: bytearray) -> Iterator[tuple[str, str]]:
    """Yield file and name of each entry of the JSON object that older packages hold."""
    entries = json.loads(data)
    if not isinstance(entries, dict):
        raise RefusedError(DAMAGED)
    for member, name in entries.items():
        if not isinstance(name, str):
            raise RefusedError(DAMAGED)
        name.encode()  # JSON can hold half a surrogate pair, which nothing could write again
        yield member, name
