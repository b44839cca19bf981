"""What the notes of a file have in common, and how much of it a package would hold."""

from __future__ import annotations

from itertools import chain

from deckpress.errors import Problem, error
from deckpress.media_formats import is_data_url
from deckpress.notes import Note, walk

_REPEATED = 2_000_000
"""Characters that a file's notes may have in common, beside some times those of the file: a heading
of a book's length above all of its notes would make a package of many gigabytes."""
_TIMES_REPEATED = 20
_LONG = 200
"""Characters of an address that may be written as often as one likes without harm."""


class Repetition:
    """Counts the characters that stand once in a file, and in many of its notes."""

    def __init__(self, size: int, longest_address: int) -> None:
        """Begin with a file of `size` characters, and the longest address that it has."""
        self._has_long_address = longest_address > _LONG
        self._repeated, self._most = 0, _REPEATED + _TIMES_REPEATED * size

    @property
    def is_too_much(self) -> bool:
        """Whether the notes up to the last one have too much in common."""
        return self._repeated > self._most

    def add(self, note: Note) -> list[Problem]:
        """Count a note; return an error if it is the first one too many."""
        before = self.is_too_much
        self._repeated += _size_of_shared(note)
        if self._has_long_address:
            self._repeated += _size_of_addresses(note)
        if before or not self.is_too_much:
            return []
        message = (
            f"notes up to here repeat more than {self._most:,} characters: shorten "
            "the headings, footnotes, addresses or tags that they have in common"
        )
        return [error(note.location, message)]


def _size_of_shared(note: Note) -> int:
    """Return how many characters a note has of what stands once in its file, for many notes."""
    shared = chain.from_iterable((*note.context, *note.footnotes))
    return sum(len(token.get("raw", "")) for token in walk(shared)) + sum(map(len, note.tags))


def _size_of_addresses(note: Note) -> int:
    links = (token for token in walk(note.blocks()) if token["type"] in ("link", "image"))
    addresses = (str(token["attrs"]["url"]) for token in links)
    return sum(len(url) for url in addresses if not is_data_url(url))
