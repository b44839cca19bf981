"""Markdown text → notes, each with its line: `parse_notes` is the way in.

`lines`, `blocks`, `inline`, `spans` and `emphasis` are the dialect, over mistune; `markdown` reads
a text into a tree; `front_matter`, `note_styles` and `attributes` find the notes in it; `assemble`
and `clozes` make them; `account` says what became of each word.
"""

from deckpress.parse.account import FileAccount, Omission
from deckpress.parse.assemble import FileNotes, parse_notes

__all__ = ["FileAccount", "FileNotes", "Omission", "parse_notes"]
