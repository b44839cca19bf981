"""A field in which words stand in the place of the pictures and sounds that are not there.

Without its file a picture is an empty frame on a card, and Anki reports it as lost.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from deckpress.html_tokens import HtmlToken, read_html
from deckpress.media import name_in, source_of

_PLAYERS = frozenset({"audio", "video", "object"})
"""Elements that show or play one of several files, or what else stands in them."""


@dataclass
class _Player:
    """An element that is open."""

    name: str
    start: int
    """Pieces of the field before it."""
    missing: list[str] = field(default_factory=list)
    """What its files are called that are not there."""
    has_source: bool = False
    """Whether a file of it is there."""


def describe_missing(text: str, urls: Collection[str], write: Callable[[str], str]) -> str:
    """Return a field's HTML in which nothing asks for a file that is not there.

    In the place of a picture stands its alternative text, or else the name of its file, and so in
    that of a sound all of whose files are missing. `urls` are the addresses of those; `write`
    makes HTML of words.
    """
    writer = _Writer(urls, write)
    for token in read_html(text):
        writer.add(token)
    return "".join(writer.pieces)


class _Writer:
    def __init__(self, urls: Collection[str], write: Callable[[str], str]) -> None:
        self._urls, self._write = urls, write
        self._players: list[_Player] = []
        self.pieces: list[str] = []

    def add(self, token: HtmlToken) -> None:
        """Add a piece of the field, or what stands in its place."""
        if token.name in _PLAYERS and not token.is_end:
            self._players.append(_Player(token.name, len(self.pieces)))
        source = source_of(token)
        is_missing = source is not None and source.value in self._urls
        if source is None or not is_missing:
            self._add_as_it_is(token, is_source=source is not None)
        elif token.name == "img":
            self.pieces.append(self._write(_description(token, source.value)))
        else:
            self._leave_out(token, source.value)

    def _add_as_it_is(self, token: HtmlToken, *, is_source: bool) -> None:
        self.pieces.append(token.raw)
        player = self._players[-1] if self._players else None
        if player and is_source and token.name != "img":
            player.has_source = True
        if player and token.is_end and token.name == player.name:
            self._close(self._players.pop())

    def _leave_out(self, token: HtmlToken, url: str) -> None:
        """Add a player without its address, or a `<source>` not at all."""
        source = source_of(token)
        assert source
        start, end = source.start - token.start, source.end - token.start
        if token.name != "source":
            self.pieces.append(token.raw[:start].rstrip() + token.raw[end:])
        if self._players:
            self._players[-1].missing.append(name_in(url))

    def _close(self, player: _Player) -> None:
        """Put words in the place of a player that has nothing to play."""
        if player.has_source or not player.missing:
            return
        within = self.pieces[player.start + 1 : -1] if player.name == "object" else []
        words = [self._write(", ".join(player.missing))]
        self.pieces[player.start :] = within if "".join(within).strip() else words


def _description(picture: HtmlToken, url: str) -> str:
    values = (each.value.strip() for each in picture.attributes if each.name == "alt")
    return next(values, "") or name_in(url)
