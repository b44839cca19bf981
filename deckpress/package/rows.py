"""Rows of a collection's database, whose values are checked: SQLite keeps any in any column."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

SEPARATOR = "\x1f"
"""Between fields, and between the parts of a deck's name in the newer schema."""


def rows(database: sqlite3.Connection, query: str, *types: type) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query; raises ValueError for one whose values are not of the types."""
    for row in database.execute(query):
        if tuple(map(type, row)) != types:
            raise ValueError(f"{query}: {row!r:.100}")
        yield row
