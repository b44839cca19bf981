"""Markdown text → notes, each with its line: `parse_notes` is the way in.

`lines`, `blocks`, `inline`, `spans` and `emphasis` are the dialect, over mistune, and `obsidian` is
another one; `markdown` reads a text into a tree, and `foreign` tells of what it does not know;
`front_matter`, `note_styles` and `attributes` find the notes in it; `assemble` and `clozes` make
them; `account` says what became of each word.
"""

from deckpress.parse.account import FileAccount, Omission
from deckpress.parse.assemble import FileNotes, parse_notes
from deckpress.parse.obsidian.library import Library
from deckpress.parse.obsidian.vault import Vault

__all__ = ["FileAccount", "FileNotes", "Library", "Omission", "Vault", "parse_notes"]
