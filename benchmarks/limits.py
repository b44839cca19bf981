"""What no build can be faster than: `python -m benchmarks.limits {rows PACKAGE | engine SOURCE}`.

`rows` writes a package's notes and cards into a new SQLite file, and deflates that; `engine` has
MathJax typeset each formula of a folder once, by one process. Prints seconds, and seconds of CPU,
as JSON: without the start of Python, and without what is made ready before.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

TABLES = ("notes", "cards")
_SCHEMA = "SELECT sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE 'sqlite_%'"
LEVEL = 6
"""Of compression."""

Rows = Mapping[str, Sequence[tuple[object, ...]]]


def prepare_rows(package: Path, folder: Path) -> Callable[[], object]:
    """Return what writes a package's rows into a file of a folder."""
    old = folder / "old.anki2"
    with zipfile.ZipFile(package) as archive:
        old.write_bytes(archive.read("collection.anki2"))
    with closing(sqlite3.connect(old)) as connection:
        schema = [sql for (sql,) in connection.execute(_SCHEMA)]
        rows = {table: [*connection.execute(f"SELECT * FROM {table}")] for table in TABLES}
    return lambda: write_rows(folder / "new.anki2", schema, rows)


def write_rows(path: Path, schema: Sequence[str], rows: Rows) -> bytes:
    """Write rows into a new SQLite file, and return it deflated."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for sql in schema:
            connection.execute(sql)
        for table, values in rows.items():
            places = ",".join("?" * len(values[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({places})", values)
        connection.commit()
    return zlib.compress(path.read_bytes(), LEVEL)


def prepare_formulas(source: Path) -> Callable[[], object]:
    """Return what typesets the formulas of a folder, each once, by an engine that has started."""
    from deckpress.formulas import Formula, TypesetResult
    from deckpress.formulas.engine import Engine
    from deckpress.pipeline.prepare import prepare
    from deckpress.project.opening import open_standalone

    found: dict[Formula, None] = {}

    def note_down(formulas: Sequence[Formula]) -> list[TypesetResult]:
        found.update(dict.fromkeys(formulas))
        return [TypesetResult()] * len(formulas)

    prepare(*open_standalone(source), int(time.time()), typeset=note_down)
    engine = Engine()
    return lambda: [engine.typeset(formula) for formula in found]


def main() -> None:
    """Print what the chosen work takes."""
    kind, path = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        work = prepare_rows(path, Path(folder)) if kind == "rows" else prepare_formulas(path)
        start, cpu = time.perf_counter(), time.process_time()
        work()
        print(json.dumps([time.perf_counter() - start, time.process_time() - cpu]))


if __name__ == "__main__":
    main()
