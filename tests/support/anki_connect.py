"""A stand-in for AnkiConnect: its interface, as far as `push` needs it, on a real collection.

Its methods do with the `anki` library what those of the add-on do (`plugin/__init__.py`, interface
version 6); `cases/anki_connect.json` has what the add-on answered within Anki 26.9.3.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import anki.lang
from anki.collection import Collection
from anki.errors import NotFoundError
from anki.importing import AnkiPackageImporter  # type: ignore[attr-defined]

if TYPE_CHECKING:  # imported first, these would import anki.collection in the middle of themselves
    from anki.cards import CardId
    from anki.notes import NoteId

Answer = Callable[[bytes], bytes]


@contextmanager
def serve(answer: Answer, status: int = 200) -> Iterator[str]:
    """Answer POST requests by a function of their body; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class AnkiConnect:
    """The add-on, in an Anki that has a collection open, or none."""

    def __init__(self, opened: Collection | None) -> None:
        self.opened = opened
        self.key: str | None = None
        """What it wants to be told with each question."""
        self.asked: list[str] = []
        """The actions, as they came."""
        self.after_import: Callable[[Collection], object] = lambda collection: None
        """What happens in Anki at the very time of an import."""

    def answer(self, body: bytes) -> bytes:
        """Answer a request's body, as `handler` does."""
        question = json.loads(body)
        self.asked.append(question["action"])
        try:
            reply = {"result": self._do(question), "error": None}
        except Exception as problem:
            reply = {"result": None, "error": str(problem)}
        return json.dumps(reply).encode()

    def _do(self, question: dict[str, Any]) -> object:
        action = question["action"]
        if action == "requestPermission":
            return {"permission": "granted", "requireApikey": bool(self.key), "version": 6}
        if question.get("key") != self.key:
            raise RuntimeError("valid api key must be provided")
        if action == "version":
            return 6
        if action not in _ACTIONS:
            raise RuntimeError("unsupported action")
        if self.opened is None:
            raise RuntimeError("collection is not available")
        result = _ACTIONS[action](self.opened, **question["params"])
        if action == "importPackage":
            self.after_import(self.opened)
        return result


def _import(collection: Collection, path: str) -> bool:
    anki.lang.set_lang("en")  # the importer of Anki before 26.09 speaks
    AnkiPackageImporter(collection, path).run()
    return True


def _names(collection: Collection) -> dict[str, int]:
    return {model.name: model.id for model in collection.models.all_names_and_ids()}


def _fields(collection: Collection, modelName: str) -> list[str]:  # noqa: N803
    if (note_type := collection.models.by_name(modelName)) is None:
        raise RuntimeError(f"model was not found: {modelName}")
    return [field["name"] for field in note_type["flds"]]


def _find_notes(collection: Collection, query: str) -> list[int]:
    return [int(note) for note in collection.find_notes(query)]


def _notes(collection: Collection, notes: list[NoteId]) -> list[dict[str, object]]:
    return [_reported(collection, note) for note in notes]


def _reported(collection: Collection, note_id: NoteId) -> dict[str, object]:
    try:
        note = collection.get_note(note_id)
    except NotFoundError:
        return {}
    fields = {
        name: {"value": value, "order": index} for index, (name, value) in enumerate(note.items())
    }
    return {
        "noteId": note.id,
        "profile": "User 1",
        "tags": note.tags,
        "fields": fields,
        "modelName": note.note_type()["name"],  # type: ignore[index]
        "mod": note.mod,
        "cards": [int(card) for card in note.card_ids()],
    }


def _cards(collection: Collection, cards: list[CardId]) -> list[dict[str, int]]:
    answers = []
    for card in cards:
        mod = collection.db.scalar("select mod from cards where id = ?", card)  # type: ignore[union-attr]
        answers.append({} if mod is None else {"cardId": card, "mod": mod})
    return answers


def _preset(collection: Collection, deck: str) -> object:
    deck_id = collection.decks.id_for_name(deck)
    return collection.decks.config_dict_for_deck_id(deck_id) if deck_id else False


_ACTIONS: dict[str, Callable[..., object]] = {
    "modelNamesAndIds": _names,
    "modelFieldNames": _fields,
    "findNotes": _find_notes,
    "notesInfo": _notes,
    "cardsModTime": _cards,
    "getDeckConfig": _preset,
    "importPackage": _import,
}
