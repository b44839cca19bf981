"""How much a package may take: what no real deck comes near, and what a machine can hold."""

from __future__ import annotations

import time

MAX_PACKAGE = 16_000_000_000
"""Bytes of a package itself."""
MAX_SIZE = 500_000_000
"""The bytes that a file in a package may unpack to: a bomb is refused before it fills the memory.

Anki itself takes no media files as big as that (`rslib/src/sync/media/mod.rs`: 100 MB).
"""
MAX_MEDIA = 8_000_000_000
"""The bytes that all media files of a package may unpack to, so that a bomb does not take days."""
MAX_RATIO = 100
"""Times its own size that a package may unpack to; decks of text alone unpack to about ten."""
ANY_RATIO = 100_000_000
"""The bytes that it may unpack to however small it is."""
MAX_DIRECTORY = 32_000_000
"""Bytes of a zip's directory, of which `zipfile` makes eight times as many in memory."""
MAX_FILES = 500_000
"""Media files that a package may list."""
MAX_STRUCTURE = 20_000_000
"""Bytes of one list of note types, decks or media; Python needs 27 times as many for some JSON."""
MAX_VALUE = 100_000_000
"""Bytes of one row of a table, which is one note with all its fields."""
MAX_NOTES = 1_000_000
MAX_CARDS = 2_000_000
MAX_KINDS = 50_000
"""Note types, their fields, their templates, and decks."""
MAX_TEXTS = 10_000_000
"""Fields and tags of all notes together, each of which takes memory even if it is empty."""
MAX_OBJECTS = 1_000
"""Tables and indexes of a database; Anki's has about thirty."""

TOO_LARGE = "export fewer decks at once"
"""What to do about a package that is too large but may be sound."""
HOSTILE = "do not open it in Anki, and get the deck from someone you trust"
"""What to do about a package that was made to do harm."""

SECONDS, SECONDS_A_MEGABYTE = 10, 0.5
"""Of the processor, for any package, and more for each megabyte of one."""


class RefusedError(Exception):
    """What is wrong with a package, and what to do about it."""


class Clock:
    """How long a package may keep this process busy; an honest one of 100 MB takes some seconds."""

    def __init__(self, size: int) -> None:
        """Begin to count, for a package that takes `size` bytes on disk."""
        self._seconds = round(SECONDS + SECONDS_A_MEGABYTE * size / 1_000_000)
        self._end = time.thread_time() + self._seconds  # a busy machine does not count

    def check(self) -> None:
        """Raise RefusedError if the time is up."""
        if time.thread_time() > self._end:
            raise RefusedError(f"takes more than {self._seconds} seconds to read: {TOO_LARGE}")
