"""AnkiConnect, the add-on by which other programs speak to a running Anki: a question, an answer.

Source: `plugin/__init__.py` and `plugin/web.py` of the add-on, version 6 of its interface, and what
it answers within Anki 26.9.3.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, IncompleteRead, InvalidURL
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from deckpress.errors import PARSER_ERRORS, DeckError, Location, error, reason_of

_VERSION = 6
"""The version of the interface that is spoken here; it has been the newest since 2017."""
_PATIENCE = 30.0
"""Seconds to wait for an answer: Anki gives none while it checks its database, for example."""

_NOT_THERE = (
    "Anki is not running, or AnkiConnect is not installed: start Anki, and install the add-on "
    "2055492159 there (Tools > Add-ons > Get Add-ons)"
)
_NO_ADDRESS = "not an address: write it as http://127.0.0.1:8765"
_SOMETHING_ELSE = (
    "something else than AnkiConnect answers: say by --url which webBindPort is in AnkiConnect's "
    "settings (Tools > Add-ons > Config)"
)
_BROKEN_OFF = "broke off without an answer: see whether Anki is still running, then push again"
_SILENT = "Anki does not answer: wait until it is done with what it does, then push again"
_TOO_OLD = "AnkiConnect is too old: update it (Tools > Add-ons > Check for Updates)"
_NO_PROFILE = "no profile is open in Anki: open one, then push again"
_WANTS_KEY = (
    "AnkiConnect wants its key: set the environment variable ANKICONNECT_KEY to the apiKey in "
    "AnkiConnect's settings (Tools > Add-ons > Config)"
)
_OTHER_KEY = (
    "AnkiConnect does not take the key in ANKICONNECT_KEY: set it to the apiKey in AnkiConnect's "
    "settings (Tools > Add-ons > Config), or unset it if that is null"
)
_NO_FILE = ("Failed to open", "[Errno 2]")
"""How Anki begins to say that a file is not there, from 26.09 on and before."""
_UNSEEN = "say by --output a folder that Anki sees under the same path"


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
    told = f"{action} went wrong in Anki: {reason}"
    return f"{told}; {_UNSEEN}" if reason.startswith(_NO_FILE) else told


def _explain_unreachable(reason: object) -> str:
    """Return why there is no connection."""
    if isinstance(reason, ConnectionRefusedError):
        return _NOT_THERE
    if isinstance(reason, TimeoutError):
        return _SILENT
    if isinstance(reason, OSError):
        return f"cannot be reached: {reason_of(reason)}"
    return _NO_ADDRESS
