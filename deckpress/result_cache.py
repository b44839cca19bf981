"""Results that a later run need not work out again, in a file of the user's cache folder.

It is safe to delete. What is damaged, or was kept by another version of the program or of its
libraries, is not found; and where nothing can be kept, nothing is.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from itertools import islice
from pathlib import Path

MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
"""What is raised by bytes that are no result of the kind that is expected."""
NAME = "results.sqlite"
MOST_BYTES = 500_000_000
"""Of all results; beyond it those go that were not asked for the longest."""
_DIGEST_SIZE = 32
_DAY = 24 * 3600
_PATIENCE = 1.0
"""Seconds to wait for another process that writes."""
_MOST_KEYS = 500
"""In one question; SQLite takes at least 999 (sqlite.org/limits.html)."""
_LIBRARIES = ("site-packages", "dist-packages")
_TABLE = """CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID"""


class ResultCache:
    """Bytes by their keys, of which each key says all that the bytes depend on."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def read(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the results that are kept, each with its key."""
        with self._failing_silently():
            today, old = int(time.time()), []
            with self._opened(is_new=False) as connection:
                for key, value, used in _select(connection, keys):
                    if value[:_DIGEST_SIZE] == _digest(key, value[_DIGEST_SIZE:]):
                        yield key, value[_DIGEST_SIZE:]
                        old += [(today, key)] if used < today - _DAY else []
                if old:
                    connection.executemany("UPDATE results SET used = ? WHERE key = ?", old)

    def write(self, results: Iterable[tuple[str, bytes]]) -> None:
        """Keep results by their keys, as long as there is room."""
        now = int(time.time())
        rows = ((key, _digest(key, data) + data, now) for key, data in results)
        with self._failing_silently(), self._opened(is_new=True) as connection:
            connection.execute(_TABLE)
            connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", rows)
            _make_room(connection)

    @contextmanager
    def _failing_silently(self) -> Iterator[None]:
        """Let no error out: nothing is found then, or nothing kept. What is no database goes."""
        try:
            yield
        except sqlite3.OperationalError:  # there is none, it is in use, or the disk is full
            pass
        except (sqlite3.DatabaseError, UnicodeDecodeError):  # the latter of a message about it
            with suppress(OSError):
                self._path.unlink()
        except OSError:
            pass

    @contextmanager
    def _opened(self, *, is_new: bool) -> Iterator[sqlite3.Connection]:
        """Yield the database, which may be made if `is_new`.

        What is lost is made again, so nobody needs to wait until the disk has it.
        """
        if is_new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        elif not self._path.is_file():
            raise FileNotFoundError(self._path)
        with closing(sqlite3.connect(self._path, timeout=_PATIENCE)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")
            yield connection


def _select(
    connection: sqlite3.Connection, keys: Iterable[str]
) -> Iterator[tuple[str, bytes, int]]:
    waiting = iter(keys)
    while some := tuple(islice(waiting, _MOST_KEYS)):
        marks = ", ".join("?" * len(some))
        columns = "key, CAST(value AS BLOB), CAST(coalesce(used, 0) AS INTEGER)"
        yield from connection.execute(f"SELECT {columns} FROM results WHERE key IN ({marks})", some)


def _make_room(connection: sqlite3.Connection) -> None:
    """Remove what was not asked for the longest, if there is too much."""
    if _size(connection) <= MOST_BYTES:
        return
    oldest = connection.execute("SELECT key FROM results ORDER BY used").fetchall()
    connection.executemany("DELETE FROM results WHERE key = ?", oldest[: len(oldest) // 2])


def _size(connection: sqlite3.Connection) -> int:
    """Return how many bytes of the file are in use."""
    sizes = ("page_count", "freelist_count", "page_size")
    pages, free, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in sizes)
    return int(pages - free) * int(size)


def _digest(key: str, data: bytes) -> bytes:
    return hashlib.sha256(key.encode() + data).digest()


@cache
def program_digest() -> str:
    """Return what is another one for each version of this program, its libraries and Python."""
    package = Path(__file__).parent
    folders = (path for path in sys.path if path.rstrip(os.sep).endswith(_LIBRARIES))
    libraries = (name for folder in folders for name in _list(folder) if "-info" in name)
    parts = (sys.version, *sorted(_statuses(package)), *sorted(libraries))
    return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()


def _statuses(folder: Path) -> Iterator[str]:
    """Yield what changes when a file of the program is written."""
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _statuses(Path(entry.path)) if entry.name != "__pycache__" else ()
        else:
            status = entry.stat()
            yield f"{entry.path} {status.st_size} {status.st_mtime_ns}"


def _list(folder: str) -> list[str]:
    try:
        return [path.name for path in Path(folder).iterdir()]
    except OSError:
        return []
