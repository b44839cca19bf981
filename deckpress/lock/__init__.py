"""deck.lock, the memory of what learners have.

`file` reads and writes it, `identity` finds each note in it again, and `dates` says when a note
last changed.
"""

from deckpress.lock.dates import date_note, date_note_type, digest, update_lock
from deckpress.lock.file import Lock, NoteEntry, NoteTypeEntry, format_lock, read_lock
from deckpress.lock.identity import Identity, find_retired, identify

__all__ = [
    "Identity",
    "Lock",
    "NoteEntry",
    "NoteTypeEntry",
    "date_note",
    "date_note_type",
    "digest",
    "find_retired",
    "format_lock",
    "identify",
    "read_lock",
    "update_lock",
]
