"""A package → the running Anki, through AnkiConnect, at no cost to whoever learns there."""

from deckpress.push.anki_connect import AnkiConnect
from deckpress.push.importing import Pushed, push_package

__all__ = ["AnkiConnect", "Pushed", "push_package"]
