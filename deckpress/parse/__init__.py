"""Markdown text → notes, each with its line: `parse_notes` is the way in.

`lines`, `blocks`, `inline`, `spans` and `emphasis` are the dialect, over mistune; `markdown` reads
a text into a tree; `front_matter`, `forms` and `attributes` find the notes in it; `assemble` and
`clozes` make them.
"""

from deckpress.parse.assemble import parse_notes

__all__ = ["parse_notes"]
