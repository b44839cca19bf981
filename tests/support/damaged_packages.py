"""Packages that are damaged at random, each read in a process with limited time and memory.

Packages of deckpress, of genanki, and of Anki in its two forms are changed: their zip files, the
pages, the schema and the values of their databases, their lists of media, their note types.
"""

from __future__ import annotations

import io
import json
import os
import random
import resource
import select
import signal
import sqlite3
import struct
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import genanki
import zstandard
from anki.collection import (
    Collection,
    ExportAnkiPackageOptions,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
)

from deckpress.anki import NoteType, PackageContents, PackageNote, card_numbers
from deckpress.anki.package_reader import held_media, read_media, read_package
from deckpress.anki.package_writer import build_package
from deckpress.diagnostics import DeckError
from deckpress.diff.compare import compare
from deckpress.diff.diff_html import as_html, language_of, pictures_in
from deckpress.diff.diff_markdown import as_markdown
from deckpress.diff.diff_text import as_json, as_text
from deckpress.lock.field_roles import find_layouts
from deckpress.lock.rebuild import Origin, find_origin, rebuild_lock
from deckpress.note_types import note_type
from deckpress.notes import Kind
from deckpress.project import Deck

SECONDS = 20
"""After which a package counts as endless."""
MEMORY = 1_500_000_000
"""Bytes above those of this process that reading a package may take."""
BATCH = 100
"""Packages that one process reads."""

GOOD = ("read", "refused")
"""What may come of a package."""

_NOON = 1_700_000_000
_DECK = Deck("demo", "Demo", "1.0.0", "en", "A deck.")
_ODD = (0, 1, 2, 3, 5, 10, 13, 127, 128, 255, 256, 65_535, 65_536, 2**31 - 1, 2**31, 2**32 - 1)
"""Numbers that programs stumble over."""

Members = dict[str, bytes]


@dataclass(frozen=True)
class Outcome:
    """What came of a package."""

    kind: str
    """`read`, `refused`, or what must not be: `traceback`, `endless`, `ended`."""
    details: str
    """The message, the traceback, or how the process ended."""
    change: str
    """What was changed."""
    seconds: float
    memory: int
    """Bytes that the process had taken by then, at the most."""
    data: bytes
    """The package."""

    @property
    def is_good(self) -> bool:
        """Whether the package was read, or refused in a sentence."""
        return self.kind in GOOD


def run(seed: int, count: int) -> Iterator[Outcome]:
    """Yield what comes of so many packages; the same for the same seed."""
    done = 0
    while done < count:
        numbers = range(done, min(count, done + BATCH))
        packages = [_damage(random.Random(f"{seed} {number}")) for number in numbers]
        outcomes = list(_read_batch(packages))
        yield from outcomes
        done += len(outcomes)


# The packages before they are damaged


