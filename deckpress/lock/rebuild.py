"""A package → the lock that it was built with, if it is one of this deck."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from enum import Enum, auto
from pathlib import Path

from deckpress.anki import NoteType, PackageNote
from deckpress.anki.field_text import html_text, read_field
from deckpress.anki.package_reader import read_package
from deckpress.anki.packages import (
    contents_digest,
    file_digest,
    is_released,
    released_in,
    was_built_here,
)
from deckpress.diagnostics import DeckError, Location, error
from deckpress.lock import Lock, LockedNote, Release, digest_note, short_digest
from deckpress.lock.dates import describe_note_type
from deckpress.lock.field_roles import read_picture_note
from deckpress.lock.similarity import sketch
from deckpress.note_types import deck_id_of, field_names, note_type
from deckpress.notes import NO_HEADING, Kind
from deckpress.notes.attributes import read_release_tags
from deckpress.project import Deck


def rebuild_lock(path: Path, deck: Deck, *, any_deck: bool = False) -> Lock:
    """Return the lock as it was when a package of the deck was built, as far as the package tells.

    With `any_deck` it may be of a deck with another id, which then is the deck's id.

    A package that has its checksum beside it is a release. What is not in a package: notes and
    cloze numbers that were gone by then, and ids that were added later.
    Raises DeckError if it cannot be read or is another deck's.
    """
    package = read_package(path)
    if any_deck and (deck_id := _find_deck_id(package.notes)):
        deck = deck._replace(id=deck_id)
    releases = tuple(_releases_up_to(path, deck.id))
    types = our_types(deck)
    kinds = {our_type.id: kind for kind, our_type in types.items()}
    _check_ours(path, package.notes, kinds, deck)
    root = _root_of({note.deck for note in package.notes if note.deck}, deck.name)
    packed = {note.note_type.id: note.note_type for note in package.notes}
    described = (
        describe_note_type(kinds[index], packed_type, packed_type.mod)
        for index, packed_type in packed.items()
    )
    entries = (
        _restore(note, kinds[note.note_type.id], deck, root, is_release=bool(releases))
        for note in package.notes
    )
    created = package.first_note_id // 1000
    kept = tuple(_without_needless_places(_first_of_each(entries)))
    return Lock(deck.id, created, root, tuple(described), kept, releases)


def _find_deck_id(notes: Iterable[PackageNote]) -> str:
    """Return the id of the deck that the first note's type is of; nothing if of none of ours."""
    first = next(iter(notes), None)
    return deck_id_of(first.note_type.name, first.note_type.id) if first else ""


def _releases_up_to(package: Path, deck_id: str) -> Iterator[Release]:
    """Yield the releases of a deck that lie in a package's folder, up to that package itself.

    A package is a release if its checksum lies beside it.
    """
    if not is_released(package):
        return
    for version, path in released_in(package.parent, deck_id).items():
        yield Release(str(version), file_digest(path), contents_digest(path))
        if path.samefile(package):
            return


def our_types(deck: Deck) -> Mapping[Kind, NoteType]:
    """Return the note types of a deck, one for each kind."""
    return {kind: note_type(kind, deck) for kind in Kind}


def _check_ours(
    path: Path, notes: Iterable[PackageNote], kinds: Mapping[int, Kind], deck: Deck
) -> None:
    """Raise DeckError if one of the notes is no note of the deck."""
    for note in notes:
        if note.note_type.id not in kinds:
            message = (
                f'its note type "{note.note_type.name}" is none of the deck "{deck.id}": '
                "name a package that was built from this deck"
            )
            raise DeckError([error(Location(str(path)), message)])


def _root_of(decks: Set[str], name: str) -> str:
    """Return the deck that all decks are in or below: the deck's name, if that is one."""
    if all(_is_within(deck, name) for deck in decks):
        return name
    steps = zip(*(deck.split("::") for deck in decks), strict=False)
    common = itertools.takewhile(lambda step: len(set(step)) == 1, steps)
    return "::".join(step[0] for step in common) or name


def _is_within(deck: str, root: str) -> bool:
    """Return whether a deck is another one or below it; Anki ignores case in deck names."""
    return f"{deck}::".casefold().startswith(f"{root}::".casefold())


def _below(deck: str, root: str) -> str:
    steps = deck.split("::")[root.count("::") + 1 :]
    return "::".join(steps) if _is_within(deck, root) else ""


def _restore(
    note: PackageNote, kind: Kind, deck: Deck, root: str, *, is_release: bool
) -> LockedNote:
    """Return a note's entry; its fields are known by their places, whatever they are called."""
    fields = dict(zip(field_names(kind), note.fields, strict=False))
    stored, news = digest_note(note.fields, note.tags), read_release_tags(note.tags, deck.id)
    note_id = fields.get("ID") or short_digest(deck.id, note.guid)
    return _read(note, kind, note_id, fields)._replace(
        fields=stored,
        mod=note.mod,
        added=news.get("added", ""),
        changed=news.get("changed", ""),
        released=stored if is_release else "",
        released_mod=note.mod if is_release else 0,
        deck=_below(note.deck, root),
        context=html_text(fields.get("Context", ""))
        or NO_HEADING,  # a place has no HTML of its own
    )


def _read(note: PackageNote, kind: Kind, note_id: str, fields: Mapping[str, str]) -> LockedNote:
    """Return what a note asks, and answers."""
    if kind is Kind.OCCLUSION:
        return read_picture_note(note, note_id)
    question, clozes = read_field(note.fields[0], is_ours=True)
    return LockedNote(
        guid=note.guid,
        id=note_id,
        kind=kind.value,
        question=question,
        answer=sketch(html_text(fields.get("Answer", ""), is_ours=True)),
        fields="",
        mod=0,
        clozes=clozes if kind is Kind.CLOZE else {},
    )


def _without_needless_places(entries: Iterable[LockedNote]) -> Iterator[LockedNote]:
    """Yield the entries; what stands above a question is needed only if another one is equal."""
    entries = tuple(entries)
    asked = Counter(entry.question for entry in entries)
    for entry in entries:
        yield entry if asked[entry.question] > 1 else entry._replace(context="")


def _first_of_each(entries: Iterable[LockedNote]) -> Iterator[LockedNote]:
    """Yield the entries; of a note and its copies by a learner, which share its ID, the first."""
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        names = {("guid", entry.guid), ("id", entry.id.casefold())}
        if seen.isdisjoint(names):
            yield entry
        seen |= names


class Origin(Enum):
    """Where a package comes from."""

    BUILD = auto()
    """It was built from the deck by deckpress, which can build it again."""
    EXPORT = auto()
    """It has notes of the deck, and was written by another program, such as a learner's Anki."""
    OTHER = auto()
    """It has no note of the deck."""


def find_origin(package: Path, deck: Deck) -> Origin:
    """Return where a package comes from. Raises DeckError if it cannot be read to tell that."""
    ours = {our_type.id for our_type in our_types(deck).values()}
    if ours.isdisjoint(note.note_type.id for note in read_package(package).notes):
        return Origin.OTHER
    return Origin.BUILD if was_built_here(package) else Origin.EXPORT
