"""Real Anki as the judge of a package: what learners get by importing it, and what they lose.

Here is Anki's library as a learner's Anki, and what its collection holds. `fresh_import` judges a
package by itself, `upgrade` has a learner study the old one and import the new one, and
`upgrade_checks` says what is lost by that. `verification` is the whole, in a process of its own.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deckpress.diagnostics import DeckError, Location, error
from deckpress.filesystem import temporary_folder
from deckpress.media_formats import Finding, check_content

if TYPE_CHECKING:  # at run time it is loaded where it is used: it takes 200 ms, and is an extra
    from anki.collection import Collection

_NO_ANKI = "is not installed, and it is Anki itself that is asked: pip install 'deckpress[verify]'"
_TEMPLATE_ERROR = "https://docs.ankiweb.net/templates/errors.html#template-syntax-error"
"""Anki shows a link to this page in the place of a card whose template is wrong."""
_ISOLATES = re.compile("[\u2066-\u2069]")
"""Marks of direction that Anki puts around what it quotes."""
_TAG = re.compile("<[^>]*>")
_NOTES = "SELECT id, guid, mid, mod, tags, flds, CAST(sfld AS TEXT), csum FROM notes ORDER BY id"
_CARDS = (
    "SELECT id, nid, ord, CASE odid WHEN 0 THEN did ELSE odid END, did, type, queue, due, odue, "
    "ivl, factor, reps, lapses, left, flags, data FROM cards ORDER BY nid, ord"
)
_NOTE_OF_CARD = "SELECT id, nid FROM cards"
_MOD_OF_NOTE = "SELECT id, mod FROM notes"


@dataclass(frozen=True)
class NoteRow:
    """A note as a collection keeps it."""

    id: int
    guid: str
    note_type: int
    """Its note type's id."""
    mod: int
    """When it last changed, in seconds since 1970."""
    tags: str
    fields: str
    """All its fields, as the database holds them."""
    question: str
    """Its sort field without HTML, as Anki's browser shows it."""
    checksum: int
    """Anki's own checksum of the first field, by which its editor finds doubles."""

    @property
    def content(self) -> tuple[str, str]:
        """What its author, or its learner, wrote; Anki keeps tags in the case that it met first."""
        return self.fields, self.tags.casefold()


@dataclass(frozen=True)
class CardRow:
    """A card as a collection keeps it."""

    note: int
    number: int
    """Which of its note type's cards it is, from 0."""
    deck: str
    """The full name of the deck that it belongs to."""
    progress: tuple[object, ...]
    """Place, queue, due date, interval, ease, repetitions, lapses, flag, memory state."""


@dataclass(frozen=True)
class Look:
    """What the cards of a note type look like."""

    name: str
    css: str
    templates: tuple[tuple[str, str], ...]
    """The front and the back of each card."""


@dataclass(frozen=True)
class State:
    """All that a collection holds at some moment."""

    notes: Mapping[int, NoteRow]
    cards: Mapping[int, CardRow]
    reviews: frozenset[tuple[object, ...]]
    media: Mapping[str, str]
    """The digest of each file in its media folder, by its name."""
    looks: Mapping[int, Look]
    """Each note type's look, by its id."""

    @cached_property
    def by_guid(self) -> Mapping[str, NoteRow]:
        """The notes by their GUIDs; the first of those that share one."""
        notes: dict[str, NoteRow] = {}
        for note in self.notes.values():
            notes.setdefault(note.guid, note)
        return notes


@dataclass(frozen=True)
class Log:
    """How many notes Anki's import says it took, and how."""

    new: int
    updated: int
    untouched: int
    """Known notes that Anki left as they were, since their date is not newer."""
    conflicting: int
    """Known notes that Anki set aside, since their note type differs."""


@dataclass(frozen=True)
class Checkup:
    """What Anki's own checks find in a collection."""

    missing: tuple[str, ...]
    """Media files that notes show and that are not there."""
    missing_in: tuple[int, ...]
    """The ids of the notes that show them."""
    empty: tuple[int, ...]
    """The ids of cards whose front shows nothing."""
    repairs: tuple[str, ...]
    """What Check Database says that it had to repair."""
    added: tuple[int, ...]
    """For each card that Check Database had to add, the id of its note."""
    future: tuple[int, ...]
    """The ids of notes that were dated in the future until Check Database put them to today."""


def require_library() -> None:
    """Raise DeckError if Anki's library is not installed."""
    if not find_spec("anki"):
        raise DeckError([error(Location("anki"), _NO_ANKI)])


def load_library() -> None:
    """Load Anki's library, which it takes memory to do."""
    import anki.collection  # noqa: F401


@contextmanager
def open_collection(package: Path) -> Iterator[Collection]:
    """Open an empty collection in a temporary folder, which is removed afterwards.

    Raises DeckError if Anki's library is not installed, and, in the name of the package for which
    the collection is opened, if Anki fails at anything that is done with it.
    """
    require_library()
    from anki.collection import Collection

    with temporary_folder() as folder:
        collection = Collection(str(folder / "collection.anki2"))
        rows(collection, "PRAGMA synchronous = OFF")  # it need not survive a power cut
        try:
            with _explain_refusals(package, "Anki cannot go on with it"):
                yield collection
        finally:
            with suppress(DeckError), _explain_refusals(package, "closing"):  # it was told before
                collection.close()