@cache
def sound_packages() -> tuple[bytes, ...]:
    """Return a package of deckpress, one of genanki, and what Anki makes of them in both forms."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, theirs = folder / "ours.apkg", folder / "genanki.apkg"
        ours.write_bytes(_build_ours())
        _build_other(theirs)
        exported = [
            _export([ours, theirs], folder, is_legacy=is_legacy) for is_legacy in (True, False)
        ]
        return ours.read_bytes(), theirs.read_bytes(), *exported


def _build_ours() -> bytes:
    kinds = [note_type(kind, _DECK) for kind in (Kind.BASIC, Kind.CLOZE)]
    notes = [_note(number, kind) for number in range(3) for kind in kinds]
    mods = {kind.id: _NOON for kind in kinds}
    return build_package(
        PackageContents("Demo", "A deck.", notes, mods, {"a.png": b"a" * 99}, _NOON)
    )


def _note(number: int, kind: NoteType) -> PackageNote:
    empty = [""] * (len(kind.fields) - 2)
    fields = (f"{{{{c1::What}}}} is {number}?", f"<b>{number}</b>", *empty)
    tags = ("demo", "demo::changed::1.0.0")
    cards = card_numbers(kind, fields)
    return PackageNote(f"ours-{number}", kind, fields, tags, _NOON, "Demo::中文", cards)


def _build_other(path: Path) -> None:
    fields, templates = ["Front", "Back"], {"name": "Card", "qfmt": "{{Front}}", "afmt": "{{Back}}"}
    model = genanki.Model(
        1_607_392_319, "Facts", [{"name": field} for field in fields], [templates]
    )
    deck = genanki.Deck(2_059_400_110, "Facts")
    for number in range(60):  # which take more than one page
        text = [f"Q{number} \\(x_{number}\\)?", f'<img src="b.png">{"text " * number}']
        deck.add_note(genanki.Note(model, text, tags=["a::b"], guid=f"g{number}"))
    media = path.with_name("b.png")
    media.write_bytes(b"b" * 200)
    genanki.Package(deck, [str(media)]).write_to_file(str(path), timestamp=_NOON)


def _export(packages: Sequence[Path], folder: Path, *, is_legacy: bool) -> bytes:
    name = f"exported-{is_legacy}"
    (folder / name).mkdir()
    collection = Collection(str(folder / name / "collection.anki2"))
    try:
        for package in packages:
            options = ImportAnkiPackageOptions()
            request = ImportAnkiPackageRequest(package_path=str(package), options=options)
            collection.import_anki_package(request)
        path = folder / f"{name}.apkg"
        how = ExportAnkiPackageOptions(legacy=is_legacy, with_scheduling=True, with_media=True)
        collection.export_anki_package(out_path=str(path), options=how, limit=None)
        return path.read_bytes()
    finally:
        collection.close()


# The damage


def _damage(chance: random.Random) -> tuple[str, bytes]:
    """Return what is changed of a package, and the package."""
    data = chance.choice(sound_packages())
    change = chance.choice(_CHANGES)
    with suppress(sqlite3.Error):  # a change that SQLite itself refuses is none
        data = change(data, chance)
    return change.__name__.lstrip("_"), data


def _zip_bytes(data: bytes, chance: random.Random) -> bytes:
    return _spoil(data, chance)


def _directory(data: bytes, chance: random.Random) -> bytes:
    """Change numbers in the zip's directory."""
    damaged, start = bytearray(data), data.rindex(b"PK\1\2") - chance.choice((0, 60, 200))
    for _ in range(chance.randint(1, 4)):
        size = chance.choice((2, 4))
        place = chance.randrange(max(0, start), len(data) - 4)
        value = chance.choice(_ODD) % 256**size
        damaged[place : place + size] = value.to_bytes(size, "little")
    return bytes(damaged)


def _members(data: bytes, chance: random.Random) -> bytes:
    """Leave out a file of the package, take one for another, or compress it in an odd way."""
    held = _unpack(data)
    first, second = chance.choice(list(held)), chance.choice(list(held))
    how = chance.randrange(4)
    if how == 0:
        del held[first]
    elif how == 1:
        held[first], held[second] = held[second], held[first]
    elif how == 2:
        held[first] = zstandard.compress(held[first])
    return _pack(held, chance.choice((0, 8, 8, 12, 14)) if how == 3 else 8)


def _member_bytes(data: bytes, chance: random.Random) -> bytes:
    held = _unpack(data)
    name = chance.choice(list(held))
    return _pack(held | {name: _spoil(held[name], chance)})


def _database_bytes(data: bytes, chance: random.Random) -> bytes:
    return _with_database(data, lambda database: _spoil(database, chance))


