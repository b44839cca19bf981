"""deck.lock, the memory of what learners have.

`entries` says what it holds, `file` reads and writes it, `merging` settles what git doubled.
`identity` says which note of it each note is, found by the steps of `finder`, with `likeness` as
the measure of two texts, `resemblance` as the choice among pairs, `kinds` for notes of another
kind, `kept_kinds` for notes that may be read in two ways, `twins` for notes that ask the same under
other headings, and `doubts` for what cannot be settled.
`renewal` brings the texts of the first locks into today's form.
`clozes` keeps cloze numbers with their text, `schema` keeps note types as learners have them,
`dates` says when something last changed, `changes` tells what an edit did, and `kinship` whose a
lock is.
"""

from deckpress.lock.changes import Change, Edit, search_for, search_for_ids, tell_changes
from deckpress.lock.clozes import check_clozes_kept, is_still_the_same, number_clozes
from deckpress.lock.dates import (
    check_clock,
    date_anew,
    date_note,
    date_note_type,
    format_date,
    last_date,
    update_lock,
)
from deckpress.lock.digests import digest_note, short_digest
from deckpress.lock.doubts import is_declared_new
from deckpress.lock.entries import (
    UNRELEASED,
    DamagedLockError,
    Lock,
    NoteEntry,
    NoteTypeEntry,
    Release,
)
from deckpress.lock.file import format_lock, read_lock
from deckpress.lock.finder import Found
from deckpress.lock.identity import Identity, find_retired, identify
from deckpress.lock.kept_kinds import keep_kinds, questions_by_file
from deckpress.lock.kinship import has_most_of
from deckpress.lock.likeness import sketch
from deckpress.lock.schema import check_schema, describe_note_type

__all__ = [
    "UNRELEASED",
    "Change",
    "DamagedLockError",
    "Edit",
    "Found",
    "Identity",
    "Lock",
    "NoteEntry",
    "NoteTypeEntry",
    "Release",
    "check_clock",
    "check_clozes_kept",
    "check_schema",
    "date_anew",
    "date_note",
    "date_note_type",
    "describe_note_type",
    "digest_note",
    "find_retired",
    "format_date",
    "format_lock",
    "has_most_of",
    "identify",
    "is_declared_new",
    "is_still_the_same",
    "keep_kinds",
    "last_date",
    "number_clozes",
    "questions_by_file",
    "read_lock",
    "search_for",
    "search_for_ids",
    "short_digest",
    "sketch",
    "tell_changes",
    "update_lock",
]
