"""Anki's packages.

`contents` says what ours are made of, and `write` makes one. `read` opens any, with `packed` for
what it holds: `archive` is the zip file, `listing` its media, `database` its collection, with note
types and decks from `schema11` (JSON) or `tables` (with protobuf, `messages`). A package may come
from anybody: `limits` says how much it may take.
"""