def _pages(data: bytes, chance: random.Random) -> bytes:
    """Change what SQLite finds its way by: pages' headers and pointers, and the file's header."""

    def change(database: bytes) -> bytes:
        damaged = bytearray(database)
        size = int.from_bytes(database[16:18], "big") or 4096
        pages = max(1, len(database) // size)
        for _ in range(chance.randint(1, 5)):
            start = chance.randrange(pages) * size + chance.choice((0, 0, 0, 100))
            place = start + chance.choice((0, 1, 3, 5, 8, 8, 10, 12, 14, 20, 24, 32, 36, 56))
            number = chance.choice((chance.randrange(1, pages + 2), chance.choice(_ODD)))
            form = chance.choice((">B", ">H", ">I"))
            value = struct.pack(form, number % 256 ** struct.calcsize(form))
            damaged[place : place + len(value)] = value
        if chance.random() < 0.3:  # a page in the place of another
            first, second = (chance.randrange(pages) * size for _ in range(2))
            damaged[first : first + size] = damaged[second : second + size]
        return bytes(damaged[: len(database)])

    return _with_database(data, change)


def _schema(data: bytes, chance: random.Random) -> bytes:
    """Say something else of a table than what it is."""
    old, new = chance.choice(_SCHEMA_CHANGES)
    return _with_sql(
        data,
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE rowid = ?",
        (old, new, chance.randrange(1, 12)),
    )


_SCHEMA_CHANGES = (
    ("CREATE TABLE", "CREATE VIEW"),
    ("CREATE TABLE", "CREATE/**/VIRTUAL TABLE"),
    ("CREATE TABLE", "CREATE TEMP TABLE"),
    ("text not null", "text as (printf('%.*c', 30000000, 'x'))"),
    ("integer not null", "integer as (random()) stored"),
    ("integer not null", "text collate nocase default (hex(zeroblob(1000000)))"),
    ("not null", "check (1 = (select count(*) from notes))"),
    ("not null", "collate nothing"),
    ("primary key", ""),
    (")", ") WITHOUT ROWID"),
    (")", ") STRICT"),
    ("notes", "cards"),
    ("cards", "notes"),
    ("flds", "sfld"),
    (",", "("),
    ("integer", "integer" + "/* */" * 9_000),
)


def _values(data: bytes, chance: random.Random) -> bytes:
    """Put another value into a column, perhaps of another type."""
    table, columns = chance.choice(_COLUMNS)
    column = chance.choice(columns.split())
    value = chance.choice(
        (None, *_ODD, -1, 2**63 - 1, 0.5, "", "x", "\x1f", "\0", "1", b"", b"\xff", "x" * 200_000)
    )
    some = chance.choice(("1", "rowid % 2 = 0", "id = (SELECT min(id) FROM notes)"))
    return _with_sql(data, f"UPDATE {table} SET {column} = ? WHERE {some}", (value,))


_COLUMNS = (
    ("notes", "id guid mid mod tags flds sfld"),
    ("cards", "id nid did ord odid"),
    ("col", "ver models decks"),
    ("notetypes", "id name mtime_secs config"),
    ("fields", "ntid ord name config"),
    ("templates", "ntid ord name config"),
    ("decks", "id name kind"),
)


def _list(data: bytes, chance: random.Random) -> bytes:
    """Change the list of media: JSON in older packages, protobuf in the newest."""
    held = _unpack(data)
    if "collection.anki21b" in held:
        entries = b"".join(_protobuf(chance) for _ in range(chance.randrange(5)))
        return _pack(held | {"media": zstandard.compress(entries)})
    return _pack(held | {"media": _change_json(held["media"].decode(), chance).encode()})


def _protobuf(chance: random.Random) -> bytes:
    """Return a field of a message, sound or not."""
    name = chance.choice((b"a.png", b"../x", b"", b"\xff", b"con", b"x" * 5_000))
    entry = b"\x0a" + _varint(len(name)) + name + chance.choice((b"", b"\x10\5", b"\x0b", b"\x80"))
    return chance.choice((b"\x0a", b"\x12", b"\x08")) + _varint(len(entry)) + entry


def _varint(number: int) -> bytes:
    head = bytes([number & 127 | 128 if number > 127 else number])
    return head + (_varint(number >> 7) if number > 127 else b"")


def _note_types(data: bytes, chance: random.Random) -> bytes:
    """Change the JSON, or the protobuf, that note types and decks are."""
    column = chance.choice(("models", "decks"))

    def change(database: sqlite3.Connection) -> None:
        (text,) = database.execute(f"SELECT {column} FROM col").fetchone()
        if text:
            value = _change_json(text, chance)
            database.execute(f"UPDATE col SET {column} = ?", [value])
            return
        table = chance.choice(("notetypes", "fields", "templates"))
        (config,) = database.execute(f"SELECT config FROM {table}").fetchone()
        database.execute(f"UPDATE {table} SET config = ?", [_spoil(config, chance)])

    return _with_connection(data, change)


def _change_json(text: str, chance: random.Random) -> str:
    """Put another value in the place of one somewhere in a JSON text."""
    if chance.random() < 0.2:
        return _spoil(text.encode(), chance).decode(errors="ignore")
    tree = json.loads(text)
    index: Any = tree
    while chance.random() < 0.8:
        below = index.values() if isinstance(index, dict) else index
        inner = [value for value in below if isinstance(value, dict | list) and value]
        if not inner:
            break
        index = chance.choice(inner)
    odd: Any = chance.choice((None, True, 0, -1, 2**64, 10**400, 0.5, "", "\ud800", [], {}, "x"))
    if index:
        key = (
            chance.choice(list(index)) if isinstance(index, dict) else chance.randrange(len(index))
        )
        index[key] = odd
    return json.dumps(tree).replace('"x"', "[" * chance.choice((0, 500, 50_000)) or '"x"')


_CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_zip_bytes, _directory, _members, _member_bytes, _database_bytes),
    *(_pages, _pages, _pages, _schema, _values, _list, _note_types),
)


def _spoil(data: bytes, chance: random.Random) -> bytes:
    """Return data of which bytes are others, or which is cut off, or has a part of it twice."""
    damaged, how = bytearray(data), chance.randrange(6)
    if how == 0:
        return bytes(damaged[: chance.randrange(len(damaged) + 1)])
    if how == 1:
        start, end = sorted(chance.randrange(len(damaged) + 1) for _ in range(2))
        return bytes(damaged[:end] + damaged[start:])
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        if damaged:
            damaged[chance.randrange(len(damaged))] = chance.choice(
                (0, 1, 255, chance.randrange(256))
            )
    return bytes(damaged)


