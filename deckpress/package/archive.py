"""The zip file that a package is: opened, unpacked within bounds, and refused where it is none."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from deckpress.errors import DeckError, Location, error
from deckpress.filesystem import did_you_mean_file
from deckpress.package.messages import parse_message, whole_in

MAX_SIZE = 500_000_000
"""The bytes that a file in a package may unpack to: a bomb is refused before it fills the memory.

Anki itself takes no media files as big as that (`rslib/src/sync/media/mod.rs`: 100 MB).
"""

_COLLECTIONS = ("collection.anki21b", "collection.anki21", "collection.anki2")
"""The best first: beside a newer one, the older ones hold a single note that says to update."""
_META_VERSION = 3
"""The newest form of a package that is known here: `Latest` in `rslib/…/package/meta.rs`."""
_PIECE = 1 << 20

DAMAGED = "the package is damaged: export or download it again"
_NO_PACKAGE = "not an Anki package: export it from Anki as .apkg"
_TOO_BIG = "export fewer decks at once"
TOO_NEW = 'made for a newer Anki: export it with "Support older Anki versions" ticked'

_ZIP_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError),
    *(RuntimeError, LookupError, RecursionError),
)
"""What `zipfile` raises for damaged archives, and the parsers for what is in them."""


class RefusedError(Exception):
    """What is wrong with a package, and what to do about it."""


@dataclass(frozen=True)
class Archive:
    """An opened package."""

    zip: zipfile.ZipFile
    names: frozenset[str]
    collection: str
    """The name of the file that holds the collection."""

    @property
    def is_newest(self) -> bool:
        """Whether all that is in it is compressed by zstandard, and listed in protobuf."""
        return self.collection == _COLLECTIONS[0]

    def read(self, name: str) -> bytearray:
        """Return all that a file holds. Raises RefusedError if it is not sound, or too big."""
        data = bytearray()
        for piece in self.pieces(name):
            data += piece
        return data

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield what a file holds, piece by piece. Raises RefusedError as `read` does."""
        info = self.zip.getinfo(name)
        # Anki knows no other methods, and zipfile unpacks them without bounds.
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RefusedError(DAMAGED)
        pieces, size = _decompressed if self.is_newest else _plain, 0
        with self.zip.open(info) as stream:
            for piece in pieces(stream):
                size += len(piece)
                if size > MAX_SIZE:  # whatever the zip's directory says of it
                    what = "collection" if name == self.collection else f'file "{name}"'
                    raise RefusedError(f"its {what} is bigger than 500 MB: {_TOO_BIG}")
                yield piece


@contextmanager
def open_archive(package: Path | bytes) -> Iterator[Archive]:
    """Open a package on disk, or one that was just built, and close it after the body.

    Raises DeckError for what is wrong with it, be it found in the body: what is refused there, and
    what `zipfile` finds damaged.
    """
    try:
        with _opened(package) as archive:
            yield archive
    except RefusedError as refused:
        where = Location("the package" if isinstance(package, bytes) else str(package))
        raise DeckError([error(where, str(refused))]) from refused


@contextmanager
def _opened(package: Path | bytes) -> Iterator[Archive]:
    is_zip = _first_bytes(package) == b"PK"
    try:
        file = io.BytesIO(package) if isinstance(package, bytes) else package
        with zipfile.ZipFile(file) as archive:
            yield _look_into(archive)
    except _ZIP_ERRORS as problem:
        raise RefusedError(DAMAGED if is_zip else _NO_PACKAGE) from problem


def _first_bytes(package: Path | bytes) -> bytes:
    if isinstance(package, bytes):
        return package[:2]
    try:
        with package.open("rb") as file:
            return file.read(2)
    except FileNotFoundError as problem:
        raise RefusedError(f"no such file{did_you_mean_file(package)}") from problem
    except OSError as problem:
        message = f"cannot be read: {(problem.strerror or str(problem)).lower()}"
        raise RefusedError(message) from problem


def _look_into(archive: zipfile.ZipFile) -> Archive:
    names = frozenset(archive.namelist())
    found = [name for name in _COLLECTIONS if name in names]
    if "meta" in names:
        meta = Archive(archive, names, "").read("meta")  # the one file that is never compressed
        if not 1 <= (whole_in(parse_message(meta), 1) or 0) <= _META_VERSION:
            raise RefusedError(TOO_NEW)
    if not found:
        raise RefusedError(_NO_PACKAGE)
    return Archive(archive, names, found[0])


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _decompressed(stream: IO[bytes]) -> Iterator[bytes]:
    import zstandard  # here because it takes 40 ms to import, and older packages need none of it

    try:
        decompressor = zstandard.ZstdDecompressor()
        yield from _plain(decompressor.stream_reader(stream, read_across_frames=True))
    except zstandard.ZstdError as problem:
        raise RefusedError(DAMAGED) from problem


def _plain(stream: _Stream) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece
