"""The packages of a deck in a folder, and what tells one from another: its digests."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from deckpress.anki.archive import open_archive
from deckpress.diagnostics import DeckError, Location, error
from deckpress.filesystem import is_inside, leads_out, list_folder, open_regular, read_regular
from deckpress.project.names import Version, is_version, read_version

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


def packages_in(folder: Path, deck_id: str, root: Path | None = None) -> Mapping[Version, Path]:
    """Return the packages of a deck that are named after a version, the lowest first.

    A link out of the folder is none of them. Raises OSError if the folder cannot be listed, and
    DeckError if it is one of a project whose `root` a link leads it out of.
    """
    if root and leads_out(folder, root):
        message = "leads out of the project: put a folder in its place"
        raise DeckError([error(Location(str(folder)), message)])
    return dict(_find_packages(folder, re.escape(deck_id)))


def packages_like(folder: Path, id_pattern: str) -> list[Path]:
    """Return the packages of decks whose ids match a pattern, the lowest version first."""
    return [path for _, path in _find_packages(folder, id_pattern)]


def _find_packages(folder: Path, id_pattern: str) -> list[tuple[Version, Path]]:
    name = re.compile(rf"(?:{id_pattern})-([0-9.]+)\.apkg")
    named = ((path, name.fullmatch(path.name)) for path in list_folder(folder, folder))
    return sorted(
        (read_version(match[1]), path)
        for path, match in named
        if match and is_version(match[1]) and is_inside(path, folder)
    )


def released_in(folder: Path, deck_id: str) -> Mapping[Version, Path]:
    """Return the released packages of a deck, the lowest version first.

    A package is a release if its checksum lies beside it, and is its own.
    """
    packages = packages_in(folder, deck_id)
    return {version: path for version, path in packages.items() if is_released(path)}


def version_of(package: Path) -> Version | None:
    """Return the version that a package is named after; None if its name tells none."""
    match = re.search(r"-([0-9.]+)\.apkg$", package.name)
    return read_version(match[1]) if match and is_version(match[1]) else None


def is_released(package: Path) -> bool:
    """Return whether a package has its checksum beside it."""
    try:
        held = read_regular(checksum_path(package), package.parent)
        return held == _checksum_line(file_digest(package), package.name)
    except OSError:  # there is none, or none that may be read
        return False


def checksum_path(package: Path) -> Path:
    """Return where the checksum of a package lies."""
    return package.with_name(f"{package.name}.sha256")


def checksum_file(data: bytes, name: str) -> bytes:
    """Return the checksum of a package as a file for `sha256sum --check`."""
    return _checksum_line(bytes_digest(data), name)


def _checksum_line(digest: str, name: str) -> bytes:
    return f"{digest}  {name}\n".encode()
