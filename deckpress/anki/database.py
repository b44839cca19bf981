"""A collection's database, read so that nothing in it runs, nothing loops, and no row is endless.

SQLite's own advice for files from strangers is followed (sqlite.org/security.html, "Untrusted
SQLite Database Files"). Only whole tables are read, from their first row to their last: what would
have to be computed or sorted first is no work for a database that somebody may have made on
purpose.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from deckpress.anki import archive
from deckpress.anki.archive import HOSTILE, TOO_LARGE, Clock, LimitError
from deckpress.diagnostics import quote

SEPARATOR = "\x1f"
"""Between fields, and between the parts of a deck's name in the newer schema."""
UNSOUND = "the collection in it is damaged: run Check Database in Anki, then export it again"

_FILE_FORMAT = slice(18, 20)
_WAL, _ROLLBACK = b"\2\2", b"\1\1"
_STEPS = 1_000
"""Instructions of SQLite's machine from one look at the clock to the next."""
_ROWS = 50
"""Rows that are read between two looks at it."""
_STEPS_AN_OBJECT = 10
"""That reading a table or an index from the schema takes; SQLite 3.40 takes six."""
_SMALLEST_ROW = 4
"""Bytes: a pointer, a length, a key (sqlite.org/fileformat.html, 1.6)."""
_MOST_TEXT = 2
"""Bytes of text that a byte of a database can hold, which is one unless it is in UTF-16."""
_PLAIN = ("CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX ")
"""How SQLite writes a schema whose objects are data; views, triggers and modules are code."""
_LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 50,
    sqlite3.SQLITE_LIMIT_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
}
_DATA_ERRORS = (sqlite3.Error, MemoryError, ValueError, LookupError, RecursionError)
"""What damaged databases raise; SQLite asks for the memory that a damaged length says it needs."""


@contextmanager
def open_database(data: bytearray, clock: Clock) -> Iterator[Database]:
    """Open a database for the body, of which `data` is used up; it is copied into memory.

    Raises LimitError for what is wrong with it, be it found in the body. A Ctrl-C that comes
    while SQLite is at work is heard.
    """
    if data[_FILE_FORMAT] == _WAL:  # as Anki leaves it, but no database in memory can have a WAL
        data[_FILE_FORMAT] = _ROLLBACK
    watch = _Watch(clock)
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.set_progress_handler(watch.look, _STEPS)
            _guard(connection, data)
            _check_schema(connection)
            watch.is_opened = True
            connection.set_authorizer(_allow)
            yield Database(connection, len(data), clock)
    except _DATA_ERRORS as problem:
        watch.raise_what_came()
        raise LimitError(_explain(problem) if watch.is_opened else UNSOUND) from problem


def _explain(problem: Exception) -> str:
    if getattr(problem, "sqlite_errorcode", 0) != sqlite3.SQLITE_TOOBIG:
        return UNSOUND
    note, structure = archive.MAX_VALUE // 1_000_000, archive.MAX_STRUCTURE // 1_000_000
    return (
        f"has a note of more than {note} MB, or note types or decks of more than {structure} MB: "
        "shorten them, then export it again"
    )


class _Watch:
    """Looks at the clock now and then while SQLite is at work, and stops it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looks = 0
        self._came: BaseException | None = None
        self.is_opened = False

    def look(self) -> int:
        """Return whether SQLite has to stop; what is raised in here it would not pass on."""
        self._looks += 1
        try:
            if not self.is_opened and self._looks * _STEPS > archive.MAX_OBJECTS * _STEPS_AN_OBJECT:
                raise LimitError(UNSOUND)
            self._clock.check()
        except BaseException as came:  # a Ctrl-C as well
            self._came = came
            return 1
        return 0

    def raise_what_came(self) -> None:
        """Raise what SQLite was stopped for, if it was."""
        if self._came:
            raise self._came from None


def _guard(connection: sqlite3.Connection, data: bytearray) -> None:
    """Read a database into memory, with every guard up that SQLite has."""
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    connection.deserialize(data)
    connection.execute("PRAGMA query_only = ON")


def _check_schema(connection: sqlite3.Connection) -> None:
    """Raise LimitError for anything but tables and indexes: it would run as it is read."""
    names: list[str] = []
    for name, sql in connection.execute("SELECT name, sql FROM sqlite_master"):
        if sql is not None and not str(sql).upper().startswith(_PLAIN):
            message = f"its collection holds code, {quote(' '.join(str(sql).split()))}: {HOSTILE}"
            raise LimitError(message)
        names.append(name)
    for name in names:
        quoted = str(name).replace('"', '""')
        if any(row[-1] for row in connection.execute(f'PRAGMA table_xinfo("{quoted}")')):
            raise LimitError(f"its collection computes columns of {quote(str(name))}: {HOSTILE}")


def _allow(action: int, table: str | None, _: str | None, __: str | None, view: str | None) -> int:
    """Allow SQLite to read a table, and nothing else: it asks before it prepares a query."""
    is_plain = action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ) and view is None
    return sqlite3.SQLITE_OK if is_plain else sqlite3.SQLITE_DENY


class Database:
    """The tables of a collection."""

    def __init__(self, connection: sqlite3.Connection, size: int, clock: Clock) -> None:
        self._connection, self._clock = connection, clock
        self._rows_left, self._text_left = size // _SMALLEST_ROW, size * _MOST_TEXT

    def row(self, table: str, columns: Mapping[str, type]) -> tuple[Any, ...]:
        """Return the only row of a table. Raises ValueError if there is none, or another one."""
        (row,) = self.rows(table, columns, 2)
        return row

    def rows(
        self, table: str, columns: Mapping[str, type], most: int, what: str = ""
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table, in no certain order, with the columns of these types.

        SQLite keeps any value in any column: raises ValueError for one of another type. Raises
        LimitError if there are more than `most` rows, of `what` in the reader's words, or more
        than a database of its size can hold, as where its pages lead in a circle.
        """
        types = tuple(columns.values())
        length = archive.MAX_VALUE if table == "notes" else archive.MAX_STRUCTURE
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, length)
        query = f"SELECT {', '.join(columns)} FROM {table}"
        for count, row in enumerate(self._connection.execute(query), 1):
            if tuple(map(type, row)) != types:
                raise ValueError(f"{query}: {row!r:.100}")
            self._spend(row)
            if count > most:
                raise LimitError(f"has more than {most:,} {what or table}: {TOO_LARGE}")
            yield row

    def _spend(self, row: tuple[Any, ...]) -> None:
        self._rows_left -= 1
        self._text_left -= sum(len(value) for value in row if not isinstance(value, int))
        if min(self._rows_left, self._text_left) < 0:
            raise LimitError(UNSOUND)
        if not self._rows_left % _ROWS:
            self._clock.check()
