"""The zip file of a package, which may come from anybody, read within limits; and protobuf."""

from __future__ import annotations

import hashlib
import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

from deckpress.diagnostics import DeckError, Location, error, quote, reason_of
from deckpress.filesystem import did_you_mean_file, open_regular

Message = dict[int, int | bytes]
"""The last value of each field of a message, by the field's number."""
_SIZES = {1: 8, 5: 4}
"""The bytes that values of a fixed size take, by their wire type."""
MAX_PACKAGE = 16_000_000_000
"""Bytes of a package itself."""
MAX_SIZE = 500_000_000
"""The bytes that a file in a package may unpack to: a bomb is refused before it fills the memory.

Anki itself takes no media files as big as that (`rslib/src/sync/media/mod.rs`: 100 MB).
"""
MAX_MEDIA = 8_000_000_000
"""The bytes that all media files of a package may unpack to, so that a bomb does not take days."""
MAX_RATIO = 100
"""Times its own size that a package may unpack to; decks of text alone unpack to about ten."""
ANY_RATIO = 100_000_000
"""The bytes that it may unpack to however small it is."""
MAX_DIRECTORY = 32_000_000
"""Bytes of a zip's directory, of which `zipfile` makes eight times as many in memory."""
MAX_FILES = 500_000
"""Media files that a package may list."""
MAX_STRUCTURE = 20_000_000
"""Bytes of one list of note types, decks or media; Python needs 27 times as many for some JSON."""
MAX_VALUE = 100_000_000
"""Bytes of one row of a table, which is one note with all its fields."""
MAX_NOTES = 1_000_000
MAX_CARDS = 2_000_000
MAX_KINDS = 50_000
"""Note types, their fields, their templates, and decks."""
MAX_TEXTS = 10_000_000
"""Fields and tags of all notes together, each of which takes memory even if it is empty."""
MAX_OBJECTS = 1_000
"""Tables and indexes of a database; Anki's has about thirty."""
TOO_LARGE = "export fewer decks at once"
"""What to do about a package that is too large but may be sound."""
HOSTILE = "do not open it in Anki, and get the deck from someone you trust"
"""What to do about a package that was made to do harm."""
SECONDS, SECONDS_A_MEGABYTE = 10, 0.5
"""Of the processor, for any package, and more for each megabyte of one."""
_COLLECTIONS = ("collection.anki21b", "collection.anki21", "collection.anki2")
"""The best first: beside a newer one, the older ones hold a single note that says to update."""
_META_VERSION = 3
"""The newest form of a package that is known here: `Latest` in `rslib/…/package/meta.rs`."""
_PIECE = 1 << 20
_WINDOW = 1 << 27
"""Bytes that zstandard may look back on, which it keeps in memory; Anki never asks for as many."""
DAMAGED = "the package is damaged: export or download it again"
_NO_PACKAGE = "not an Anki package: export it from Anki as .apkg"
TOO_NEW = 'made for a newer Anki: export it with "Support older Anki versions" ticked'
_ZIP_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError),
    *(RuntimeError, LookupError, RecursionError, OverflowError, MemoryError),
)
"""What `zipfile` raises for damaged archives, and the parsers for what is in them."""


def parse_message(data: bytes | bytearray) -> Message:
    """Return the last value of each field.

    Raises ValueError or LookupError if the message breaks off or is none.
    """
    return dict(parse_fields(data))


def parse_fields(data: bytes | bytearray) -> Iterator[tuple[int, int | bytes]]:
    """Yield number and value of each field, as protobuf.dev/programming-guides/encoding says.

    Raises ValueError or LookupError if the message breaks off or is none.
    """
    index = 0
    while index < len(data):
        tag, index = _parse_varint(data, index)
        if tag & 7 == 0:
            number, index = _parse_varint(data, index)
            yield tag >> 3, number
        else:
            size, index = _parse_varint(data, index) if tag & 7 == 2 else (_SIZES[tag & 7], index)
            if index + size > len(data):
                raise ValueError("the message breaks off")
            yield tag >> 3, bytes(data[index : index + size])
            index += size