def _unpack(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _pack(held: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", method) as archive:
        for name, data in held.items():
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            archive.writestr(info, data, method)
    return package.getvalue()


def _with_database(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    held = _unpack(data)
    if "collection.anki21b" in held:
        packed = io.BytesIO(held["collection.anki21b"])
        database = zstandard.ZstdDecompressor().stream_reader(packed).read()
        return _pack(held | {"collection.anki21b": zstandard.compress(change(database))})
    name = next(file for file in ("collection.anki21", "collection.anki2") if file in held)
    return _pack(held | {name: change(held[name])})


def _with_connection(data: bytes, change: Callable[[sqlite3.Connection], object]) -> bytes:
    def edit(database: bytes) -> bytes:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            connection.deserialize(database[:18] + b"\1\1" + database[20:])
            connection.create_collation(
                "unicase", lambda left, right: (left > right) - (left < right)
            )
            connection.execute("PRAGMA writable_schema = ON")
            change(connection)
            return connection.serialize()

    return _with_database(data, edit)


def _with_sql(data: bytes, sql: str, values: tuple[object, ...]) -> bytes:
    return _with_connection(data, lambda connection: connection.execute(sql, values))


# The reading


def _read_batch(packages: Sequence[tuple[str, bytes]]) -> Iterator[Outcome]:
    """Yield what comes of packages, up to one at which the process that reads them ends."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _be_the_reader(packages, writing)
    os.close(writing)
    lines = _lines(reading)
    status = 0
    for change, data in packages:
        line = next(lines, None)
        if line is None:  # it is endless, or has ended
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            code = os.waitstatus_to_exitcode(status)
            kind = "endless" if code == -signal.SIGALRM else "ended"
            yield Outcome(kind, f"by {code}", change, SECONDS, 0, data)
            break
        kind, details, seconds, memory = json.loads(line)
        yield Outcome(kind, details, change, seconds, memory, data)
    else:
        os.waitpid(child, 0)
    os.close(reading)


def _lines(reading: int) -> Iterator[bytes]:
    """Yield the lines that come through a pipe; none any more if the next takes too long."""
    held = b""
    while True:
        line, end, rest = held.partition(b"\n")
        if end:
            held = rest
            yield line
            continue
        ready, _, _ = select.select([reading], [], [], 2 * SECONDS)
        piece = os.read(reading, 2**16) if ready else b""
        if not piece:
            return
        held += piece


def _be_the_reader(packages: Sequence[tuple[str, bytes]], writing: int) -> NoReturn:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        with tempfile.TemporaryDirectory() as folder:
            original = Path(folder, "original.apkg")
            original.write_bytes(sound_packages()[1])
            for _, data in packages:
                signal.alarm(SECONDS)
                os.write(writing, json.dumps(_read(data, original)).encode() + b"\n")
    finally:
        os._exit(0)


def _read(data: bytes, original: Path) -> tuple[str, str, float, int]:
    """Return what comes of a package, in how many seconds, and how much memory that has taken."""
    path = original.with_name("damaged.apkg")
    path.write_bytes(data)
    started = time.process_time()
    try:
        kind, details = "read", _use(path, original)
    except DeckError as refused:
        is_sentence = all("\n" not in diagnostic.message for diagnostic in refused.diagnostics)
        kind = "refused" if is_sentence and refused.diagnostics else "traceback"
        details = str(refused)
    except Exception:
        kind, details = "traceback", traceback.format_exc()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return kind, details[-4_000:], time.process_time() - started, memory


def _use(path: Path, original: Path) -> str:
    """Do with a package what the commands do; return how many notes it has."""
    held_media(path)
    package, before = read_package(path, media=True), read_package(original, media=True)
    for old, new in ((before, package), (package, before)):
        diff = compare(old, new)
        for written in (as_text(diff), as_markdown(diff), as_json(diff)):
            written.encode()
        as_html(diff, "A diff", language_of(diff)).encode()
        for names in pictures_in(diff):
            read_media(path, names)
    layouts = find_layouts(package.notes, set())
    for note in package.notes:
        layouts[note.note_type.id].entry(note, "some-id")
    if find_origin(path, _DECK) is not Origin.OTHER:
        with suppress(DeckError):  # another deck's note types among ours
            rebuild_lock(path, _DECK)
    return f"{len(package.notes)} notes"
