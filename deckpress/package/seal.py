"""What tells one package from another: its bytes, and what is in it however it is compressed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from deckpress.filesystem import open_regular
from deckpress.package.archive import open_archive

ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""The date of all files in a package that was built here; Anki and genanki take the present."""

_PIECE = 1 << 20


def bytes_digest(data: bytes) -> str:
    """Return the SHA-256 of a package's bytes, as `sha256sum` shows it."""
    return hashlib.sha256(data).hexdigest()


def file_digest(package: Path) -> str:
    """Return the SHA-256 of a package on disk. Raises OSError if it is no file to be read."""
    with open_regular(package) as file:
        digest = hashlib.sha256()
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def contents_digest(package: Path | bytes) -> str:
    """Return a digest of the files in a package that was built here.

    Two machines may compress the same files to other bytes, since zlib has several makers. Raises
    DeckError if the package is none, or unpacks to more than one may.
    """
    with open_archive(package) as archive:
        lines = [f"{name} {archive.digest(name)[0]}" for name in archive.names]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def was_built_here(package: Path) -> bool:
    """Return whether a package was built by deckpress. Raises DeckError if it cannot be read."""
    with open_archive(package) as archive:
        return archive.dates == {ZIP_DATE}