def _parse_varint(data: bytes | bytearray, index: int) -> tuple[int, int]:
    """Return the number at a place, and the place after it."""
    value = 0
    for shift in range(0, 64, 7):
        value |= (data[index] & 0x7F) << shift
        index += 1
        if data[index - 1] < 0x80:
            return value % 2**64, index
    raise ValueError("the number is too long")


def text_in(message: Message, number: int) -> str:
    """Return a text; one that is not there is empty, and what is not a text raises ValueError."""
    return bytes_in(message, number).decode()


def bytes_in(message: Message, number: int) -> bytes:
    """Return bytes, or a message; none where there are none, and a number raises ValueError."""
    value = message.get(number, b"")
    if isinstance(value, int):
        raise ValueError(f"field {number} is a number")
    return value


def whole_in(message: Message, number: int) -> int | None:
    """Return an int64, or None if it is not there; what is not a number raises ValueError."""
    value = message.get(number)
    if isinstance(value, bytes):
        raise ValueError(f"field {number} is no number")
    return value if value is None or value < 2**63 else value - 2**64


class LimitError(Exception):
    """What is wrong with a package, and what to do about it."""


class Clock:
    """How long a package may keep this process busy; an honest one of 100 MB takes some seconds."""

    def __init__(self, size: int) -> None:
        """Begin to count, for a package that takes `size` bytes on disk."""
        self._seconds = round(SECONDS + SECONDS_A_MEGABYTE * size / 1_000_000)
        self._end = time.thread_time() + self._seconds  # a busy machine does not count

    def check(self) -> None:
        """Raise LimitError if the time is up."""
        if time.thread_time() > self._end:
            raise LimitError(f"takes more than {self._seconds} seconds to read: {TOO_LARGE}")


