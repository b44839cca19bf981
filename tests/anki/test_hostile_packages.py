"""A package that was made to do harm is refused in a sentence, in little time and memory."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import zstandard
from click.testing import CliRunner

from deckpress.anki import archive
from deckpress.anki.archive import Clock, LimitError, open_archive
from deckpress.anki.database import open_database
from deckpress.anki.package_reader import read_package
from deckpress.cli import main
from deckpress.diagnostics import DeckError
from tests.support.hostile_packages import (
    Build,
    circle,
    collection,
    crowded,
    frames,
    lying,
    newest,
    overlapping,
    pack,
    with_fields,
    with_json,
    with_large_directory,
    with_large_numbers,
    with_sql,
    without_size,
)
from tests.support.limited import run_limited

READ = ""
"""What is said of a package that is read."""
DAMAGED = "the package is damaged: export or download it again"
UNSOUND = "the collection in it is damaged: run Check Database in Anki, then export it again"
NO_PACKAGE = "not an Anki package: export it from Anki as .apkg"
_HOSTILE = "do not open it in Anki, and get the deck from someone you trust"
_TOO_LARGE = "export fewer decks at once"
COMPUTED = f'its collection computes columns of "notes": {_HOSTILE}'
BOMB = f"unpacks to more than 100 times its own size: {_HOSTILE}"
LONG_ROW = (
    "has a note of more than 100 MB, or note types or decks of more than 20 MB: shorten them, then "
    "export it again"
)
LONG_LIST = f'its file "media" is bigger than 20 MB: {_TOO_LARGE}'

ENDLESS = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n"
OTHER_NOTES = (
    "CREATE TABLE other(id integer, guid text, mid integer, mod integer, tags text, flds text{})"
)
COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"


def of(database: Callable[[], bytes], media: Callable[[], bytes] = lambda: b"{}") -> Build:
    """Return what writes a package around a collection."""
    return lambda path: pack(path, database(), media())


def of_sql(*statements: str) -> Build:
    """Return what writes a package with a collection on which some SQL was run."""
    return of(lambda: with_sql(*statements))


def of_schema(sql: str) -> Build:
    """Return what writes a package whose schema says something else of the table of notes."""
    return of_sql(f"UPDATE sqlite_master SET sql = {sql} WHERE name = 'notes'")


def of_list(media: Callable[[], bytes]) -> Build:
    """Return what writes a package with such a list of media."""
    return of(lambda: bytes(collection()), media)


def of_newest(**members: Callable[[], bytes]) -> Build:
    """Return what writes a package of the newest form, of which some members are others."""
    return lambda path: newest(path, **{name: data() for name, data in members.items()})


def code(sql: str) -> str:
    """Return what is said of a collection with such a schema."""
    return f'its collection holds code, "{sql}": {_HOSTILE}'


CASES: dict[str, tuple[Build, str]] = {
    # SQLite's pages
    "notes in a circle": (of(lambda: circle("notes")), UNSOUND),
    "cards in a circle": (of(lambda: circle("cards")), UNSOUND),
    "the collection's row in a circle": (of(lambda: circle("col")), UNSOUND),
    "a row that never ends": (
        of(lambda: with_fields("x" * 50_000 + "\x1f").replace(b"\0\0\0\x1ax", b"\0\0\0\x19x")),
        READ,
    ),
    # code in the schema
    "computed on reading": (
        of_sql(
            "DROP TABLE notes",
            "CREATE TABLE notes(id integer primary key, guid text, mid integer, mod integer, tags "
            "text, flds text AS (printf('%.*c', 30000000, 'x')))",
            "INSERT INTO notes(id, guid, mid, mod, tags) VALUES (1, 'a', 1607392319, 1, '')",
        ),
        COMPUTED,
    ),
    "computed on writing": (
        of_sql(
            "DROP TABLE notes",
            "CREATE TABLE notes(id integer primary key, guid text, mid integer, mod integer, tags "
            "text, flds text AS (guid || guid) STORED)",
        ),
        COMPUTED,
    ),
    "a view without an end": (
        of_sql("DROP TABLE notes", f"CREATE VIEW notes AS {ENDLESS}"),
        code("CREATE VIEW notes AS WITH RECURSIVE n(id) AS (SELECT 1 UNIO…"),
    ),
    "a view said to be a table": (of_schema(f"'CREATE/**/VIEW notes AS {ENDLESS}'"), UNSOUND),
    "a trigger": (
        of_sql("CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM notes; END"),
        code("CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM no…"),
    ),
    "a virtual table": (
        of_sql("DROP TABLE notes", "CREATE VIRTUAL TABLE notes USING fts5(flds)"),
        code("CREATE VIRTUAL TABLE notes USING fts5(flds)"),
    ),
    "a virtual table said to be one": (
        of_schema("'CREATE VIRTUAL TABLE notes USING fts5(flds)'"),
        UNSOUND,
    ),
    # code that only writing would run
    "a costly check": (
        of_schema("replace(sql, 'not null', 'not null CHECK (length(randomblob(1e9)) > 0)')"),
        READ,
    ),
    "an index of expressions": (of_sql("CREATE INDEX x ON notes(length(flds))"), READ),
    "a table without keys": (
        of_sql(
            OTHER_NOTES.format(", PRIMARY KEY (guid, id)) WITHOUT ROWID; --"),
            "INSERT INTO other SELECT id, guid, mid, mod, tags, flds FROM notes",
            "DROP TABLE notes",
            "ALTER TABLE other RENAME TO notes",
        ),
        READ,
    ),
    # schemas
    "a deep expression": (
        of_schema(f"replace(sql, 'not null', 'CHECK ({'(' * 900}1{')' * 900})')"),
        UNSOUND,
    ),
    "a schema of 30 MB": (of_schema("sql || '/*' || printf('%.*c', 30000000, 'x')"), UNSOUND),
    "2,000 tables": (
        of_sql(
            f"{COUNT.format(2000)} INSERT INTO sqlite_master "
            "SELECT 'table', 't' || i, 't' || i, 4, 'CREATE TABLE t' || i || '(a)' FROM n"
        ),
        UNSOUND,
    ),
    "300 tables": (
        of_sql(
            f"{COUNT.format(300)} INSERT INTO sqlite_master "
            "SELECT 'table', 't' || i, 't' || i, 4, 'CREATE TABLE t' || i || '(a)' FROM n"
        ),
        READ,
    ),
    # long values
    "a field of 10 MB": (of(lambda: with_fields(os.urandom(5_000_000).hex() + "\x1f")), READ),
    "30 million fields": (
        of(lambda: with_fields("\x1f" * 30_000_000)),
        'note nid:1700086400000 has 30000001 fields, its note type "Facts" has 2: run Check '
        "Database in Anki, then export it again",
    ),
    "11 million tags": (
        of_sql(
            "UPDATE notes SET tags = replace(printf('%.*c', 11000000, 'x'), 'x', 'a ') "
            "WHERE guid = 'key-0'"
        ),
        f"has more than 10,000,000 fields and tags: {_TOO_LARGE}",
    ),
    # JSON
    "JSON of any depth": (of(lambda: with_json("models", "[" * 1_000_000)), UNSOUND),
    "JSON of 21 MB": (of(lambda: with_json("models", "[" + "[]," * 7_000_000)), LONG_ROW),
    "an id that no column holds": (
        of(lambda: with_json("decks", f'{{"1": {{"id": {"9" * 4000}, "name": ""}}}}')),
        UNSOUND,
    ),
    "a number that Python refuses": (
        of(lambda: with_json("decks", f'{{"1": {{"id": {"9" * 5000}, "name": ""}}}}')),
        UNSOUND,
    ),
    "ids that all have one hash": (
        of(
            lambda: with_json(
                "decks",
                json.dumps(
                    {index: {"id": index * (2**61 - 1), "name": ""} for index in range(40_000)}
                ),
            )
        ),
        UNSOUND,
    ),
    "60,000 decks": (
        of(
            lambda: with_json(
                "decks", json.dumps({index: {"id": index, "name": ""} for index in range(60_000)})
            )
        ),
        f"has more than 50,000 decks: {_TOO_LARGE}",
    ),
    "the same key twice": (of_list(lambda: b'{"0": "a.png", "0": "b.png"}'), READ),
    "a list of any depth": (of_list(lambda: b"[" * 1_000_000), DAMAGED),
    "a list of 21 MB": (of_list(lambda: b'{"0": [' + b"[]," * 7_000_000), LONG_LIST),
    "a list of 600,000 files": (
        of_list(lambda: json.dumps(dict.fromkeys(range(600_000), "")).encode()),
        f"lists more than 500,000 media files: {_TOO_LARGE}",
    ),
    "names that are paths": (
        of_list(
            lambda: json.dumps(
                dict(
                    enumerate(
                        "../../x /etc/passwd a/b C:\\x con nul.png .. . \0 \x1b[31m X.png x.png "
                        "\u00e9 e\u0301".split(" ")
                    )
                )
            ).encode()
        ),
        READ,
    ),
    # zip
    "one entry under 20,000 names": (overlapping, DAMAGED),
    "a directory of 36 MB": (crowded, f"holds too many files: {_TOO_LARGE}"),
    "a size of 2 GB": (lambda path: lying(path, 24, b"\xff\xff\xff\x7f"), READ),
    "a size of nothing": (lambda path: lying(path, 24, bytes(4)), DAMAGED),
    "a packed size of 2 GB": (lambda path: lying(path, 20, b"\xff\xff\xff\x7f"), READ),
    "a place behind the end": (lambda path: lying(path, 42, b"\xff\xff\xff\x7f"), DAMAGED),
    "another name": (lambda path: lying(path, 46, b"x"), NO_PACKAGE),
    "a password": (lambda path: lying(path, 8, b"\1"), DAMAGED),
    "a zip of the future": (lambda path: lying(path, 6, b"\xff"), DAMAGED),
    "the largest numbers": (lambda path: with_large_numbers(path, *[2**64 - 1] * 3), DAMAGED),
    "numbers that no seek takes": (lambda path: with_large_numbers(path, *[2**63] * 3), DAMAGED),
    "too few numbers": (lambda path: with_large_numbers(path, 5), DAMAGED),
    "a directory of 8 EB": (lambda path: with_large_directory(path, 2**63, 2**63), DAMAGED),
    "a directory of 1 TB": (lambda path: with_large_directory(path, 2**40, 0), DAMAGED),
    "a directory nowhere": (lambda path: with_large_directory(path, 100, 2**64 - 1), DAMAGED),
    "a package within a package": (
        of(lambda: pack(Path("inner.apkg"), collection()).read_bytes()),
        UNSOUND,
    ),
    # zstandard
    "the newest form": (of_newest(), READ),
    "a frame that does not tell its size": (
        of_newest(**{"collection.anki21b": lambda: without_size(collection())}),
        READ,
    ),
    "a list of empty entries": (
        of_newest(media=lambda: zstandard.compress(b"\x0a\0" * 100_000_000)),
        LONG_LIST,
    ),
    "600,000 empty entries": (
        of_newest(media=lambda: zstandard.compress(b"\x0a\0" * 600_000)),
        f"lists more than 500,000 media files: {_TOO_LARGE}",
    ),
    "a collection of zeros": (
        of_newest(**{"collection.anki21b": lambda: zstandard.compress(bytes(200_000_000))}),
        BOMB,
    ),
    "a window of 2 GB": (of_newest(media=lambda: frames(31, 1)), DAMAGED),
    "a million empty frames": (of_newest(media=lambda: frames(27, 1_000_000)), READ),
    "frames that come to nothing": (of_newest(media=lambda: frames(27, 13_000_000)), BOMB),
    "blocks that come to nothing": (
        of_newest(media=lambda: frames(27, 1, bytes(90_000_000) + b"\1\0\0")),
        READ,
    ),
}
"""Packages as somebody may make them on purpose, and what is said of them."""


def said_of(path: Path) -> str:
    """Return what is said of a package that is read with its media, without its path."""
    try:
        read_package(path, media=True)
    except DeckError as refused:
        return "\n".join(diagnostic.message for diagnostic in refused.diagnostics)
    return READ


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_package_is_refused_in_a_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is in it, a small package takes little time and memory, and leaves nothing."""
    monkeypatch.chdir(tmp_path)
    build, expected = CASES[name]
    path = tmp_path / "some.apkg"
    build(path)
    files = sorted(tmp_path.iterdir())
    assert path.stat().st_size < 40_000_000
    assert run_limited(lambda: said_of(path) or "read") == (expected or "read")
    assert sorted(tmp_path.iterdir()) == files


