"""Anki's packages.

`contents` says what ours are made of, and `write` makes one. `read` opens any, with `packed` for
what it holds: `archive` is the zip file, `listing` its media, and in its database `rows` are read,
with note types and decks from `schema11` (JSON) or `tables` (with protobuf, `messages`).
"""
