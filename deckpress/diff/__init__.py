"""Two packages → what a learner of the old one gets with the new one.

`compare` finds it, and `values` says what there is: `notes` compares field by field, `words` word
by word, with `media` for pictures and sounds and `design` for note types. `sections` puts it in
order, for `text`, `markdown` and `page` (HTML); `records` is JSON.
"""

from deckpress.diff.compare import compare
from deckpress.diff.markdown import as_markdown
from deckpress.diff.page import Files, as_html, formulas_in, language_of, pictures_in
from deckpress.diff.records import as_json
from deckpress.diff.sections import summary
from deckpress.diff.text import as_text
from deckpress.diff.values import Diff, NoteChange, ReadNote
from deckpress.diff.words import How, Piece, word_diff

__all__ = [
    "Diff",
    "Files",
    "How",
    "NoteChange",
    "Piece",
    "ReadNote",
    "as_html",
    "as_json",
    "as_markdown",
    "as_text",
    "compare",
    "formulas_in",
    "language_of",
    "pictures_in",
    "summary",
    "word_diff",
]
