"""Packages that were made to do harm: small on disk, and endless, huge or full of code inside."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import zstandard

from tests.support.genanki_packages import facts, write_package

PAGE = 4096
"""The bytes of a page, as SQLite makes them unless it is told otherwise."""

Build = Callable[[Path], Path]
"""Writes a package at a path."""


def collection(count: int = 3) -> bytearray:
    """Return a sound collection with some notes, as genanki makes it."""
    return bytearray(_collection(count))


@cache
def _collection(count: int) -> bytes:
    package = io.BytesIO()
    write_package(package, facts(count))
    with zipfile.ZipFile(package) as archive:
        return archive.read("collection.anki2")


def pack(path: Path, database: bytes | bytearray, media: bytes = b"{}", **more: bytes) -> Path:
    """Write a package around a collection; return its path."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("collection.anki2", database)
        archive.writestr("media", media)
        for name, data in more.items():
            archive.writestr(name, data)
    return path


def with_sql(*statements: str, database: bytes | None = None) -> bytes:
    """Return a collection on which some SQL was run, even on its schema."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(database or collection())
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            connection.execute(statement)
        return connection.serialize()


def root_page(database: bytes, table: str) -> int:
    """Return the number of the page at the root of a table."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(database)
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        return int(connection.execute(query, [table]).fetchone()[0])


def circle(table: str) -> bytes:
    """Return a collection in which a table is a tree of 12 levels whose pages are one each.

    Each page leads 400 times to the next, so its leaf is read 400 ** 12 times.
    (sqlite.org/fileformat.html, 1.6: 5 is an interior page of a table.)
    """
    database = collection()
    root = root_page(bytes(database), table)
    leaf, levels = len(database) // PAGE + 1, 12
    database += database[(root - 1) * PAGE : root * PAGE]  # the table's only leaf moves
    pages = [root, *range(leaf + 1, leaf + levels)]
    database += bytes(PAGE * (levels - 1))
    for page, child in zip(pages, [*pages[1:], leaf], strict=True):
        database[(page - 1) * PAGE : page * PAGE] = _interior(child)
    database[28:32] = struct.pack(">I", len(database) // PAGE)
    return bytes(database)


def _interior(child: int, cells: int = 400) -> bytes:
    """Return an interior page that leads to the same page with each of its cells."""
    start = PAGE - 5 * cells
    header = struct.pack(">BHHHBI", 5, 0, cells, start, 0, child)
    pointers = struct.pack(f">{cells}H", *range(start, PAGE, 5))
    page = header + pointers
    return page + bytes(start - len(page)) + struct.pack(">IB", child, 1) * cells


def with_fields(text: str) -> bytes:
    """Return a collection in which a note has these fields."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(collection())
        connection.execute("UPDATE notes SET flds = ? WHERE guid = 'key-0'", [text])
        connection.commit()
        return connection.serialize()


def with_json(column: str, text: str) -> bytes:
    """Return a collection whose note types (`models`) or `decks` are this text."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(collection())
        connection.execute(f"UPDATE col SET {column} = ?", [text])
        connection.commit()
        return connection.serialize()


def with_models(models: object) -> bytes:
    """Return a collection with these note types."""
    return with_json("models", json.dumps(models))


# Zip files


def _entry(name: bytes, facts: tuple[int, int, int], offset: int, flags: int = 0) -> bytes:
    """Return an entry of a zip's directory; the facts are checksum, packed and unpacked size."""
    numbers = (20, 20, flags, 8, 0, 33, *facts, len(name), 0, 0, 0, 0, 0, offset)
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", *numbers) + name


def _end(count: int, size: int, offset: int) -> bytes:
    count = min(count, 0xFFFF)
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, offset, 0)


def overlapping(path: Path, count: int = 20_000) -> Path:
    """Write a package whose media are all one entry, under many names (a bomb without layers)."""
    held = {"collection.anki2": bytes(collection()), "0": bytes(400_000)}
    names = {str(index): f"{index}.png" for index in range(count)}
    pack(path, held["collection.anki2"], json.dumps(names).encode(), **{"0": held["0"]})
    with zipfile.ZipFile(path) as archive:
        infos = {info.filename: info for info in archive.filelist}
        start = archive.start_dir
    entries = [*infos, *map(str, range(1, count))]
    directory = b"".join(
        _entry(name.encode(), (info.CRC, info.compress_size, info.file_size), info.header_offset)
        for name in entries
        for info in [infos.get(name, infos["0"])]
    )
    files = path.read_bytes()[:start]
    path.write_bytes(files + directory + _end(len(entries), len(directory), start))
    return path


def crowded(path: Path, count: int = 700_000) -> Path:
    """Write a zip file that is nothing but a directory."""
    directory = b"".join(_entry(b"%06d" % index, (0, 0, 0), 0) for index in range(count))
    path.write_bytes(directory + _end(count, len(directory), 0))
    return path


def lying(path: Path, place: int, value: bytes) -> Path:
    """Write a package whose directory says something else of its first entry."""
    data = bytearray(pack(path, collection()).read_bytes())
    start = data.index(b"PK\1\2") + place
    data[start : start + len(value)] = value
    path.write_bytes(data)
    return path


def with_large_numbers(path: Path, *numbers: int) -> Path:
    """Write a package with ZIP64 numbers: sizes and place of its first entry."""
    data = pack(path, collection()).read_bytes()
    start, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    extra = struct.pack(f"<2H{len(numbers)}Q", 1, 8 * len(numbers), *numbers)
    first, name = bytearray(data[start : start + 46]), b"collection.anki2"
    first[20:28] = b"\xff" * 8
    first[42:46] = b"\xff" * 4
    first[30:32] = struct.pack("<H", len(extra))
    directory = bytes(first) + name + extra + data[start + 46 + len(name) : end]
    path.write_bytes(data[:start] + directory + _end(2, len(directory), start))
    return path


def with_large_directory(path: Path, size: int, offset: int) -> Path:
    """Write a package whose ZIP64 end says that its directory is elsewhere, and of any size."""
    data = pack(path, collection()).read_bytes()
    end = data.index(b"PK\5\6")
    far = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 2**63, 2**63, size, offset)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    path.write_bytes(data[:end] + far + locator + data[end : end + 8] + b"\xff" * 12 + bytes(2))
    return path


# The newest form: compressed by zstandard, listed in protobuf


def frames(window: int, count: int, block: bytes = b"\1\0\0") -> bytes:
    """Return frames of zstandard that hold nothing, and ask for 2 ** `window` bytes of memory.

    (RFC 8878, 3.1.1.1; by itself a block is the last one, raw and empty.)
    """
    return (b"\x28\xb5\x2f\xfd\0" + bytes([window - 10 << 3]) + block) * count


def newest(path: Path, **members: bytes) -> Path:
    """Write a package of the newest form, of which some members are others."""
    held = {
        "meta": b"\x08\3",
        "collection.anki21b": zstandard.compress(collection()),
        "media": zstandard.compress(b""),
        **members,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return path


def without_size(data: bytes | bytearray) -> bytes:
    """Return data compressed by zstandard in a stream, whose size nobody knew at its beginning."""
    compressor = zstandard.ZstdCompressor().compressobj()
    return compressor.compress(data) + compressor.flush()