# What a package may be


def make_pipe(path: Path) -> None:
    """Make a pipe that nobody writes to."""
    os.mkfifo(path)


def make_sparse(path: Path) -> None:
    """Make a file that is longer than a disk, and takes no place on it."""
    with path.open("wb") as file:
        file.write(b"PK")
        file.truncate(17_000_000_000)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no such files")
@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (make_pipe, "cannot be read: it is a named pipe, not a file"),
        (lambda path: path.symlink_to("/dev/zero"), "cannot be read: it is a device, not a file"),
        (lambda path: path.symlink_to("/dev/null"), "cannot be read: it is a device, not a file"),
        (lambda path: path.mkdir(), "cannot be read: is a directory"),
        (lambda path: path.symlink_to(path), "cannot be read: too many levels of symbolic links"),
        (lambda path: path.symlink_to(path.with_name("none")), "no such file"),
        (make_sparse, f"is bigger than 16 GB: {_TOO_LARGE}"),
        (Path.touch, NO_PACKAGE),
    ],
)
def test_what_is_no_file_is_not_opened(
    make: Callable[[Path], object], expected: str, tmp_path: Path
) -> None:
    """A pipe, a device, a folder and a link that leads nowhere are told of, and not waited for."""
    path = tmp_path / "some.apkg"
    make(path)
    assert run_limited(lambda: said_of(path) or "read", seconds=20) == expected


def test_a_link_to_a_package_is_read(tmp_path: Path) -> None:
    """Whoever names a link to a package means the package."""
    (tmp_path / "link.apkg").symlink_to(pack(tmp_path / "some.apkg", collection()))
    assert said_of(tmp_path / "link.apkg") == READ


def test_a_package_that_changes_as_it_is_read_is_told(tmp_path: Path) -> None:
    """Another program that writes the package meanwhile is noticed; one that replaces it is not."""
    path = pack(tmp_path / "some.apkg", collection(), b'{"0": "a.txt"}', **{"0": b"some text"})
    with open_archive(path) as archive:
        pack(tmp_path / "new.apkg", collection(5)).replace(path)
        assert archive.read("0") == b"some text"

    def read_as_it_shrinks() -> None:
        with open_archive(path) as archive:
            os.truncate(path, 100)
            archive.read(archive.collection)

    with pytest.raises(DeckError, match=DAMAGED):
        read_as_it_shrinks()


# Limits that no small package reaches


def test_a_collection_of_100_000_notes_is_read(tmp_path: Path) -> None:
    """A learner's whole collection is no bomb."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(collection(1))
        for table, rest in (
            ("notes", "'g' || i, mid, mod, usn, tags, flds, sfld, csum, flags, data"),
            (
                "cards",
                "nid + i, did, ord, mod, usn, type, queue, due, ivl, factor, reps, lapses, left, "
                "odue, odid, flags, data",
            ),
        ):
            connection.execute(
                f"{COUNT.format(99_999)} INSERT INTO {table} SELECT id + i, {rest} FROM {table}, n"
            )
        connection.commit()
        path = pack(tmp_path / "large.apkg", connection.serialize())
    package = read_package(path)
    assert len(package.notes) == 100_000
    assert {note.card_numbers for note in package.notes} == {(0,)}


@pytest.mark.parametrize(
    ("limit", "most", "expected"),
    [
        ("MAX_NOTES", 2, f"has more than 2 notes: {_TOO_LARGE}"),
        ("MAX_CARDS", 2, f"has more than 2 cards: {_TOO_LARGE}"),
        ("MAX_TEXTS", 5, f"has more than 5 fields and tags: {_TOO_LARGE}"),
    ],
)
def test_too_many_rows_are_told(
    limit: str, most: int, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collection beyond all reason is refused with what is too much of it."""
    path = pack(tmp_path / "some.apkg", collection(3))
    monkeypatch.setattr(archive, limit, most)
    assert said_of(path) == expected


def test_a_note_that_is_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note that no computer could show is refused, though it would be nothing but text."""
    path = pack(tmp_path / "some.apkg", with_fields("x" * 6_000_000 + "\x1f"))
    assert said_of(path) == READ
    monkeypatch.setattr(archive, "MAX_VALUE", 5_000_000)
    assert said_of(path) == LONG_ROW.replace("100 MB", "5 MB")


def test_a_package_that_takes_too_long_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever nobody has thought of ends when its time is up."""
    path = pack(tmp_path / "some.apkg", collection(3))
    monkeypatch.setattr(archive, "SECONDS", -1)
    assert said_of(path) == f"takes more than -1 seconds to read: {_TOO_LARGE}"


class InterruptedClock(Clock):
    """A clock on which a Ctrl-C comes as SQLite is at work."""

    def check(self) -> None:
        """Do what Python does when a Ctrl-C comes."""
        raise KeyboardInterrupt


def test_a_ctrl_c_within_sqlite_is_heard() -> None:
    """SQLite only says that it was interrupted, which is no damage to the package."""
    many = with_sql(
        f"{COUNT.format(500)} INSERT INTO sqlite_master "
        "SELECT 'table', 't' || i, 't' || i, 4, 'CREATE TABLE t' || i || '(a)' FROM n"
    )
    with pytest.raises(KeyboardInterrupt), open_database(bytearray(many), InterruptedClock(0)):
        pass


