"""Packages as other tools make them: by plain genanki, good ones and bad ones."""

from __future__ import annotations

import io
import itertools
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import genanki

OLD = 1_700_000_000
"""When the older release was built, in seconds since 1970."""
NEW = OLD + 86_400

FIELDS = ("Front", "Back")
CARD = ("Card 1", "{{Front}}", "{{FrontSide}}<hr>{{Back}}")


def note_type(
    fields: Iterable[str] = FIELDS,
    cards: Iterable[tuple[str, str, str]] = (CARD,),
    key: int = 1_607_392_319,
    name: str = "Facts",
    **options: Any,
) -> genanki.Model:
    """Return a note type, as genanki's users write it."""
    templates = [{"name": template, "qfmt": front, "afmt": back} for template, front, back in cards]
    return genanki.Model(key, name, [{"name": field} for field in fields], templates, **options)


FACTS = note_type()
CLOZE = note_type(
    ("Text", "Back"),
    [("Cloze", "{{cloze:Text}}", "{{cloze:Text}}<hr>{{Back}}")],
    key=1_607_392_320,
    name="Gaps",
    model_type=genanki.Model.CLOZE,
)


class Note(genanki.Note):  # type: ignore[misc]
    """A note with a date of its own, which genanki alone does not give it."""

    def __init__(
        self,
        key: str,
        *fields: str,
        mod: int = OLD,
        model: genanki.Model = FACTS,
        tags: Sequence[str] = (),
    ) -> None:
        super().__init__(model, list(fields), guid=key, tags=list(tags))
        self.mod = mod

    def write_to_db(self, cursor: Any, timestamp: float, deck_id: int, id_gen: Any) -> None:
        """Write the note with its date."""
        super().write_to_db(cursor, self.mod, deck_id, id_gen)


def facts(count: int = 6, mod: int = OLD, model: genanki.Model = FACTS) -> list[Note]:
    """Return some notes with GUIDs of their own."""
    return [
        Note(f"key-{index}", f"Q{index}?", f"A{index}.", mod=mod, model=model)
        for index in range(count)
    ]


_Target = TypeVar("_Target", Path, io.BytesIO)


def write_package(
    path: _Target,
    notes: Iterable[genanki.Note],
    when: int = NEW,
    media: Iterable[Path] = (),
    deck: str = "Facts",
) -> _Target:
    """Write a package dated at a time, without genanki's waiting for the disk; return its path."""
    package_deck = genanki.Deck(2_059_400_110, deck, "All the facts.")
    for note in notes:
        package_deck.add_note(note)
    with closing(sqlite3.connect(":memory:")) as database, zipfile.ZipFile(path, "w") as archive:
        genanki.Package(package_deck).write_to_db(
            database.cursor(), when, itertools.count(when * 1000)
        )
        database.commit()
        archive.writestr("collection.anki2", database.serialize())
        files = dict(enumerate(media))
        archive.writestr("media", json.dumps({key: file.name for key, file in files.items()}))
        for key, file in files.items():
            archive.write(file, str(key))
    return path


def rewrite(path: Path, name: str, edit: Callable[[bytes], bytes | None]) -> Path:
    """Replace one file within a package, or leave it out; return the package's path."""
    with zipfile.ZipFile(path) as archive:
        held: dict[str, bytes | None] = {
            member: archive.read(member) for member in archive.namelist()
        }
    held[name] = edit(held[name] or b"")
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in held.items():
            if data is not None:
                archive.writestr(member, data)
    return path