class Archive:
    """An opened package, of which no more is unpacked than one of its size can hold."""

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        """Take a zip file that is `size` bytes long on disk."""
        self._zip = archive
        self._left = max(ANY_RATIO, MAX_RATIO * size)
        self.clock = Clock(size)
        self.names = dict.fromkeys(archive.namelist())
        """Of all that is in it, in their order."""
        self.dates = {info.date_time for info in archive.filelist}
        self.collection = ""
        """The name of the file that holds the collection."""

    @property
    def is_newest(self) -> bool:
        """Whether all that is in it is compressed by zstandard, and listed in protobuf."""
        return self.collection == _COLLECTIONS[0]

    def read(self, name: str) -> bytearray:
        """Return all that a file holds. Raises LimitError if it is not sound, or too big."""
        data = bytearray()
        for piece in self.pieces(name):
            data += piece
        return data

    def read_structure(self, name: str) -> bytearray:
        """Return a file that says what is in others. Raises LimitError as `read` does."""
        data = bytearray()
        for piece in self.pieces(name):
            data += piece
            if len(data) > MAX_STRUCTURE:
                most = MAX_STRUCTURE // 1_000_000
                raise LimitError(f"its file {quote(name)} is bigger than {most} MB: {TOO_LARGE}")
        return data

    def digest(self, name: str) -> tuple[str, int]:
        """Return the SHA-256 and the size of what a file holds. Raises LimitError as `read`."""
        digest, size = hashlib.sha256(), 0
        for piece in self.pieces(name):
            digest.update(piece)
            size += len(piece)
        return digest.hexdigest(), size

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield what a file holds, piece by piece. Raises LimitError as `read` does."""
        info = self._zip.getinfo(name)
        # Anki knows no other methods, and zipfile unpacks them without bounds.
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise LimitError(DAMAGED)
        pieces, size = _decompressed if self.is_newest else _plain, 0
        with self._zip.open(info) as stream:
            for piece in pieces(_Metered(stream, self._spend)):
                size += len(piece)
                if size > MAX_SIZE:  # whatever the zip's directory says of it
                    what = "collection" if name == self.collection else f"file {quote(name)}"
                    raise LimitError(f"its {what} is bigger than 500 MB: {TOO_LARGE}")
                yield piece

    def _spend(self, size: int) -> None:
        self._left -= size
        self.clock.check()
        if self._left < 0:
            times = MAX_RATIO
            raise LimitError(f"unpacks to more than {times} times its own size: {HOSTILE}")


@contextmanager
def open_archive(package: Path | bytes) -> Iterator[Archive]:
    """Open a package on disk, or one that was just built, and close it after the body.

    Raises DeckError for what is wrong with it, be it found in the body: what is refused there, and
    what `zipfile` finds damaged.
    """
    try:
        with _open_file(package) as file, _opened(file) as archive:
            yield archive
    except LimitError as refused:
        where = Location("the package" if isinstance(package, bytes) else str(package))
        raise DeckError([error(where, str(refused))]) from refused


def _open_file(package: Path | bytes) -> BinaryIO:
    if isinstance(package, bytes):
        return io.BytesIO(package)
    try:
        return open_regular(package)
    except FileNotFoundError as problem:
        raise LimitError(f"no such file{did_you_mean_file(package)}") from problem
    except OSError as problem:
        message = f"cannot be read: {reason_of(problem)}"
        raise LimitError(message) from problem


@contextmanager
def _opened(file: BinaryIO) -> Iterator[Archive]:
    is_zip = False
    try:
        size = file.seek(0, io.SEEK_END)
        if size > MAX_PACKAGE:
            raise LimitError(f"is bigger than {MAX_PACKAGE // 10**9} GB: {TOO_LARGE}")
        file.seek(0)
        is_zip = file.read(2) == b"PK"
        with zipfile.ZipFile(_ZipSource(file)) as archive:
            yield _look_into(archive, size)
    except _ZIP_ERRORS as problem:
        raise LimitError(DAMAGED if is_zip else _NO_PACKAGE) from problem


class _ZipSource:
    """A file in which `zipfile` can look for a directory of any size, and find only a sane one.

    It reads a directory at once, and nothing else of that length.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """Read from the file. Raises LimitError for more than a directory may have."""
        if size > MAX_DIRECTORY:
            raise LimitError(f"holds too many files: {TOO_LARGE}")
        return self._file.read(size)


def _look_into(archive: zipfile.ZipFile, size: int) -> Archive:
    looked = Archive(archive, size)
    if len(looked.names) < len(archive.filelist):  # each reader would take another one
        raise LimitError(DAMAGED)
    if "meta" in looked.names:
        meta = looked.read_structure("meta")  # the one file that is never compressed
        if not 1 <= (whole_in(parse_message(meta), 1) or 0) <= _META_VERSION:
            raise LimitError(TOO_NEW)
    collections = [name for name in _COLLECTIONS if name in looked.names]
    if not collections:
        raise LimitError(_NO_PACKAGE)
    looked.collection = collections[0]
    return looked


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Metered:
    """A stream that says how much is read from it, which zstandard may make nothing of."""

    def __init__(self, stream: _Stream, spend: Callable[[int], object]) -> None:
        self._stream, self.spend = stream, spend

    def read(self, size: int, /) -> bytes:
        """Read from the stream. Raises LimitError where too much has been read."""
        piece = self._stream.read(size)
        self.spend(len(piece))
        return piece


def _decompressed(stream: _Metered) -> Iterator[bytes]:
    import zstandard  # here because it takes 40 ms to import, and older packages need none of it

    try:
        decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        source = cast(IO[bytes], stream)  # it is only read from
        reader = decompressor.stream_reader(source, read_across_frames=True)
        yield from _plain(_Metered(reader, stream.spend))
    except zstandard.ZstdError as problem:
        raise LimitError(DAMAGED) from problem


def _plain(stream: _Metered) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece
