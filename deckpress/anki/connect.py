"""A package → the running Anki, through AnkiConnect, at no cost to whoever learns there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException, IncompleteRead, InvalidURL
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from deckpress.anki import NoteType, Package
from deckpress.anki.package_reader import read_package
from deckpress.diagnostics import PARSER_ERRORS, DeckError, Diagnostic, Location, error, reason_of

_VERSION = 6
"""The version of the interface that is spoken here; it has been the newest since 2017."""
_PATIENCE = 30.0
"""Seconds to wait for an answer: Anki gives none while it checks its database, for example."""
_NO_ADDRESS = "not an address: write it as http://127.0.0.1:8765"
_BROKEN_OFF = "broke off without an answer: see whether Anki is still running, then push again"
_SILENT = "Anki does not answer: wait until it is done with what it does, then push again"
_NO_PROFILE = "no profile is open in Anki: open one, then push again"
_NO_FILE = ("Failed to open", "[Errno 2]")
"""How Anki begins to say that a file is not there, from 26.09 on and before."""
_UNSEEN = "say by --output a folder that Anki sees under the same path"
_LONG = 600.0
"""Seconds to wait for an import; 5000 notes took Anki less than one, without pictures."""

_NOT_THERE = (
    "Anki is not running, or AnkiConnect is not installed: start Anki, and install the add-on "
    "2055492159 there (Tools > Add-ons > Get Add-ons)"
)


_SOMETHING_ELSE = (
    "something else than AnkiConnect answers: say by --url which webBindPort is in AnkiConnect's "
    "settings (Tools > Add-ons > Config)"
)


_TOO_OLD = "AnkiConnect is too old: update it (Tools > Add-ons > Check for Updates)"


_WANTS_KEY = (
    "AnkiConnect wants its key: set the environment variable ANKICONNECT_KEY to the apiKey in "
    "AnkiConnect's settings (Tools > Add-ons > Config)"
)


_OTHER_KEY = (
    "AnkiConnect does not take the key in ANKICONNECT_KEY: set it to the apiKey in AnkiConnect's "
    "settings (Tools > Add-ons > Config), or unset it if that is null"
)


class _RefusedError(Exception):
    """Why there is no answer, and what to do about it."""


@dataclass(frozen=True)
class AnkiConnect:
    """The AnkiConnect that listens at an address."""

    url: str
    key: str | None = field(default=None, repr=False)
    """The apiKey of its settings; None where they have none, since it then takes no key at all."""

    def ask(self, action: str, *, patience: float = _PATIENCE, **parameters: object) -> Any:
        """Return what an action answers, as JSON has it; wait for it up to `patience` seconds.

        Raises DeckError if nobody listens, if it is not AnkiConnect or a too old one, if it wants
        another key, if Anki has no profile open or is too busy, or if the action goes wrong there.
        """
        try:
            answer = self._send(_write(action, parameters, self.key), patience)
            return _parse(answer, action, has_key=self.key is not None)
        except _RefusedError as refused:
            raise DeckError([error(Location(self.url), str(refused))]) from refused

    def check(self) -> None:
        """Raise DeckError unless it is there, takes the key, and speaks the interface's version."""
        version = self.ask("version")
        if type(version) is not int or version < _VERSION:
            raise DeckError([error(Location(self.url), _TOO_OLD)])

    def _send(self, body: bytes, patience: float) -> bytes:
        if not self.url.startswith(("http://", "https://")):
            raise _RefusedError(_NO_ADDRESS)
        # A proxy of the environment stands between here and the web, never between here and Anki.
        opener = build_opener(ProxyHandler({}))
        try:
            with opener.open(Request(self.url, body), timeout=patience) as answer:
                data: bytes = answer.read()
                return data
        except HTTPError as problem:
            problem.close()
            raise _RefusedError(_SOMETHING_ELSE) from problem
        except URLError as problem:
            raise _RefusedError(_explain_unreachable(problem.reason)) from problem
        except TimeoutError as problem:
            raise _RefusedError(_SILENT) from problem
        except (ConnectionError, IncompleteRead) as problem:
            raise _RefusedError(_BROKEN_OFF) from problem
        except (InvalidURL, ValueError) as problem:
            raise _RefusedError(_NO_ADDRESS) from problem
        except HTTPException as problem:
            raise _RefusedError(_SOMETHING_ELSE) from problem


def _write(action: str, parameters: Mapping[str, object], key: str | None) -> bytes:
    question = {"action": action, "version": _VERSION, "params": parameters}
    return json.dumps(question if key is None else {**question, "key": key}).encode()


def _parse(data: bytes, action: str, *, has_key: bool) -> Any:
    """Return the result in an answer, or raise what went wrong."""
    try:
        answer = json.loads(data)
    except PARSER_ERRORS as problem:
        raise _RefusedError(_SOMETHING_ELSE) from problem
    if not isinstance(answer, dict) or answer.keys() != {"result", "error"}:
        raise _RefusedError(_SOMETHING_ELSE)
    if answer["error"] is not None:
        raise _RefusedError(_explain(str(answer["error"]), action, has_key=has_key))
    return answer["result"]


def _explain(reason: str, action: str, *, has_key: bool) -> str:
    """Return what to do about an error of AnkiConnect; one of Anki's own is told word for word."""
    known = {
        "valid api key must be provided": _OTHER_KEY if has_key else _WANTS_KEY,
        "collection is not available": _NO_PROFILE,
        "unsupported action": _TOO_OLD,
    }
    if reason in known:
        return known[reason]
    message = f"{action} went wrong in Anki: {reason}"
    return f"{message}; {_UNSEEN}" if reason.startswith(_NO_FILE) else message


def _explain_unreachable(reason: object) -> str:
    """Return why there is no connection."""
    if isinstance(reason, ConnectionRefusedError):
        return _NOT_THERE
    if isinstance(reason, TimeoutError):
        return _SILENT
    if isinstance(reason, OSError):
        return f"cannot be reached: {reason_of(reason)}"
    return _NO_ADDRESS


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
        if diagnostics := list(_check_fields(anki, path, note_types)):
            raise DeckError(diagnostics)
        before = _look(anki, package)
        if anki.ask("importPackage", patience=_LONG, path=str(path.resolve())) is not True:
            raise TypeError("neither an import nor an error")
        after = _look(anki, package)
    if diagnostics := list(_check_kept(anki, before, after)):
        raise DeckError(diagnostics)
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
    anki: AnkiConnect, path: Path, note_types: Mapping[int, NoteType]
) -> Iterator[Diagnostic]:
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
    parts = [
        f"{where}: {', '.join(sorted(names))}" for where, names in differences.items() if names
    ]
    return (
        f'the note type "{name}" has other fields in Anki ({"; ".join(parts)}), and AnkiConnect '
        "would merge the two, which empties fields of your own where notes are updated, and brings "
        "missing ones back by a full sync: make the fields equal there (Tools > Manage Note Types)"
    )


def _look(anki: AnkiConnect, package: Package) -> _Holding:
    """Return what a learner has now of a package's note types and decks."""
    search = " or ".join(sorted({f"mid:{note.note_type.id}" for note in package.notes}))
    answers = anki.ask("notesInfo", notes=anki.ask("findNotes", query=search))
    notes = [note for note in answers if note]  # one just deleted is told as nothing
    ids = [card for note in notes for card in note["cards"]]
    cards = anki.ask("cardsModTime", cards=ids)
    return _Holding(
        profile=next((note.get("profile", "") for note in notes), ""),
        notes={note["noteId"]: (note["fields"], note["tags"]) for note in notes},
        cards={card["cardId"]: card["mod"] for card in cards if card},
        presets=dict(_presets(anki, {note.deck for note in package.notes})),
    )


def _presets(anki: AnkiConnect, decks: Iterable[str]) -> Iterator[tuple[str, tuple[int, str]]]:
    """Yield each deck that is there with the id and the name of its preset."""
    for deck in sorted(decks):
        if preset := anki.ask("getDeckConfig", deck=deck):
            yield deck, (preset["id"], preset["name"])


def _check_kept(anki: AnkiConnect, before: _Holding, after: _Holding) -> Iterator[Diagnostic]:
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