@pytest.mark.parametrize(
    "query",
    [
        "SELECT load_extension('x')",
        "ATTACH 'other.db' AS other",
        "PRAGMA writable_schema = ON",
        "DELETE FROM notes",
        "SELECT length(flds) FROM notes",
        ENDLESS,
    ],
)
def test_nothing_but_tables_can_be_read(query: str) -> None:
    """Whatever is asked of an opened database, it runs nothing and changes nothing."""
    with open_database(collection(), Clock(0)) as database:
        connection = database._connection
        with pytest.raises(sqlite3.DatabaseError, match=r"prohibited|not authorized"):
            connection.execute(query)


def test_a_refusal_in_the_body_is_passed_on() -> None:
    """What the reader of a database refuses is told in its own words."""
    with pytest.raises(LimitError, match="no deck"), open_database(collection(), Clock(0)):
        raise LimitError("no deck")


# The commands


def snapshot(folder: Path) -> dict[Path, bytes]:
    """Return all files of a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


COMMANDS = (
    ("diff", "bad.apkg", "good.apkg"),
    ("diff", "good.apkg", "bad.apkg", "--format", "html", "--output", "page.html"),
    ("verify", "bad.apkg"),
    ("verify", "bad.apkg", "good.apkg"),
    ("build", "--adopt", "bad.apkg"),
    ("check", "--adopt", "bad.apkg"),
    ("build", "--rebuild-lock", "bad.apkg"),
    ("build", "--output", "bad.apkg"),
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("name", ["notes in a circle", "computed on reading"])
def test_a_command_refuses_a_hostile_package(
    name: str, arguments: tuple[str, ...], project: Path
) -> None:
    """Whatever reads it, the command ends with a sentence, and nothing is written."""
    CASES[name][0](project / "bad.apkg")
    pack(project / "good.apkg", collection())
    before = snapshot(project)
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "bad.apkg: " in done.stderr
    assert snapshot(project) == before


@pytest.mark.parametrize("name", ["notes in a circle", "computed on reading"])
@pytest.mark.parametrize("command", ["check", "build"])
def test_a_hostile_package_in_dist_keeps_nobody_waiting(
    name: str, command: str, project: Path
) -> None:
    """A stranger's project that brings one along is checked and built, or told what is wrong."""
    (project / "dist").mkdir()
    CASES[name][0](project / "dist/demo-1.0.0.apkg")
    before = snapshot(project)
    done = CliRunner().invoke(main, [command])
    assert done.exit_code == 1
    assert "dist/demo-1.0.0.apkg is, which may be of this deck and cannot be read" in done.stderr
    assert snapshot(project) == before
