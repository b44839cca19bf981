"""The import itself, with a look at what the learner has before and after it.

AnkiConnect imports as `anki/importing.py` of Anki 26.9 says: updates of notes and note types "if
newer", as Anki's own dialog does at first, but with note types merged and with deck presets, which
that does not. So a note type to which its learner has added a field is no obstacle, and the field
is emptied in every note that the package updates; and a package that brings a preset puts the
learner's deck under it (both measured). The first is refused here, the second told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deckpress.errors import DeckError, Location, Problem, error
from deckpress.package.packed import Package, PackedNoteType
from deckpress.package.read import read_package
from deckpress.push.anki_connect import AnkiConnect

_LONG = 600.0
"""Seconds to wait for an import; 5000 notes took Anki less than one, without pictures."""

_ODD = "AnkiConnect answers otherwise than it should: update it (Tools > Add-ons)"


@dataclass(frozen=True)
class Pushed:
    """What an import did."""

    profile: str
    """The name of the profile that is open in Anki; empty if AnkiConnect does not tell it."""
    new: int
    updated: int
    unchanged: int
    """Notes of the package that Anki left as they were."""


@dataclass(frozen=True)
class _Holding:
    """What a learner has of a package's note types and decks."""

    profile: str
    notes: Mapping[int, Any]
    """What each note holds, by its id."""
    cards: Mapping[int, int]
    """When each card last changed, in seconds since 1970, by its id."""
    presets: Mapping[str, tuple[int, str]]
    """The id and the name of the preset of each deck that is there, by the deck's name."""


def push_package(anki: AnkiConnect, path: Path) -> Pushed:
    """Import an .apkg into the Anki that is running, and return what came of it.

    Raises DeckError if the package cannot be read, here or by Anki; if the learner's note types
    have other fields, before anything is imported; if Anki cannot be reached or fails; and if
    cards or presets that were there are not as they were.
    """
    package = read_package(path)
    note_types = {note.note_type.id: note.note_type for note in package.notes}
    with _answers_understood(anki):
        if problems := list(_check_fields(anki, path, note_types)):
            raise DeckError(problems)
        before = _look(anki, package)
        if anki.ask("importPackage", patience=_LONG, path=str(path.resolve())) is not True:
            raise TypeError("neither an import nor an error")
        after = _look(anki, package)
    if problems := list(_check_kept(anki, before, after)):
        raise DeckError(problems)
    new = len(after.notes.keys() - before.notes.keys())
    updated = sum(after.notes.get(note, was) != was for note, was in before.notes.items())
    return Pushed(after.profile, new, updated, len(package.notes) - new - updated)


@contextmanager
def _answers_understood(anki: AnkiConnect) -> Iterator[None]:
    """Turn what is wrong with the form of an answer into a DeckError."""
    try:
        yield
    except (AttributeError, LookupError, TypeError) as problem:
        raise DeckError([error(Location(anki.url), _ODD)]) from problem


def _check_fields(
    anki: AnkiConnect, path: Path, note_types: Mapping[int, PackedNoteType]
) -> Iterator[Problem]:
    """Yield an error for each note type that has other fields in Anki than in the package."""
    for name, key in anki.ask("modelNamesAndIds").items():
        if key not in note_types:
            continue
        theirs = set(anki.ask("modelFieldNames", modelName=name))
        ours = {field for field, _ in note_types[key].fields}
        if theirs != ours:
            yield error(Location(str(path)), _explain_fields(name, theirs - ours, ours - theirs))


def _explain_fields(name: str, only_there: set[str], only_here: set[str]) -> str:
    differences = {"only there": only_there, "only here": only_here}
    told = [f"{where}: {', '.join(sorted(each))}" for where, each in differences.items() if each]
    return (
        f'the note type "{name}" has other fields in Anki ({"; ".join(told)}), and AnkiConnect '
        "would merge the two, which empties fields of your own where notes are updated, and brings "
        "missing ones back by a full sync: make the fields equal there (Tools > Manage Note Types)"
    )


def _look(anki: AnkiConnect, package: Package) -> _Holding:
    """Return what a learner has now of a package's note types and decks."""
    search = " or ".join(sorted({f"mid:{note.note_type.id}" for note in package.notes}))
    found = anki.ask("notesInfo", notes=anki.ask("findNotes", query=search))
    told = [note for note in found if note]  # one just deleted is told as nothing
    ids = [card for note in told for card in note["cards"]]
    cards = anki.ask("cardsModTime", cards=ids)
    return _Holding(
        profile=next((note.get("profile", "") for note in told), ""),
        notes={note["noteId"]: (note["fields"], note["tags"]) for note in told},
        cards={card["cardId"]: card["mod"] for card in cards if card},
        presets=dict(_presets(anki, {note.deck for note in package.notes})),
    )


def _presets(anki: AnkiConnect, decks: Iterable[str]) -> Iterator[tuple[str, tuple[int, str]]]:
    """Yield each deck that is there with the id and the name of its preset."""
    for deck in sorted(decks):
        if preset := anki.ask("getDeckConfig", deck=deck):
            yield deck, (preset["id"], preset["name"])


def _check_kept(anki: AnkiConnect, before: _Holding, after: _Holding) -> Iterator[Problem]:
    """Yield an error for what an import should have left alone and has not."""
    touched = sum(after.cards.get(card) != mod for card, mod in before.cards.items())
    if touched:
        message = (
            f"imported, but {touched} of the {len(before.cards)} cards that were there have "
            "changed: unless you were studying them just then, take the import back "
            "(Edit > Undo in Anki; docs/push.md tells how)"
        )
        yield error(Location(anki.url), message)
    for deck, was in before.presets.items():
        if (now := after.presets.get(deck, was)) != was:
            message = (
                f'imported, but the deck "{deck}" has the package\'s preset "{now[1]}" now: choose '
                f'"{was[1]}" again (the deck\'s Options in Anki)'
            )
            yield error(Location(anki.url), message)