def import_package(collection: Collection, package: Path) -> Log:
    """Import a package with the options that Anki first has; return what Anki's log says.

    Raises DeckError with Anki's own words if Anki refuses it.
    """
    from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

    request = ImportAnkiPackageRequest(
        package_path=str(package.resolve()), options=ImportAnkiPackageOptions()
    )
    with _explain_refusals(package, "Anki imports nothing of it"):
        log = collection.import_anki_package(request).log
    return Log(len(log.new), len(log.updated), len(log.duplicate), len(log.conflicting))


@contextmanager
def _explain_refusals(package: Path, what: str) -> Iterator[None]:
    """Turn Anki's errors, and its crashes, which are no Exception to Python, into DeckError."""
    from anki.errors import AnkiException

    try:
        yield
    except BaseException as problem:
        if not isinstance(problem, AnkiException) and type(problem).__name__ != "PanicException":
            raise
        message = f"{what}, and says: {_plain(str(problem))} Build or export it again"
        raise DeckError([error(Location(str(package)), message)]) from problem


def look_at(collection: Collection) -> State:
    """Return all that a collection holds."""
    decks = {deck.id: deck.name for deck in collection.decks.all_names_and_ids()}
    return State(
        notes={row[0]: NoteRow(*row) for row in rows(collection, _NOTES)},
        cards={
            key: CardRow(note, number, decks.get(home, ""), tuple(progress))
            for key, note, number, home, *progress in rows(collection, _CARDS)
        },
        reviews=frozenset(map(tuple, rows(collection, "SELECT * FROM revlog"))),
        media={path.name: _digest(path) for path in sorted(Path(collection.media.dir()).iterdir())},
        looks=_looks(collection),
    )


def find_broken_media(collection: Collection) -> dict[str, Finding]:
    """Return what is wrong with what media files hold, by their names."""
    paths = sorted(Path(collection.media.dir()).iterdir())
    findings = {path.name: check_content(path.read_bytes(), _suffix(path)) for path in paths}
    return {name: finding for name, finding in findings.items() if finding}


def _suffix(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def rows(collection: Collection, query: str) -> list[Any]:
    """Return the rows that a query of the collection's database yields."""
    assert collection.db
    return collection.db.all(query)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _looks(collection: Collection) -> dict[int, Look]:
    """Return each note type's look as the database has it: `collection.models` remembers older."""
    from anki.notetypes_pb2 import Notetype

    templates: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for key, config in rows(collection, "SELECT ntid, config FROM templates ORDER BY ntid, ord"):
        template = Notetype.Template.Config.FromString(bytes(config))
        templates[key].append((template.q_format, template.a_format))
    return {
        key: Look(name, Notetype.Config.FromString(bytes(config)).css, tuple(templates[key]))
        for key, name, config in rows(collection, "SELECT id, name, config FROM notetypes")
    }


def check(collection: Collection) -> Checkup:
    """Return what Anki's own checks find; Check Database mends what it can in the collection."""
    media = collection.media.check()
    cards, mods = (dict(rows(collection, query)) for query in (_NOTE_OF_CARD, _MOD_OF_NOTE))
    empty = empty_cards(collection)
    repairs = check_database(collection)
    cards_now, mods_now = (dict(rows(collection, query)) for query in (_NOTE_OF_CARD, _MOD_OF_NOTE))
    return Checkup(
        missing=tuple(media.missing),
        missing_in=tuple(media.missing_media_notes),
        empty=empty,
        repairs=repairs,
        added=tuple(note for card, note in cards_now.items() if card not in cards),
        future=tuple(note for note, mod in mods.items() if mods_now.get(note, mod) < mod),
    )


def empty_cards(collection: Collection) -> tuple[int, ...]:
    """Return the ids of the cards whose front shows nothing."""
    return tuple(card for note in collection.get_empty_cards().notes for card in note.card_ids)


def check_database(collection: Collection) -> tuple[str, ...]:
    """Run Check Database; return what it says that it had to repair."""
    report, is_sound = collection.fix_integrity()
    return () if is_sound else tuple(map(_plain, report.splitlines()[:-1]))


def template_errors(collection: Collection) -> Iterator[tuple[str, str, str]]:
    """Yield each error that Anki shows instead of a card: note type, card, Anki's words.

    What it shows instead of an empty card leads to another page (`rslib/src/template.rs`).
    """
    reported: set[tuple[str, str, str]] = set()
    for card_id in collection.find_cards(""):
        card = collection.get_card(card_id)
        shown = card.render_output().answer_text
        if _TEMPLATE_ERROR in shown and "<br>" in shown:
            message = _plain(shown.split("<a href")[0])
            template_error = (str(card.note_type()["name"]), str(card.template()["name"]), message)
            if template_error not in reported:
                reported.add(template_error)
                yield template_error


def _plain(text: str) -> str:
    """Return what Anki says as plain text on one line."""
    return _ISOLATES.sub("", html.unescape(_TAG.sub(" ", text))).strip()
